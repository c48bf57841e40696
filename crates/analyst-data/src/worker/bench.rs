//! What a job works with: the files that came along, the worker's own folder, and whoever watches.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::{DataError, Pages, SourceFile, Tables, Watch};

/// Memory for sort orders and filter results that are kept: some forty orders of a million rows.
const KEPT_BYTES: u64 = 160 << 20;
/// What results of statements may take that are kept for their next page.
const KEPT_RESULT_BYTES: usize = 128 << 20;

/// A file a person chose, that travels open beside the job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Chosen {
    /// Its own name.
    pub file_name: String,
    /// Where it is, on systems on which open files cannot be handed over; there the worker has no walls either.
    pub path: Option<PathBuf>,
}

/// What a job works with. Lives as long as its worker.
pub(super) struct Bench<'w> {
    folder: PathBuf,
    files: Vec<File>,
    watch: &'w dyn Watch,
    tables: Tables,
    pages: Pages,
}

impl<'w> Bench<'w> {
    pub fn new(folder: PathBuf, watch: &'w dyn Watch) -> Self {
        Self { folder, files: Vec::new(), watch, tables: Tables::new(KEPT_BYTES), pages: Pages::new(KEPT_RESULT_BYTES) }
    }

    /// The files of the next job.
    pub fn lay_out(&mut self, files: Vec<File>) {
        self.files = files;
    }

    /// Where results are left: the only folder the worker may write to.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn watch(&self) -> &'w dyn Watch {
        self.watch
    }

    /// Mapped tables with their orders and filter results, kept from one job to the next.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Results of statements, kept so that the next page of one is at hand.
    pub fn pages(&self) -> &Pages {
        &self.pages
    }

    /// The chosen file that came along.
    pub fn source(&mut self, chosen: Chosen) -> Result<SourceFile, DataError> {
        match (self.files.pop(), chosen.path) {
            (Some(file), _) => SourceFile::from_file(file, chosen.file_name),
            (None, Some(path)) => SourceFile::at(&path),
            (None, None) => Err(DataError::NotFound { path: chosen.file_name }),
        }
    }
}

/// Tells progress onwards, now and then. Nothing is cancelled here: a worker is ended instead.
pub(super) struct Teller<F: Fn(f64) + Sync> {
    tell: F,
    last: std::sync::Mutex<Option<Instant>>,
}

const TELL_EVERY: Duration = Duration::from_millis(50);

impl<F: Fn(f64) + Sync> Teller<F> {
    pub fn new(tell: F) -> Self {
        Self { tell, last: std::sync::Mutex::new(None) }
    }
}

impl<F: Fn(f64) + Sync> Watch for Teller<F> {
    fn progress(&self, done: f64) {
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if last.is_none_or(|last| last.elapsed() >= TELL_EVERY) {
            (self.tell)(done.clamp(0.0, 1.0));
            *last = Some(Instant::now());
        }
    }

    fn is_cancelled(&self) -> bool {
        false
    }
}
