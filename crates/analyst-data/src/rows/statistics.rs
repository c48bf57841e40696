//! What a selection comes to: the figures of a status bar.

use analyst_types::SelectionStatistics;
use polars::prelude::PlHashSet;
use rayon::prelude::*;
use serde_json::Value;

use super::View;
use super::order::{from_real, from_whole};
use super::table::{Cells, Kind, StoredColumn, Table};
use crate::DataError;
use crate::profile::moments::Sum;

/// Rows `offset` to `offset + limit` of the view, or all of it; no columns means all.
pub(super) fn statistics(
    table: &Table,
    view: &View,
    offset: u64,
    limit: u64,
    columns: &[String],
) -> Result<Vec<SelectionStatistics>, DataError> {
    let columns: Vec<&StoredColumn> = if columns.is_empty() {
        table.columns().iter().collect()
    } else {
        columns.iter().map(|name| table.column(name)).collect::<Result<_, _>>()?
    };
    let (start, end) = if limit == 0 {
        (0, view.len())
    } else {
        let start = offset.min(view.len() as u64);
        (start as usize, start.saturating_add(limit).min(view.len() as u64) as usize)
    };
    Ok(columns.into_par_iter().map(|column| of_column(column, view, start, end)).collect())
}

fn of_column(column: &StoredColumn, view: &View, start: usize, end: usize) -> SelectionStatistics {
    let rows = || (start..end).map(|at| view.row(at)).filter(|&row| !column.is_missing(row));
    let mut statistics = SelectionStatistics {
        column: column.name.clone(),
        rows: (end - start) as u64,
        nulls: 0,
        distinct: 0,
        sum: None,
        mean: None,
        min: Value::Null,
        max: Value::Null,
    };
    let n_values = match column.cells() {
        Cells::Text(texts) => {
            let mut seen = PlHashSet::default();
            let n_values = rows().map(|row| seen.insert(texts.get(row))).count();
            statistics.distinct = seen.len() as u64;
            n_values
        }
        Cells::Boolean(values) => {
            ordered(column, rows().map(|row| (u64::from(values.value(row)), row)), &mut statistics)
        }
        Cells::Date(values) => {
            ordered(column, rows().map(|row| (from_whole(values.value(row).into()), row)), &mut statistics)
        }
        Cells::Integer(values) => {
            if column.kind() == Kind::Integer {
                sum(rows().map(|row| values.value(row) as f64), &mut statistics);
            }
            ordered(column, rows().map(|row| (from_whole(values.value(row)), row)), &mut statistics)
        }
        Cells::Float(values) => {
            sum(rows().map(|row| values.value(row)), &mut statistics);
            ordered(column, rows().map(|row| (from_real(values.value(row)), row)), &mut statistics)
        }
    };
    statistics.nulls = (end - start - n_values) as u64;
    statistics
}

fn sum(values: impl Iterator<Item = f64>, statistics: &mut SelectionStatistics) {
    let mut sum = Sum::default();
    let mut n = 0u64;
    for value in values {
        sum.add(value);
        n += 1;
    }
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    statistics.sum = finite(sum.total());
    statistics.mean = if n > 0 { finite(sum.total() / n as f64) } else { None };
}

/// Least, greatest and how many different, by numbers in the values' order. Says how many values there are.
fn ordered(
    column: &StoredColumn,
    keys: impl Iterator<Item = (u64, usize)>,
    statistics: &mut SelectionStatistics,
) -> usize {
    let mut least: Option<(u64, usize)> = None;
    let mut most: Option<(u64, usize)> = None;
    let mut all = Vec::new();
    for (key, row) in keys {
        least = Some(least.map_or((key, row), |known| if key < known.0 { (key, row) } else { known }));
        most = Some(most.map_or((key, row), |known| if key > known.0 { (key, row) } else { known }));
        all.push(key);
    }
    statistics.min = least.map_or(Value::Null, |(_, row)| column.json(row));
    statistics.max = most.map_or(Value::Null, |(_, row)| column.json(row));
    let n_values = all.len();
    all.sort_unstable();
    all.dedup();
    statistics.distinct = all.len() as u64;
    n_values
}
