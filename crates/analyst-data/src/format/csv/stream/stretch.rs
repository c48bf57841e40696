//! One stretch of a large file: its bytes are read, its rows found, its columns typed, its unusual rows kept.

use std::ops::Range;

use super::super::tokens::{Part, Tokens, tokenize, tokenize_part};
use super::columns::{self, Scratch, Segment, Stretch};
use super::rows::{Border, KeptRows, REACH};
use super::spill::{Place, Spill};
use super::text::TextFile;
use super::{Expected, Settings};
use crate::DataError;
use crate::infer::tally::{Count, Tally};
use crate::sniff::dialect::Dialect;

/// Why reading a stretch, or all of them, ended early.
pub(super) enum Stop {
    /// This place is no clean UTF-8.
    Unclean(u64),
    /// The file has to be looked at as a whole.
    NeedsWhole,
    Failed(DataError),
}

impl From<DataError> for Stop {
    fn from(error: DataError) -> Self {
        Self::Failed(error)
    }
}

/// What is the same for all stretches of one reading.
pub(super) struct Reading<'r> {
    pub text: &'r TextFile,
    /// Where the first row may begin.
    pub start: u64,
    pub dialect: Dialect,
    pub expected: &'r Expected,
    /// Positions of the columns that are read.
    pub positions: &'r [usize],
    pub settings: &'r Settings,
    pub stretch_bytes: u64,
    pub spill: &'r Spill,
}

/// What one stretch holds.
pub(super) struct Done {
    /// Where its first row begins; where it ends when none begins in it.
    pub start: u64,
    /// Where the row after it begins.
    pub end: u64,
    pub unclosed_before: usize,
    pub unclosed: Vec<u64>,
    pub depends_on_unclosed: bool,
    pub n_lines: u32,
    pub gap_after: bool,
    /// All rows that begin in it.
    pub n_rows: usize,
    /// Those that are data.
    pub n_data: usize,
    pub n_cells: usize,
    pub tallies: Vec<Tally>,
    /// Cells that do not fit the type a person named, by column.
    pub unfit: Vec<Count>,
    pub segments: Vec<Segment>,
    pub place: Place,
    pub kept: KeptRows,
}

/// What a thread reads into again and again.
#[derive(Default)]
pub(super) struct Buffers {
    bytes: Vec<u8>,
    values: Vec<u8>,
    scratch: Scratch,
}

/// A row longer than this is no row.
const LONGEST_ROW: u64 = 256 << 20;
/// A stretch begins at the first line end after which this many rows look as rows do here.
const ROWS_TO_TRUST: usize = 3;
const MAX_CANDIDATES: usize = 64;

impl Reading<'_> {
    /// Number of stretches.
    pub fn n_stretches(&self) -> u64 {
        (self.end() - self.start).div_ceil(self.stretch_bytes)
    }

    fn end(&self) -> u64 {
        self.text.file.size_bytes()
    }

    /// Where a stretch ends, and the next one begins unless a row goes on.
    pub fn nominal_end(&self, index: u64) -> u64 {
        (self.start + (index + 1) * self.stretch_bytes).min(self.end())
    }

    /// Reads a stretch. Where its first row begins is guessed unless it is told.
    pub fn read(&self, index: u64, told: Option<u64>, unclosed: usize, buffers: &mut Buffers) -> Result<Done, Stop> {
        let nominal_end = self.nominal_end(index);
        let from = told.unwrap_or(match index {
            0 => self.start,
            // The byte before may be the line end.
            _ => self.start + index * self.stretch_bytes - 1,
        });
        let mut slack = self.settings.slack_bytes;
        loop {
            let to = (nominal_end + slack).min(self.end());
            buffers.bytes.resize((to - from) as usize, 0);
            self.text.file.read_exact_at(&mut buffers.bytes, from)?;
            let is_last = to == self.end();
            let skip = match told {
                None if index > 0 => self.first_row(&buffers.bytes),
                _ => Some(0),
            };
            let start = skip.map_or(nominal_end, |skip| from + skip as u64);
            if start >= nominal_end && index > 0 {
                return Ok(self.nothing(nominal_end, unclosed));
            }
            let bytes = std::mem::take(&mut buffers.bytes);
            let text = self.clean_text(&bytes[(start - from) as usize..], start, is_last)?;
            let part = Part { until: (nominal_end - start) as usize, is_last, unclosed_before: unclosed };
            if let Some(tokens) = tokenize_part(text, self.dialect, part) {
                let done = self.typed(&tokens, start, unclosed, index, buffers);
                buffers.bytes = bytes;
                return Ok(done?);
            }
            buffers.bytes = bytes;
            slack *= 8;
            if slack > LONGEST_ROW {
                let what = format!("A row of {}", self.text.file.file_name());
                return Err(DataError::TooLarge { what, limit: "256 MiB per row".into() }.into());
            }
        }
    }

    /// Where the first row begins in these bytes, as far as one can tell without what stands before.
    fn first_row(&self, bytes: &[u8]) -> Option<usize> {
        const LOOKED_AT: usize = 64 << 10;
        let newline = if self.dialect.cr_only { b'\r' } else { b'\n' };
        let mut first = None;
        for at in memchr::memchr_iter(newline, bytes).take(MAX_CANDIDATES) {
            let start = at + 1;
            first = first.or(Some(start));
            let window = &bytes[start..bytes.len().min(start + LOOKED_AT)];
            let valid = match std::str::from_utf8(window) {
                Ok(text) => text,
                Err(error) => std::str::from_utf8(&window[..error.valid_up_to()]).unwrap_or_default(),
            };
            let rows = tokenize(valid, self.dialect, ROWS_TO_TRUST + 1);
            // The last row may be cut by the window.
            let n_seen = rows.n_rows().saturating_sub(1);
            if n_seen > 0
                && rows.unclosed.is_empty()
                && (0..n_seen).all(|row| rows.width(row) == self.expected.usual_width)
            {
                return Some(start);
            }
        }
        first
    }

    fn clean_text<'b>(&self, bytes: &'b [u8], start: u64, is_last: bool) -> Result<&'b str, Stop> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) if error.error_len().is_none() && !is_last => {
                std::str::from_utf8(&bytes[..error.valid_up_to()]).expect("BUG: valid up to here")
            }
            Err(error) => return Err(Stop::Unclean(start + error.valid_up_to() as u64)),
        };
        // Neither NUL characters nor byte order marks belong into a text.
        let mark = || memchr::memmem::find(text.as_bytes(), b"\xEF\xBB\xBF");
        match memchr::memchr(0, text.as_bytes()).or_else(mark) {
            Some(at) => Err(Stop::Unclean(start + at as u64)),
            None => Ok(text),
        }
    }

    fn nothing(&self, at: u64, unclosed_before: usize) -> Done {
        Done {
            start: at,
            end: at,
            unclosed_before,
            unclosed: Vec::new(),
            depends_on_unclosed: false,
            n_lines: 0,
            gap_after: false,
            n_rows: 0,
            n_data: 0,
            n_cells: 0,
            tallies: Vec::new(),
            unfit: Vec::new(),
            segments: Vec::new(),
            place: Place::Memory(Vec::new()),
            kept: KeptRows::new(self.dialect),
        }
    }

    fn typed(
        &self,
        tokens: &Tokens<'_>,
        start: u64,
        unclosed_before: usize,
        index: u64,
        buffers: &mut Buffers,
    ) -> Result<Done, DataError> {
        let rows = data_rows(tokens, start, &self.expected.without_data);
        let stretch = Stretch { tokens, rows: &rows, dialect: self.dialect };
        let mut tallies = Vec::with_capacity(self.positions.len());
        let mut unfit = vec![Count::default(); self.positions.len()];
        let mut segments = Vec::with_capacity(self.positions.len());
        for (&position, unfit) in self.positions.iter().zip(&mut unfit) {
            let mut tally = Tally::default();
            let kind = self.expected.kinds[position];
            let (scratch, values) = (&mut buffers.scratch, &mut buffers.values);
            let unfit = self.expected.told.contains(&position).then_some(unfit);
            segments.push(columns::read(&stretch, position, kind, (&mut tally, unfit), scratch, values));
            tallies.push(tally);
        }
        Ok(Done {
            start,
            end: start + tokens.end as u64,
            unclosed_before,
            unclosed: tokens.unclosed.clone(),
            depends_on_unclosed: tokens.depends_on_unclosed,
            n_lines: tokens.n_lines,
            gap_after: tokens.gap_after,
            n_rows: tokens.n_rows(),
            n_data: rows.iter().map(ExactSizeIterator::len).sum(),
            n_cells: tokens.n_fields(),
            tallies,
            unfit,
            segments,
            place: self.spill.keep(&mut buffers.values)?,
            kept: self.kept_rows(tokens, start, index),
        })
    }

    /// The rows that decide where the table is. Layout looks at some rows beside an unusual one as well.
    fn kept_rows(&self, tokens: &Tokens<'_>, start: u64, index: u64) -> KeptRows {
        const BEFORE: usize = 1;
        const AFTER: usize = 3;
        let n_rows = tokens.n_rows();
        // Below a border layout looks at more rows; so it may do above the first row here.
        let mut reached = REACH;
        let mut wanted = vec![false; n_rows];
        let mut want = |range: Range<usize>| wanted[range.start.min(n_rows)..range.end.min(n_rows)].fill(true);
        want(0..AFTER + 1);
        want(n_rows.saturating_sub(self.settings.tail_rows)..n_rows);
        for row in 0..n_rows {
            if self.expected.is_unusual(tokens, row) {
                want(row.saturating_sub(BEFORE)..row + AFTER + 1);
            }
        }
        // The first rows of the file are needed whatever they are; how many stand before is not known here.
        let may_be_head = index * self.stretch_bytes < self.settings.head_bytes;
        let head_rows = if may_be_head { self.settings.head_rows as usize } else { 0 };
        let mut kept = KeptRows::new(self.dialect);
        for (row, &wanted) in wanted.iter().enumerate() {
            let border = self.expected.border(tokens, row);
            if border != Border::None {
                reached = row + REACH;
            }
            if wanted || row < head_rows || row <= reached {
                kept.push(tokens, row, start + tokens.start(row) as u64, !wanted, border);
            }
        }
        kept
    }
}

/// The rows that do not begin in a place without data.
fn data_rows(tokens: &Tokens<'_>, start: u64, without_data: &[(u64, u64)]) -> Vec<Range<usize>> {
    let n_rows = tokens.n_rows();
    let end = start + tokens.end as u64;
    let first = without_data.partition_point(|place| place.1 <= start);
    let concerned: Vec<_> = without_data[first..].iter().take_while(|place| place.0 < end).collect();
    let row_at = |offset: u64| {
        let (mut low, mut high) = (0, n_rows);
        while low < high {
            let middle = (low + high) / 2;
            if start + (tokens.start(middle) as u64) < offset { low = middle + 1 } else { high = middle }
        }
        low
    };
    let mut rows = Vec::new();
    let mut from = 0;
    for place in concerned {
        rows.push(from..row_at(place.0));
        from = row_at(place.1);
    }
    rows.push(from..n_rows);
    rows.retain(|range| !range.is_empty());
    rows
}
