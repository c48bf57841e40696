//! A worker: a Python process inside its walls that has imported the libraries and waits for one request.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::time::timeout;

use crate::confine::{Confinement, Grants, SECCOMP_SYSCALL, processes_filter};
use crate::control::Control;
use crate::frame::{Frame, FrameReader, encode};
use crate::runtime::{PythonRuntime, RuntimeStatus};
use crate::scratch::Scratch;
use crate::sources::{BOOTSTRAP, modules};
use crate::spawner;
use crate::strength::Walls;

/// Longest time from start to readiness, with cold disks.
const START_LIMIT: Duration = Duration::from_secs(90);
/// How much of what a failed worker printed is worth repeating.
const SAID_BYTES: usize = 2_000;

/// Why there is no worker.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The managed environment is missing or broken.
    #[error("Python is not ready: {0}")]
    NoRuntime(String),
    /// The system refused the process or one of the walls it must have.
    #[error("the sandbox could not be started: {0}")]
    Refused(#[from] io::Error),
    /// It started and did not get ready.
    #[error("Python did not get ready: {0}")]
    NotReady(String),
}

/// A process that waits for one request. Dropped, it is killed.
pub(crate) struct Worker {
    pub pid: u32,
    pub stdout: Option<ChildStdout>,
    pub stderr: ChildStderr,
    pub scratch: Scratch,
    pub walls: Walls,
    pub wire: Wire,
    child: Child,
}

/// The frames to and from a worker.
pub(crate) struct Wire {
    control: Control,
    frames: FrameReader,
}

impl Worker {
    /// Starts a worker of the environment `runtime`, with its folder below `scratch_root`, and waits until it is ready.
    pub async fn start(runtime: &PythonRuntime, scratch_root: &Path) -> Result<Self, StartError> {
        match runtime.status() {
            RuntimeStatus::Ready { .. } => {}
            RuntimeStatus::Missing => return Err(StartError::NoRuntime("its environment is not set up yet".into())),
            RuntimeStatus::Broken { reason } => return Err(StartError::NoRuntime(reason)),
        }
        let mut worker = Self::spawn(runtime, scratch_root).await?;
        match timeout(START_LIMIT, worker.get_ready()).await {
            Ok(Ok(())) => Ok(worker),
            Ok(Err(reason)) => Err(StartError::NotReady(worker.last_words(reason).await)),
            Err(_) => Err(StartError::NotReady(format!("nothing came within {} s", START_LIMIT.as_secs()))),
        }
    }

    async fn spawn(runtime: &PythonRuntime, scratch_root: &Path) -> Result<Self, StartError> {
        let scratch = Scratch::new(scratch_root, runtime.font_list().as_deref())?;
        let (mut control, worker_end) = Control::pair()?;
        let python = runtime.python();
        let mut confinement = Confinement::prepare(&Grants::new(runtime.dir(), &python, scratch.path()), &worker_end)?;
        let walls = confinement.walls_reader();
        let mut command = Command::new(&python);
        // What -I does but for ignoring the environment: there is none but ours, and the hash seed is in it.
        command.args(["-P", "-s", "-B", "-c", BOOTSTRAP]).args(worker_end.arguments());
        command.env_clear().envs(environment(&scratch)).current_dir(scratch.home());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        worker_end.set_up(&mut command);
        confinement.apply_to(&mut command);
        let mut child = spawner::spawn(command).await?;
        drop(worker_end);
        control.attach(&mut child)?;
        let pid = child.id().ok_or_else(|| io::Error::other("it ended at once"))?;
        let stderr = child.stderr.take().expect("BUG: stderr was piped");
        Ok(Self {
            pid,
            stdout: child.stdout.take(),
            stderr,
            scratch,
            walls: walls.read(),
            wire: Wire { control, frames: FrameReader::default() },
            child,
        })
    }

    async fn get_ready(&mut self) -> Result<(), String> {
        let init = json!({ "sources": modules(), "seccomp_syscall": SECCOMP_SYSCALL });
        let frame = encode(&init, &processes_filter(self.pid));
        self.wire.control.send(&frame, &[]).await.map_err(|error| error.to_string())?;
        let frame =
            self.wire.next_frame().await.map_err(|error| error.to_string())?.ok_or("it ended while it was starting")?;
        match frame.head["type"].as_str() {
            Some("ready") => Ok(()),
            _ => Err(frame.head["message"].as_str().unwrap_or("it answered something else").to_owned()),
        }
    }

    async fn last_words(&mut self, reason: String) -> String {
        let mut said = Vec::new();
        let _ = timeout(Duration::from_millis(300), self.stderr.read_to_end(&mut said)).await;
        let said = String::from_utf8_lossy(&said[said.len().saturating_sub(SAID_BYTES)..]).trim().to_owned();
        if said.is_empty() { reason } else { format!("{reason}\n{said}") }
    }

    /// Kills it with everything in its process group.
    pub fn kill(&mut self) {
        #[cfg(unix)]
        if self.child.id().is_some() {
            // SAFETY: a system call; the child is not reaped yet, so the number is still its own.
            unsafe { libc::killpg(self.pid.cast_signed(), libc::SIGKILL) };
        }
        let _ = self.child.start_kill(); // it may have ended by itself
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
        self.child.wait().await
    }
}

impl Wire {
    /// Hands over a request; `files` travel with it.
    pub async fn send(&mut self, body: &[u8], files: &[std::fs::File]) -> io::Result<()> {
        self.control.send(&encode(&json!({ "type": "run" }), body), files).await
    }

    /// The next frame; none when the worker closed its end. Nothing is lost when it is cancelled.
    pub async fn next_frame(&mut self) -> io::Result<Option<Frame>> {
        loop {
            if let Some(frame) = self.frames.next().map_err(io::Error::other)? {
                return Ok(Some(frame));
            }
            if self.control.fill(&mut self.frames.buffer).await? == 0 {
                return Ok(None);
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
    }
}

/// All that a worker's environment holds: nothing is inherited.
fn environment(scratch: &Scratch) -> Vec<(&'static str, PathBuf)> {
    let mut variables: Vec<(&str, PathBuf)> = [
        ("PATH", ""),
        ("LANG", "C.UTF-8"),
        ("LC_ALL", "C.UTF-8"),
        ("OMP_NUM_THREADS", "1"),
        ("OPENBLAS_NUM_THREADS", "1"),
        ("MKL_NUM_THREADS", "1"),
        ("OMP_WAIT_POLICY", "PASSIVE"),
        ("JOBLIB_MULTIPROCESSING", "0"),
        ("MPLBACKEND", "module://runner.backend"),
        ("PYTHONHASHSEED", "0"),
        ("PYTHONUTF8", "1"),
    ]
    .into_iter()
    .map(|(name, value)| (name, PathBuf::from(value)))
    .collect();
    variables.extend([("HOME", scratch.home()), ("TMPDIR", scratch.home()), ("MPLCONFIGDIR", scratch.drawing())]);
    if cfg!(windows) {
        let system = std::env::var_os("SystemRoot").map(PathBuf::from);
        variables.extend(system.map(|root| ("SystemRoot", root)));
        variables.extend([("TEMP", scratch.home()), ("TMP", scratch.home()), ("USERPROFILE", scratch.home())]);
    }
    variables
}
