//! Rows of cells as a file holds them, before anyone has decided what is a header and which type a column has.
//!
//! Delimited text, sheets and JSON all become a [`Grid`]; layout detection and type inference see nothing else.

use std::borrow::Cow;
use std::ops::Range;

/// One cell. Delimited text gives only `Missing` and `Text`; the others keep what the file declares.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'a> {
    /// Nothing there.
    Missing,
    /// Text, not trimmed.
    Text(Cow<'a, str>),
    /// A whole number.
    Int(i64),
    /// A real number.
    Float(f64),
    /// A number that fits neither `i64` nor `f64`, as it is written.
    BigNumber(Cow<'a, str>),
    /// true or false
    Bool(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01.
    Datetime(i64),
    /// Nanoseconds since midnight.
    Time(i64),
    /// Microseconds.
    Duration(i64),
    /// A formula that failed, such as `#DIV/0!`.
    Error(&'static str),
}

impl Cell<'_> {
    /// Missing, or text of nothing but white space.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Missing => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

/// Rows of cells. Rows may differ in width; a cell beyond a row's width is missing.
pub(crate) trait Grid: Sync {
    /// Number of rows; blank lines of the file are no rows.
    fn n_rows(&self) -> usize;
    /// Number of cells that are written in the file, however many rows and columns they span.
    fn n_cells(&self) -> usize;
    /// Number of cells the row has in the file.
    fn width(&self, row: usize) -> usize;
    /// One cell; missing beyond the row's width.
    fn cell(&self, row: usize, column: usize) -> Cell<'_>;
    /// The row's line in the file (or in the sheet), counted from 1.
    fn line(&self, row: usize) -> u64;
    /// Blank lines stand before this row.
    fn gap_before(&self, row: usize) -> bool;

    /// Whether a row of another width than the others is worth telling. In a sheet it is not.
    fn is_ragged_told(&self) -> bool {
        true
    }

    /// Calls `each` with the column of every cell of the row that is not blank.
    fn for_each_filled(&self, row: usize, each: &mut dyn FnMut(usize)) {
        (0..self.width(row)).filter(|&column| !self.cell(row, column).is_blank()).for_each(each);
    }

    /// Calls `each` with every cell of a column in these rows, until it says `false`. A grid that stands for more rows
    /// than it has goes through those as well.
    fn for_each_cell(&self, rows: &[Range<usize>], column: usize, each: &mut dyn FnMut(&Cell<'_>) -> bool) {
        for row in rows.iter().cloned().flatten() {
            if !each(&self.cell(row, column)) {
                return;
            }
        }
    }

    /// No cell holds anything.
    fn is_blank_row(&self, row: usize) -> bool {
        (0..self.width(row)).all(|column| self.cell(row, column).is_blank())
    }

    /// Two rows hold the same.
    fn is_same_row(&self, one: usize, other: usize) -> bool {
        self.width(one) == self.width(other)
            && (0..self.width(one)).all(|column| self.cell(one, column) == self.cell(other, column))
    }

    /// Number of cells that are not blank.
    fn n_filled(&self, row: usize) -> usize {
        (0..self.width(row)).filter(|&column| !self.cell(row, column).is_blank()).count()
    }
}
