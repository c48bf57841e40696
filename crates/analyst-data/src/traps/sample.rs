//! Texts of a column to look at, where looking at all would take too long: spread evenly over it.

use crate::rows::table::{Cells, StoredColumn, Texts};

/// Texts looked at.
const MANY: usize = 20_000;

/// The texts of a text column with their rows.
pub(super) fn texts(column: &StoredColumn, n_rows: usize) -> Option<impl Iterator<Item = (usize, &str)> + Clone> {
    let Cells::Text(texts) = column.cells() else { return None };
    let step = n_rows.div_ceil(MANY).max(1);
    Some((0..n_rows).step_by(step).filter(|&row| !column.is_missing(row)).map(move |row| (row, texts.get(row))))
}

/// All texts of a text column.
pub(super) fn all(column: &StoredColumn) -> Option<Texts<'_>> {
    match column.cells() {
        Cells::Text(texts) => Some(texts),
        _ => None,
    }
}

/// A number of a numeric column.
pub(super) fn numbers(column: &StoredColumn) -> Option<impl Fn(usize) -> Option<f64> + '_> {
    let cells = column.cells();
    let is_number = matches!(column.kind(), crate::rows::table::Kind::Integer | crate::rows::table::Kind::Float);
    is_number.then_some(move |row: usize| match cells {
        _ if column.is_missing(row) => None,
        Cells::Integer(values) => Some(values.value(row) as f64),
        Cells::Float(values) => Some(values.value(row)),
        _ => None,
    })
}
