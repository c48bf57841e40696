//! Reads all stretches of a file on all cores, and joins them in their order.
//!
//! Where a stretch begins is guessed: a line end after which rows look as they should. The stretch before it, once it
//! is joined, tells where it really begins; when the guess was wrong it is read again from there.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};

use super::columns::Segment;
use super::rows::KeptRows;
use super::spill::Place;
use super::stretch::{Buffers, Done, Reading, Stop};
use crate::DataError;
use crate::infer::tally::{Count, Tally};
use crate::source::{Watch, check};

/// The values of one stretch.
pub(super) struct Values {
    pub n_rows: usize,
    pub place: Place,
    /// By column, in the order of the columns that were read.
    pub segments: Vec<Segment>,
}

/// What the whole file holds.
pub(super) struct Facts {
    pub n_rows: u64,
    pub n_cells: u64,
    pub tallies: Vec<Tally>,
    /// Cells that do not fit the type a person named, by column.
    pub unfit: Vec<Count>,
    pub values: Vec<Values>,
    pub kept: KeptRows,
    /// Lines of quotes that never close.
    pub unclosed: Vec<u64>,
}

struct Joining {
    facts: Facts,
    /// The stretch that is joined next, and where it must begin.
    next: u64,
    start: u64,
    rows_seen: u64,
    lines_seen: u64,
    gap: bool,
    waiting: BTreeMap<u64, Done>,
    stop: Option<Stop>,
}

/// Stretches that may be read before the next one is joined, by thread.
const AHEAD: u64 = 3;

/// Reads the file. Lines are counted from `first_line`.
pub(super) fn run(
    reading: &Reading<'_>,
    first_line: u64,
    watch: &dyn Watch,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<Facts, Stop> {
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from).min(reading.settings.threads) as u64;
    let n_stretches = reading.n_stretches();
    let facts = Facts {
        n_rows: 0,
        n_cells: 0,
        tallies: vec![Tally::default(); reading.positions.len()],
        unfit: vec![Count::default(); reading.positions.len()],
        values: Vec::new(),
        kept: KeptRows::new(reading.dialect),
        unclosed: Vec::new(),
    };
    let joining = Mutex::new(Joining {
        facts,
        next: 0,
        start: reading.start,
        rows_seen: 0,
        lines_seen: first_line,
        gap: false,
        waiting: BTreeMap::new(),
        stop: None,
    });
    let (moved, turn) = (Condvar::new(), AtomicU64::new(0));
    let lock = || joining.lock().expect("BUG: a reading thread panicked");
    let work = || {
        let mut buffers = Buffers::default();
        loop {
            let index = turn.fetch_add(1, Ordering::Relaxed);
            if index >= n_stretches {
                return;
            }
            let may_go = |state: &mut Joining| state.stop.is_none() && index >= state.next + AHEAD * n_threads;
            let state: MutexGuard<'_, Joining> =
                moved.wait_while(lock(), may_go).expect("BUG: a reading thread panicked");
            if state.stop.is_some() {
                return;
            }
            let unclosed = state.facts.unclosed.len();
            drop(state);
            let done =
                check(watch).map_err(Stop::Failed).and_then(|()| reading.read(index, None, unclosed, &mut buffers));
            let mut state = lock();
            let joined = done.and_then(|done| {
                state.waiting.insert(index, done);
                state.join_waiting(reading, &mut buffers)
            });
            if let Err(stop) = joined {
                state.stop.get_or_insert(stop);
            }
            progress(state.next as f64 / n_stretches as f64);
            moved.notify_all();
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..n_threads.min(n_stretches) {
            scope.spawn(work);
        }
        work();
    });
    let state = joining.into_inner().expect("BUG: a reading thread panicked");
    match state.stop {
        Some(stop) => Err(stop),
        None => Ok(state.facts),
    }
}

impl Joining {
    fn join_waiting(&mut self, reading: &Reading<'_>, buffers: &mut Buffers) -> Result<(), Stop> {
        while let Some(done) = self.waiting.remove(&self.next) {
            let is_swallowed = self.start >= reading.nominal_end(self.next);
            let unclosed = self.facts.unclosed.len();
            let is_right = done.start == self.start && (done.unclosed_before == unclosed || !done.depends_on_unclosed);
            if is_right {
                self.join(done, reading)?;
            } else if !is_swallowed {
                let done = reading.read(self.next, Some(self.start), unclosed, buffers)?;
                self.join(done, reading)?;
            }
            self.next += 1;
        }
        Ok(())
    }

    fn join(&mut self, done: Done, reading: &Reading<'_>) -> Result<(), DataError> {
        self.start = done.end;
        let lines = self.lines_seen;
        let facts = &mut self.facts;
        facts.kept.append(&done.kept, self.rows_seen, lines, self.gap, reading.settings.head_rows);
        if facts.kept.is_too_large() {
            let what = format!("{}: a file in which so many rows are unlike the others", reading.text.file.file_name());
            return Err(DataError::TooLarge { what, limit: "256 MB of them".into() });
        }
        facts.n_rows += done.n_data as u64;
        facts.n_cells += done.n_cells as u64;
        facts.unclosed.extend(done.unclosed.iter().map(|line| line + lines));
        for (tally, later) in facts.tallies.iter_mut().zip(done.tallies) {
            tally.merge(later, lines);
        }
        for (count, later) in facts.unfit.iter_mut().zip(done.unfit) {
            count.merge(later, lines);
        }
        if done.n_data > 0 {
            facts.values.push(Values { n_rows: done.n_data, place: done.place, segments: done.segments });
        }
        self.gap = done.gap_after || (done.n_rows == 0 && self.gap);
        self.rows_seen += done.n_rows as u64;
        self.lines_seen += u64::from(done.n_lines);
        Ok(())
    }
}
