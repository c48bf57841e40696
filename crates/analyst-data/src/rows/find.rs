//! Find: the next cells that hold a text.

use analyst_types::{FilterTest, FoundCell};
use rayon::prelude::*;

use super::View;
use super::table::{StoredColumn, Table};
use super::wording::Wording;

/// Rows that are searched before it is seen whether enough was found: few first, for what is found soon.
const FIRST_BLOCK: usize = 4096;
const LAST_BLOCK: usize = 1 << 20;

/// The first `limit` cells from row `offset` of the view on, row by row and from left to right.
pub(super) fn find(table: &Table, view: &View, offset: u64, text: &str, limit: usize) -> Vec<FoundCell> {
    let wording = Wording::new(text, FilterTest::Contains);
    let columns: Vec<&StoredColumn> =
        table.columns().iter().filter(|column| wording.may_stand_in(column.kind())).collect();
    let mut found = Vec::new();
    if text.is_empty() || columns.is_empty() {
        return found;
    }
    let mut start = usize::try_from(offset).unwrap_or(usize::MAX).min(view.len());
    let mut block = FIRST_BLOCK;
    while start < view.len() && found.len() < limit {
        let end = (start + block).min(view.len());
        let mut rows: Vec<usize> = (start..end)
            .into_par_iter()
            .with_min_len(1024)
            .filter(|&at| columns.iter().any(|column| wording.stands_in(column, view.row(at))))
            .collect();
        rows.truncate(limit - found.len());
        for at in rows {
            let holding = columns.iter().filter(|column| wording.stands_in(column, view.row(at)));
            found.extend(holding.map(|column| FoundCell { row: at as u64, column: column.name.clone() }));
        }
        start = end;
        block = (block * 4).min(LAST_BLOCK);
    }
    found.truncate(limit);
    found
}
