//! Some consecutive rows of a grid, as a grid of their own: one of several tables of a file.

use std::ops::Range;

use crate::grid::{Cell, Grid};

/// Rows `rows` of `grid`, numbered from 0.
pub(super) struct Part<'g, G> {
    /// The whole.
    pub grid: &'g G,
    /// Which rows of it.
    pub rows: Range<usize>,
}

impl<G: Grid> Grid for Part<'_, G> {
    fn n_rows(&self) -> usize {
        self.rows.len()
    }

    fn n_cells(&self) -> usize {
        self.grid.n_cells()
    }

    fn width(&self, row: usize) -> usize {
        self.grid.width(self.rows.start + row)
    }

    fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        self.grid.cell(self.rows.start + row, column)
    }

    fn line(&self, row: usize) -> u64 {
        self.grid.line(self.rows.start + row)
    }

    fn gap_before(&self, row: usize) -> bool {
        self.grid.gap_before(self.rows.start + row)
    }

    fn is_ragged_told(&self) -> bool {
        self.grid.is_ragged_told()
    }

    fn for_each_filled(&self, row: usize, each: &mut dyn FnMut(usize)) {
        self.grid.for_each_filled(self.rows.start + row, each);
    }

    fn is_blank_row(&self, row: usize) -> bool {
        self.grid.is_blank_row(self.rows.start + row)
    }

    fn is_same_row(&self, one: usize, other: usize) -> bool {
        self.grid.is_same_row(self.rows.start + one, self.rows.start + other)
    }

    fn n_filled(&self, row: usize) -> usize {
        self.grid.n_filled(self.rows.start + row)
    }
}
