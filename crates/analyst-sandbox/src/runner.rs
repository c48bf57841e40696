//! The `CodeRunner` for Python.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use analyst_types::{
    CodeError, CodeFinding, CodeRunner, Column, ExecutionOutcome, ExecutionRequest, ExecutionStatus, Language,
    OutputStream,
};
use async_trait::async_trait;
use tokio::sync::{OnceCell, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::check;
use crate::launch::StartError;
use crate::options::RunnerOptions;
use crate::pool::Pool;
use crate::request::{Origin, pack};
use crate::runtime::{PythonRuntime, RuntimeStatus};
use crate::scratch;
use crate::session::{self, Finished, Tell};
use crate::strength::{SandboxReport, SandboxStrength, Walls};

/// Cells that run at the same time: one per processor, but two on the smallest machine and few on the largest.
const AT_ONCE: std::ops::RangeInclusive<usize> = 2..=6;
/// Waiting processes that nobody used for so long are let go.
const IDLE_LIMIT: Duration = Duration::from_secs(600);
const IDLE_CHECK: Duration = Duration::from_secs(60);
/// A waiting worker may have died; so may the next. Not more.
const ATTEMPTS: usize = 3;

/// Runs Python cells, each in a process of its own. Processes always wait with their libraries imported, until nobody
/// has asked for one for ten minutes.
///
/// All methods want to be called inside a tokio runtime, always the same one.
#[derive(Clone)]
pub struct PythonRunner {
    inner: Arc<Inner>,
}

struct Inner {
    runtime: PythonRuntime,
    options: RunnerOptions,
    pool: Pool,
    /// Fair: who waits longest is next.
    slots: Semaphore,
    walls: Mutex<Option<Walls>>,
    /// What came of trying to get out: nothing, or a sentence on what succeeded.
    tested: OnceCell<Result<(), String>>,
    used_at: Mutex<Instant>,
    is_watched_for_idleness: std::sync::atomic::AtomicBool,
}

impl std::fmt::Debug for PythonRunner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Inner { runtime, options, .. } = &*self.inner;
        f.debug_struct("PythonRunner").field("runtime", runtime).field("options", options).finish_non_exhaustive()
    }
}

impl PythonRunner {
    /// A runner for the managed environment `runtime`, which may be set up later. Nothing is started yet.
    pub fn new(runtime: PythonRuntime) -> Self {
        Self::with_options(runtime, RunnerOptions::default())
    }

    /// Like [`Self::new`], with the folders of runs below `scratch_root`.
    pub fn with_scratch(runtime: PythonRuntime, scratch_root: impl Into<PathBuf>) -> Self {
        Self::with_options(runtime, RunnerOptions { scratch_root: scratch_root.into(), ..RunnerOptions::default() })
    }

    /// Like [`Self::new`], set up as `options` say.
    pub fn with_options(runtime: PythonRuntime, options: RunnerOptions) -> Self {
        scratch::sweep(&options.scratch_root);
        let n_processors = std::thread::available_parallelism().map_or(1, usize::from);
        let at_once = options.at_once.unwrap_or(n_processors.clamp(*AT_ONCE.start(), *AT_ONCE.end()));
        let inner = Inner {
            pool: Pool::new(runtime.clone(), &options),
            runtime,
            options,
            slots: Semaphore::new(at_once.max(1)),
            walls: Mutex::default(),
            tested: OnceCell::new(),
            used_at: Mutex::new(Instant::now()),
            is_watched_for_idleness: false.into(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The environment it uses.
    pub fn runtime(&self) -> &PythonRuntime {
        &self.inner.runtime
    }

    /// Has processes made ready in the background for the next cells, and the walls tried. Does nothing while they
    /// wait, or while the environment is not ready. For the first keystroke of a question.
    pub fn warm_up(&self) {
        if !matches!(self.inner.runtime.status(), RuntimeStatus::Ready { .. }) {
            return;
        }
        self.note_use();
        self.inner.pool.warm_up();
        if self.inner.options.tests_itself() && !self.inner.tested.initialized() {
            let weak = Arc::downgrade(&self.inner);
            tokio::spawn(async move {
                if let Some(inner) = weak.upgrade() {
                    let _ = Self { inner }.trusted().await; // told to whoever runs a cell
                }
            });
        }
    }

    /// Lets the waiting processes go, and the memory that they hold.
    pub fn cool_down(&self) {
        self.inner.pool.cool_down();
    }

    /// The process that the processes of cells are forked from, when there is one: what it holds is what waiting costs.
    pub async fn fork_server_pid(&self) -> Option<u32> {
        self.inner.pool.server_pid().await
    }

    /// Remembers that somebody wants Python, and lets processes go when nobody has for a while.
    fn note_use(&self) {
        *lock(&self.inner.used_at) = Instant::now();
        if !self.inner.is_watched_for_idleness.swap(true, std::sync::atomic::Ordering::Relaxed) {
            tokio::spawn(cool_down_when_idle(Arc::downgrade(&self.inner)));
        }
    }

    /// Whether the walls keep in what runs behind them: tried once, by a real cell that tries to get out. An error is
    /// the outcome of every cell while that is so.
    async fn trusted(&self) -> Result<(), ExecutionOutcome> {
        let Inner { options, tested, .. } = &*self.inner;
        if options.accepts_no_walls || !options.tests_itself() {
            return Ok(());
        }
        let test = async {
            let walls = self.walls().await.map_err(|error| not_started(&error))?;
            if walls.strength() == SandboxStrength::None {
                return Ok(Err("this system puts no wall around a run".to_owned()));
            }
            let checks = self.self_test().await.map_err(|reason| refused(&reason))?;
            let open: Vec<String> = checks.into_iter().filter(|check| !check.held).map(|check| check.detail).collect();
            Ok::<_, ExecutionOutcome>(if open.is_empty() { Ok(()) } else { Err(open.join("; ")) })
        };
        tested.get_or_try_init(|| test).await?.as_ref().map_err(|reason| refused(reason)).copied()
    }

    /// How strong the walls are on this machine: those of the last process that was started, or of one started now.
    /// An error is a sentence on why no process starts.
    pub async fn strength(&self) -> Result<SandboxReport, String> {
        self.walls().await.map(Walls::report).map_err(|error| error.to_string())
    }

    async fn walls(&self) -> Result<Walls, StartError> {
        let known = *lock(&self.inner.walls);
        match known {
            Some(walls) => Ok(walls),
            None => Ok(self.remember(self.inner.pool.take().await?.walls)),
        }
    }

    fn remember(&self, walls: Walls) -> Walls {
        let ours: Walls = [crate::strength::Wall::Watch].into_iter().collect();
        let walls = walls.joined(ours.without(self.inner.options.missing_walls()));
        *lock(&self.inner.walls) = Some(walls);
        walls
    }

    /// Folders of this machine that no message shall name.
    fn hidden(&self, scratch: &Path) -> Vec<PathBuf> {
        let mut hidden = vec![self.inner.runtime.dir().to_path_buf(), scratch.to_path_buf()];
        hidden.extend(directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_path_buf()));
        let interpreter = self.inner.runtime.python().canonicalize().ok();
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
            slot = self.inner.slots.acquire() => {
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
            worker = self.inner.pool.take() => worker,
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
        let without = self.inner.options.missing_walls();
        let (limits, exchange_dir) = (request.limits, request.exchange_dir.clone());
        match session::run(worker, packed, limits, exchange_dir, without, tell, cancel).await {
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

    fn check(&self, code: &str, tables: &[(String, Vec<Column>)]) -> Vec<CodeFinding> {
        check::findings(code, tables)
    }

    async fn execute(
        &self,
        request: ExecutionRequest,
        on_output: &(dyn for<'t> Fn(OutputStream, &'t str) + Send + Sync),
        cancel: &CancellationToken,
    ) -> ExecutionOutcome {
        self.note_use();
        let trusted = tokio::select! {
            biased;
            () = cancel.cancelled() => return cancelled(),
            trusted = self.trusted() => trusted,
        };
        match trusted {
            Ok(()) => self.run(request, Origin::Cell, on_output, cancel).await,
            Err(outcome) => outcome,
        }
    }
}

async fn cool_down_when_idle(runner: Weak<Inner>) {
    loop {
        tokio::time::sleep(IDLE_CHECK).await;
        let Some(inner) = runner.upgrade() else { return };
        if lock(&inner.used_at).elapsed() >= IDLE_LIMIT {
            inner.is_watched_for_idleness.store(false, std::sync::atomic::Ordering::Relaxed);
            inner.pool.cool_down();
            return;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn refused(reason: &str) -> ExecutionOutcome {
    let message = format!("Python is not run on this machine: {reason}. SQL works without it.");
    failed(ExecutionStatus::Error, "SandboxUnavailable", &message)
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
