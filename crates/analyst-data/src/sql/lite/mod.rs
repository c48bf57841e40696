//! The second engine: a plan as one SQLite statement over an in-memory database that holds the columns it needs.
//!
//! It answers what the [first](super::frames) lacks (subqueries that look outside, recursive WITH, frames that look
//! ahead) for tables that are small enough to be copied. SQLite gets no file, no extension and no text a person wrote:
//! tables are `t0`, columns `k0`, and constants are printed by us.

mod text;

use std::time::Duration;

use futures::TryStreamExt;
use polars::prelude::*;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, Row, SqliteConnection, ValueRef};

use super::bind::{Bound, Output};
use super::frames::{File, dtype};
use super::plan::{Kind, Node, Recursive, Rows};
use crate::error::SqlError;
use crate::{DataError, store};

/// Cells that may be copied.
const MOST_CELLS: u64 = 2_000_000;
/// Cells of a result.
const MOST_RESULT_CELLS: usize = 20_000_000;
/// Rows of a recursive WITH.
const MOST_ROUNDS: i64 = 1_000_000;

/// The statement SQLite would run; the reason if it cannot.
pub(super) fn statement(bound: &Bound) -> Result<String, &'static str> {
    text::Printer::default().result(bound)
}

/// What keeps a plan from being copied: how many cells it needs, if too many.
pub(super) fn is_small(bound: &Bound, n_rows: &[u64]) -> bool {
    n_cells(bound, n_rows) <= MOST_CELLS
}

fn n_cells(bound: &Bound, n_rows: &[u64]) -> u64 {
    columns_needed(bound, n_rows.len()).iter().zip(n_rows).map(|(columns, rows)| columns.len() as u64 * rows).sum()
}

/// For every table the positions of the columns that are read.
fn columns_needed(bound: &Bound, n_tables: usize) -> Vec<Vec<usize>> {
    let mut needed = vec![Vec::new(); n_tables];
    scans(&bound.rows, &mut |table, columns: &[(u32, usize)]| {
        for (_, position) in columns {
            if !needed[table].contains(position) {
                needed[table].push(*position);
            }
        }
    });
    needed
}

pub(super) fn scans(rows: &Rows, found: &mut dyn FnMut(usize, &[(u32, usize)])) {
    each(rows, &mut |rows| {
        if let Rows::Scan { table, columns } = rows {
            found(*table, columns);
        }
    });
}

/// Every stage, those in subqueries included.
pub(super) fn each<'r>(rows: &'r Rows, found: &mut dyn FnMut(&'r Rows)) {
    fn in_expression<'r>(expr: &'r super::plan::Expr, found: &mut dyn FnMut(&'r Rows)) {
        if let Node::InQuery(_, query) | Node::Exists(query) | Node::Scalar(query) = &expr.node {
            each(&query.rows, found);
        }
        expr.children().into_iter().for_each(|child| in_expression(child, found));
    }
    found(rows);
    rows.expressions().into_iter().for_each(|expr| in_expression(expr, found));
    rows.inputs().into_iter().for_each(|input| each(input, found));
}

/// Runs the plan. Blocks; on a thread and a runtime of its own, wherever it is called.
pub(super) fn run(
    bound: &Bound,
    files: &[File],
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Result<DataFrame, DataError> {
    let mut printer = text::Printer::default();
    let unsupported = |reason: &str| {
        DataError::from(SqlError::Refused { message: format!("This is not supported: {reason}."), at: None })
    };
    let sql = printer.result(bound).map_err(unsupported)?;
    let mut recursive: Vec<&Recursive> = Vec::new();
    each(&bound.rows, &mut |rows| {
        if let Rows::Recursive(found) = rows {
            recursive.push(found);
        }
    });
    let mut counts = Vec::new();
    for found in recursive {
        counts.push(text::Printer::default().count_rounds(found).map_err(unsupported)?);
    }
    let mut tables = Vec::new();
    for (table, columns) in columns_needed(bound, files.len()).into_iter().enumerate() {
        if columns.is_empty() {
            continue;
        }
        let names: Vec<&str> = columns.iter().map(|position| files[table].columns[*position].as_str()).collect();
        let frame = store::read_columns(&files[table].path, &names)?;
        let frame = frame.select(names.iter().copied()).map_err(failed)?;
        if printer.needs_ascii && !is_ascii(&frame) {
            return Err(unsupported("upper and lower case of letters beyond a to z in a statement of this form"));
        }
        tables.push(Copied { name: format!("t{table}"), columns, frame });
    }
    let work = || -> Result<DataFrame, DataError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .map_err(|source| DataError::Io { action: "start the second engine".to_owned(), source })?;
        runtime.block_on(answer(&sql, &counts, tables, &bound.columns, is_stopped))
    };
    std::thread::scope(|scope| {
        scope.spawn(work).join().unwrap_or_else(|_| {
            Err(SqlError::Failed {
                message: "the second engine failed. Write it in another way, or use Python.".to_owned(),
            }
            .into())
        })
    })
}

fn failed(error: PolarsError) -> DataError {
    DataError::unreadable(error.to_string())
}

fn is_ascii(frame: &DataFrame) -> bool {
    frame.columns().iter().all(|column| match column.str() {
        Ok(texts) => texts.iter().flatten().all(str::is_ascii),
        Err(_) => true,
    })
}

struct Copied {
    name: String,
    columns: Vec<usize>,
    frame: DataFrame,
}

async fn answer(
    sql: &str,
    counts: &[String],
    tables: Vec<Copied>,
    columns: &[Output],
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Result<DataFrame, DataError> {
    let options = SqliteConnectOptions::new()
        .filename(":memory:")
        .pragma("case_sensitive_like", "ON")
        .pragma("temp_store", "MEMORY")
        .pragma("foreign_keys", "OFF")
        .disable_statement_logging();
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(engine)?;
    for table in tables {
        load(&mut connection, table, is_stopped).await?;
    }
    for count in counts {
        let (rows,): (i64,) =
            sqlx::query_as(AssertSqlSafe(count.clone())).fetch_one(&mut connection).await.map_err(engine)?;
        if rows > MOST_ROUNDS {
            let message =
                format!("The recursive WITH gives more than {MOST_ROUNDS} rows. Give it a condition that ends it.");
            return Err(SqlError::Refused { message, at: None }.into());
        }
    }
    let mut built: Vec<Values> = columns.iter().map(|column| Values::of(column.kind)).collect();
    let query = sqlx::query(AssertSqlSafe(sql.to_owned())).persistent(false);
    let mut rows = connection.fetch(query);
    let mut n_rows = 0usize;
    while let Some(row) = next(&mut rows, is_stopped).await? {
        n_rows += 1;
        if n_rows * columns.len().max(1) > MOST_RESULT_CELLS {
            return Err(SqlError::Refused {
                message: "The result is too large for this form of statement. Aggregate it, or add LIMIT.".to_owned(),
                at: None,
            }
            .into());
        }
        for (position, values) in built.iter_mut().enumerate() {
            values.push(&row, position)?;
        }
    }
    drop(rows);
    connection.close().await.map_err(engine)?;
    let columns: Vec<Column> =
        built.into_iter().zip(columns).map(|(values, column)| values.finish(column)).collect::<Result<_, _>>()?;
    DataFrame::new(n_rows, columns).map_err(failed)
}

/// The next row; looks every now and then whether it is still wanted.
async fn next(
    rows: &mut (impl futures::Stream<Item = Result<SqliteRow, sqlx::Error>> + Unpin),
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Result<Option<SqliteRow>, DataError> {
    const LOOK: Duration = Duration::from_millis(50);
    let mut row = std::pin::pin!(rows.try_next());
    loop {
        let waited = futures::future::select(row.as_mut(), futures_delay(LOOK)).await;
        match waited {
            futures::future::Either::Left((row, _)) => return row.map_err(engine),
            futures::future::Either::Right(_) if is_stopped() => {
                return Err(SqlError::Failed { message: "it was stopped.".to_owned() }.into());
            }
            futures::future::Either::Right(_) => {}
        }
    }
}

fn futures_delay(time: Duration) -> std::pin::Pin<Box<tokio::time::Sleep>> {
    Box::pin(tokio::time::sleep(time))
}

async fn load(
    connection: &mut SqliteConnection,
    table: Copied,
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Result<(), DataError> {
    const MOST_PARAMETERS: usize = 30_000;
    let names: Vec<String> = table.columns.iter().map(|position| format!("k{position}")).collect();
    let create = format!("CREATE TABLE {}({})", table.name, names.join(","));
    sqlx::query(AssertSqlSafe(create)).execute(&mut *connection).await.map_err(engine)?;
    let series: Vec<Series> = table
        .frame
        .columns()
        .iter()
        .map(|column| physical(column.as_materialized_series()))
        .collect::<PolarsResult<_>>()
        .map_err(failed)?;
    let per_statement = (MOST_PARAMETERS / names.len().max(1)).max(1);
    let one = format!("({})", vec!["?"; names.len()].join(","));
    sqlx::query("BEGIN").execute(&mut *connection).await.map_err(engine)?;
    let height = table.frame.height();
    for start in (0..height).step_by(per_statement) {
        if is_stopped() {
            return Err(SqlError::Failed { message: "it was stopped.".to_owned() }.into());
        }
        let end = (start + per_statement).min(height);
        let insert = format!("INSERT INTO {} VALUES {}", table.name, vec![one.as_str(); end - start].join(","));
        let mut arguments = SqliteArguments::default();
        for row in start..end {
            for values in &series {
                bind(&mut arguments, values, row)?;
            }
        }
        sqlx::query_with(AssertSqlSafe(insert), arguments)
            .persistent(false)
            .execute(&mut *connection)
            .await
            .map_err(engine)?;
    }
    sqlx::query("COMMIT").execute(&mut *connection).await.map_err(engine)?;
    Ok(())
}

/// Dates as days, moments as microseconds, truth as 0 and 1.
fn physical(series: &Series) -> PolarsResult<Series> {
    let kind = super::frames::kind(series.dtype());
    let typed = series.cast(&dtype(kind))?;
    match kind {
        Kind::Text | Kind::Float | Kind::Integer => Ok(typed),
        _ => typed.cast(&DataType::Int64),
    }
}

fn bind(arguments: &mut SqliteArguments, values: &Series, row: usize) -> Result<(), DataError> {
    use sqlx::Arguments;
    let wrong = |_| DataError::unreadable("A value could not be copied.");
    match values.get(row).map_err(failed)? {
        AnyValue::Null => arguments.add(None::<i64>).map_err(wrong),
        AnyValue::Int64(value) => arguments.add(value).map_err(wrong),
        AnyValue::Float64(value) if value.is_nan() => arguments.add(None::<i64>).map_err(wrong),
        AnyValue::Float64(value) => arguments.add(value).map_err(wrong),
        AnyValue::String(text) => arguments.add(text.to_owned()).map_err(wrong),
        _ => Err(DataError::unreadable("A value could not be copied.")),
    }
}

fn engine(error: sqlx::Error) -> DataError {
    let text = match &error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => other.to_string(),
    };
    if text.contains("integer overflow") {
        // Raised by us where a subquery gives two rows, or by a sum.
        return SqlError::Refused {
            message: "A whole number became too large, or a subquery used as a value gave more than one row. CAST the numbers to DOUBLE, or aggregate the subquery.".to_owned(),
            at: None,
        }
        .into();
    }
    SqlError::Failed { message: text.chars().take(300).collect() }.into()
}

/// A column of the result, while it is read.
enum Values {
    Integers(Vec<Option<i64>>),
    Floats(Vec<Option<f64>>),
    Texts(Vec<Option<String>>),
}

impl Values {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Float => Self::Floats(Vec::new()),
            Kind::Text => Self::Texts(Vec::new()),
            _ => Self::Integers(Vec::new()),
        }
    }

    fn push(&mut self, row: &SqliteRow, position: usize) -> Result<(), DataError> {
        let found = row.try_get_raw(position).map_err(engine)?;
        let is_real = found.type_info().to_string() == "REAL";
        let is_null = found.is_null();
        let too_large = || {
            DataError::from(SqlError::Refused {
                message: "A whole number became too large. CAST it to DOUBLE.".to_owned(),
                at: None,
            })
        };
        match self {
            Self::Integers(values) if is_null => values.push(None),
            Self::Floats(values) if is_null => values.push(None),
            Self::Texts(values) if is_null => values.push(None),
            Self::Integers(_) if is_real => return Err(too_large()),
            Self::Integers(values) => values.push(Some(row.try_get(position).map_err(engine)?)),
            Self::Floats(values) if is_real => values.push(Some(row.try_get(position).map_err(engine)?)),
            Self::Floats(values) => values.push(Some(row.try_get::<i64, _>(position).map_err(engine)? as f64)),
            Self::Texts(values) => values.push(Some(row.try_get(position).map_err(engine)?)),
        }
        Ok(())
    }

    fn finish(self, column: &Output) -> Result<Column, DataError> {
        let name: PlSmallStr = format!("c{}", column.id).into();
        let series = match self {
            Self::Integers(values) => Series::new(name, values),
            Self::Floats(values) => Series::new(name, values),
            Self::Texts(values) => Series::new(name, values),
        };
        let typed = match column.kind {
            Kind::Date => series.cast(&DataType::Int32).and_then(|days| days.cast(&DataType::Date)),
            Kind::Null => Ok(Series::full_null(series.name().clone(), series.len(), &DataType::Null)),
            kind => series.cast(&dtype(kind)),
        };
        Ok(typed.map_err(failed)?.into_column())
    }
}
