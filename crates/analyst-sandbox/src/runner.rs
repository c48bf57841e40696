//! The `CodeRunner` for Python.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use analyst_types::{
    CodeError, CodeRunner, ExecutionOutcome, ExecutionRequest, ExecutionStatus, Language, OutputStream,
};
use async_trait::async_trait;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::pool::Pool;
use crate::request::{Origin, pack};
use crate::runtime::{PythonRuntime, RuntimeStatus};
use crate::scratch;
use crate::session::{self, Finished, Tell};
use crate::strength::{SandboxReport, Walls};
use crate::worker::StartError;

/// Cells that run at the same time.
const AT_ONCE: usize = 2;
/// A waiting worker may have died; so may the next. Not more.
const ATTEMPTS: usize = 3;

/// Runs Python cells, each in a process of its own. One process always waits with its libraries imported.
///
/// All methods want to be called inside a tokio runtime, always the same one.
pub struct PythonRunner {
    runtime: PythonRuntime,
    pool: Pool,
    slots: Semaphore,
    walls: Mutex<Option<Walls>>,
}

impl std::fmt::Debug for PythonRunner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PythonRunner").field("runtime", &self.runtime).finish_non_exhaustive()
    }
}

impl PythonRunner {
    /// A runner for the managed environment `runtime`, which may be set up later. Nothing is started yet.
    pub fn new(runtime: PythonRuntime) -> Self {
        Self::with_scratch(runtime, std::env::temp_dir())
    }

    /// Like [`Self::new`], with the folders of runs below `scratch_root`.
    pub fn with_scratch(runtime: PythonRuntime, scratch_root: impl Into<PathBuf>) -> Self {
        let scratch_root = scratch_root.into();
        scratch::sweep(&scratch_root);
        let pool = Pool::new(runtime.clone(), scratch_root);
        Self { runtime, pool, slots: Semaphore::new(AT_ONCE), walls: Mutex::new(None) }
    }

    /// The environment it uses.
    pub fn runtime(&self) -> &PythonRuntime {
        &self.runtime
    }

    /// Has a process started in the background that waits for the next cell. Does nothing while one waits, or while
    /// the environment is not ready.
    pub fn warm_up(&self) {
        if matches!(self.runtime.status(), RuntimeStatus::Ready { .. }) {
            self.pool.warm_up();
        }
    }

    /// Lets the waiting process go, and the memory that it holds.
    pub fn cool_down(&self) {
        self.pool.cool_down();
    }

    /// How strong the walls are on this machine: those of the last process that was started, or of one started now.
    /// An error is a sentence on why no process starts.
    pub async fn strength(&self) -> Result<SandboxReport, String> {
        let known = *self.walls.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(walls) = known {
            return Ok(walls.report());
        }
        let worker = self.pool.take().await.map_err(|error| error.to_string())?;
        self.remember(worker.walls);
        Ok(worker.walls.report())
    }

    fn remember(&self, walls: Walls) {
        *self.walls.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(walls);
    }

    /// Folders of this machine that no message shall name.
    fn hidden(&self, scratch: &Path) -> Vec<PathBuf> {
        let mut hidden = vec![self.runtime.dir().to_path_buf(), scratch.to_path_buf()];
        hidden.extend(directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_path_buf()));
        let interpreter = self.runtime.python().canonicalize().ok();
        let prefix = interpreter.as_deref().and_then(|path| path.parent()?.parent());
        hidden.extend(prefix.map(|prefix| prefix.join("lib")));
        hidden
    }

    pub(crate) async fn run(
        &self,
        request: ExecutionRequest,
        origin: Origin,
        tell: Tell<'_>,
        cancel: &CancellationToken,
    ) -> ExecutionOutcome {
        tokio::select! {
            biased;
            () = cancel.cancelled() => return cancelled(),
            slot = self.slots.acquire() => {
                let _slot = slot.expect("BUG: the semaphore is never closed");
                for _ in 0..ATTEMPTS {
                    if let Some(outcome) = self.attempt(&request, origin, tell, cancel).await {
                        return outcome;
                    }
                }
            }
        }
        failed(ExecutionStatus::Killed, "Crash", "Python died before the run began, more than once")
    }

    async fn attempt(
        &self,
        request: &ExecutionRequest,
        origin: Origin,
        tell: Tell<'_>,
        cancel: &CancellationToken,
    ) -> Option<ExecutionOutcome> {
        let worker = tokio::select! {
            biased;
            () = cancel.cancelled() => return Some(cancelled()),
            worker = self.pool.take() => worker,
        };
        let worker = match worker {
            Ok(worker) => worker,
            Err(error) => return Some(not_started(&error)),
        };
        self.remember(worker.walls);
        let hidden = self.hidden(worker.scratch.path());
        let packed = match pack(request, origin, &worker.scratch.out(), &hidden) {
            Ok(packed) => packed,
            Err(message) => return Some(failed(ExecutionStatus::Error, "DataError", &message)),
        };
        match session::run(worker, packed, request.limits, request.exchange_dir.clone(), tell, cancel).await {
            Finished::Outcome(outcome) => Some(outcome),
            Finished::DeadWorker => None,
        }
    }
}

#[async_trait]
impl CodeRunner for PythonRunner {
    fn language(&self) -> Language {
        Language::Python
    }

    async fn execute(
        &self,
        request: ExecutionRequest,
        on_output: &(dyn for<'t> Fn(OutputStream, &'t str) + Send + Sync),
        cancel: &CancellationToken,
    ) -> ExecutionOutcome {
        self.run(request, Origin::Cell, on_output, cancel).await
    }
}

fn cancelled() -> ExecutionOutcome {
    failed(ExecutionStatus::Killed, "Cancelled", "the run was stopped")
}

fn not_started(error: &StartError) -> ExecutionOutcome {
    let kind = match error {
        StartError::NoRuntime(_) => "PythonMissing",
        StartError::Refused(_) => "SandboxUnavailable",
        StartError::NotReady(_) => "PythonBroken",
    };
    failed(ExecutionStatus::Error, kind, &error.to_string())
}

fn failed(status: ExecutionStatus, kind: &str, message: &str) -> ExecutionOutcome {
    ExecutionOutcome {
        status,
        stdout: String::new(),
        stderr: String::new(),
        error: Some(CodeError { kind: kind.into(), message: message.into(), line: None }),
        artifacts: Vec::new(),
        variables: Vec::new(),
        duration_ms: 0,
        peak_memory_bytes: None,
        notices: Vec::new(),
    }
}
