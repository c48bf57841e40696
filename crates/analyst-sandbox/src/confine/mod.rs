//! The walls around a worker, put up between fork and exec so that everything the worker ever does is inside.

use std::path::{Path, PathBuf};

#[cfg(target_os = "linux")]
mod allowed_calls;
#[cfg(target_os = "linux")]
mod file_rules;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod plain;
#[cfg(target_os = "linux")]
mod syscall_filter;

#[cfg(target_os = "linux")]
pub(crate) use file_rules::run_ruleset;
#[cfg(target_os = "linux")]
pub(crate) use linux::{Confinement, PID_MARK, call_numbers, give_to, processes_filter, run_filter};
#[cfg(not(target_os = "linux"))]
pub(crate) use plain::{Confinement, call_numbers, run_filter};

/// Largest file a run may write.
pub(crate) const MAX_FILE_BYTES: u64 = 512 << 20;
/// Most files a run may have open, whatever its limits say.
pub(crate) const MAX_OPEN_FILES: u64 = 1_024;

/// What a worker may touch.
#[derive(Debug, Clone)]
pub(crate) struct Grants {
    /// The interpreter's real file and the folders of its libraries: read and execute.
    pub libraries: Vec<PathBuf>,
    /// Folders of ours it may look into, besides what it is handed: read.
    pub readable: Vec<PathBuf>,
    /// The worker's own folder: read and write.
    pub scratch: PathBuf,
    /// Largest file it may write.
    pub file_bytes: u64,
    /// Most files it may have open.
    pub open_files: u64,
    /// A program of our own rather than an interpreter of code of others: it gets socket pairs for its inner life.
    pub is_own_program: bool,
}

impl Grants {
    /// What the Python of `runtime` needs, for a worker in `scratch`.
    pub fn new(runtime: &Path, python: &Path, scratch: &Path) -> Self {
        let mut libraries = vec![runtime.to_path_buf()];
        if let Ok(executable) = python.canonicalize() {
            if let Some(prefix) = executable.parent().and_then(Path::parent) {
                libraries.push(prefix.join("lib"));
                libraries.push(prefix.join("lib64"));
            }
            libraries.push(executable);
        }
        Self {
            libraries,
            readable: Vec::new(),
            scratch: scratch.to_path_buf(),
            file_bytes: MAX_FILE_BYTES,
            open_files: MAX_OPEN_FILES,
            is_own_program: false,
        }
    }
}
