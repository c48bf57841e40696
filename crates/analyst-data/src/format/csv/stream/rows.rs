//! The rows of a large file that decide where its table is: its beginning, its end, and every row that is unlike the
//! others. To [`crate::layout`] they are a grid like any other; the rows between them are all alike and left out.

use std::borrow::Cow;
use std::ops::Range;

use super::super::tokens::{Field, Part, Tokens, tokenize_part};
use crate::grid::{Cell, Grid};
use crate::sniff::dialect::Dialect;
use crate::source::SourceFile;

/// A row that was kept.
#[derive(Debug, Clone, Copy)]
struct Row {
    /// Its number in the file.
    number: u64,
    /// Where it begins in the file.
    offset: u64,
    line: u64,
    gap: bool,
    /// Its text here.
    text: u32,
    /// Its first field here.
    fields: u32,
    /// It is like the others: kept only should it be among the first of the file, or soon below a border.
    is_plain: bool,
    border: Border,
}

/// Whether another table may begin at a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Border {
    None,
    /// It is blank, or something is between it and the row above.
    Gap,
    /// It may be the title of what stands below.
    Title,
}

/// Rows below a border that layout looks at.
pub(super) const REACH: usize = 64;
/// With so many gaps, or lines like titles, they are no borders of tables.
const MAX_GAPS: u64 = 204;
const MAX_TITLES: u64 = 4000;

/// The rows that were kept.
#[derive(Debug)]
pub(super) struct KeptRows {
    dialect: Dialect,
    text: String,
    fields: Vec<Field>,
    rows: Vec<Row>,
    /// The last border, and how many there were.
    last_border: Option<u64>,
    n_gaps: u64,
    n_titles: u64,
    /// Columns that hold something in some row of the file, kept or not.
    filled: Vec<bool>,
    /// Where the rows between them are.
    file: Option<SourceFile>,
}

/// Above this much text the file has more unlike rows than alike ones.
const MAX_TEXT: usize = 256 << 20;

impl KeptRows {
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            text: String::new(),
            fields: Vec::new(),
            rows: Vec::new(),
            last_border: None,
            n_gaps: 0,
            n_titles: 0,
            filled: Vec::new(),
            file: None,
        }
    }

    /// Keeps a row of `tokens`, which stands at `offset` in the file.
    pub fn push(&mut self, tokens: &Tokens<'_>, row: usize, offset: u64, is_plain: bool, border: Border) {
        let (start, end) = (tokens.start(row), tokens.end_of(row));
        let here = self.text.len() as u32;
        self.text.push_str(&tokens.whole()[start..end]);
        let fields = self.fields.len() as u32;
        self.fields.extend(tokens.fields(row).iter().map(|field| field.moved(start as u32, here)));
        let (line, gap) = (tokens.line(row), tokens.gap_before(row));
        self.rows.push(Row { number: row as u64, offset, line, gap, text: here, fields, is_plain, border });
    }

    /// Takes over the rows of the next stretch of the file; plain ones only while there are fewer than `head_rows`, or
    /// where a border is near.
    pub fn append(&mut self, other: &Self, rows_before: u64, lines_before: u64, gap_before: bool, head_rows: u64) {
        for (at, row) in other.rows.iter().enumerate() {
            let is_first = row.number == 0;
            let number = row.number + rows_before;
            let is_near = self.last_border.is_some_and(|border| number - border <= REACH as u64);
            if number >= head_rows && row.is_plain && !is_near {
                continue;
            }
            self.note_border(row, number, is_first && gap_before);
            let (text, fields) = (self.text.len() as u32, self.fields.len() as u32);
            self.text.push_str(&other.text[row.text as usize..other.end_of_text(at)]);
            self.fields.extend(other.fields_of(at).iter().map(|field| field.moved(row.text, text)));
            let (line, gap) = (row.line + lines_before, row.gap || (is_first && gap_before));
            self.rows.push(Row { number, line, gap, text, fields, ..*row });
        }
    }

    fn note_border(&mut self, row: &Row, number: u64, gap_before: bool) {
        let border = if gap_before { Border::Gap } else { row.border };
        let count = match border {
            Border::None => return,
            Border::Gap => &mut self.n_gaps,
            Border::Title => &mut self.n_titles,
        };
        *count += 1;
        let is_habit = self.n_gaps > MAX_GAPS || (border == Border::Title && self.n_titles > MAX_TITLES);
        self.last_border = if is_habit { None } else { Some(number) };
    }

    /// Columns that hold something in some row of the file.
    pub fn set_filled(&mut self, filled: Vec<bool>) {
        self.filled = filled;
    }

    /// The file that the rows between them are read from, should layout ask for them.
    pub fn set_file(&mut self, file: SourceFile) {
        self.file = Some(file);
    }

    /// Reads a column in the rows that were left out after a kept one. Says whether to go on.
    fn for_each_between(&self, at: usize, column: usize, each: &mut dyn FnMut(&Cell<'_>) -> bool) -> bool {
        const PIECE_BYTES: u64 = 4 << 20;
        let Some(file) = self.file.as_ref().filter(|_| self.is_followed_by_others(at)) else { return true };
        let mut from = self.rows[at].offset + (self.end_of_text(at) - self.rows[at].text as usize) as u64;
        let end = self.rows[at + 1].offset;
        let mut slack = 64 << 10;
        while from < end {
            let to = (from + PIECE_BYTES + slack).min(end);
            let mut bytes = vec![0; (to - from) as usize];
            if let Err(error) = file.read_exact_at(&mut bytes, from) {
                tracing::warn!(%error, "rows of a file could not be read again");
                return false;
            }
            let valid = std::str::from_utf8(&bytes).map_or_else(|error| error.valid_up_to(), |_| bytes.len());
            let text = std::str::from_utf8(&bytes[..valid]).expect("BUG: valid up to here");
            let part = Part { until: PIECE_BYTES as usize, is_last: to == end, unclosed_before: 0 };
            let Some(tokens) = tokenize_part(text, self.dialect, part) else {
                slack *= 8;
                continue;
            };
            for row in 0..tokens.n_rows() {
                let cell = match tokens.text(row, column) {
                    Cow::Borrowed("") => Cell::Missing,
                    text => Cell::Text(text),
                };
                if !each(&cell) {
                    return false;
                }
            }
            from += tokens.end as u64;
        }
        true
    }

    pub fn is_too_large(&self) -> bool {
        self.text.len() > MAX_TEXT
    }

    fn end_of_text(&self, at: usize) -> usize {
        self.rows.get(at + 1).map_or(self.text.len(), |next| next.text as usize)
    }

    fn fields_of(&self, at: usize) -> &[Field] {
        let end = self.rows.get(at + 1).map_or(self.fields.len(), |next| next.fields as usize);
        &self.fields[self.rows[at].fields as usize..end]
    }

    /// Rows were left out after this one.
    fn is_followed_by_others(&self, at: usize) -> bool {
        self.rows.get(at + 1).is_some_and(|next| next.number > self.rows[at].number + 1)
    }

    /// The cells of the row in a line, as text.
    pub fn cells_of_line(&self, line: u64) -> Option<Vec<String>> {
        let at = self.rows.iter().position(|row| row.line == line)?;
        Some(self.fields_of(at).iter().map(|field| field.cow(&self.text, self.dialect).into_owned()).collect())
    }

    /// Places in the file that hold no data, given which of the kept rows do: from, and up to where. Rows that were
    /// left out are as the kept one before them.
    pub fn without_data(&self, data: &[Range<usize>]) -> Vec<(u64, u64)> {
        let mut places: Vec<(u64, u64)> = Vec::new();
        let mut ranges = data.iter().peekable();
        for (at, row) in self.rows.iter().enumerate() {
            while ranges.next_if(|range| range.end <= at).is_some() {}
            if ranges.peek().is_some_and(|range| range.contains(&at)) {
                if let Some(open) = places.last_mut().filter(|(_, end)| *end == u64::MAX) {
                    open.1 = row.offset;
                }
            } else if places.last().is_none_or(|(_, end)| *end != u64::MAX) {
                places.push((row.offset, u64::MAX));
            }
        }
        places
    }

    /// The width that most of the first rows have; wide rows count more.
    pub fn usual_width(&self, sample: usize) -> usize {
        let mut widths: Vec<(usize, usize)> = Vec::new();
        for row in (0..self.rows.len().min(sample)).filter(|&row| !self.is_blank_row(row)) {
            let width = self.width(row);
            match widths.iter_mut().find(|(w, _)| *w == width) {
                Some((_, n)) => *n += 1,
                None => widths.push((width, 1)),
            }
        }
        let mut best = (1, 0);
        for (width, n) in widths {
            if width * n > best.0 * best.1 {
                best = (width, n);
            }
        }
        best.0
    }

    /// Where a kept row begins in the file, for tests and for a sample whose parts stand apart.
    pub fn move_offsets(&mut self, place: impl Fn(u64) -> u64) {
        self.rows.iter_mut().for_each(|row| row.offset = place(row.offset));
    }
}

impl Grid for KeptRows {
    fn n_rows(&self) -> usize {
        self.rows.len()
    }

    fn n_cells(&self) -> usize {
        self.fields.len()
    }

    fn width(&self, row: usize) -> usize {
        self.fields_of(row).len()
    }

    fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        match self.fields_of(row).get(column).map(|field| field.cow(&self.text, self.dialect)) {
            None | Some(Cow::Borrowed("")) => Cell::Missing,
            Some(text) => Cell::Text(text),
        }
    }

    fn line(&self, row: usize) -> u64 {
        self.rows[row].line
    }

    fn gap_before(&self, row: usize) -> bool {
        self.rows[row].gap
    }

    fn for_each_cell(&self, rows: &[Range<usize>], column: usize, each: &mut dyn FnMut(&Cell<'_>) -> bool) {
        for range in rows {
            for row in range.clone() {
                if !each(&self.cell(row, column)) || !self.for_each_between(row, column, each) {
                    return;
                }
            }
        }
    }

    fn for_each_filled(&self, row: usize, each: &mut dyn FnMut(usize)) {
        (0..self.width(row)).filter(|&column| !self.cell(row, column).is_blank()).for_each(&mut *each);
        // What stands in the rows that were left out is known of all of them together.
        if self.is_followed_by_others(row) {
            self.filled.iter().enumerate().filter(|(_, filled)| **filled).for_each(|(column, _)| each(column));
        }
    }
}
