//! Numbers that cannot be, by what the column's name says they are.

use analyst_types::{ColumnProfile, DataWarning};

use super::naming::{ends_in, has_word};
use super::sample::numbers;
use super::{Look, warning};
use crate::rows::table::StoredColumn;

/// What a name promises: the words, what the values are called, and where they lie.
struct Promise {
    words: &'static [&'static str],
    /// Words with which it means something else.
    but_not: &'static [&'static str],
    what: &'static str,
    least: f64,
    most: f64,
}

const PROMISES: &[Promise] = &[
    Promise {
        words: &["age", "alter", "edad"],
        but_not: &["days", "months", "hours", "group", "building", "company", "account", "car", "house", "min", "max"],
        what: "ages",
        least: 0.0,
        most: 120.0,
    },
    Promise {
        words: &["pct", "percent", "percentage", "prozent"],
        but_not: &["change", "growth", "return", "diff", "delta", "increase", "of", "vs", "yoy", "mom", "gain", "roi"],
        what: "percentages",
        least: 0.0,
        most: 100.0,
    },
    Promise { words: &["latitude", "lat"], but_not: &[], what: "latitudes", least: -90.0, most: 90.0 },
    Promise { words: &["longitude", "lon", "lng"], but_not: &[], what: "longitudes", least: -180.0, most: 180.0 },
];
/// Where more values break the promise, the name promises something else.
const FEW: f64 = 0.1;
const MIN_VALUES: u64 = 10;

pub(super) fn find(look: &Look<'_>) -> Vec<DataWarning> {
    look.columns().filter_map(|(column, profile)| in_column(look, column, profile)).collect()
}

fn in_column(look: &Look<'_>, column: &StoredColumn, profile: &ColumnProfile) -> Option<DataWarning> {
    let name = &column.name;
    let promise = PROMISES.iter().find(|p| ends_in(name, p.words) && !has_word(name, p.but_not))?;
    let (least, most) = (profile.min.as_f64()?, profile.max.as_f64()?);
    let n_values = look.n_rows() as u64 - profile.nulls;
    if (least >= promise.least && most <= promise.most) || n_values < MIN_VALUES {
        return None;
    }
    let number = numbers(column)?;
    let is_possible = |value: f64| (promise.least..=promise.most).contains(&value);
    // Numbers that stand for "unknown" have a warning of their own.
    let is_sentinel = |value: f64| [-1.0, -9.0, -99.0, -999.0, -9999.0, 999.0, 9999.0, 99_999.0].contains(&value);
    let rows = look.rows_where(|row| number(row).is_some_and(|value| !is_possible(value) && !is_sentinel(value)));
    let message = format!("{name:?}: {} values are impossible as {}.", rows.count, promise.what);
    let fix = "Correct these rows, or treat the values as missing.";
    (rows.count > 0 && rows.count as f64 <= (FEW * n_values as f64).max(1.0))
        .then(|| warning("impossible_values", message, fix, vec![name.clone()], rows))
}
