//! Which rows below the header are data: not footnotes, not a repeated header, not the next table.

use std::ops::Range;

use analyst_types::{DataWarning, RaggedRows, Severity};

use super::LayoutHints;
use super::looks::{is_sentence, is_value, lines_named};
use super::remarks::{COMMENT_SIGNS, is_remark};
use crate::DataError;
use crate::grid::{Cell, Grid};

/// The data rows.
pub(super) struct Found {
    /// Consecutive rows, in order.
    pub rows: Vec<Range<usize>>,
    /// Width of the widest of them.
    pub widest: usize,
    /// What started the remarks among them.
    pub comment: Option<String>,
}

const MAX_LINES: usize = 5;
const MAX_FOOTNOTES: usize = 40;

/// Finds the data rows from `first_row` on.
pub(super) fn find<G: Grid>(
    grid: &G,
    header: &[usize],
    first_row: usize,
    width: usize,
    hints: LayoutHints<'_>,
    warnings: &mut Vec<DataWarning>,
) -> Result<Found, DataError> {
    let end = take_off_footnotes(grid, first_row, grid.n_rows(), width, warnings);
    let mut found = Found { rows: Vec::new(), widest: 0, comment: None };
    let mut told = Told::default();
    let mut start = first_row;
    for row in first_row..end {
        if is_skipped(grid, header, row, width, hints, &mut told) {
            push(&mut found.rows, start..row);
            start = row + 1;
            continue;
        }
        let row_width = grid.width(row);
        found.widest = found.widest.max(row_width);
        if row_width != width
            && grid.is_ragged_told()
            && told.ragged(grid, row, width)
            && hints.ragged == Some(RaggedRows::Skip)
        {
            push(&mut found.rows, start..row);
            start = row + 1;
        }
    }
    push(&mut found.rows, start..end);
    if let (Some(RaggedRows::Refuse), Some(line)) = (hints.ragged, told.ragged_lines.first()) {
        return Err(DataError::unreadable(format!(
            "{} rows have not {width} fields like the others, the first in line {line}. Mend the file, or let such rows be padded or left out.",
            told.short + told.long
        )));
    }
    found.comment = told.comment.take();
    told.into_warnings(width, hints, warnings);
    Ok(found)
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
    n_repeated: u64,
    comments: Vec<u64>,
    n_comments: u64,
    comment: Option<String>,
}

impl Told {
    /// Counts a row of another width; tells whether it matters.
    fn ragged<G: Grid>(&mut self, grid: &G, row: usize, width: usize) -> bool {
        let row_width = grid.width(row);
        if row_width < width {
            self.short += 1;
        } else if (width..row_width).all(|column| grid.cell(row, column).is_blank()) {
            return false;
        } else {
            self.long += 1;
        }
        if self.ragged_lines.len() < MAX_LINES {
            self.ragged_lines.push(grid.line(row));
        }
        true
    }

    fn into_warnings(self, width: usize, hints: LayoutHints<'_>, warnings: &mut Vec<DataWarning>) {
        if self.short + self.long > 0 {
            warnings.push(self.ragged_warning(width, hints));
        }
        let mut add = |code: &str, message: String, rows: Vec<u64>, n: u64| {
            let severity = Severity::Info;
            warnings.push(DataWarning { severity, rows, count: Some(n), ..DataWarning::new(code, message) });
        };
        if self.n_repeated > 0 {
            let message = format!("Left out: {} that repeat the column names.", lines_named(self.n_repeated as usize));
            add("repeated_header", message, self.repeated, self.n_repeated);
        }
        if self.n_comments > 0 {
            let message = format!("Left out: {} of remarks.", lines_named(self.n_comments as usize));
            add("comment_lines", message, self.comments, self.n_comments);
        }
    }

    fn ragged_warning(&self, width: usize, hints: LayoutHints<'_>) -> DataWarning {
        let mut parts = Vec::new();
        let left_out = hints.ragged == Some(RaggedRows::Skip);
        if self.short > 0 {
            let what = if left_out { "they were left out" } else { "the rest is missing" };
            parts.push(format!("{} fewer than {width} fields; {what}", rows_have(self.short)));
        }
        if self.long > 0 {
            let what = match hints.ragged {
                Some(RaggedRows::Skip) => "they were left out",
                Some(RaggedRows::Pad) => "the extra ones are in columns of their own",
                _ => "the extra ones were left out",
            };
            parts.push(format!("{} more than {width} fields; {what}", rows_have(self.long)));
        }
        let fix =
            "Say what becomes of such rows: pad (keep every field), skip (leave the rows out) or refuse the file.";
        DataWarning {
            rows: self.ragged_lines.clone(),
            count: Some(self.short + self.long),
            fix: Some(fix.to_owned()),
            ..DataWarning::new("ragged_rows", format!("{}.", parts.join("; ")))
        }
    }
}

fn rows_have(n: u64) -> String {
    if n == 1 { "1 row has".to_owned() } else { format!("{n} rows have") }
}

fn is_skipped<G: Grid>(
    grid: &G,
    header: &[usize],
    row: usize,
    width: usize,
    hints: LayoutHints<'_>,
    told: &mut Told,
) -> bool {
    let first = grid.cell(row, 0);
    if first.is_blank() {
        return grid.is_blank_row(row);
    }
    if is_remark(grid, row, width, hints.comment) {
        told.n_comments += 1;
        if told.comments.len() < MAX_LINES {
            told.comments.push(grid.line(row));
        }
        if told.comment.is_none() {
            let sign = |text: &str| COMMENT_SIGNS.iter().find(|sign| text.starts_with(**sign)).map(|s| (*s).to_owned());
            told.comment = hints.comment.map(str::to_owned).or(match &first {
                Cell::Text(text) => sign(text.trim_start()),
                _ => None,
            });
        }
        return true;
    }
    let repeats = header.last().is_some_and(|&header| {
        matches!(&first, Cell::Text(_)) && width > 1 && first == grid.cell(header, 0) && grid.is_same_row(header, row)
    });
    if repeats {
        told.n_repeated += 1;
        if told.repeated.len() < MAX_LINES {
            told.repeated.push(grid.line(row));
        }
    }
    repeats
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
    let n = lines.len();
    lines.truncate(MAX_LINES);
    warnings.push(DataWarning {
        severity: Severity::Info,
        rows: lines,
        count: Some(n as u64),
        ..DataWarning::new("footer_rows", format!("Left out below the table: {} of notes.", lines_named(n)))
    });
    candidate
}

/// One cell of words and nothing else, or a sentence that begins as notes do and was cut at its commas.
fn is_one_line<G: Grid>(grid: &G, row: usize) -> bool {
    let is_cut_note = || {
        let Cell::Text(text) = grid.cell(row, 0) else { return false };
        let is_marked = text.starts_with(['*', '©']) || text.contains(':');
        is_marked && is_footnote(grid, row) && !(0..grid.width(row)).any(|column| is_value(&grid.cell(row, column)))
    };
    is_one_cell(grid, row) || is_sentence(grid, row) || (grid.is_ragged_told() && is_cut_note())
}

fn is_one_cell<G: Grid>(grid: &G, row: usize) -> bool {
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
