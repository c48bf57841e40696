//! Cells by column, for formats that come without text and without layout: each column has a name, every row a place.

use std::borrow::Cow;
use std::ops::Range;

use crate::DataError;
use crate::grid::{Cell, Grid};
use crate::infer::Body;

/// Columns of equal length.
#[derive(Debug, Default)]
pub(crate) struct ColumnGrid {
    names: Vec<String>,
    columns: Vec<Vec<Cell<'static>>>,
    n_rows: usize,
    /// Cells that may still be added.
    room: usize,
}

impl ColumnGrid {
    /// No rows yet, and never more cells than `room`.
    pub fn new(names: Vec<String>, room: usize) -> Self {
        let columns = names.iter().map(|_| Vec::new()).collect();
        Self { names, columns, n_rows: 0, room }
    }

    /// Adds a row; the cells are asked for by column.
    pub fn push_row(&mut self, mut cell: impl FnMut(usize) -> Cell<'static>) -> Result<(), DataError> {
        let width = self.columns.len();
        let Some(room) = self.room.checked_sub(width) else {
            let limit = format!("{} cells", width * self.n_rows);
            return Err(DataError::TooLarge { what: "The table".into(), limit });
        };
        self.room = room;
        self.columns.iter_mut().enumerate().for_each(|(index, column)| column.push(cell(index)));
        self.n_rows += 1;
        Ok(())
    }

    /// All cells of one column, to be looked at again.
    pub fn column_mut(&mut self, column: usize) -> &mut [Cell<'static>] {
        &mut self.columns[column]
    }

    /// All rows, under names that are different from each other.
    pub fn body(&self) -> Body<'_, Self> {
        let all = 0..self.n_rows;
        let rows: Vec<Range<usize>> = if all.is_empty() { Vec::new() } else { vec![all] };
        Body { grid: self, rows, columns: crate::name::unique_columns(&self.names).into_iter().enumerate().collect() }
    }
}

impl Grid for ColumnGrid {
    fn n_rows(&self) -> usize {
        self.n_rows
    }

    fn n_cells(&self) -> usize {
        self.n_rows * self.columns.len()
    }

    fn width(&self, _row: usize) -> usize {
        self.columns.len()
    }

    fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        match self.columns.get(column).and_then(|cells| cells.get(row)) {
            None => Cell::Missing,
            Some(Cell::Text(text)) => Cell::Text(Cow::Borrowed(text)),
            Some(Cell::BigNumber(text)) => Cell::BigNumber(Cow::Borrowed(text)),
            Some(other) => other.clone(),
        }
    }

    fn line(&self, row: usize) -> u64 {
        row as u64 + 1
    }

    fn gap_before(&self, _row: usize) -> bool {
        false
    }
}
