//! Walls on systems where we have none of our own yet: a process group, and the limits every Unix has.
//! The report says so; nothing here pretends to be a sandbox.

use std::io;

use tokio::process::Command;

use super::Grants;
use crate::strength::Walls;

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
    pub fn prepare(grants: &Grants, worker_end: &crate::control::WorkerEnd) -> io::Result<Self> {
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
        Walls(if cfg!(unix) { Walls::OWN_SESSION | Walls::LIMITS } else { 0 })
    }
}

impl Confinement {
    /// Tells, once the worker is started, which walls it has.
    pub fn walls_reader(&mut self) -> WallsReader {
        WallsReader
    }
}

/// No second filter here.
pub(crate) fn processes_filter(_pid: u32) -> Vec<u8> {
    Vec::new()
}

/// There is no such call here.
pub(crate) const SECCOMP_SYSCALL: i64 = 0;
