//! From cells to typed columns: every cell is counted, then the type is decided, then the column is built.

pub(crate) mod boolean;
pub(crate) mod build;
pub(crate) mod calendar;
pub(crate) mod conventions;
pub(crate) mod date;
pub(crate) mod decision;
pub(crate) mod duration;
pub(crate) mod fast;
pub(crate) mod missing;
pub(crate) mod number;
pub(crate) mod tally;

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use analyst_types::DataWarning;
use polars::prelude::{DataFrame, Series};

use self::decision::{Conventions, Decision, Hints, Kind};
use self::tally::{Count, MAX_LINES, Tally, TextPolicy};
use crate::DataError;
use crate::grid::{Cell, Grid};
use crate::source::{Watch, check};

/// The rows of a grid that are data, and the columns' names.
pub(crate) struct Body<'a, G> {
    /// Where the cells are.
    pub grid: &'a G,
    /// Consecutive rows that are data, in order.
    pub rows: Vec<Range<usize>>,
    /// Position in the grid and name of every column.
    pub columns: Vec<(usize, String)>,
}

impl<G: Grid> Body<'_, G> {
    /// Number of data rows.
    pub fn n_rows(&self) -> usize {
        self.rows.iter().map(ExactSizeIterator::len).sum()
    }

    fn row_numbers(&self) -> impl Iterator<Item = usize> + '_ {
        self.rows.iter().cloned().flatten()
    }
}

/// A typed table, how it was read, and what to say about it.
pub(crate) struct Typed {
    /// The table.
    pub frame: DataFrame,
    /// The conventions its texts were read by.
    pub conventions: Conventions,
    /// What to say.
    pub warnings: Vec<DataWarning>,
}

const CANCEL_EVERY: usize = 1 << 16;

/// Decides the type of every column over all its cells, and builds the table.
pub(crate) fn infer<G: Grid>(
    body: &Body<'_, G>,
    policy: TextPolicy,
    hints: Hints<'_>,
    cancel: &dyn Watch,
) -> Result<Typed, DataError> {
    let n_columns = body.columns.len();
    check_density(body.n_rows(), n_columns, body.grid.n_cells())?;
    let tallies = in_parallel(n_columns, |column| tally_column(body, column, policy, cancel));
    check(cancel)?;
    let names: Vec<&str> = body.columns.iter().map(|(_, name)| name.as_str()).collect();
    let (conventions, decisions) = decide(&names, &tallies, hints);
    let n_rows = body.n_rows();
    let series = in_parallel(n_columns, |column| build_column(body, column, decisions[column].kind, policy, cancel));
    check(cancel)?;
    let nulls: Vec<u64> = series.iter().map(|series| series.null_count() as u64).collect();
    let unfit = unfit_cells(body, &series, hints);
    let warnings = warnings_of(&names, &tallies, &nulls, decisions, &unfit);
    let columns = series.into_iter().map(Into::into).collect();
    let frame = DataFrame::new(n_rows, columns).map_err(|error| DataError::unreadable(error.to_string()))?;
    Ok(Typed { frame, conventions, warnings })
}

/// Decides every column, and the conventions of the whole file.
pub(crate) fn decide(names: &[&str], tallies: &[Tally], hints: Hints<'_>) -> (Conventions, Vec<Decision>) {
    let mut conventions = Conventions::of(tallies, hints);
    let decisions: Vec<_> = names
        .iter()
        .zip(tallies)
        .map(|(name, tally)| decision::decide_told(name, tally, &conventions, hints))
        .collect();
    conventions.settle_date_order(&decisions);
    (conventions, decisions)
}

/// What to say about the columns, of which `nulls` cells became missing, `unfit` of them against their text.
pub(crate) fn warnings_of(
    names: &[&str],
    tallies: &[Tally],
    nulls: &[u64],
    decisions: Vec<Decision>,
    unfit: &[Count],
) -> Vec<DataWarning> {
    let mut warnings: Vec<DataWarning> = decisions.into_iter().flat_map(|decision| decision.warnings).collect();
    warnings.extend(missing_tokens(names, tallies, nulls));
    warnings.extend(formula_errors(names, tallies));
    let unfit = names.iter().zip(unfit).filter(|(_, count)| count.n > 0);
    warnings.extend(unfit.map(|(name, count)| decision::unfit(name, count)));
    warnings
}

/// Few cells far apart would fill the memory once every place between them is a missing value.
pub(crate) fn check_density(n_rows: usize, n_columns: usize, n_cells: usize) -> Result<(), DataError> {
    const ALWAYS_FINE: usize = 50_000_000;
    const MOST_PLACES_PER_CELL: usize = 20;
    let places = n_rows.saturating_mul(n_columns);
    if places <= ALWAYS_FINE || places / MOST_PLACES_PER_CELL <= n_cells {
        return Ok(());
    }
    let what = format!("A table of {n_rows} rows and {n_columns} columns that is nearly empty");
    Err(DataError::TooLarge { what, limit: format!("{MOST_PLACES_PER_CELL} places per value") })
}

pub(crate) fn tally_column<G: Grid>(
    body: &Body<'_, G>,
    column: usize,
    policy: TextPolicy,
    cancel: &dyn Watch,
) -> Tally {
    let mut tally = Tally::default();
    let position = body.columns[column].0;
    for (index, row) in body.row_numbers().enumerate() {
        if index % CANCEL_EVERY == 0 && cancel.is_cancelled() {
            break;
        }
        let cell = body.grid.cell(row, position);
        if cell == Cell::Missing {
            tally.cells += 1;
            tally.missing += 1;
        } else {
            tally.add(&cell, body.grid.line(row), policy);
        }
    }
    tally
}

fn build_column<G: Grid>(
    body: &Body<'_, G>,
    column: usize,
    kind: Kind,
    policy: TextPolicy,
    cancel: &dyn Watch,
) -> Series {
    let (position, name) = &body.columns[column];
    let n_rows = body.n_rows();
    let cells = || body.row_numbers().map(|row| body.grid.cell(row, *position));
    if cancel.is_cancelled() {
        return Series::default();
    }
    let series = build::build(name, kind, policy, n_rows, &mut cells());
    if kind == Kind::DigitsDate {
        let integers = build::build(name, Kind::Integer { decimal: b'.' }, policy, n_rows, &mut cells());
        return if series.null_count() == integers.null_count() { series } else { integers };
    }
    series
}

/// Runs `work` for every column number on as many threads as there are cores.
pub(crate) fn in_parallel<T: Send>(n_columns: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from).min(n_columns);
    if n_threads <= 1 {
        return (0..n_columns).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(n_columns));
    std::thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                loop {
                    let column = next.fetch_add(1, Ordering::Relaxed);
                    if column >= n_columns {
                        break;
                    }
                    let result = work(column);
                    done.lock().expect("BUG: a column's thread panicked").push((column, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("BUG: a column's thread panicked");
    done.sort_by_key(|(column, _)| *column);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Tells which words were taken as "no value".
fn missing_tokens(names: &[&str], tallies: &[Tally], nulls: &[u64]) -> Option<DataWarning> {
    let mut columns = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    let mut n = 0;
    for ((name, tally), &nulls) in names.iter().zip(tallies).zip(nulls) {
        let soft_taken = nulls > tally.missing + tally.errors.n;
        let taken = [(&tally.tokens, true), (&tally.soft_tokens, soft_taken)];
        let taken: Vec<&Count> =
            taken.iter().filter(|(count, is)| *is && count.n > 0).map(|(count, _)| *count).collect();
        if taken.is_empty() {
            continue;
        }
        columns.push((*name).to_owned());
        for count in taken {
            n += count.n;
            rows.extend(&count.lines);
            if !words.contains(&count.example) {
                words.push(count.example.clone());
            }
        }
    }
    if columns.is_empty() {
        return None;
    }
    rows.sort_unstable();
    rows.dedup();
    rows.truncate(MAX_LINES);
    let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    let message = format!("{} read as missing ({n} cells).", words.join(", "));
    Some(DataWarning { code: "null_tokens".into(), message, columns, rows, ..DataWarning::default() })
}

/// Cells that are missing because they do not fit the type a person named, by column.
fn unfit_cells<G: Grid>(body: &Body<'_, G>, series: &[Series], hints: Hints<'_>) -> Vec<Count> {
    let unfit_in = |((position, name), series): (&(usize, String), &Series)| {
        let mut count = Count::default();
        if !hints.is_told(name) {
            return count;
        }
        for (row, is_null) in body.row_numbers().zip(series.is_null().iter()) {
            let cell = body.grid.cell(row, *position);
            if is_null == Some(true)
                && let Some(text) = build::plain_text(&cell)
            {
                add_unfit(&mut count, body.grid.line(row), &text);
            }
        }
        count
    };
    body.columns.iter().zip(series).map(unfit_in).collect()
}

/// Counts a cell that has no value of the type a person named, unless it says that it has none.
pub(crate) fn add_unfit(count: &mut Count, line: u64, text: &str) {
    if missing::lookup(text.trim()) == missing::Missing::No {
        count.add(line, text);
    }
}

fn formula_errors(names: &[&str], tallies: &[Tally]) -> Option<DataWarning> {
    let failed: Vec<_> = names.iter().zip(tallies).filter(|(_, tally)| tally.errors.n > 0).collect();
    let first = failed.first()?;
    let n: u64 = failed.iter().map(|(_, tally)| tally.errors.n).sum();
    Some(DataWarning {
        code: "error_cells".into(),
        message: format!(
            "{n} cells hold a formula error such as {}; they are read as missing.",
            first.1.errors.example
        ),
        columns: failed.iter().map(|(name, _)| (**name).to_owned()).collect(),
        rows: first.1.errors.lines.clone(),
        ..DataWarning::default()
    })
}
