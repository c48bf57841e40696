//! Values that are missing for a part of the rows only: a mean over the others is a mean of something else.

use std::collections::HashMap;

use analyst_types::{ColumnProfile, DataWarning};

use super::{Look, Rows, warning};
use crate::profile::hash;
use crate::rows::table::{Cells, Kind, StoredColumn};

const MIN_ROWS: usize = 50;
const MIN_GROUP: u32 = 10;
const MAX_GROUPS: u64 = 20;
/// A column is missing for a group when it is for this share of it, and there when it is missing for less than that.
const GONE: f64 = 0.98;
const THERE: f64 = 0.1;
/// Groups are looked for in so many columns, for so many columns.
const MAX_COLUMNS: usize = 30;

pub(super) fn find(look: &Look<'_>) -> Vec<DataWarning> {
    if look.n_rows() < MIN_ROWS {
        return Vec::new();
    }
    let n_rows = look.n_rows() as f64;
    let is_partly_missing = |profile: &ColumnProfile| (0.05..=0.95).contains(&(profile.nulls as f64 / n_rows));
    look.columns()
        .filter(|(column, profile)| matches!(column.kind(), Kind::Integer | Kind::Float) && is_partly_missing(profile))
        .take(MAX_COLUMNS)
        .filter_map(|(column, _)| over_time(look, column).or_else(|| by_group(look, column)))
        .collect()
}

fn told(message: String, columns: Vec<String>, count: u64) -> DataWarning {
    let fix = "Say which part of the data a figure of this column covers, or compare only within that part.";
    warning("filled_partly", message, fix, columns, Rows { first: Vec::new(), count })
}

/// There from a moment on, or until one, in a table that is sorted by time.
fn over_time(look: &Look<'_>, column: &StoredColumn) -> Option<DataWarning> {
    let n_rows = look.n_rows();
    let first_missing = column.is_missing(0);
    let change = (1..n_rows).find(|&row| column.is_missing(row) != first_missing)?;
    // A single stray cell does not spoil it; more do.
    let n_stray = (change..n_rows).filter(|&row| column.is_missing(row) == first_missing).count();
    let is_split = n_stray * 50 <= n_rows && change >= MIN_GROUP as usize && n_rows - change >= MIN_GROUP as usize;
    if !is_split {
        return None;
    }
    let time = look.table.columns().iter().find(|column| is_sorted_time(column, n_rows))?;
    let moment = time.json(change);
    let moment = moment.as_str().unwrap_or_default();
    let (name, time_name) = (&column.name, &time.name);
    let when = if first_missing { format!("only from {moment} on") } else { format!("only before {moment}") };
    let message =
        format!("{name:?} has values {when} ({time_name:?}); a figure over the whole time rests on that part.");
    let nulls = column.nulls() as u64;
    Some(told(message, vec![name.clone(), time_name.clone()], nulls))
}

fn is_sorted_time(column: &StoredColumn, n_rows: usize) -> bool {
    if !matches!(column.kind(), Kind::Date | Kind::Moment) || column.nulls() > 0 {
        return false;
    }
    match column.cells() {
        Cells::Date(values) => values.values().is_sorted() && values.value(0) < values.value(n_rows - 1),
        Cells::Integer(values) => values.values().is_sorted() && values.value(0) < values.value(n_rows - 1),
        _ => false,
    }
}

/// There for some groups of a category and missing for others.
fn by_group(look: &Look<'_>, column: &StoredColumn) -> Option<DataWarning> {
    let is_category = |(other, profile): &(&StoredColumn, &ColumnProfile)| {
        other.kind() == Kind::Text && profile.nulls == 0 && (2..=MAX_GROUPS).contains(&profile.distinct)
    };
    look.columns().filter(is_category).take(MAX_COLUMNS).find_map(|(category, _)| {
        let Cells::Text(texts) = category.cells() else { return None };
        // By hash: the group's first row, its size, and how many of it have no value.
        let mut groups: HashMap<u64, (usize, u32, u32)> = HashMap::new();
        for row in 0..look.n_rows() {
            let group = groups.entry(hash::text(texts.get(row))).or_insert((row, 0, 0));
            group.1 += 1;
            group.2 += u32::from(column.is_missing(row));
        }
        let share = |group: &(usize, u32, u32)| f64::from(group.2) / f64::from(group.1);
        let is_clear = groups.values().all(|group| share(group) >= GONE || share(group) <= THERE);
        let large =
            |wanted: &dyn Fn(f64) -> bool| groups.values().any(|group| group.1 >= MIN_GROUP && wanted(share(group)));
        if !is_clear || !large(&|share| share >= GONE) || !large(&|share| share <= THERE) {
            return None;
        }
        let mut gone: Vec<&str> =
            groups.values().filter(|group| share(group) >= GONE).map(|group| texts.get(group.0)).collect();
        gone.sort_unstable();
        gone.truncate(3);
        let (name, category_name) = (&column.name, &category.name);
        let message = format!(
            "{name:?} has no values where {category_name:?} is {}: a figure over all rows leaves them out.",
            gone.join(", ")
        );
        Some(told(message, vec![name.clone(), category_name.clone()], column.nulls() as u64))
    })
}
