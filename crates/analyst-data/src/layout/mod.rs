//! Where in a file the table is: header, data, totals, footnotes, other tables.
//!
//! Works on a [`Grid`], so that delimited text and sheets follow the same rules. Everything left out is told.

mod body;
mod header;
mod looks;
mod part;
mod remarks;
mod tables;
mod totals;

use std::ops::Range;

use analyst_types::{DataWarning, Format, RaggedRows, Severity};

use self::part::Part;
use crate::DataError;
use crate::grid::Grid;
use crate::infer::Body;
use crate::name;

/// What a person, or the dialect, says before looking.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LayoutHints<'o> {
    /// Line of the header counted from 1; 0 when there is none.
    pub header_row: Option<u32>,
    /// The decimal mark, for checking sums.
    pub decimal: Option<u8>,
    /// Which of several tables, counted from 1.
    pub table: Option<usize>,
    /// What starts a comment; empty when nothing does.
    pub comment: Option<&'o str>,
    /// Rows that look like totals are data.
    pub keep_totals: bool,
    /// What becomes of rows that are too short or too long.
    pub ragged: Option<RaggedRows>,
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
    /// What started the comments that were left out.
    pub comment: Option<String>,
    /// What starts a comment in this file, whether there are any or not.
    pub sign: Option<String>,
    /// The fields that a row should have.
    pub usual_width: usize,
    /// Which of several tables it is, counted from 1; absent when there is only one.
    pub table: Option<usize>,
    /// What to say.
    pub warnings: Vec<DataWarning>,
}

/// More columns than any spreadsheet has.
const MAX_COLUMNS: usize = 16_384;

impl Layout {
    /// Takes the whole grid for one table, whatever it looks like. An empty grid has none.
    pub fn one<G: Grid>(grid: &G, hints: LayoutHints<'_>) -> Result<Option<Self>, DataError> {
        if grid.n_rows() == 0 { Ok(None) } else { Self::of_part(grid, hints).map(Some) }
    }

    /// Finds every table of the grid, or those that a person named. An empty grid has none.
    pub fn all<G: Grid>(grid: &G, hints: LayoutHints<'_>) -> Result<Vec<Self>, DataError> {
        if grid.n_rows() == 0 {
            return Ok(Vec::new());
        }
        let parts = tables::find(grid);
        let mut chosen: Vec<usize> = (0..parts.len()).collect();
        if let Some(number) = hints.table {
            if number > parts.len() {
                let message = format!("There is no table {number}; the file holds {}.", parts.len());
                return Err(DataError::BadOption { message });
            }
            chosen = vec![number - 1];
        } else if let Some(line) = hints.header_row.filter(|&line| line > 0) {
            // The table that the line is in.
            let holds = |part: &Range<usize>| part.clone().any(|row| grid.line(row) >= u64::from(line));
            chosen = vec![parts.iter().position(holds).unwrap_or(parts.len() - 1)];
        }
        // A grid may stand for more rows than it has, which a part of it cannot.
        if parts.len() == 1 {
            return Ok(vec![Self::of_part(grid, hints)?]);
        }
        let mut layouts = Vec::with_capacity(chosen.len());
        for number in chosen {
            let part = Part { grid, rows: parts[number].clone() };
            let mut layout = Self::of_part(&part, hints)?;
            for range in &mut layout.rows {
                *range = range.start + part.rows.start..range.end + part.rows.start;
            }
            layout.table = Some(number + 1);
            layout.warnings.push(several(grid, &parts, number, hints));
            layouts.push(layout);
        }
        Ok(layouts)
    }

    fn of_part<G: Grid>(grid: &G, hints: LayoutHints<'_>) -> Result<Self, DataError> {
        let sniffed = if hints.comment.is_none() { remarks::comment_sign(grid) } else { None };
        let hints = LayoutHints { comment: hints.comment.or(sniffed), ..hints };
        let header = header::find(grid, hints)?;
        let mut warnings = header.warnings;
        let body = body::find(grid, &header.rows, header.first_row, header.width, hints, &mut warnings)?;
        let keeps_long = !grid.is_ragged_told() || hints.ragged == Some(RaggedRows::Pad);
        let width = if keeps_long { header.width.max(body.widest) } else { header.width };
        if width > MAX_COLUMNS {
            let (what, limit) = (format!("A table of {width} columns"), format!("{MAX_COLUMNS} columns"));
            return Err(DataError::TooLarge { what, limit });
        }
        let mut rows = body.rows;
        let total_rows =
            if hints.keep_totals { 0 } else { totals::take_off(grid, &mut rows, width, hints.decimal, &mut warnings) };
        let columns = name_columns(grid, header.names, &rows, width, &mut warnings);
        if rows.iter().all(Range::is_empty) {
            warnings.push(DataWarning {
                severity: Severity::Info,
                ..DataWarning::new("no_rows", "There are column names but no rows below them.")
            });
        }
        let header_row = header.rows.last().map(|&row| grid.line(row) as u32);
        let comment = header.comment.or(body.comment);
        let sign = hints.comment.filter(|sign| !sign.is_empty()).map(str::to_owned);
        let usual_width = header.width;
        Ok(Self { header_row, columns, rows, total_rows, comment, sign, usual_width, table: None, warnings })
    }

    /// Writes the layout into a recipe.
    pub fn describe(&self, format: &mut Format) {
        format.header_row = self.header_row;
        format.total_rows = self.total_rows;
        format.comment.clone_from(&self.comment);
        format.table = self.table.map(|number| number.to_string());
    }

    /// The data of this layout in its grid.
    pub fn body<'g, G: Grid>(&self, grid: &'g G) -> Body<'g, G> {
        Body { grid, rows: self.rows.clone(), columns: self.columns.clone() }
    }
}

fn several<G: Grid>(grid: &G, parts: &[Range<usize>], number: usize, hints: LayoutHints<'_>) -> DataWarning {
    let lines = parts.iter().map(|part| grid.line(part.start)).collect();
    let (n, this) = (parts.len(), number + 1);
    let is_one_of_them = hints.table.is_some() || hints.header_row.is_some();
    let message = if is_one_of_them {
        format!("The file holds {n} tables one below another; this is number {this}, the others were not read.")
    } else {
        format!(
            "The file holds {n} tables one below another; each was read as a table of its own. This is number {this}."
        )
    };
    DataWarning {
        severity: if is_one_of_them { Severity::Warning } else { Severity::Info },
        rows: lines,
        count: Some(n as u64),
        fix: Some("Choose one of them by its number, or name the line of its column names.".to_owned()),
        ..DataWarning::new("several_tables", message)
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
        let list = renamed.iter().take(20).cloned().collect::<Vec<_>>().join(", ");
        warnings.push(DataWarning {
            severity: Severity::Info,
            count: Some(renamed.len() as u64),
            columns: renamed,
            ..DataWarning::new(
                "renamed_columns",
                format!(
                    "Column names occurred more than once, were very long or held invisible signs; renamed: {list}."
                ),
            )
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
