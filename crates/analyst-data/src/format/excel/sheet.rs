//! The cells of one sheet, sparse: what is not written costs nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use calamine::{Reader, Sheets};

use super::values::{cell_of, cell_of_ref};
use super::{Workbook, unreadable};
use crate::DataError;
use crate::grid::{Cell, Grid};
use crate::source::Watch;

/// Cells of one sheet, more than which nobody looks at.
pub(super) const MAX_CELLS: usize = 20_000_000;
const CANCEL_EVERY: usize = 1 << 14;

/// Where a cell stands: row and column, counted from 0.
pub(crate) type Position = (u32, u32);

/// Rows of cells that hold something, in the order of the sheet.
#[derive(Debug, Default)]
pub(crate) struct SheetGrid {
    rows: Vec<Row>,
    cells: Vec<(u32, Cell<'static>)>,
    first_column: u32,
}

#[derive(Debug)]
struct Row {
    /// Counted from 0.
    number: u32,
    /// Where its cells begin.
    start: usize,
}

/// A sheet as it was read.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Its cells, by row and column.
    pub cells: Vec<(Position, Cell<'static>)>,
    /// Cells whose formula was never computed.
    pub uncomputed: Vec<Position>,
}

impl Sheet {
    /// Reads all cells of the sheet `name`.
    pub fn read(workbook: &mut Workbook, name: &str, cancel: &dyn Watch) -> Result<Self, DataError> {
        let mut builder = Builder { sheet: Self::default(), cancel, name };
        let failed = |error: calamine::Error| unreadable(&format!("The sheet {name:?}"), &error);
        match workbook {
            Sheets::Xlsx(workbook) => {
                let mut reader = workbook.worksheet_cells_reader(name).map_err(|error| failed(error.into()))?;
                while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(|error| failed(error.into()))? {
                    let value = cell_of_ref(&cell.value);
                    let is_uncomputed = cell.formula.is_some() && cell.value == calamine::DataRef::Empty;
                    if is_uncomputed && builder.sheet.uncomputed.len() < MAX_CELLS {
                        builder.sheet.uncomputed.push(cell.pos);
                    }
                    builder.add(cell.pos, value)?;
                }
            }
            Sheets::Xlsb(workbook) => {
                let mut reader = workbook.worksheet_cells_reader(name).map_err(|error| failed(error.into()))?;
                while let Some(cell) = reader.next_cell().map_err(|error| failed(error.into()))? {
                    builder.add(cell.get_position(), cell_of_ref(cell.get_value()))?;
                }
            }
            // These two formats bound their own sheets: 65,536 × 256 cells, and a limit on repeated cells.
            other => {
                let range = other.worksheet_range(name).map_err(failed)?;
                let (first_row, first_column) = range.start().unwrap_or_default();
                for (row, column, value) in range.used_cells() {
                    let position = (first_row + row as u32, first_column + column as u32);
                    builder.add(position, cell_of(value))?;
                }
            }
        }
        let mut sheet = builder.sheet;
        sheet.sort();
        Ok(sheet)
    }

    /// Brings the cells into the order of the sheet; of two at one place the last one counts.
    fn sort(&mut self) {
        if !self.cells.is_sorted_by(|(one, _), (other, _)| one < other) {
            self.cells.sort_by_key(|(position, _)| *position);
            self.cells.reverse();
            self.cells.dedup_by_key(|(position, _)| *position);
            self.cells.reverse();
        }
    }

    /// Adds cells at places that were empty.
    pub fn fill(&mut self, added: BTreeMap<Position, Cell<'static>>) {
        self.cells.extend(added);
        self.cells.sort_by_key(|(position, _)| *position);
    }

    /// The cell at a place.
    pub fn at(&self, position: Position) -> Option<&Cell<'static>> {
        self.cells.binary_search_by_key(&position, |(at, _)| *at).ok().map(|index| &self.cells[index].1)
    }
}

struct Builder<'c> {
    sheet: Sheet,
    cancel: &'c dyn Watch,
    name: &'c str,
}

impl Builder<'_> {
    fn add(&mut self, position: Position, cell: Cell<'static>) -> Result<(), DataError> {
        let cells = &mut self.sheet.cells;
        if cells.len().is_multiple_of(CANCEL_EVERY) && self.cancel.is_cancelled() {
            return Err(DataError::Cancelled);
        }
        if cell == Cell::Missing {
            return Ok(());
        }
        if cells.len() >= MAX_CELLS {
            return Err(DataError::TooLarge {
                what: format!("The sheet {:?}", self.name),
                limit: "20 million cells".into(),
            });
        }
        cells.push((position, cell));
        Ok(())
    }
}

impl SheetGrid {
    /// From cells in the order of the sheet.
    pub fn of_cells(cells: Vec<(Position, Cell<'static>)>) -> Self {
        let mut grid =
            Self { first_column: cells.iter().map(|((_, column), _)| *column).min().unwrap_or(0), ..Self::default() };
        grid.cells.reserve_exact(cells.len());
        for ((row, column), cell) in cells {
            if grid.rows.last().is_none_or(|last| last.number != row) {
                grid.rows.push(Row { number: row, start: grid.cells.len() });
            }
            grid.cells.push((column - grid.first_column, cell));
        }
        grid
    }

    /// The cells with their places in the sheet.
    fn into_cells(self) -> impl Iterator<Item = (Position, Cell<'static>)> {
        let Self { rows, cells, first_column } = self;
        let mut row = 0;
        cells.into_iter().enumerate().map(move |(index, (column, cell))| {
            while rows.get(row + 1).is_some_and(|next| next.start <= index) {
                row += 1;
            }
            ((rows[row].number, column + first_column), cell)
        })
    }

    /// Cuts off the columns from `column` on (counted within the grid).
    pub fn split_off_columns(self, column: u32) -> (Self, Self) {
        let edge = self.first_column + column;
        let (left, right) = self.into_cells().partition(|((_, at), _)| *at < edge);
        (Self::of_cells(left), Self::of_cells(right))
    }

    fn row_cells(&self, row: usize) -> &[(u32, Cell<'static>)] {
        let end = self.rows.get(row + 1).map_or(self.cells.len(), |next| next.start);
        &self.cells[self.rows[row].start..end]
    }
}

impl Grid for SheetGrid {
    fn n_rows(&self) -> usize {
        self.rows.len()
    }

    fn n_cells(&self) -> usize {
        self.cells.len()
    }

    fn width(&self, row: usize) -> usize {
        self.row_cells(row).last().map_or(0, |(column, _)| *column as usize + 1)
    }

    fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        let cells = self.row_cells(row);
        // Rows without holes, the usual ones, need no search.
        let found = match cells.get(column) {
            Some((at, cell)) if *at as usize == column => Some(cell),
            _ => cells.binary_search_by_key(&(column as u32), |(at, _)| *at).ok().map(|index| &cells[index].1),
        };
        match found {
            None => Cell::Missing,
            Some(Cell::Text(text)) => Cell::Text(Cow::Borrowed(text)),
            Some(other) => other.clone(),
        }
    }

    fn line(&self, row: usize) -> u64 {
        u64::from(self.rows[row].number) + 1
    }

    fn gap_before(&self, row: usize) -> bool {
        row > 0 && self.rows[row].number > self.rows[row - 1].number + 1
    }

    fn is_ragged_told(&self) -> bool {
        false
    }

    fn for_each_filled(&self, row: usize, each: &mut dyn FnMut(usize)) {
        let filled = self.row_cells(row).iter().filter(|(_, cell)| !cell.is_blank());
        filled.for_each(|(column, _)| each(*column as usize));
    }

    fn is_blank_row(&self, row: usize) -> bool {
        self.row_cells(row).iter().all(|(_, cell)| cell.is_blank())
    }

    fn n_filled(&self, row: usize) -> usize {
        self.row_cells(row).iter().filter(|(_, cell)| !cell.is_blank()).count()
    }
}
