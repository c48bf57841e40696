//! How a runner is set up.

use std::path::PathBuf;

use crate::strength::{Wall, Walls};

/// How a runner is set up. The defaults are right for the program; tests change some.
#[derive(Debug, Clone)]
pub struct RunnerOptions {
    /// The folders of runs are made below it.
    pub scratch_root: PathBuf,
    /// Where processes come from.
    pub processes: ProcessSource,
    /// The person accepts that Python runs although no wall stands, or one was found to have a hole.
    pub accepts_no_walls: bool,
    /// Cells that run at the same time; the others wait in the order they came. None: by the processors there are.
    pub at_once: Option<usize>,
    /// Walls that are not put up, to see whether the others hold. Heard in debug builds only.
    pub without: Vec<Wall>,
    /// Does not try to get out before the first cell. Heard in debug builds only.
    pub skips_self_test: bool,
}

/// Where the processes of runs come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessSource {
    /// Forked from a process with its libraries imported, where the system can; else spares.
    Best,
    /// Started ahead, one by one, each used once.
    Spares,
}

impl Default for RunnerOptions {
    fn default() -> Self {
        Self {
            scratch_root: std::env::temp_dir(),
            processes: ProcessSource::Best,
            accepts_no_walls: false,
            at_once: None,
            without: Vec::new(),
            skips_self_test: false,
        }
    }
}

impl RunnerOptions {
    /// The walls that are not put up.
    pub(crate) fn missing_walls(&self) -> Walls {
        if cfg!(debug_assertions) { self.without.iter().copied().collect() } else { Walls::default() }
    }

    /// Whether a way out is tried before the first cell.
    pub(crate) fn tests_itself(&self) -> bool {
        !(cfg!(debug_assertions) && self.skips_self_test)
    }
}
