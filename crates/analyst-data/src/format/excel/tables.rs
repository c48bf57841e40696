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
use crate::sniff::told::Told;
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
    // The table has a name of its own in a sheet, which is checked below.
    let said = ReadOptions { table: None, ..options.clone() };
    let read = Reading { told: Told::of(&said)?, sheet, declares_types, cancel };
    if options.header_row.is_some() && options.table.is_none() {
        let layouts = Layout::all(&grid, read.told.layout_hints())?;
        read.told.check_types(names_of(&layouts))?;
        return layouts.into_iter().map(|layout| read.typed(&grid, layout)).collect();
    }
    // The line of the header that the recipe knows is meant for the table that it names.
    let undirected = LayoutHints { header_row: None, ..read.told.layout_hints() };
    let bands = side_by_side(grid);
    let mut found: Vec<(&SheetGrid, usize, Layout)> = Vec::new();
    for band in &bands {
        let layouts = Layout::all(band, undirected)?;
        found.extend(layouts.into_iter().enumerate().map(|(at, layout)| (band, at + 1, layout)));
    }
    found.truncate(MAX_TABLES);
    read.told.check_types(names_of(found.iter().map(|(_, _, layout)| layout)))?;
    let n_tables = found.len();
    if let Some(wanted) = &options.table {
        let index = wanted.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let index = index.filter(|index| *index < n_tables).ok_or_else(|| DataError::NoSuchTableInFile {
            table: wanted.clone(),
            available: (1..=n_tables).map(|number| number.to_string()).collect(),
        })?;
        let (band, within, layout) = found.swap_remove(index);
        let hints = LayoutHints { table: Some(within), ..read.told.layout_hints() };
        let directed = if options.header_row.is_some() { Layout::all(band, hints)?.pop() } else { None };
        let table = read.typed(band, directed.unwrap_or(layout))?;
        return Ok(vec![numbered(table, index, n_tables, sheet)]);
    }
    let tables = found.into_iter().map(|(band, _, layout)| read.typed(band, layout));
    tables.enumerate().map(|(index, table)| Ok(numbered(table?, index, n_tables, sheet))).collect()
}

/// Of several tables in a sheet, each has a number, and all but the first have it in their names.
fn numbered(mut table: Table, index: usize, n_tables: usize, sheet: &str) -> Table {
    if n_tables > 1 {
        table.format.table = Some((index + 1).to_string());
        if index > 0 {
            table.sheet = Some(format!("{sheet} {}", index + 1));
        }
    }
    table
}

fn names_of<'l>(
    layouts: impl IntoIterator<Item = &'l Layout, IntoIter: Clone>,
) -> impl Iterator<Item = &'l str> + Clone {
    layouts.into_iter().flat_map(|layout| &layout.columns).map(|(_, name)| name.as_str())
}

/// What is the same for all tables of a sheet.
struct Reading<'r> {
    told: Told<'r>,
    sheet: &'r str,
    declares_types: bool,
    cancel: &'r dyn Watch,
}

impl Reading<'_> {
    fn typed(&self, grid: &SheetGrid, layout: Layout) -> Result<Table, DataError> {
        let hints = Hints { declares_types: self.declares_types, ..self.told.hints(false) };
        let typed = infer(&layout.body(grid), TextPolicy::GUESS, hints, self.cancel)?;
        let mut warnings = layout.warnings;
        // Unless one was chosen by its line, the others are read too, and there is nothing to say about them.
        warnings.retain(|warning| self.told.header_row.is_some() || warning.code != "several_tables");
        warnings.extend(typed.warnings);
        let format = Format {
            header_row: layout.header_row,
            sheet: Some(self.sheet.to_owned()),
            total_rows: layout.total_rows,
            ..Format::of(FileKind::Excel)
        };
        Ok(Table { sheet: Some(self.sheet.to_owned()), frame: typed.frame, format, warnings })
    }
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
