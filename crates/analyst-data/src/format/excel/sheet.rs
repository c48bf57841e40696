//! The cells of one sheet, sparse: what is not written costs nothing.

use std::borrow::Cow;

use calamine::{CellErrorType, Data, DataRef, ExcelDateTime, Reader, Sheets};

use super::{Workbook, unreadable};
use crate::DataError;
use crate::grid::{Cell, Grid};
use crate::infer::date;
use crate::source::Watch;

/// Cells of one sheet, more than which nobody looks at.
const MAX_CELLS: usize = 20_000_000;
const CANCEL_EVERY: usize = 1 << 14;
/// Whole numbers up to here are exact in a double, which is all a workbook has.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// Rows of cells that hold something, in the order of the sheet.
#[derive(Debug, Default)]
pub(super) struct SheetGrid {
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

impl SheetGrid {
    /// Reads all cells of the sheet `name`.
    pub fn read(workbook: &mut Workbook, name: &str, cancel: &dyn Watch) -> Result<Self, DataError> {
        let mut builder = Builder { cells: Vec::new(), cancel, name };
        let failed = |error: calamine::Error| unreadable(&format!("The sheet {name:?}"), &error);
        match workbook {
            Sheets::Xlsx(workbook) => {
                let mut reader = workbook.worksheet_cells_reader(name).map_err(|error| failed(error.into()))?;
                while let Some(cell) = reader.next_cell().map_err(|error| failed(error.into()))? {
                    builder.add(cell.get_position(), cell_of_ref(cell.get_value()))?;
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
        Ok(builder.finish())
    }

    fn row_cells(&self, row: usize) -> &[(u32, Cell<'static>)] {
        let end = self.rows.get(row + 1).map_or(self.cells.len(), |next| next.start);
        &self.cells[self.rows[row].start..end]
    }
}

struct Builder<'c> {
    cells: Vec<((u32, u32), Cell<'static>)>,
    cancel: &'c dyn Watch,
    name: &'c str,
}

impl Builder<'_> {
    fn add(&mut self, position: (u32, u32), cell: Cell<'static>) -> Result<(), DataError> {
        if cell == Cell::Missing {
            return Ok(());
        }
        if self.cells.len() >= MAX_CELLS {
            return Err(DataError::TooLarge {
                what: format!("The sheet {:?}", self.name),
                limit: "20 million cells".into(),
            });
        }
        if self.cells.len().is_multiple_of(CANCEL_EVERY) && self.cancel.is_cancelled() {
            return Err(DataError::Cancelled);
        }
        self.cells.push((position, cell));
        Ok(())
    }

    fn finish(mut self) -> SheetGrid {
        if !self.cells.is_sorted_by_key(|(position, _)| *position) {
            self.cells.sort_by_key(|(position, _)| *position);
        }
        let mut grid = SheetGrid {
            first_column: self.cells.iter().map(|((_, column), _)| *column).min().unwrap_or(0),
            ..SheetGrid::default()
        };
        grid.cells.reserve_exact(self.cells.len());
        for ((row, column), cell) in self.cells {
            if grid.rows.last().is_none_or(|last| last.number != row) {
                grid.rows.push(Row { number: row, start: grid.cells.len() });
            }
            grid.cells.push((column - grid.first_column, cell));
        }
        grid
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

fn cell_of_ref(value: &DataRef<'_>) -> Cell<'static> {
    match value {
        DataRef::Int(value) => Cell::Int(*value),
        DataRef::Float(value) => number(*value),
        DataRef::String(text) => text_cell(text),
        DataRef::SharedString(text) => text_cell(text),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::DateTime(value) => moment(value),
        DataRef::DateTimeIso(text) => iso_moment(text),
        DataRef::DurationIso(text) => iso_duration(text),
        DataRef::Error(error) => Cell::Error(error_text(error)),
        DataRef::Empty => Cell::Missing,
    }
}

fn cell_of(value: &Data) -> Cell<'static> {
    match value {
        Data::Int(value) => Cell::Int(*value),
        Data::Float(value) => number(*value),
        Data::String(text) => text_cell(text),
        Data::Bool(value) => Cell::Bool(*value),
        Data::DateTime(value) => moment(value),
        Data::DateTimeIso(text) => iso_moment(text),
        Data::DurationIso(text) => iso_duration(text),
        Data::Error(error) => Cell::Error(error_text(error)),
        Data::Empty => Cell::Missing,
    }
}

fn text_cell(text: &str) -> Cell<'static> {
    if text.trim().is_empty() { Cell::Missing } else { Cell::Text(Cow::Owned(text.to_owned())) }
}

fn number(value: f64) -> Cell<'static> {
    if value.fract() == 0.0 && value.abs() <= MAX_EXACT { Cell::Int(value as i64) } else { Cell::Float(value) }
}

fn moment(value: &ExcelDateTime) -> Cell<'static> {
    if value.is_duration() {
        return value.as_duration().and_then(|d| d.num_microseconds()).map_or(Cell::Missing, Cell::Duration);
    }
    let Some(micros) = value.as_datetime().map(|moment| moment.and_utc().timestamp_micros()) else {
        return Cell::Missing;
    };
    if (0.0..1.0).contains(&value.as_f64()) {
        return Cell::Time(micros.rem_euclid(date::MICROS_PER_DAY) * 1000);
    }
    day_or_moment(micros)
}

fn day_or_moment(micros: i64) -> Cell<'static> {
    if micros.rem_euclid(date::MICROS_PER_DAY) == 0 {
        Cell::Date(micros.div_euclid(date::MICROS_PER_DAY) as i32)
    } else {
        Cell::Datetime(micros)
    }
}

fn iso_moment(text: &str) -> Cell<'static> {
    let text = text.trim();
    match date::scan(text) {
        Some(parts) => parts.micros(date::DateOrder::Ymd).map_or_else(|| text_cell(text), day_or_moment),
        None => date::scan_time(text).map_or_else(|| text_cell(text), Cell::Time),
    }
}

/// `PT10H30M05S`; spans shorter than a day are how OpenDocument writes times of day.
fn iso_duration(text: &str) -> Cell<'static> {
    let mut micros = 0f64;
    let mut digits = String::new();
    for letter in text.trim_start_matches('-').chars() {
        let unit = match letter {
            '0'..='9' | '.' | ',' => {
                digits.push(if letter == ',' { '.' } else { letter });
                continue;
            }
            'D' => 86_400e6,
            'H' => 3_600e6,
            'M' => 60e6,
            'S' => 1e6,
            _ => 0.0,
        };
        micros += digits.parse::<f64>().unwrap_or(0.0) * unit;
        digits.clear();
    }
    let micros = micros.round() as i64;
    if text.starts_with('-') || micros >= date::MICROS_PER_DAY {
        return Cell::Duration(if text.starts_with('-') { -micros } else { micros });
    }
    Cell::Time(micros * 1000)
}

fn error_text(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#GETTING_DATA",
        #[allow(unreachable_patterns)]
        _ => "#ERROR",
    }
}
