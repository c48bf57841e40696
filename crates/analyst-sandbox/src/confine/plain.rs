//! Walls on systems where we have none of our own yet: a process group, and the limits every Unix has.
//! The report says so; nothing here pretends to be a sandbox.

use std::io;

use tokio::process::Command;

use super::Grants;
use crate::launch::Role;
use crate::strength::{Wall, Walls};

/// A worker's walls, prepared.
pub(crate) struct Confinement {
    #[cfg(unix)]
    control: std::os::fd::RawFd,
    #[cfg(unix)]
    file_bytes: u64,
    #[cfg(unix)]
    open_files: u64,
}

impl Confinement {
    /// Prepares what [`Self::apply_to`] needs.
    pub fn prepare(
        grants: &Grants,
        worker_end: &crate::control::WorkerEnd,
        _role: Role,
        _without: Walls,
    ) -> io::Result<Self> {
        #[cfg(unix)]
        return Ok(Self {
            control: worker_end.descriptor(),
            file_bytes: grants.file_bytes,
            open_files: grants.open_files,
        });
        #[cfg(not(unix))]
        {
            let _ = (grants, worker_end);
            Ok(Self {})
        }
    }

    /// Has the walls put up when `command` is started.
    pub fn apply_to(self, command: &mut Command) {
        #[cfg(unix)]
        // SAFETY: the closure only makes system calls that are allowed between fork and exec.
        unsafe {
            command.pre_exec(move || {
                libc::setsid();
                libc::umask(0o077);
                limit(libc::RLIMIT_CORE, 0);
                limit(libc::RLIMIT_FSIZE, self.file_bytes);
                limit(libc::RLIMIT_NOFILE, self.open_files);
                if libc::fcntl(self.control, libc::F_SETFD, 0) < 0 {
                    return Err(io::Error::last_os_error());
                }
                Ok(())
            });
        }
        #[cfg(not(unix))]
        let _ = command;
    }
}

#[cfg(unix)]
fn limit(resource: libc::c_int, value: u64) {
    let limits = libc::rlimit { rlim_cur: value as _, rlim_max: value as _ };
    // SAFETY: the pointer is to a live local.
    unsafe { libc::setrlimit(resource as _, &raw const limits) };
}

/// Which walls a worker has that was started.
pub(crate) struct WallsReader;

impl WallsReader {
    /// What stands on this system.
    pub fn read(self) -> Walls {
        let standing: &[Wall] = if cfg!(unix) { &[Wall::OwnSession, Wall::Limits] } else { &[] };
        standing.iter().copied().collect()
    }
}

impl Confinement {
    /// Nobody else must own anything.
    pub fn owner(&self) -> Option<u32> {
        None
    }

    /// Tells, once the worker is started, which walls it has.
    pub fn walls_reader(&mut self) -> WallsReader {
        WallsReader
    }
}

/// No second filter here.
pub(crate) fn run_filter(_pid: u32, _without: Walls) -> Vec<u8> {
    Vec::new()
}

/// There are no such calls here.
pub(crate) fn call_numbers() -> serde_json::Value {
    serde_json::json!({ "seccomp": 0 })
}
