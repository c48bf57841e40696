//! Work that takes longer than a moment, under names that clients made: how far it is, and an end to it. A task lives as
//! long as the request that began it; ending it drops the work, which takes its worker with it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use analyst_types::{AppError, ErrorCode};
use tokio_util::sync::CancellationToken;

use crate::commands::task::TaskState;

const MAX_ID_BYTES: usize = 100;

/// The tasks under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tasks {
    under_way: Arc<Mutex<HashMap<String, Shared>>>,
}

#[derive(Debug, Clone)]
struct Shared {
    state: Arc<Mutex<TaskState>>,
    cancel: CancellationToken,
}

/// A task under way. It ends with this.
#[derive(Debug)]
pub(crate) struct Task {
    id: Option<String>,
    shared: Shared,
    tasks: Tasks,
}

impl Tasks {
    /// Begins a task; without a name nobody can ask for it.
    pub(crate) fn begin(&self, id: Option<String>) -> Result<Task, AppError> {
        let shared = Shared {
            state: Arc::new(Mutex::new(TaskState { stage: "waiting".to_owned(), done: 0.0 })),
            cancel: CancellationToken::new(),
        };
        if let Some(id) = &id {
            let mut under_way = self.lock();
            if id.is_empty() || id.len() > MAX_ID_BYTES || under_way.contains_key(id) {
                return Err(AppError::new(
                    ErrorCode::InvalidRequest,
                    "taskId: it must be new and not longer than 100 bytes",
                ));
            }
            under_way.insert(id.clone(), shared.clone());
        }
        Ok(Task { id, shared, tasks: self.clone() })
    }

    /// How far it is.
    pub(crate) fn state(&self, id: &str) -> Result<TaskState, AppError> {
        let shared = self.find(id)?;
        Ok(shared.state.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Ends it.
    pub(crate) fn cancel(&self, id: &str) -> Result<(), AppError> {
        self.find(id)?.cancel.cancel();
        Ok(())
    }

    fn find(&self, id: &str) -> Result<Shared, AppError> {
        let found = self.lock().get(id).cloned();
        found.ok_or_else(|| AppError::new(ErrorCode::NotFound, "there is no such task under way"))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Shared>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Task {
    /// One that nobody asks for.
    pub(crate) fn unnamed() -> Self {
        Tasks::default().begin(None).expect("BUG: only names are refused")
    }

    /// Tells what is being done now.
    pub(crate) fn stage(&self, stage: &str) {
        *self.state() = TaskState { stage: stage.to_owned(), done: 0.0 };
    }

    /// Tells how much of it is done.
    pub(crate) fn progress(&self, done: f64) {
        self.state().done = done;
    }

    /// Does `work` until it is done or somebody ends it.
    pub(crate) async fn run<T>(&self, work: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
        tokio::select! {
            biased;
            () = self.shared.cancel.cancelled() => {
                Err(AppError::new(ErrorCode::Cancelled, "stopped; nothing was changed"))
            }
            done = work => done,
        }
    }

    fn state(&self) -> MutexGuard<'_, TaskState> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let Some(id) = &self.id {
            self.tasks.lock().remove(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_tells_how_far_it_is_and_ends_when_told() {
        let tasks = Tasks::default();
        let task = tasks.begin(Some("t".to_owned())).unwrap();
        assert_eq!(tasks.begin(Some("t".to_owned())).unwrap_err().code, ErrorCode::InvalidRequest);
        task.stage("reading");
        task.progress(0.5);
        assert_eq!(tasks.state("t").unwrap(), TaskState { stage: "reading".to_owned(), done: 0.5 });
        tasks.cancel("t").unwrap();
        let ended = task.run(std::future::pending::<Result<(), AppError>>()).await;
        assert_eq!(ended.unwrap_err().code, ErrorCode::Cancelled);
        drop(task);
        assert_eq!(tasks.state("t").unwrap_err().code, ErrorCode::NotFound);
    }
}
