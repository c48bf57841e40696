//! A page: the cells of some rows as JSON.

use analyst_types::{RowsPage, TableData};

use super::table::Table;
use super::{MAX_CELLS, MAX_ROWS, View};

/// Rows `offset` to `offset + limit` of the view.
pub(super) fn page(table: &Table, view: &View, offset: u64, limit: u64) -> RowsPage {
    let n_rows = view.len() as u64;
    let offset = offset.min(n_rows);
    let n_columns = table.columns().len().max(1) as u64;
    let limit = limit.min(MAX_ROWS).min((MAX_CELLS / n_columns).max(1)).min(n_rows - offset);
    let positions: Vec<usize> = (offset..offset + limit).map(|at| view.row(at as usize)).collect();
    let data = data(table, &positions);
    RowsPage {
        table: TableData { offset, n_rows, ..data },
        positions: positions.into_iter().map(|row| row as u64).collect(),
        total_rows: table.n_rows() as u64,
    }
}

/// The rows at these positions; counts are those of the whole table.
pub(crate) fn data(table: &Table, positions: &[usize]) -> TableData {
    let row = |&row: &usize| table.columns().iter().map(|column| column.json(row)).collect();
    TableData {
        columns: table.infos(),
        rows: positions.iter().map(row).collect(),
        offset: 0,
        n_rows: table.n_rows() as u64,
    }
}
