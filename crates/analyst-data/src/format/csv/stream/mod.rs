//! Delimited text of any size: read in stretches on all cores, typed over whole columns, stored column by column.
//!
//! It knows what reading the whole text at once knows, and tells the same: a sample says what to expect (where the
//! table is, which type each column has), one reading finds out whether that holds everywhere, and where it does not,
//! what is concerned is read once more. Memory is bounded: values wait in a file when there are many.

mod columns;
mod expected;
mod output;
mod pass;
mod rows;
mod spill;
mod stretch;
mod text;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use analyst_types::{Column, DataWarning, Format, ReadOptions};

use self::expected::Expected;
use self::pass::Facts;
use self::spill::Spill;
use self::stretch::{Reading, Stop};
use self::text::TextFile;
use super::{format_of, unclosed_quotes};
use crate::DataError;
use crate::infer;
use crate::infer::decision::{Decision, Kind};
use crate::infer::tally::{Count, Tally};
use crate::layout::Layout;
use crate::sniff::prepared::{self, Prepared};
use crate::sniff::told::Told;
use crate::source::{SourceFile, Watch};

/// Sizes, which tests make small.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// The least a thread reads at a time.
    pub stretch_bytes: u64,
    /// Read beyond a stretch at first, to see the end of its last row.
    pub slack_bytes: u64,
    /// Values kept in memory.
    pub memory_bytes: u64,
    /// The first rows of the file, which layout sees whatever they are.
    pub head_rows: u64,
    /// They are looked for in so many bytes.
    pub head_bytes: u64,
    /// Rows at the end that layout sees whatever they are.
    pub tail_rows: usize,
    /// At most so many threads.
    pub threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            stretch_bytes: 1 << 20,
            slack_bytes: 64 << 10,
            memory_bytes: 384 << 20,
            head_rows: 1000,
            head_bytes: 8 << 20,
            tail_rows: 64,
            threads: 64,
        }
    }
}

/// A table that was read and stored.
pub(crate) struct StreamedTable {
    pub fingerprint: String,
    pub arrow_path: PathBuf,
    pub columns: Vec<Column>,
    pub n_rows: u64,
    pub format: Format,
    pub warnings: Vec<DataWarning>,
}

/// How often what is expected may turn out wrong: about rows, then about rows that this brings to light.
const MAX_READINGS: usize = 5;

/// The line of the column names, where a person names it, must be among the first rows.
const MAX_HEADER_ROW: u32 = 300;

/// Reads the file into `dir`. `None` for what has to be looked at as a whole: texts that are rewritten before they are
/// split, several tables in a file, and the few encodings that are not decoded in pieces.
pub(crate) fn import(
    file: &SourceFile,
    options: &ReadOptions,
    dir: &Path,
    settings: &Settings,
    watch: &dyn Watch,
) -> Result<Option<StreamedTable>, DataError> {
    let label = options.encoding.as_deref();
    let told = Told::of(options)?;
    if told.header_row.is_some_and(|line| line > MAX_HEADER_ROW) {
        return Ok(None);
    }
    let Some(mut text) = TextFile::open(file, label, dir, watch)? else { return Ok(None) };
    loop {
        let job = Job { text: &text, told: &told, dir, settings, watch };
        match job.run() {
            Ok(table) => {
                file.check_unchanged()?;
                return Ok(Some(table));
            }
            Err(Stop::Failed(error)) => return Err(error),
            Err(Stop::NeedsWhole) => return Ok(None),
            Err(Stop::Unclean(place)) => match text.cleaned(place, label, dir, watch)? {
                Some(clean) => text = clean,
                None => return Ok(None),
            },
        }
    }
}

struct Job<'j> {
    text: &'j TextFile,
    told: &'j Told<'j>,
    dir: &'j Path,
    settings: &'j Settings,
    watch: &'j dyn Watch,
}

/// A column as it was read: in which reading, and as which of its columns.
struct Read {
    reading: usize,
    column: usize,
    kind: Kind,
}

impl Job<'_> {
    fn run(&self) -> Result<StreamedTable, Stop> {
        let empty = || DataError::Empty { what: self.text.file.file_name().to_owned() };
        if self.text.head_bytes.is_none() && self.text.sample.trim().is_empty() {
            return Err(empty().into());
        }
        let prepared = prepared::prepare(&self.text.sample, &self.text.sample, self.told);
        if matches!(prepared.text, Cow::Owned(_)) {
            return Err(Stop::NeedsWhole);
        }
        let hints = (self.told.layout_hints(), self.told.hints(prepared.comma_is_free()));
        let expected = Expected::of_sample(self.text, &prepared, hints, self.watch)?;
        let mut expected = expected.ok_or_else(empty)?;
        let spill = Spill::new(self.dir, self.settings.memory_bytes);
        let mut facts = Vec::new();
        for _ in 0..MAX_READINGS {
            let positions: Vec<usize> = (0..expected.kinds.len()).collect();
            let mut found = self.read(&prepared, &expected, &positions, &spill)?;
            let mut filled: Vec<bool> = found.tallies.iter().map(|tally| tally.filled() > 0).collect();
            filled.resize(expected.kinds.len(), false);
            found.kept.set_filled(filled);
            found.kept.set_file(self.text.file.clone());
            let layout = Layout::all(&found.kept, hints.0)?.into_iter().next().ok_or_else(empty)?;
            // Rows that were left out are told neither by the table they belong to, nor as too short or too long.
            if layout.table.is_some() {
                return Err(Stop::NeedsWhole);
            }
            match expected.corrected(&found.kept, &layout, hints.1) {
                Some(corrected) => expected = corrected,
                None if layout.usual_width != expected.usual_width => return Err(Stop::NeedsWhole),
                None => {
                    facts.push(found);
                    return self.finish(&prepared, expected, layout, facts, &spill);
                }
            }
        }
        let message = format!("{}: where its table begins and ends cannot be told.", self.text.file.file_name());
        Err(DataError::unreadable(message).into())
    }

    fn read(
        &self,
        prepared: &Prepared<'_>,
        expected: &Expected,
        positions: &[usize],
        spill: &Spill,
    ) -> Result<Facts, Stop> {
        // Many columns or a very large file: fewer and larger stretches, so that what is kept of each stays small.
        const BYTES_PER_COLUMN: u64 = 4 << 10;
        const MOST_STRETCHES: u64 = 16 << 10;
        let stretch_bytes = (self.settings.stretch_bytes)
            .max((positions.len() as u64 * BYTES_PER_COLUMN).min(32 * self.settings.stretch_bytes))
            .max(self.text.file.size_bytes() / MOST_STRETCHES);
        let start = self.text.start + (self.text.sample.len() - prepared.text.len()) as u64;
        let reading = Reading {
            text: self.text,
            start,
            dialect: prepared.dialect,
            expected,
            positions,
            settings: self.settings,
            stretch_bytes,
            spill,
        };
        pass::run(&reading, prepared.skipped_lines(), self.watch, &|done| self.watch.progress(done * 0.8))
    }

    fn finish(
        &self,
        prepared: &Prepared<'_>,
        mut expected: Expected,
        layout: Layout,
        mut facts: Vec<Facts>,
        spill: &Spill,
    ) -> Result<StreamedTable, Stop> {
        let names: Vec<&str> = layout.columns.iter().map(|(_, name)| name.as_str()).collect();
        let tallies: Vec<Tally> = layout.columns.iter().map(|(at, _)| facts[0].tallies[*at].clone()).collect();
        let (n_rows, n_cells) = (facts[0].n_rows, facts[0].n_cells);
        infer::check_density(n_rows as usize, names.len(), n_cells as usize)?;
        self.told.check_types(names.iter().copied())?;
        let hints = self.told.hints(prepared.comma_is_free());
        let (conventions, mut decisions) = infer::decide(&names, &tallies, hints);
        let mut columns: Vec<Read> =
            layout.columns.iter().map(|(at, _)| Read { reading: 0, column: *at, kind: expected.kinds[*at] }).collect();
        loop {
            let stale = stale_columns(&columns, &mut decisions, &tallies, &facts);
            if stale.is_empty() {
                break;
            }
            let positions: Vec<usize> = stale.iter().map(|&column| layout.columns[column].0).collect();
            for (&column, &position) in stale.iter().zip(&positions) {
                expected.kinds[position] = decisions[column].kind;
            }
            facts.push(self.read(prepared, &expected, &positions, spill)?);
            for (at, &column) in stale.iter().enumerate() {
                columns[column] = Read { reading: facts.len() - 1, column: at, kind: decisions[column].kind };
            }
        }
        self.watch.progress(0.8);
        let (fingerprint, arrow_path, shapes) = output::store(self.dir, &names, &columns, &facts, n_rows, self.watch)?;
        self.watch.progress(0.95);
        let nulls: Vec<u64> = shapes.iter().map(|shape| shape.nulls).collect();
        let mut warnings = self.text.warnings.clone();
        warnings.extend(prepared.warnings.iter().cloned());
        warnings.extend(unclosed_quotes(facts[0].unclosed.clone()));
        warnings.extend(layout.warnings.iter().cloned());
        let unfit: Vec<Count> = columns.iter().map(|read| facts[read.reading].unfit[read.column].clone()).collect();
        warnings.extend(infer::warnings_of(&names, &tallies, &nulls, decisions, &unfit));
        Ok(StreamedTable {
            fingerprint,
            arrow_path,
            columns: output::columns_of(&shapes),
            n_rows,
            format: format_of(self.text.encoding.clone(), prepared, &layout, &conventions),
            warnings,
        })
    }
}

/// The columns whose values were read as something else than what they are.
fn stale_columns(columns: &[Read], decisions: &mut [Decision], tallies: &[Tally], facts: &[Facts]) -> Vec<usize> {
    let mut stale = Vec::new();
    for (at, (read, decision)) in columns.iter().zip(decisions).enumerate() {
        if decision.kind == Kind::DigitsDate && read.kind == Kind::DigitsDate {
            let no_days: u64 =
                facts[read.reading].values.iter().map(|values| values.segments[read.column].no_days).sum();
            if no_days > 0 {
                decision.kind = Kind::Integer { decimal: b'.' };
            }
        }
        if !columns::is_same_reading(read.kind, decision.kind, &tallies[at]) {
            stale.push(at);
        }
    }
    stale
}
