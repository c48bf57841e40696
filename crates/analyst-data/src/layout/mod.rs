//! Where in a file the table is: header, data, totals, footnotes, other tables.
//!
//! Works on a [`Grid`], so that delimited text and sheets follow the same rules. Everything left out is told.

mod body;
mod header;
mod totals;

use std::ops::Range;

use analyst_types::DataWarning;

use crate::DataError;
use crate::grid::Grid;
use crate::infer::Body;
use crate::name;

/// What a person, or the dialect, says before looking.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LayoutHints {
    /// Line of the header counted from 1; 0 when there is none.
    pub header_row: Option<u32>,
    /// The decimal mark, for checking sums.
    pub decimal: Option<u8>,
}

/// The table in a grid.
pub(crate) struct Layout {
    /// Line of the column names, counted from 1.
    pub header_row: Option<u32>,
    /// Position and name of every column.
    pub columns: Vec<(usize, String)>,
    /// The rows that are data.
    pub rows: Vec<Range<usize>>,
    /// Rows at the end that are totals and were left out.
    pub total_rows: u32,
    /// What to say.
    pub warnings: Vec<DataWarning>,
}

/// More columns than any spreadsheet has.
const MAX_COLUMNS: usize = 16_384;

impl Layout {
    /// Finds the table. An empty grid has none.
    pub fn of<G: Grid>(grid: &G, hints: LayoutHints) -> Result<Option<Self>, DataError> {
        if grid.n_rows() == 0 {
            return Ok(None);
        }
        let header = header::find(grid, hints.header_row)?;
        let mut warnings = header.warnings;
        let body = body::find(grid, &header.rows, header.first_row, header.width, &mut warnings);
        let width = if grid.is_ragged_told() { header.width } else { header.width.max(body.widest) };
        if width > MAX_COLUMNS {
            let (what, limit) = (format!("A table of {width} columns"), format!("{MAX_COLUMNS} columns"));
            return Err(DataError::TooLarge { what, limit });
        }
        let mut rows = body.rows;
        let total_rows = totals::take_off(grid, &mut rows, width, hints.decimal, &mut warnings);
        let columns = name_columns(grid, header.names, &rows, width, &mut warnings);
        if rows.iter().all(Range::is_empty) {
            let message = "There are column names but no rows below them.".to_owned();
            warnings.push(DataWarning {
                code: "no_rows".into(),
                message,
                columns: Vec::new(),
                rows: Vec::new(),
                ..DataWarning::default()
            });
        }
        let header_row = header.rows.last().map(|&row| grid.line(row) as u32);
        Ok(Some(Self { header_row, columns, rows, total_rows, warnings }))
    }

    /// The data of this layout in its grid.
    pub fn body<'g, G: Grid>(&self, grid: &'g G) -> Body<'g, G> {
        Body { grid, rows: self.rows.clone(), columns: self.columns.clone() }
    }
}

/// Names every column, leaves out those with neither name nor value, makes names unique.
fn name_columns<G: Grid>(
    grid: &G,
    mut names: Vec<String>,
    rows: &[Range<usize>],
    width: usize,
    warnings: &mut Vec<DataWarning>,
) -> Vec<(usize, String)> {
    names.resize(width, String::new());
    let used = used_columns(grid, &names, rows);
    let kept: Vec<usize> = (0..width).filter(|&column| used[column]).collect();
    let wanted: Vec<String> = kept.iter().map(|&column| names[column].clone()).collect();
    let unique = name::unique_columns(&wanted);
    let renamed: Vec<String> = wanted
        .iter()
        .zip(&unique)
        .filter(|(old, new)| old != new && !old.is_empty())
        .map(|(_, new)| new.clone())
        .collect();
    if !renamed.is_empty() {
        let message =
            format!("Column names occurred more than once or held invisible signs; renamed: {}.", renamed.join(", "));
        warnings.push(DataWarning {
            code: "renamed_columns".into(),
            message,
            columns: renamed,
            rows: Vec::new(),
            ..DataWarning::default()
        });
    }
    kept.into_iter().zip(unique).collect()
}

/// The columns that have a name or a value, in one pass over the cells that there are.
fn used_columns<G: Grid>(grid: &G, names: &[String], rows: &[Range<usize>]) -> Vec<bool> {
    let mut used: Vec<bool> = names.iter().map(|name| !name.is_empty()).collect();
    let mut n_unused = used.iter().filter(|used| !**used).count();
    for row in rows.iter().cloned().flatten() {
        if n_unused == 0 {
            break;
        }
        grid.for_each_filled(row, &mut |column| {
            if let Some(used) = used.get_mut(column).filter(|used| !**used) {
                *used = true;
                n_unused -= 1;
            }
        });
    }
    used
}
