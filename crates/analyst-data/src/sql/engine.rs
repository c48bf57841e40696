//! Answers a statement: chooses the engine, counts the joins, names the columns.

use std::path::Path;

use analyst_types::{DataWarning, DatasetBinding, JoinReport, Severity};
use polars::prelude::*;

use super::bind::{self, Bound, Table};
use super::frames::{self, File, Frames, Made, Stop};
use super::plan::Rows;
use super::{guard, joins, lite, overflow};
use crate::error::SqlError;
use crate::panics::panic_text;
use crate::{DataError, dtype, store};

/// What ran a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The first engine: tables of any size.
    Polars,
    /// The second one: what the first lacks, over small tables.
    Sqlite,
}

/// The rows of a statement, and what is to be known of them.
#[derive(Debug)]
pub struct QueryResult {
    /// The rows, in plain types.
    pub frame: DataFrame,
    /// What every join that could be counted did to the rows.
    pub joins: Vec<JoinReport>,
    /// What a person should know: rows multiplied or lost by a join, a result that was cut.
    pub notices: Vec<DataWarning>,
    /// What ran it.
    pub engine: Engine,
}

/// Runs one SELECT over the bound tables; the first is also `df`. At most `limit` rows are returned, and it is told if
/// there are more.
///
/// Blocks until it is done; the result has plain types only (see the crate's store).
pub fn query(sql: &str, tables: &[DatasetBinding], limit: Option<usize>) -> Result<QueryResult, DataError> {
    query_until(sql, tables, limit, &|| false)
}

/// The same, given up between its parts as soon as `is_stopped` says so.
pub(super) fn query_until(
    sql: &str,
    tables: &[DatasetBinding],
    limit: Option<usize>,
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Result<QueryResult, DataError> {
    let mut statement = Statement::of(sql, tables)?;
    if let Some(limit) = limit {
        let rows = std::mem::replace(&mut statement.bound.rows, Rows::One);
        let limit = Some(limit as u64 + 1);
        statement.bound.rows = Rows::Limit { input: Box::new(rows), limit, offset: 0 };
    }
    joins::settle(&mut statement.bound.rows);
    let (frame, reports, engine) = statement.run(is_stopped)?;
    let mut notices = joins::notices(&statement.bound.rows, &reports);
    let mut frame = statement.settled(frame)?;
    if let Some(limit) = limit.filter(|limit| frame.height() > *limit) {
        frame = frame.head(Some(limit));
        notices.push(DataWarning {
            severity: Severity::Warning,
            fix: Some("Aggregate the rows, or ask for fewer with WHERE or LIMIT.".to_owned()),
            ..DataWarning::new("result_cut", format!("The result has more than {limit} rows; the rest is left out."))
        });
    }
    let joins = reports.into_iter().map(|(_, report)| report).collect();
    Ok(QueryResult { frame: statement.named(frame)?, joins, notices, engine })
}

/// How a statement would be run: the engine, and its plan in readable lines.
pub fn explain(sql: &str, tables: &[DatasetBinding]) -> Result<String, DataError> {
    let statement = Statement::of(sql, tables)?;
    let mut frames = Frames::new(&statement.files, &|| false);
    frames.is_dry = true;
    let planned = caught(|| Ok(frames.lazy(&statement.bound.rows)?.explain(true)?));
    match planned {
        Ok(plan) => Ok(format!("Engine: Polars\n{}", statement.with_names(&plan))),
        Err(Stop::Unsupported(reason)) => {
            statement.check_small(reason)?;
            let sql = lite::statement(&statement.bound).map_err(unsupported)?;
            Ok(format!("Engine: SQLite, because of {reason}\n{}", statement.with_names(&sql)))
        }
        Err(stop) => Err(statement.failure(stop)),
    }
}

fn unsupported(reason: &str) -> SqlError {
    SqlError::Refused {
        message: format!("This is not supported: {reason}. Write it in another way, or use Python."),
        at: None,
    }
}

struct Statement {
    bound: Bound,
    tables: Vec<Table>,
    files: Vec<File>,
    n_rows: Vec<u64>,
}

impl Statement {
    /// On a stack that the deepest statement fits in.
    fn of(sql: &str, bindings: &[DatasetBinding]) -> Result<Self, DataError> {
        const STACK_BYTES: usize = 256 << 20;
        std::thread::scope(|scope| {
            let bound = std::thread::Builder::new()
                .name("sql-bind".into())
                .stack_size(STACK_BYTES)
                .spawn_scoped(scope, || Self::read(sql, bindings))
                .map_err(|source| DataError::Io { action: "read the statement".to_owned(), source })?;
            bound.join().unwrap_or_else(|_| Err(unsupported("this form of statement").into()))
        })
    }

    fn read(sql: &str, bindings: &[DatasetBinding]) -> Result<Self, DataError> {
        let parsed = guard::parse(sql)?;
        let (mut tables, mut files): (Vec<Table>, Vec<File>) = (Vec::new(), Vec::new());
        for (name, path) in with_df(bindings) {
            let (columns, n_rows) = crate::panics::caught("the stored table", || described(path))?;
            files.push(File { path: path.to_owned(), columns: columns.iter().map(|(name, _)| name.clone()).collect() });
            tables.push(Table { name, columns, n_rows });
        }
        let bound = bind::bind(&parsed, &tables)?;
        let n_rows = tables.iter().map(|table| table.n_rows).collect();
        Ok(Self { bound, tables, files, n_rows })
    }

    fn run(
        &self,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<(DataFrame, Vec<(&super::plan::Join, JoinReport)>, Engine), DataError> {
        let reports = self.count_joins(is_stopped)?;
        let first = caught(|| {
            overflow::check(&self.bound.rows, &self.files, &self.n_rows)?;
            let mut frames = Frames::new(&self.files, is_stopped);
            let frame = frames.lazy(&self.bound.rows)?;
            let columns: Vec<Expr> = self.bound.columns.iter().map(|output| frames::column(output.id)).collect();
            frames.collect(frame.select(columns))
        });
        match first {
            Ok(frame) => Ok((frame, reports, Engine::Polars)),
            Err(Stop::Unsupported(reason)) => {
                self.check_small(reason)?;
                let frame = lite::run(&self.bound, &self.files, is_stopped)?;
                Ok((frame, reports, Engine::Sqlite))
            }
            Err(stop) => Err(self.failure(stop)),
        }
    }

    /// Counts what the joins do. A join that the first engine cannot count is not reported.
    fn count_joins(
        &self,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<(&super::plan::Join, JoinReport)>, DataError> {
        let mut reports = Vec::new();
        let mut frames = Frames::new(&self.files, is_stopped);
        // Innermost first: an outer one is counted by running the inner ones.
        for join in joins::of(&self.bound.rows).into_iter().rev() {
            match caught(|| joins::report(&mut frames, join)) {
                Ok(report) => reports.push((join, report)),
                Err(Stop::Unsupported(_)) => {}
                Err(stop) => return Err(self.failure(stop)),
            }
        }
        Ok(reports)
    }

    fn check_small(&self, reason: &str) -> Result<(), SqlError> {
        if lite::is_small(&self.bound, &self.n_rows) {
            return Ok(());
        }
        let message = format!(
            "These tables are too large for {reason}. Write it with a join or GROUP BY, filter the rows first, or use Python."
        );
        Err(SqlError::Refused { message, at: None })
    }

    fn failure(&self, stop: Stop) -> DataError {
        match stop {
            Stop::Unsupported(reason) => unsupported(reason).into(),
            Stop::Wrong(error) => error.into(),
            Stop::Data(error) => error,
            Stop::Polars(error) => {
                let text = self.with_names(&error.to_string());
                let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("unknown reason");
                let hint = if line.contains("conversion from") {
                    " A CAST met a value that has no counterpart; TRY_CAST gives NULL for such values."
                } else {
                    ""
                };
                SqlError::Failed { message: format!("{}{hint}", line.chars().take(300).collect::<String>()) }.into()
            }
        }
    }

    /// Rows in an order that the statement leaves open, sorted by their columns.
    fn settled(&self, frame: DataFrame) -> Result<DataFrame, DataError> {
        const MOST_ROWS: usize = 1_000_000;
        let is_open = !self.bound.is_ordered && joins::is_open(&self.bound.rows);
        if !is_open || frame.height() > MOST_ROWS {
            return Ok(frame);
        }
        let by: Vec<PlSmallStr> = self.bound.columns.iter().map(|column| frames::name(column.id)).collect();
        let options = SortMultipleOptions::default().with_nulls_last(true).with_maintain_order(true);
        frame.sort(by, options).map_err(|error| self.failure(Stop::Polars(error)))
    }

    /// The columns as the statement calls them, in plain types.
    fn named(&self, frame: DataFrame) -> Result<DataFrame, DataError> {
        let names: Vec<String> = self.bound.columns.iter().map(|column| column.name.clone()).collect();
        let names = crate::name::unique_columns(&names);
        let mut columns = Vec::with_capacity(names.len());
        for (output, name) in self.bound.columns.iter().zip(names) {
            let column =
                frame.column(&frames::name(output.id)).map_err(|error| self.failure(Stop::Polars(error)))?.clone();
            columns.push(column.with_name(PlSmallStr::from_str(&name)));
        }
        let frame = DataFrame::new(frame.height(), columns).map_err(|error| self.failure(Stop::Polars(error)))?;
        dtype::to_plain_types(frame, &mut Vec::new())
    }

    /// Numbers of columns as the names people know.
    fn with_names(&self, text: &str) -> String {
        let mut names = std::collections::HashMap::new();
        lite::scans(&self.bound.rows, &mut |table, columns| {
            for (id, position) in columns {
                names.insert(*id, self.tables[table].columns[*position].0.clone());
            }
        });
        for output in &self.bound.columns {
            names.insert(output.id, output.name.clone());
        }
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("\"c") {
            let (before, after) = rest.split_at(start + 2);
            let n_digits = after.bytes().take_while(u8::is_ascii_digit).count();
            result.push_str(&before[..before.len() - 1]);
            match after[..n_digits].parse().ok().and_then(|id: u32| names.get(&id)) {
                Some(name) if after[n_digits..].starts_with('"') => result.push_str(name),
                _ => {
                    result.push('c');
                    result.push_str(&after[..n_digits]);
                }
            }
            rest = &after[n_digits..];
        }
        result.push_str(rest);
        result
    }
}

fn with_df(tables: &[DatasetBinding]) -> Vec<(String, &Path)> {
    let mut bindings: Vec<(String, &Path)> = tables.iter().map(|b| (b.name.clone(), b.arrow_path.as_path())).collect();
    if let Some(first) = tables.first().filter(|_| !tables.iter().any(|table| table.name == "df")) {
        bindings.push(("df".to_owned(), &first.arrow_path));
    }
    bindings
}

/// Names and types of a stored table's columns, and its number of rows, without reading its values.
fn described(path: &Path) -> Result<(Vec<(String, super::plan::Kind)>, u64), DataError> {
    let schema = store::schema(path)?;
    let columns = schema.iter().map(|(name, dtype)| (name.to_string(), frames::kind(dtype))).collect();
    Ok((columns, store::n_rows(path)?))
}

/// Polars may panic where a feature is missing; the panic ends here.
fn caught<T>(work: impl FnOnce() -> Made<T>) -> Made<T> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)) {
        Ok(result) => result,
        Err(payload) => {
            let text: String = panic_text(&*payload).chars().take(200).collect();
            tracing::warn!(panic = text, "Polars panicked");
            Err(Stop::Unsupported("a part of it that failed in the first engine"))
        }
    }
}
