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
pub(crate) use linux::{Confinement, PID_MARK, call_numbers, give_to, run_filter};
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
    /// The worker's own folder: read and write.
    pub scratch: PathBuf,
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
        Self { libraries, scratch: scratch.to_path_buf() }
    }
}
