//! The tables of one sheet: side by side, one below another, or, as usual, one.
//!
//! Empty columns between two tables part them when the two clearly are tables of their own; an empty column for
//! looks within one table does not.

use analyst_types::{FileKind, Format, ReadOptions};

use super::sheet::SheetGrid;
use crate::DataError;
use crate::format::Table;
use crate::grid::{Cell, Grid};
use crate::infer::decision::Hints;
use crate::infer::infer;
use crate::infer::tally::TextPolicy;
use crate::layout::{Layout, LayoutHints};
use crate::source::Watch;

/// More tables than this in one sheet are a form, not tables.
const MAX_TABLES: usize = 50;
/// A table of its own is at least this large.
const LEAST_COLUMNS: usize = 2;
const LEAST_ROWS: usize = 3;

/// Reads every table of the sheet, or the one the options name by its number.
pub(crate) fn read_all(
    grid: SheetGrid,
    sheet: &str,
    options: &ReadOptions,
    declares_types: bool,
    cancel: &dyn Watch,
) -> Result<Vec<Table>, DataError> {
    if options.header_row.is_some() && options.table.is_none() {
        return Ok(read_first(&grid, sheet, options, declares_types, cancel)?
            .into_iter()
            .map(|found| found.0)
            .collect());
    }
    let wanted = options.table.as_deref().map(|name| name.trim().parse::<usize>().unwrap_or(0));
    // The line of the header that the recipe knows is meant for the table that it names.
    let undirected = ReadOptions { header_row: None, ..options.clone() };
    let mut tables = Vec::new();
    for mut band in side_by_side(grid) {
        while tables.len() < MAX_TABLES {
            let is_wanted = wanted == Some(tables.len() + 1);
            let options = if is_wanted { options } else { &undirected };
            let Some((table, next)) = read_first(&band, sheet, options, declares_types, cancel)? else { break };
            tables.push(table);
            let Some(line) = next else { break };
            let below = band.split_off_line(line);
            if below.n_rows() == 0 {
                break;
            }
            band = below;
        }
    }
    if tables.len() > 1 {
        for (index, table) in tables.iter_mut().enumerate() {
            table.format.table = Some((index + 1).to_string());
            if index > 0 {
                table.sheet = Some(format!("{sheet} {}", index + 1));
            }
        }
    }
    let Some(wanted) = wanted else { return Ok(tables) };
    let n_tables = tables.len();
    match wanted.checked_sub(1).filter(|index| *index < n_tables) {
        Some(index) => Ok(vec![tables.swap_remove(index)]),
        None => Err(DataError::NoSuchTableInFile {
            table: options.table.clone().unwrap_or_default(),
            available: (1..=n_tables).map(|number| number.to_string()).collect(),
        }),
    }
}

/// The first table of a grid, and the line where another begins below it.
fn read_first(
    grid: &SheetGrid,
    sheet: &str,
    options: &ReadOptions,
    declares_types: bool,
    cancel: &dyn Watch,
) -> Result<Option<(Table, Option<u64>)>, DataError> {
    let Some(layout) = Layout::of(grid, LayoutHints { header_row: options.header_row, decimal: None })? else {
        return Ok(None);
    };
    let hints = Hints { declares_types, ..Hints::default() };
    let typed = infer(&layout.body(grid), TextPolicy::GUESS, hints, cancel)?;
    let mut warnings = layout.warnings;
    // The tables below are read too, so there is nothing to say about them.
    let next = warnings.iter().position(|warning| warning.code == "several_tables");
    let next = next.and_then(|index| warnings.remove(index).rows.first().copied());
    warnings.extend(typed.warnings);
    let format = Format {
        header_row: layout.header_row,
        sheet: Some(sheet.to_owned()),
        total_rows: layout.total_rows,
        ..Format::of(FileKind::Excel)
    };
    Ok(Some((Table { sheet: Some(sheet.to_owned()), frame: typed.frame, format, warnings }, next)))
}

/// Cuts a grid where empty columns stand between two tables.
fn side_by_side(grid: SheetGrid) -> Vec<SheetGrid> {
    let mut parts = Vec::new();
    let mut rest = grid;
    while let Some(cut) = first_cut(&rest) {
        let (left, right) = rest.split_off_columns(cut);
        parts.push(left);
        rest = right;
    }
    parts.push(rest);
    parts
}

/// Columns between two empty ones.
#[derive(Debug, Clone, Copy)]
struct Band {
    start: usize,
    end: usize,
    /// The first and last row with values side by side in it, and how many there are.
    first_row: usize,
    last_row: usize,
    n_rows: usize,
}

/// The column where the second table begins.
fn first_cut(grid: &SheetGrid) -> Option<u32> {
    let bands = bands(grid);
    let mut left = *bands.first()?;
    for band in &bands[1..] {
        if is_table(grid, &left) && is_table(grid, band) && are_apart(grid, &left, band) {
            return Some(band.start as u32);
        }
        // Parts of one table.
        left = Band {
            start: left.start,
            end: band.end,
            first_row: left.first_row.min(band.first_row),
            last_row: left.last_row.max(band.last_row),
            n_rows: left.n_rows.max(band.n_rows),
        };
    }
    None
}

fn bands(grid: &SheetGrid) -> Vec<Band> {
    let mut used: Vec<bool> = Vec::new();
    for row in 0..grid.n_rows() {
        grid.for_each_filled(row, &mut |column| {
            if used.len() <= column {
                used.resize(column + 1, false);
            }
            used[column] = true;
        });
    }
    let mut bands: Vec<Band> = Vec::new();
    let mut column = 0;
    while column < used.len() {
        let end = (column..used.len()).find(|&at| !used[at]).unwrap_or(used.len());
        if end > column {
            bands.push(Band { start: column, end, first_row: usize::MAX, last_row: 0, n_rows: 0 });
        }
        column = end + 1;
    }
    if bands.len() > 1 {
        (0..grid.n_rows()).for_each(|row| note_row(grid, row, &mut bands));
    }
    bands
}

/// Widens the bands by a row in which they hold at least two cells.
fn note_row(grid: &SheetGrid, row: usize, bands: &mut [Band]) {
    let mut filled = vec![0usize; bands.len()];
    let mut band = 0;
    grid.for_each_filled(row, &mut |column| {
        while bands.get(band).is_some_and(|found| column >= found.end) {
            band += 1;
        }
        if let Some(count) = filled.get_mut(band) {
            *count += 1;
        }
    });
    for (band, filled) in bands.iter_mut().zip(filled) {
        if filled >= LEAST_COLUMNS {
            band.first_row = band.first_row.min(row);
            band.last_row = row;
            band.n_rows += 1;
        }
    }
}

/// Names over rows, of which some hold more than words.
fn is_table(grid: &SheetGrid, band: &Band) -> bool {
    let words_only = |row: usize| {
        (band.start..band.end).all(|column| matches!(grid.cell(row, column), Cell::Missing | Cell::Text(_)))
    };
    band.end - band.start >= LEAST_COLUMNS
        && band.n_rows >= LEAST_ROWS
        && words_only(band.first_row)
        && (band.first_row + 1..=band.last_row.min(band.first_row + 50)).any(|row| !words_only(row))
}

/// Two bands begin or end in other rows, or name their columns alike.
fn are_apart(grid: &SheetGrid, left: &Band, right: &Band) -> bool {
    if left.first_row != right.first_row || left.last_row != right.last_row {
        return true;
    }
    let names = |band: &Band| -> Vec<Cell<'_>> {
        let row = (band.start..band.end).map(|column| grid.cell(band.first_row, column));
        row.filter(|name| !name.is_blank()).collect()
    };
    let left = names(left);
    names(right).iter().all(|name| left.contains(name))
}

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;

    use super::*;

    fn grid(rows: &[&str]) -> SheetGrid {
        let mut cells = Vec::new();
        for (row, line) in rows.iter().enumerate() {
            for (column, text) in line.split(',').enumerate().filter(|(_, text)| !text.is_empty()) {
                let cell = text.parse().map_or_else(|_| Cell::Text(text.to_owned().into()), Cell::Int);
                cells.push(((row as u32, column as u32), cell));
            }
        }
        SheetGrid::of_cells(cells)
    }

    fn tables(rows: &[&str], options: &ReadOptions) -> Vec<(String, usize, Option<String>)> {
        let read = read_all(grid(rows), "S", options, true, &CancellationToken::new()).unwrap();
        let names = |table: &Table| {
            table.frame.get_column_names().iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" ")
        };
        read.iter().map(|table| (names(table), table.frame.height(), table.format.table.clone())).collect()
    }

    const BESIDE: &[&str] = &["a,b,,x,y", "1,2,,p,4", "3,4,,q,6", "5,6,,,", "7,8,,,"];
    const BELOW: &[&str] = &["a,b", "1,2", "3,4", "", "x,y,z", "p,1,2", "q,3,4"];

    #[test]
    fn tables_beside_and_below_each_other_are_parted() {
        let all = ReadOptions::default();
        assert_eq!(tables(BESIDE, &all), [("a b".into(), 4, Some("1".into())), ("x y".into(), 2, Some("2".into()))]);
        assert_eq!(tables(BELOW, &all), [("a b".into(), 2, Some("1".into())), ("x y z".into(), 2, Some("2".into()))]);
    }

    #[test]
    fn one_of_them_is_chosen_by_its_number() {
        let second = ReadOptions { table: Some("2".into()), ..ReadOptions::default() };
        assert_eq!(tables(BESIDE, &second), [("x y".into(), 2, Some("2".into()))]);
        let replayed = ReadOptions { header_row: Some(5), ..second };
        assert_eq!(tables(BELOW, &replayed), [("x y z".into(), 2, Some("2".into()))]);
        let none = ReadOptions { table: Some("3".into()), ..ReadOptions::default() };
        let error = read_all(grid(BELOW), "S", &none, true, &CancellationToken::new()).err();
        assert!(matches!(error, Some(DataError::NoSuchTableInFile { .. })));
    }

    #[test]
    fn an_empty_column_for_looks_parts_nothing() {
        let rows = &["a,b,,x,y", "1,2,,p,4", "3,4,,q,6"];
        assert_eq!(tables(rows, &ReadOptions::default()), [("a b x y".into(), 2, None)]);
    }
}
