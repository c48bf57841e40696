//! Merged cells. A cell merged over several rows says the same for each of them: its value is repeated downwards, and
//! told. One merged over several columns is a title or a group of names, which the layout understands as it is.

use std::collections::BTreeMap;

use analyst_types::{DataWarning, Severity};
use calamine::{Dimensions, Sheets};

use super::Workbook;
use super::sheet::{Position, Sheet};
use crate::grid::Cell;

/// Larger sheets are not read a second time to find merged cells.
const MAX_CELLS: usize = 2_000_000;
const MAX_FILLED: usize = 1_000_000;
const MAX_ROWS_TOLD: usize = 5;

/// Repeats the values of cells that are merged over several rows.
pub(super) fn fill(workbook: &mut Workbook, name: &str, sheet: &mut Sheet) -> Option<DataWarning> {
    if sheet.cells.is_empty() || sheet.cells.len() > MAX_CELLS {
        return None;
    }
    let regions = match workbook {
        Sheets::Xlsx(workbook) => workbook.merge_cells_by_sheet_name(name).ok()?,
        Sheets::Xls(workbook) => workbook.merge_cells_by_sheet_name(name).ok()?,
        _ => return None,
    };
    let last_row = sheet.cells.last().map_or(0, |((row, _), _)| *row);
    let mut added: BTreeMap<Position, Cell<'static>> = BTreeMap::new();
    let mut rows = Vec::new();
    for region in regions.iter().filter(|region| is_tall(region)) {
        let Some(value) = sheet.at(region.start).cloned() else { continue };
        let (first, column) = region.start;
        for row in first + 1..=region.end.0.min(last_row) {
            if sheet.at((row, column)).is_none() && added.len() < MAX_FILLED {
                added.insert((row, column), value.clone());
            }
        }
        rows.push(u64::from(first) + 1);
    }
    if added.is_empty() {
        return None;
    }
    let n = added.len() as u64;
    let message = format!("{n} cells below a merged one were given its value.");
    rows.sort_unstable();
    rows.truncate(MAX_ROWS_TOLD);
    sheet.fill(added);
    let told = DataWarning::new("merged_cells", message);
    Some(DataWarning { severity: Severity::Info, rows, count: Some(n), ..told })
}

fn is_tall(region: &Dimensions) -> bool {
    region.end.0 > region.start.0 && region.end.1 == region.start.1
}
