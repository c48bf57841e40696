//! Workers kept ready: one waits while another runs, so that a cell starts within milliseconds.

use std::path::PathBuf;
use std::sync::Mutex;

use tokio::task::JoinHandle;

use crate::runtime::PythonRuntime;
use crate::worker::{StartError, Worker};

type Starting = JoinHandle<Result<Worker, StartError>>;

/// Starts workers ahead of time. Each is used once.
pub(crate) struct Pool {
    runtime: PythonRuntime,
    scratch_root: PathBuf,
    spare: Mutex<Option<Starting>>,
}

impl Pool {
    pub fn new(runtime: PythonRuntime, scratch_root: PathBuf) -> Self {
        Self { runtime, scratch_root, spare: Mutex::new(None) }
    }

    /// Has a worker started in the background, unless one waits already.
    pub fn warm_up(&self) {
        let mut spare = self.spare.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if spare.is_none() {
            *spare = Some(self.start());
        }
    }

    /// Lets the waiting worker go: it holds memory that nobody uses.
    pub fn cool_down(&self) {
        if let Some(starting) = self.take_spare() {
            starting.abort();
        }
    }

    /// A worker, as soon as there is one; the next is then started in the background.
    pub async fn take(&self) -> Result<Worker, StartError> {
        let spare = match self.take_spare() {
            Some(starting) => AbortOnDrop(starting).joined().await.ok(), // its failure may be of another time
            None => None,
        };
        let worker = match spare {
            Some(worker) => worker,
            None => AbortOnDrop(self.start()).joined().await?,
        };
        self.warm_up();
        Ok(worker)
    }

    fn take_spare(&self) -> Option<Starting> {
        self.spare.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
    }

    fn start(&self) -> Starting {
        let (runtime, scratch_root) = (self.runtime.clone(), self.scratch_root.clone());
        tokio::spawn(async move { Worker::start(&runtime, &scratch_root).await })
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.cool_down();
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
