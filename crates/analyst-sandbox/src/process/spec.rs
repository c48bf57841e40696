//! What a confined process is started as, and why it cannot be.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

/// A program, and what it may touch.
#[derive(Debug, Clone)]
pub struct ProcessSpec {
    /// The executable: readable and executable for the process.
    pub program: PathBuf,
    /// Its arguments; two more follow that name its channel (see [`super::Inside::enter`]).
    pub args: Vec<OsString>,
    /// Folders it may read.
    pub readable: Vec<PathBuf>,
    /// Where its own folder is made: the only one it may write to, removed when it has ended.
    pub scratch_root: PathBuf,
    /// Largest file it may write.
    pub file_bytes: u64,
    /// Most files it may have open.
    pub open_files: u64,
}

/// Why there is no process, or no answer from it.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The program is missing, or the system refused the process or one of the walls it must have.
    #[error("{} cannot be started as a confined process: {source}", program.display())]
    NotStarted {
        /// The executable.
        program: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It broke the rules of the channel, and was ended for it.
    #[error("the process sent what it must not: {0}")]
    BadFrame(String),
    /// It is gone.
    #[error("the process ended: {0}")]
    Died(super::Death),
}
