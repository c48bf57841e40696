//! What is expected of a file from a sample of it, so that one reading is enough when it holds.

use super::super::tokens::{Tokens, tokenize};
use super::rows::KeptRows;
use super::text::TextFile;
use crate::DataError;
use crate::infer::decision::{Hints, Kind};
use crate::infer::tally::{Tally, TextPolicy};
use crate::infer::{self, tally_column};
use crate::layout::{Layout, LayoutHints};
use crate::sniff::dialect::Dialect;
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
    /// How each column is read, by its position.
    pub kinds: Vec<Kind>,
}

impl Expected {
    /// From the sample of a file. `None` when there is no table in it.
    pub fn of_sample(
        text: &TextFile,
        skip: usize,
        dialect: Dialect,
        hints: (LayoutHints, Hints),
        watch: &dyn Watch,
    ) -> Result<Option<Self>, DataError> {
        let tokens = tokenize(&text.sample[skip..], dialect, usize::MAX);
        let mut rows = KeptRows::new(dialect);
        for row in 0..tokens.n_rows() {
            rows.push(&tokens, row, (tokens.start(row) + skip) as u64, false);
        }
        // Rows of the middle and the tail are put where nothing is looked for; the end of the file is one place.
        let head = text.head_bytes.map(|head| head as u64);
        let (start, size) = (text.start, text.file.size_bytes());
        let tail = |offset: u64| size - (text.sample.len() as u64 - offset);
        rows.move_offsets(|offset| if head.is_some_and(|head| offset >= head) { tail(offset) } else { start + offset });
        let Some(layout) = Layout::of(&rows, hints.0)? else { return Ok(None) };
        let mut expected = Self {
            usual_width: rows.usual_width(SAMPLE_ROWS),
            header: header_of(&rows, &layout),
            without_data: rows.without_data(&layout.rows),
            kinds: Vec::new(),
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
    pub fn corrected(&self, rows: &KeptRows, layout: &Layout) -> Option<Self> {
        let usual_width = rows.usual_width(SAMPLE_ROWS);
        let mut kinds = self.kinds.clone();
        let n_positions = n_positions(layout, usual_width).max(kinds.len());
        kinds.resize(n_positions, Kind::Text { among_codes: false });
        let without_data = rows.without_data(&layout.rows);
        let found = Self { usual_width, header: header_of(rows, layout), without_data, kinds };
        (found != *self).then_some(found)
    }

    /// Whether layout has to see this row to tell where the table is.
    pub fn is_unusual(&self, tokens: &Tokens<'_>, row: usize) -> bool {
        let fields = tokens.fields(row);
        if fields.len() != self.usual_width {
            return true;
        }
        let text = |column: usize| tokens.text(row, column);
        let first = text(0);
        if first.trim().is_empty() {
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

/// Positions that may hold a column.
fn n_positions(layout: &Layout, usual_width: usize) -> usize {
    layout.columns.iter().map(|(position, _)| position + 1).max().unwrap_or(0).max(usual_width)
}
