//! What is expected of a file from a sample of it, so that one reading is enough when it holds.

use analyst_types::RaggedRows;

use super::super::tokens::{Tokens, tokenize};
use super::rows::{Border, KeptRows};
use super::text::TextFile;
use crate::DataError;
use crate::grid::Grid;
use crate::infer::decision::{Hints, Kind};
use crate::infer::tally::{Tally, TextPolicy};
use crate::infer::{self, tally_column};
use crate::layout::{Layout, LayoutHints};
use crate::sniff::prepared::Prepared;
use crate::source::Watch;

/// Rows that the usual width is taken from.
const SAMPLE_ROWS: usize = 300;

/// What is expected.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expected {
    /// The width of most rows.
    pub usual_width: usize,
    /// The cells of the (last) row of column names.
    pub header: Option<Vec<String>>,
    /// Places in the file whose rows are no data: from, and up to where.
    pub without_data: Vec<(u64, u64)>,
    /// What starts a remark.
    pub comment: Option<String>,
    /// How each column is read, by its position.
    pub kinds: Vec<Kind>,
    /// The positions whose type a person named.
    pub told: Vec<usize>,
}

impl Expected {
    /// From the sample of a file. `None` when there is no table in it.
    pub fn of_sample(
        text: &TextFile,
        prepared: &Prepared<'_>,
        hints: (LayoutHints<'_>, Hints<'_>),
        watch: &dyn Watch,
    ) -> Result<Option<Self>, DataError> {
        let (skip, dialect) = (text.sample.len() - prepared.text.len(), prepared.dialect);
        let tokens = tokenize(&prepared.text, dialect, usize::MAX);
        let mut rows = KeptRows::new(dialect);
        for row in 0..tokens.n_rows() {
            rows.push(&tokens, row, (tokens.start(row) + skip) as u64, false, Border::None);
        }
        let Some(last) = rows.n_rows().checked_sub(1) else { return Ok(None) };
        let last_line = rows.line(last) + prepared.skipped_lines();
        // Rows of the middle and the tail are put where nothing is looked for; the end of the file is one place.
        let head = text.head_bytes.map(|head| head as u64);
        let (start, size) = (text.start, text.file.size_bytes());
        let tail = |offset: u64| size - (text.sample.len() as u64 - offset);
        rows.move_offsets(|offset| if head.is_some_and(|head| offset >= head) { tail(offset) } else { start + offset });
        // What is wrong with the whole file is told when all of it was read.
        let guess = LayoutHints {
            header_row: hints.0.header_row.filter(|&line| u64::from(line) <= last_line),
            ragged: hints.0.ragged.filter(|ragged| *ragged != RaggedRows::Refuse),
            ..hints.0
        };
        let Some(layout) = Layout::one(&rows, guess)? else { return Ok(None) };
        let mut expected = Self {
            usual_width: rows.usual_width(SAMPLE_ROWS),
            header: header_of(&rows, &layout),
            without_data: rows.without_data(&layout.rows),
            comment: layout.sign.clone(),
            kinds: Vec::new(),
            told: told_positions(&layout, hints.1),
        };
        if let Some(head) = head {
            // Between head and tail nothing is known to be without data.
            expected.without_data.retain(|place| place.0 < start + head || place.1 == u64::MAX);
            for place in &mut expected.without_data {
                if place.0 < start + head && place.1 > start + head && place.1 != u64::MAX {
                    place.1 = start + head;
                }
            }
        }
        let mut body = layout.body(&rows);
        let n_positions = n_positions(&layout, expected.usual_width);
        let names: Vec<String> = (0..n_positions)
            .map(|position| {
                let found = layout.columns.iter().find(|(at, _)| *at == position);
                found.map_or_else(String::new, |(_, name)| name.clone())
            })
            .collect();
        body.columns = names.iter().cloned().enumerate().collect();
        let tallies: Vec<Tally> =
            infer::in_parallel(n_positions, |column| tally_column(&body, column, TextPolicy::GUESS, watch));
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (_, decisions) = infer::decide(&names, &tallies, hints.1);
        expected.kinds = decisions.into_iter().map(|decision| decision.kind).collect();
        Ok(Some(expected))
    }

    /// What to expect after all, when layout finds something else over the whole file; `None` when it does not.
    pub fn corrected(&self, rows: &KeptRows, layout: &Layout, hints: Hints<'_>) -> Option<Self> {
        let usual_width = rows.usual_width(SAMPLE_ROWS);
        let mut kinds = self.kinds.clone();
        let n_positions = n_positions(layout, usual_width).max(kinds.len());
        kinds.resize(n_positions, Kind::Text { among_codes: false });
        let without_data = rows.without_data(&layout.rows);
        let (comment, told) = (layout.sign.clone(), told_positions(layout, hints));
        let found = Self { usual_width, header: header_of(rows, layout), without_data, comment, kinds, told };
        (found != *self).then_some(found)
    }

    /// Whether another table may begin here.
    pub fn border(&self, tokens: &Tokens<'_>, row: usize) -> Border {
        let width = tokens.width(row);
        if tokens.gap_before(row) {
            return Border::Gap;
        }
        let first_is_blank = tokens.text(row, 0).trim().is_empty();
        if first_is_blank && (1..width).all(|column| tokens.text(row, column).trim().is_empty()) {
            return Border::Gap;
        }
        // A title stands alone in its line; in a table of one column, several names do not.
        let is_title = if self.usual_width == 1 { width > 1 } else { width == 1 };
        if is_title { Border::Title } else { Border::None }
    }

    /// Whether layout has to see this row to tell where the table is.
    pub fn is_unusual(&self, tokens: &Tokens<'_>, row: usize) -> bool {
        let fields = tokens.fields(row);
        if fields.len() != self.usual_width {
            return true;
        }
        let text = |column: usize| tokens.text(row, column);
        let first = text(0);
        let trimmed = first.trim_start();
        let is_remark = self.comment.as_deref().is_some_and(|sign| trimmed.starts_with(sign));
        // A remark in a table of one column is as wide as the table.
        if trimmed.is_empty() || is_remark || (self.usual_width == 1 && trimmed.starts_with("# ")) {
            return true;
        }
        if let Some(header) = &self.header
            && header.first().is_some_and(|name| *name == first)
            && (0..fields.len()).all(|column| header.get(column).is_some_and(|name| *name == text(column)))
        {
            return true;
        }
        // Where every row has a blank line before it, a gap means nothing.
        tokens.gap_before(row) && !(row + 1 < tokens.n_rows() && tokens.gap_before(row + 1) && has_two(tokens, row))
    }
}

fn has_two(tokens: &Tokens<'_>, row: usize) -> bool {
    (0..tokens.width(row)).filter(|&column| !tokens.text(row, column).trim().is_empty()).take(2).count() == 2
}

fn header_of(rows: &KeptRows, layout: &Layout) -> Option<Vec<String>> {
    rows.cells_of_line(u64::from(layout.header_row?))
}

fn told_positions(layout: &Layout, hints: Hints<'_>) -> Vec<usize> {
    layout.columns.iter().filter(|(_, name)| hints.is_told(name)).map(|(position, _)| *position).collect()
}

/// Positions that may hold a column.
fn n_positions(layout: &Layout, usual_width: usize) -> usize {
    layout.columns.iter().map(|(position, _)| position + 1).max().unwrap_or(0).max(usual_width)
}
