//! Workers kept ready, so that a cell starts within milliseconds: forked ahead from a fork server, or, where that
//! cannot be, a spare that was started ahead. Each is used once; the next is made while it works.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
#[cfg(target_os = "linux")]
use std::time::Instant;

use tokio::task::JoinHandle;

#[cfg(target_os = "linux")]
use crate::fork_server::ForkServer;
use crate::launch::StartError;
use crate::options::{ProcessSource, RunnerOptions};
use crate::runtime::PythonRuntime;
use crate::strength::Walls;
use crate::worker::Worker;

/// Forked processes that wait: one for the next cell, one for the cell after it.
const FORKED_AHEAD: usize = 2;
/// A spare takes as much memory as everything else together.
const SPARES: usize = 1;
/// A fork server that dies this often within [`DEATHS_WITHIN`] is given up for spares.
#[cfg(target_os = "linux")]
const MAX_STARTS: usize = 4;
#[cfg(target_os = "linux")]
const DEATHS_WITHIN: Duration = Duration::from_secs(60);

/// From taking a process to making the next, while others wait.
const REFILL_DELAY: Duration = Duration::from_millis(8);

type Starting = JoinHandle<Result<Worker, StartError>>;

/// Makes workers ahead of time.
pub(crate) struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    source: Arc<Source>,
    waiting: Mutex<VecDeque<Starting>>,
    /// How often the waiting workers were let go: what was asked for before that is not wanted any more.
    n_cooled: AtomicU64,
}

/// What workers are made from.
struct Source {
    runtime: PythonRuntime,
    scratch_root: PathBuf,
    processes: ProcessSource,
    without: Walls,
    #[cfg(target_os = "linux")]
    server: tokio::sync::Mutex<ServerPlace>,
}

/// The fork server, when there is one, and when the last ones were started.
#[cfg(target_os = "linux")]
#[derive(Default)]
struct ServerPlace {
    server: Option<Arc<ForkServer>>,
    starts: VecDeque<Instant>,
}

impl Pool {
    pub fn new(runtime: PythonRuntime, options: &RunnerOptions) -> Self {
        let source = Source {
            runtime,
            scratch_root: options.scratch_root.clone(),
            processes: options.processes,
            without: options.missing_walls(),
            #[cfg(target_os = "linux")]
            server: tokio::sync::Mutex::default(),
        };
        Self {
            shared: Arc::new(Shared {
                source: Arc::new(source),
                waiting: Mutex::default(),
                n_cooled: AtomicU64::new(0),
            }),
        }
    }

    /// Has workers made in the background until enough wait.
    pub fn warm_up(&self) {
        let mut waiting = self.lock();
        while waiting.len() < self.shared.source.n_ahead() {
            waiting.push_back(self.start());
        }
    }

    /// Lets the waiting workers go, and the memory that they and the fork server hold.
    pub fn cool_down(&self) {
        self.shared.n_cooled.fetch_add(1, Ordering::Relaxed);
        let waiting = std::mem::take(&mut *self.lock());
        for starting in &waiting {
            starting.abort();
        }
        #[cfg(target_os = "linux")]
        match self.shared.source.server.try_lock() {
            Ok(mut place) => place.server = None,
            Err(_) => self.forget_server_later(),
        }
    }

    /// For a server that is being started at this moment.
    #[cfg(target_os = "linux")]
    fn forget_server_later(&self) {
        let source = Arc::clone(&self.shared.source);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { source.server.lock().await.server = None });
        }
    }

    /// A worker, as soon as there is one; the next is then made in the background.
    pub async fn take(&self) -> Result<Worker, StartError> {
        let first = self.lock().pop_front();
        let spare = match first {
            Some(starting) => AbortOnDrop(starting).joined().await.ok(), // its failure may be of another time
            None => None,
        };
        let worker = match spare {
            Some(worker) => worker,
            None => AbortOnDrop(self.start()).joined().await?,
        };
        self.refill_soon();
        Ok(worker)
    }

    /// Has the next made, but not in the first moments of the cell that took one: a fork would hold it up.
    fn refill_soon(&self) {
        if self.lock().is_empty() {
            return self.warm_up();
        }
        let weak = Arc::downgrade(&self.shared);
        let n_cooled = self.shared.n_cooled.load(Ordering::Relaxed);
        tokio::spawn(async move {
            tokio::time::sleep(REFILL_DELAY).await;
            if let Some(shared) = weak.upgrade()
                && shared.n_cooled.load(Ordering::Relaxed) == n_cooled
            {
                Self { shared }.warm_up();
            }
        });
    }

    /// The number of the fork server's process, when there is one.
    pub async fn server_pid(&self) -> Option<u32> {
        #[cfg(target_os = "linux")]
        return self.shared.source.server.lock().await.server.as_ref().map(|server| server.pid());
        #[cfg(not(target_os = "linux"))]
        None
    }

    fn start(&self) -> Starting {
        let source = Arc::clone(&self.shared.source);
        tokio::spawn(async move { source.worker().await })
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Starting>> {
        self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let waiting = self.waiting.get_mut().unwrap_or_else(PoisonError::into_inner);
        waiting.iter().for_each(JoinHandle::abort);
    }
}

impl Source {
    fn n_ahead(&self) -> usize {
        if cfg!(target_os = "linux") && self.processes == ProcessSource::Best { FORKED_AHEAD } else { SPARES }
    }

    async fn worker(&self) -> Result<Worker, StartError> {
        #[cfg(target_os = "linux")]
        if self.processes == ProcessSource::Best
            && let Some(server) = self.server().await?
        {
            return server.fork().await;
        }
        Worker::start(&self.runtime, &self.scratch_root, self.without).await
    }

    /// The fork server, started when there is none; none when too many have died.
    #[cfg(target_os = "linux")]
    async fn server(&self) -> Result<Option<Arc<ForkServer>>, StartError> {
        let mut place = self.server.lock().await;
        if let Some(server) = place.server.as_ref().filter(|server| server.is_alive()) {
            return Ok(Some(Arc::clone(server)));
        }
        place.starts.retain(|start| start.elapsed() < DEATHS_WITHIN);
        if place.starts.len() >= MAX_STARTS {
            tracing::warn!("the process that forks others died again and again; spares are used");
            return Ok(None);
        }
        place.starts.push_back(Instant::now());
        let server = ForkServer::start(&self.runtime, &self.scratch_root, self.without).await?;
        place.server = Some(Arc::clone(&server));
        Ok(Some(server))
    }
}

/// A start that nobody waits for any more is given up, and its process with it.
struct AbortOnDrop(Starting);

impl AbortOnDrop {
    async fn joined(mut self) -> Result<Worker, StartError> {
        (&mut self.0)
            .await
            .unwrap_or_else(|error| Err(StartError::NotReady(format!("its start was given up: {error}"))))
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
