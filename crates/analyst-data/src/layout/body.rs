//! Which rows below the header are data: not footnotes, not a repeated header, not the next table.

use std::ops::Range;

use analyst_types::DataWarning;

use super::header::is_comment;
use crate::grid::{Cell, Grid};
use crate::infer::{date, number};

/// The data rows.
pub(super) struct Found {
    /// Consecutive rows, in order.
    pub rows: Vec<Range<usize>>,
    /// Width of the widest of them.
    pub widest: usize,
}

const MAX_LINES: usize = 5;
const MAX_FOOTNOTES: usize = 40;

/// Finds the data rows from `first_row` on.
pub(super) fn find<G: Grid>(
    grid: &G,
    header: &[usize],
    first_row: usize,
    width: usize,
    warnings: &mut Vec<DataWarning>,
) -> Found {
    let end = end_of_table(grid, header, first_row, width, warnings);
    let end = take_off_footnotes(grid, first_row, end, width, warnings);
    let mut found = Found { rows: Vec::new(), widest: 0 };
    let mut told = Told::default();
    let mut start = first_row;
    for row in first_row..end {
        if is_skipped(grid, header, row, width, &mut told) {
            push(&mut found.rows, start..row);
            start = row + 1;
            continue;
        }
        let row_width = grid.width(row);
        found.widest = found.widest.max(row_width);
        if row_width != width && grid.is_ragged_told() {
            told.ragged(grid, row, width);
        }
    }
    push(&mut found.rows, start..end);
    told.into_warnings(width, warnings);
    found
}

fn push(rows: &mut Vec<Range<usize>>, range: Range<usize>) {
    if !range.is_empty() {
        rows.push(range);
    }
}

#[derive(Default)]
struct Told {
    short: u64,
    long: u64,
    ragged_lines: Vec<u64>,
    repeated: Vec<u64>,
    comments: Vec<u64>,
}

impl Told {
    fn ragged<G: Grid>(&mut self, grid: &G, row: usize, width: usize) {
        let row_width = grid.width(row);
        if row_width < width {
            self.short += 1;
        } else if (width..row_width).all(|column| grid.cell(row, column).is_blank()) {
            return;
        } else {
            self.long += 1;
        }
        if self.ragged_lines.len() < MAX_LINES {
            self.ragged_lines.push(grid.line(row));
        }
    }

    fn into_warnings(self, width: usize, warnings: &mut Vec<DataWarning>) {
        let mut add = |code: &str, message: String, rows: Vec<u64>| {
            warnings.push(DataWarning {
                code: code.into(),
                message,
                columns: Vec::new(),
                rows,
                ..DataWarning::default()
            });
        };
        if self.short + self.long > 0 {
            let mut parts = Vec::new();
            if self.short > 0 {
                parts.push(format!("{} rows have fewer than {width} fields; the rest is missing", self.short));
            }
            if self.long > 0 {
                parts.push(format!("{} rows have more than {width} fields; the extra ones were left out", self.long));
            }
            add("ragged_rows", format!("{}.", parts.join("; ")), self.ragged_lines);
        }
        let first = |lines: &[u64]| lines.iter().copied().take(MAX_LINES).collect::<Vec<_>>();
        if !self.repeated.is_empty() {
            let message =
                format!("The column names are repeated in {} rows; those were left out.", self.repeated.len());
            add("repeated_header", message, first(&self.repeated));
        }
        if !self.comments.is_empty() {
            let message = format!("{} lines of remarks were left out.", self.comments.len());
            add("comment_lines", message, first(&self.comments));
        }
    }
}

fn is_skipped<G: Grid>(grid: &G, header: &[usize], row: usize, width: usize, told: &mut Told) -> bool {
    let first = grid.cell(row, 0);
    if first.is_blank() {
        return grid.is_blank_row(row);
    }
    if is_comment(grid, row, width) {
        told.comments.push(grid.line(row));
        return true;
    }
    let repeats = header.last().is_some_and(|&header| {
        matches!(&first, Cell::Text(_)) && width > 1 && first == grid.cell(header, 0) && grid.is_same_row(header, row)
    });
    if repeats {
        told.repeated.push(grid.line(row));
    }
    repeats
}

/// Where another table begins, after a gap.
fn end_of_table<G: Grid>(
    grid: &G,
    header: &[usize],
    first_row: usize,
    width: usize,
    warnings: &mut Vec<DataWarning>,
) -> usize {
    let mut after_blank = false;
    for row in first_row..grid.n_rows() {
        if grid.cell(row, 0).is_blank() && grid.is_blank_row(row) {
            after_blank = true;
            continue;
        }
        let gap = after_blank || grid.gap_before(row);
        after_blank = false;
        if gap && row > first_row && begins_table(grid, header, first_row, row, width) {
            let line = grid.line(row);
            let message = format!(
                "Another table begins in line {line}; only the first was read. To read that one, open the file again with header row {line}."
            );
            warnings.push(DataWarning {
                code: "several_tables".into(),
                message,
                columns: Vec::new(),
                rows: vec![line],
                ..DataWarning::default()
            });
            return row;
        }
    }
    grid.n_rows()
}

/// A block after a gap is another table when it is of another width for at least two rows, or begins with names
/// where the first table has values.
fn begins_table<G: Grid>(grid: &G, header: &[usize], first_row: usize, row: usize, width: usize) -> bool {
    let (filled, next) = (grid.n_filled(row), row + 1);
    if filled < 2 || next >= grid.n_rows() || grid.gap_before(next) {
        // A title of one cell may stand between the gap and the names.
        let below = next < grid.n_rows() && filled == 1 && width > 1;
        return below
            && next + 1 < grid.n_rows()
            && grid.n_filled(next) >= 2
            && begins_with_names(grid, header, first_row, next, width);
    }
    let other_width = grid.width(row) != width && grid.width(next) == grid.width(row) && filled >= 2;
    if other_width && grid.is_ragged_told() {
        return true;
    }
    begins_with_names(grid, header, first_row, row, width)
}

fn begins_with_names<G: Grid>(grid: &G, header: &[usize], first_row: usize, row: usize, width: usize) -> bool {
    if header.is_empty() || grid.is_same_row(header[header.len() - 1], row) {
        return false;
    }
    let is_value = |row: usize, column: usize| is_value(&grid.cell(row, column));
    let has_words = |row: usize| (0..grid.width(row)).all(|column| !is_value(row, column));
    let values_above = (0..width).any(|column| is_value(first_row, column));
    let values_below = (0..grid.width(row + 1)).any(|column| is_value(row + 1, column));
    has_words(row) && values_above && values_below
}

fn is_value(cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Missing | Cell::Error(_) => false,
        Cell::Text(text) => {
            let text = text.trim();
            number::scan(text).is_some() || date::scan(text).is_some()
        }
        _ => true,
    }
}

/// Lines of words at the end: sources, notes, counts of rows.
fn take_off_footnotes<G: Grid>(
    grid: &G,
    first_row: usize,
    mut end: usize,
    width: usize,
    warnings: &mut Vec<DataWarning>,
) -> usize {
    let mut lines = Vec::new();
    let skip_blank = |mut end: usize| {
        while end > first_row && grid.is_blank_row(end - 1) {
            end -= 1;
        }
        end
    };
    end = skip_blank(end);
    let mut candidate = end;
    while width > 1 && candidate > first_row && end - candidate < MAX_FOOTNOTES && is_one_line(grid, candidate - 1) {
        candidate -= 1;
        lines.push(grid.line(candidate));
        candidate = skip_blank(candidate);
    }
    // Words decide for all of them: the lowest may be a date or a page number.
    let taken = (candidate..end).filter(|&row| !grid.is_blank_row(row));
    let is_noted = taken.clone().any(|row| is_footnote(grid, row)) || taken.clone().any(|row| grid.gap_before(row));
    if lines.is_empty() || !is_noted || candidate == first_row {
        return end;
    }
    lines.reverse();
    let message = format!("{} lines of notes below the table were left out.", lines.len());
    lines.truncate(MAX_LINES);
    warnings.push(DataWarning {
        code: "footer_rows".into(),
        message,
        columns: Vec::new(),
        rows: lines,
        ..DataWarning::default()
    });
    candidate
}

/// One cell of words and nothing else.
fn is_one_line<G: Grid>(grid: &G, row: usize) -> bool {
    let filled: Vec<usize> =
        (0..grid.width(row)).filter(|&column| !grid.cell(row, column).is_blank()).take(2).collect();
    filled == [0] && !is_value(&grid.cell(row, 0))
}

const NOTE_WORDS: &[&str] = &[
    "source",
    "note",
    "notes",
    "quelle",
    "stand",
    "hinweis",
    "fuente",
    "footnote",
    "generated",
    "exported",
    "copyright",
    "end",
    "created",
    "printed",
    "report",
    "page",
    "anmerkung",
    "erstellt",
];

fn is_footnote<G: Grid>(grid: &G, row: usize) -> bool {
    let Cell::Text(text) = grid.cell(row, 0) else { return false };
    let text = text.trim().to_lowercase();
    let word: String = text.chars().take_while(|c| c.is_alphabetic()).collect();
    let counts_rows = text.starts_with('(') && text.ends_with("rows)");
    NOTE_WORDS.contains(&word.as_str())
        || text.starts_with(['*', '©', '#'])
        || counts_rows
        || text.split_whitespace().count() >= 4
}
