//! The host's side of a confined process: starting it, frames to and from it, its memory watched, its end.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use super::frames::{Frame, FrameReader, beginning};
use super::{Death, ProcessError, ProcessSpec};
use crate::confine::{Confinement, Grants};
use crate::control::Control;
use crate::launch::Role;
use crate::memory;
use crate::scratch;
use crate::spawner;
use crate::strength::{SandboxReport, Wall, Walls};

/// How often the memory of a process is looked at while it works.
const WATCH: Duration = Duration::from_millis(15);
/// How much of what a process says on its error stream is kept.
const SAID_BYTES: usize = 4_000;
/// How long a process that closed its channel may take to be gone.
const END_WITHIN: Duration = Duration::from_secs(5);
/// How often it is looked whether all have ended.
const LOOK_AGAIN: Duration = Duration::from_millis(2);
/// How long its last words may take after its end.
const LAST_WORDS_WITHIN: Duration = Duration::from_millis(300);
/// What the system itself allows beyond the watched limit: memory that is asked for and never used.
const UNUSED_FACTOR: u64 = 2;
const UNUSED_SLACK: u64 = 256 << 20;

/// Processes that are ending, with their folders.
static ENDING: LazyLock<TaskTracker> = LazyLock::new(TaskTracker::new);

/// Waits until every process that was dropped has ended and its folder is gone, for at most a few seconds.
pub async fn all_ended() {
    let emptied = async {
        while !ENDING.is_empty() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    let _ = timeout(END_WITHIN, emptied).await;
}

/// A process inside its walls. Dropped, it is killed with all that it started, and its folder removed.
pub struct ConfinedProcess {
    pid: u32,
    control: Control,
    frames: FrameReader,
    walls: Walls,
    said: Arc<Mutex<Vec<u8>>>,
    listener: Option<JoinHandle<()>>,
    memory_limit: u64,
    most_used: u64,
    running: Option<Running>,
}

struct Running {
    child: Child,
    scratch: TempDir,
}

impl std::fmt::Debug for ConfinedProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfinedProcess").field("pid", &self.pid).finish_non_exhaustive()
    }
}

/// The walls that a process of ours puts up itself as it enters: without them it ends.
fn own_walls() -> Walls {
    if cfg!(target_os = "linux") { [Wall::RunCalls].into_iter().collect() } else { Walls::default() }
}

impl ConfinedProcess {
    /// Starts it; it need not have got further than its first instruction when this returns.
    ///
    /// # Errors
    /// `NotStarted` when there is no such program, or a wall that must stand cannot be put up.
    pub async fn start(spec: &ProcessSpec) -> Result<Self, ProcessError> {
        let failed = |source| ProcessError::NotStarted { program: spec.program.clone(), source };
        let folder = scratch::process_folder(&spec.scratch_root).map_err(failed)?;
        Self::spawn(spec, folder).await.map_err(failed)
    }

    async fn spawn(spec: &ProcessSpec, scratch: TempDir) -> io::Result<Self> {
        let program = spec.program.canonicalize()?;
        let (mut control, inner_end) = Control::pair()?;
        let grants = Grants {
            libraries: vec![program.clone()],
            readable: spec.readable.clone(),
            scratch: scratch.path().to_owned(),
            file_bytes: spec.file_bytes,
            open_files: spec.open_files,
            is_own_program: true,
        };
        let mut confinement = Confinement::prepare(&grants, &inner_end, Role::Spare, Walls::default())?;
        let walls = confinement.walls_reader();
        let mut command = Command::new(program);
        command.args(&spec.args).args(inner_end.arguments()).env_clear().envs(environment(scratch.path()));
        command.current_dir(scratch.path()).stderr(Stdio::piped()).kill_on_drop(true);
        // Where there are no socket pairs, the standard streams are the channel.
        command.stdout(if cfg!(unix) { Stdio::null() } else { Stdio::piped() });
        inner_end.set_up(&mut command);
        confinement.apply_to(&mut command);
        let mut child = spawner::spawn(command).await?;
        drop(inner_end);
        control.attach(&mut child)?;
        let pid = child.id().ok_or_else(|| io::Error::other("it ended at once"))?;
        let said = Arc::default();
        let listener = child.stderr.take().map(|stderr| tokio::spawn(listen(stderr, Arc::clone(&said))));
        Ok(Self {
            pid,
            control,
            frames: FrameReader::default(),
            walls: walls.read().joined(own_walls()),
            said,
            listener,
            memory_limit: u64::MAX,
            most_used: 0,
            running: Some(Running { child, scratch }),
        })
    }

    /// Its number.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The folder that it may write to.
    pub fn scratch(&self) -> &Path {
        self.running.as_ref().expect("BUG: a process runs until it is dropped").scratch.path()
    }

    /// How strong its walls are.
    pub fn walls(&self) -> SandboxReport {
        self.walls.report()
    }

    /// Bytes of its own that it uses now: not those of files it maps. None where the system does not tell.
    pub fn memory(&self) -> Option<u64> {
        memory::used_by(self.pid).map(|used| used.own)
    }

    /// Whether it is still there.
    pub fn is_alive(&mut self) -> bool {
        self.running.as_mut().is_some_and(|running| matches!(running.child.try_wait(), Ok(None)))
    }

    /// Has it end when it uses more than `bytes` of its own; the system refuses it much more by itself.
    pub fn limit_memory(&mut self, bytes: u64) {
        self.memory_limit = bytes;
        self.most_used = 0;
        memory::limit_data(self.pid, bytes.saturating_mul(UNUSED_FACTOR).saturating_add(UNUSED_SLACK));
    }

    /// Hands over a frame; `files` travel with it.
    ///
    /// # Errors
    /// `BadFrame` when it is too long; `Died` when nobody takes it any more.
    pub async fn send(&mut self, head: &Value, body: &[u8], files: &[File]) -> Result<(), ProcessError> {
        let mut bytes = beginning(head, body.len()).map_err(ProcessError::BadFrame)?;
        bytes.extend_from_slice(body);
        match self.control.send(&bytes, files).await {
            Ok(()) => Ok(()),
            Err(_) => Err(ProcessError::Died(self.death().await)),
        }
    }

    /// The next frame. Nothing is lost when it is cancelled.
    ///
    /// # Errors
    /// `Died` with the cause when there will be none; `BadFrame` when what came is none.
    pub async fn receive(&mut self) -> Result<Frame, ProcessError> {
        let mut watch = tokio::time::interval(WATCH);
        loop {
            match self.frames.next() {
                Ok(Some(frame)) => return Ok(frame),
                Ok(None) => {}
                Err(reason) => {
                    self.kill();
                    return Err(ProcessError::BadFrame(reason));
                }
            }
            tokio::select! {
                filled = self.control.fill(&mut self.frames.buffer) => {
                    if !matches!(filled, Ok(n) if n > 0) {
                        return Err(ProcessError::Died(self.death().await));
                    }
                }
                _ = watch.tick() => self.check_memory()?,
            }
        }
    }

    fn check_memory(&mut self) -> Result<(), ProcessError> {
        let Some(used) = self.memory() else { return Ok(()) };
        self.most_used = self.most_used.max(used);
        if used <= self.memory_limit {
            return Ok(());
        }
        self.kill();
        Err(ProcessError::Died(Death::Memory { used_bytes: used, limit_bytes: self.memory_limit }))
    }

    /// Kills it with everything in its process group.
    pub fn kill(&mut self) {
        if let Some(running) = &mut self.running {
            running.kill(self.pid);
        }
    }

    /// Waits for its end and tells the cause; ends it when it does not end by itself.
    async fn death(&mut self) -> Death {
        let Some(running) = &mut self.running else {
            return Death::of(None, String::new(), self.most_used, self.memory_limit);
        };
        let mut status = timeout(END_WITHIN, running.child.wait()).await.ok().and_then(Result::ok);
        if status.is_none() {
            running.kill(self.pid);
            status = running.child.wait().await.ok();
        }
        if let Some(listener) = self.listener.take() {
            let _ = timeout(LAST_WORDS_WITHIN, listener).await;
        }
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Death::of(status, String::from_utf8_lossy(&said).into_owned(), self.most_used, self.memory_limit)
    }
}

impl Running {
    fn kill(&mut self, pid: u32) {
        #[cfg(unix)]
        if self.child.id().is_some() {
            // SAFETY: a system call; the child is not reaped yet, so the number is still its own.
            unsafe { libc::killpg(pid.cast_signed(), libc::SIGKILL) };
        }
        #[cfg(not(unix))]
        let _ = pid;
        let _ = self.child.start_kill(); // it may have ended by itself
    }
}

impl Drop for ConfinedProcess {
    fn drop(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        running.kill(self.pid);
        // Its folder goes when nobody can write into it any more. Outside a runtime nothing waits: both go at once.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            ENDING.spawn_on(
                async move {
                    let _ = running.child.wait().await;
                    drop(running.scratch);
                },
                &runtime,
            );
        }
    }
}

/// Keeps the last of what a process says.
async fn listen(mut stderr: ChildStderr, said: Arc<Mutex<Vec<u8>>>) {
    let mut buffer = [0; 1024];
    while let Ok(n @ 1..) = stderr.read(&mut buffer).await {
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend_from_slice(&buffer[..n]);
        let excess = said.len().saturating_sub(SAID_BYTES);
        said.drain(..excess);
    }
}

/// All that its environment holds: nothing is inherited.
fn environment(scratch: &Path) -> Vec<(&'static str, std::ffi::OsString)> {
    let mut variables: Vec<(&str, std::ffi::OsString)> =
        vec![("LANG", "C.UTF-8".into()), ("LC_ALL", "C.UTF-8".into()), ("TZ", "UTC".into())];
    variables.extend(["HOME", "TMPDIR", "TEMP", "TMP"].map(|name| (name, scratch.into())));
    if cfg!(windows) {
        variables.extend(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
    }
    variables
}

/// Removes folders of processes whose program was killed before it could.
pub fn sweep(scratch_root: &Path) {
    scratch::sweep(scratch_root);
}

/// Bytes of memory this machine has; none where the system does not tell.
#[cfg(unix)]
pub fn physical_memory() -> Option<u64> {
    // SAFETY: these only ask.
    let (pages, page) = unsafe { (libc::sysconf(libc::_SC_PHYS_PAGES), libc::sysconf(libc::_SC_PAGESIZE)) };
    let (pages, page) = (u64::try_from(pages).ok()?, u64::try_from(page).ok()?);
    Some(pages.saturating_mul(page)).filter(|bytes| *bytes > 0)
}

/// Bytes of memory this machine has; this system is not asked.
#[cfg(not(unix))]
pub fn physical_memory() -> Option<u64> {
    None
}
