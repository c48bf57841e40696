//! Rows and keys that occur more than once.

use std::collections::HashSet;

use analyst_types::{ColumnProfile, DataWarning};

use super::identifiers::{is_identifier_name, is_shared_name};
use super::{Look, warning};
use crate::profile::identity::row_hashes;
use crate::rows::table::{Kind, StoredColumn};

/// A table with so many rows may repeat rows by chance, when its columns have few values.
const MANY_ROWS: usize = 50;

pub(super) fn find(look: &Look<'_>) -> Vec<DataWarning> {
    let keys = look.columns().filter_map(|(column, profile)| repeated_keys(look, column, profile));
    duplicate_rows(look).into_iter().chain(keys).collect()
}

fn duplicate_rows(look: &Look<'_>) -> Option<DataWarning> {
    let n = look.found.duplicate_rows.filter(|n| *n > 0)?;
    if look.table.columns().len() < 2 || (look.n_rows() >= MANY_ROWS && repeats_by_chance(look, n)) {
        return None;
    }
    let columns: Vec<&StoredColumn> = look.table.columns().iter().collect();
    let rows = repetitions(look, &columns);
    let message = format!("{n} rows are exact copies of another row. If each row is one case, they count twice.");
    Some(warning(
        "duplicate_rows",
        message,
        "Keep one of each, unless equal rows are different cases.",
        Vec::new(),
        rows,
    ))
}

/// Whether so many repetitions are to be expected of rows drawn from all that the columns' values allow: a survey of
/// yes and no repeats itself.
fn repeats_by_chance(look: &Look<'_>, n_repeated: u64) -> bool {
    let n_rows = look.n_rows() as f64;
    let n_possible: f64 = look.found.columns.iter().map(|profile| possible(n_rows, profile)).product();
    // Values are never that even, so more repetitions than these are no surprise either.
    n_repeated as f64 <= 4.0 * (n_rows - n_drawn(n_rows, n_possible))
}

/// How many different ones come of so many draws, when each of the possible ones is as likely.
fn n_drawn(n_draws: f64, n_possible: f64) -> f64 {
    -(-n_draws / n_possible).exp_m1() * n_possible
}

/// How many different values there may be, by how often those that were drawn repeat themselves: of a measurement that
/// hardly repeats, many more than were seen.
fn possible(n_rows: f64, profile: &ColumnProfile) -> f64 {
    let n_values = n_rows - profile.nulls as f64;
    let n_different = profile.distinct.max(1) as f64;
    let (mut low, mut high) = (n_different, 1e15);
    if n_drawn(n_values, high) <= n_different {
        return high;
    }
    for _ in 0..100 {
        let middle = (low * high).sqrt();
        if n_drawn(n_values, middle) < n_different { low = middle } else { high = middle }
    }
    low
}

fn repetitions(look: &Look<'_>, columns: &[&StoredColumn]) -> super::Rows {
    let hashes = row_hashes(columns, look.n_rows());
    let mut seen = HashSet::with_capacity(hashes.len());
    look.rows_where(|row| !seen.insert(hashes[row]))
}

/// A column that is named like a key, and nearly is one.
fn repeated_keys(look: &Look<'_>, column: &StoredColumn, profile: &ColumnProfile) -> Option<DataWarning> {
    let name = &column.name;
    let n_values = look.n_rows() as u64 - profile.nulls;
    let nearly_unique = profile.distinct < n_values && profile.distinct * 20 >= n_values * 19 && n_values >= 20;
    let is_candidate = is_identifier_name(name) && !is_shared_name(name) && !profile.distinct_is_estimate;
    if !nearly_unique || !is_candidate || !matches!(column.kind(), Kind::Integer | Kind::Text) {
        return None;
    }
    let hashes = row_hashes(&[column], look.n_rows());
    let mut seen = HashSet::with_capacity(hashes.len());
    let rows = look.rows_where(|row| !column.is_missing(row) && !seen.insert(hashes[row]));
    let message = format!("{name:?} looks like a key, but {} of its values occur more than once.", rows.count);
    let fix = "Look at the rows that share a value before counting or joining by it.";
    Some(warning("duplicate_keys", message, fix, vec![name.clone()], rows))
}
