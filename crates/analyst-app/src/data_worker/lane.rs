//! Table workers of one kind of work: so many at a time, those that rest are used again, and end when nobody came.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use analyst_sandbox::process::ConfinedProcess;
use analyst_types::AppError;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::lent::Lent;
use super::spare::Spare;
use super::{Budget, failure};

/// A worker that rested so long gives its memory back.
const IDLE: Duration = Duration::from_secs(5 * 60);

#[derive(Debug)]
struct Resting {
    process: ConfinedProcess,
    since: Instant,
}

/// Table workers of one kind of work.
#[derive(Debug)]
pub(crate) struct Lane {
    permits: Semaphore,
    resting: Arc<Mutex<Vec<Resting>>>,
}

/// A worker of a lane, at work. Without [`Place::rest`] it ends with this.
#[derive(Debug)]
pub(super) struct Place<'l> {
    lane: &'l Lane,
    worker: Lent,
    _permit: SemaphorePermit<'l>,
}

impl Lane {
    pub(super) fn new(at_once: usize) -> Self {
        Self { permits: Semaphore::new(at_once), resting: Arc::default() }
    }

    /// Waits for its turn, and for a worker.
    pub(super) async fn enter(&self, spare: &Arc<Spare>) -> Result<Place<'_>, AppError> {
        let permit = self.permits.acquire().await.map_err(|_| failure::shut_down())?;
        let rested = std::iter::from_fn(|| lock(&self.resting).pop()).find_map(|mut resting| {
            let alive = resting.process.is_alive();
            alive.then_some(resting.process)
        });
        let process = match rested {
            Some(process) => process,
            None => spare.take().await.map_err(|error| failure::not_started(&error))?,
        };
        Ok(Place { lane: self, worker: Lent::new(process), _permit: permit })
    }

    /// Ends those that rest; nobody enters any more.
    pub(super) fn end(&self) {
        self.permits.close();
        lock(&self.resting).clear();
    }
}

impl Place<'_> {
    pub(super) fn worker(&mut self) -> &mut Lent {
        &mut self.worker
    }

    /// The worker is well and may be used again, unless it has grown too much.
    pub(super) fn rest(self, budget: Budget) {
        let process = self.worker.into_process();
        let has_grown = process.memory().is_some_and(|bytes| bytes > budget.0 / 2);
        if has_grown || self.lane.permits.is_closed() {
            return;
        }
        lock(&self.lane.resting).push(Resting { process, since: Instant::now() });
        let resting = Arc::downgrade(&self.lane.resting);
        tokio::spawn(async move {
            tokio::time::sleep(IDLE).await;
            if let Some(resting) = resting.upgrade() {
                lock(&resting).retain(|resting| resting.since.elapsed() < IDLE);
            }
        });
    }
}

fn lock(resting: &Mutex<Vec<Resting>>) -> std::sync::MutexGuard<'_, Vec<Resting>> {
    resting.lock().unwrap_or_else(PoisonError::into_inner)
}
