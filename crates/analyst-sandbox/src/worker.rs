//! A worker: a Python process inside its walls that has imported the libraries and waits for one request.

use std::io;
use std::path::Path;
use std::process::ExitStatus;

use tokio::io::AsyncRead;
use tokio::process::Child;

use crate::confine::run_filter;
#[cfg(target_os = "linux")]
use crate::fork_server::Forked;
use crate::launch::{Role, StartError, launch};
use crate::runtime::PythonRuntime;
use crate::scratch::Scratch;
use crate::strength::Walls;
use crate::wire::Wire;

/// What a run prints.
pub(crate) type Stream = Box<dyn AsyncRead + Send + Unpin>;

/// A process that waits for one request. Dropped, it is killed.
pub(crate) struct Worker {
    pub pid: u32,
    pub stdout: Option<Stream>,
    pub stderr: Stream,
    pub scratch: Scratch,
    pub walls: Walls,
    pub wire: Wire,
    pub process: Process,
}

/// How a worker came to be, and how it is ended.
pub(crate) enum Process {
    /// Started for one request.
    Spare(Child),
    /// Forked from the fork server.
    #[cfg(target_os = "linux")]
    Forked(Forked),
}

impl Worker {
    /// Starts a spare of the environment `runtime`, with its folder below `scratch_root`, and waits until it is ready.
    pub async fn start(runtime: &PythonRuntime, scratch_root: &Path, without: Walls) -> Result<Self, StartError> {
        let scratch = Scratch::new(scratch_root, runtime.font_list().as_deref())?;
        let launched = launch(runtime, &scratch, Role::Spare, |pid| run_filter(pid, without), without).await?;
        Ok(Self {
            pid: launched.pid,
            stdout: launched.stdout.map(|stream| Box::new(stream) as Stream),
            stderr: Box::new(launched.stderr),
            scratch,
            walls: launched.walls,
            wire: launched.wire,
            process: Process::Spare(launched.child),
        })
    }

    /// Asks the code to stop, which it may or may not hear.
    pub fn interrupt(&mut self) {
        match &self.process {
            #[cfg(unix)]
            Process::Spare(child) if child.id().is_some() => {
                // SAFETY: a system call; the child is not reaped yet, so the number is still its own.
                unsafe { libc::kill(self.pid.cast_signed(), libc::SIGINT) };
            }
            Process::Spare(_) => {}
            #[cfg(target_os = "linux")]
            Process::Forked(forked) => forked.signal(libc::SIGINT),
        }
    }

    /// Kills it with everything in its process group.
    pub fn kill(&mut self) {
        match &mut self.process {
            Process::Spare(child) => {
                #[cfg(unix)]
                if child.id().is_some() {
                    // SAFETY: as above.
                    unsafe { libc::killpg(self.pid.cast_signed(), libc::SIGKILL) };
                }
                let _ = child.start_kill(); // it may have ended by itself
            }
            #[cfg(target_os = "linux")]
            Process::Forked(forked) => forked.signal(libc::SIGKILL),
        }
    }

    /// Waits in the background until it has ended, and removes its folder then.
    pub fn bury(mut self) {
        self.kill();
        tokio::spawn(async move {
            let _ = self.ended().await;
        });
    }

    /// Waits until it has ended.
    pub async fn ended(&mut self) -> io::Result<ExitStatus> {
        match &mut self.process {
            Process::Spare(child) => child.wait().await,
            #[cfg(target_os = "linux")]
            Process::Forked(forked) => forked.ended().await,
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
    }
}
