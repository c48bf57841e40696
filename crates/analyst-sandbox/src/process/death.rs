//! How a confined process came to its end, as far as a host can tell.

use std::process::ExitStatus;

/// What the runtime of Rust says before it ends a program that got no memory.
const NO_MEMORY: &str = "memory allocation of";

/// Why a process is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Death {
    /// It wanted more memory than it may have: we ended it, the system refused it, or the system ended it.
    Memory {
        /// The most it was seen to use.
        used_bytes: u64,
        /// What it was allowed.
        limit_bytes: u64,
    },
    /// It used more processor time than it may.
    Processor,
    /// It ended by itself; in a worker that is a crash.
    Crash {
        /// The signal, or the exit code, in words.
        how: String,
        /// The last it said on its error stream. For logs: it may hold cell values.
        said: String,
    },
}

impl std::fmt::Display for Death {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Memory { used_bytes, limit_bytes } => {
                write!(f, "out of memory ({} of {} MB)", used_bytes >> 20, limit_bytes >> 20)
            }
            Self::Processor => f.write_str("out of processor time"),
            Self::Crash { how, .. } => f.write_str(how),
        }
    }
}

impl Death {
    /// From what is known after the end.
    pub(super) fn of(status: Option<ExitStatus>, said: String, used_bytes: u64, limit_bytes: u64) -> Self {
        if said.contains(NO_MEMORY) {
            return Self::Memory { used_bytes, limit_bytes };
        }
        match status.and_then(signal) {
            Some(signal) if signal == signals::PROCESSOR => Self::Processor,
            // Nobody here sends it but the watchdog, which tells by itself: what is left is the system out of memory.
            // Far below the limit it is somebody else's doing.
            Some(signal) if signal == signals::KILL && used_bytes > limit_bytes / 2 => {
                Self::Memory { used_bytes, limit_bytes }
            }
            Some(signal) => Self::Crash { how: format!("ended by signal {signal}"), said },
            None => {
                let code = status.and_then(|status| status.code());
                Self::Crash { how: code.map_or("ended".to_owned(), |code| format!("ended with code {code}")), said }
            }
        }
    }
}

#[cfg(unix)]
mod signals {
    pub const KILL: i32 = libc::SIGKILL;
    pub const PROCESSOR: i32 = libc::SIGXCPU;
}

#[cfg(not(unix))]
mod signals {
    pub const KILL: i32 = 9;
    pub const PROCESSOR: i32 = 24;
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<i32> {
    None
}
