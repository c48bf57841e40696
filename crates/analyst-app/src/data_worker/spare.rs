//! The process that waits to become a worker, so that nobody waits for its start.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use analyst_sandbox::process::{ConfinedProcess, ProcessError, ProcessSpec};
use tokio::sync::Mutex;

#[derive(Debug)]
pub(super) struct Spare {
    spec: ProcessSpec,
    waiting: Mutex<Option<ConfinedProcess>>,
    /// Whether there shall always be one.
    kept: AtomicBool,
    ended: AtomicBool,
}

impl Spare {
    pub(super) fn new(spec: ProcessSpec) -> Self {
        Self { spec, waiting: Mutex::new(None), kept: AtomicBool::new(false), ended: AtomicBool::new(false) }
    }

    /// The one that waits, or a new one.
    pub(super) async fn take(self: &Arc<Self>) -> Result<ConfinedProcess, ProcessError> {
        let mut waiting = self.waiting.lock().await.take();
        let process = match waiting.take_if(|process| process.is_alive()) {
            Some(process) => process,
            None => ConfinedProcess::start(&self.spec).await?,
        };
        if self.kept.load(Ordering::Relaxed) {
            self.refill();
        }
        Ok(process)
    }

    /// From now on one always waits.
    pub(super) fn keep(self: &Arc<Self>) {
        self.kept.store(true, Ordering::Relaxed);
        self.refill();
    }

    /// Has one started in the background, unless one waits.
    pub(super) fn refill(self: &Arc<Self>) {
        let spare = Arc::clone(self);
        tokio::spawn(async move {
            let mut waiting = spare.waiting.lock().await;
            if waiting.is_some() || spare.ended.load(Ordering::Relaxed) {
                return;
            }
            match ConfinedProcess::start(&spare.spec).await {
                Ok(process) => *waiting = Some(process),
                // Whoever needs one is told.
                Err(error) => tracing::warn!(%error, "no data worker could be started ahead"),
            }
        });
    }

    /// Ends the one that waits; no other follows.
    pub(super) async fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
        self.waiting.lock().await.take();
    }
}
