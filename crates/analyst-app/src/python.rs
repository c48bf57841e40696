//! The managed Python environment: whether it is there, how its installation goes, and the runner that uses it.

use std::sync::{Arc, Mutex, PoisonError};

use analyst_sandbox::runtime::{InstallError, Progress, PythonRuntime, RuntimeStatus};
use analyst_sandbox::{PythonRunner, RunnerOptions};
use analyst_types::{AppError, CodeRunner, ErrorCode};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::commands::python::{PythonState, PythonStatus};

/// What is under way, or came of it.
#[derive(Debug, Clone)]
enum Installation {
    Idle,
    AtWork { progress: Progress, cancel: CancellationToken },
    Failed { reason: String },
}

/// The managed Python environment and what runs in it.
pub(crate) struct PythonDesk {
    runner: Mutex<Runner>,
    installation: Arc<Mutex<Installation>>,
    tasks: TaskTracker,
}

/// What runs cells, and whether it does so without walls too.
struct Runner {
    runner: Arc<PythonRunner>,
    accepts_no_walls: bool,
}

impl Runner {
    fn new(accepts_no_walls: bool) -> Self {
        let options = RunnerOptions { accepts_no_walls, ..RunnerOptions::default() };
        let runner = PythonRunner::with_options(PythonRuntime::in_default_dir(), options);
        Self { runner: Arc::new(runner), accepts_no_walls }
    }
}

impl PythonDesk {
    /// With `accepts_no_walls` Python runs although the system cannot confine it.
    pub(crate) fn new(accepts_no_walls: bool) -> Self {
        Self {
            runner: Mutex::new(Runner::new(accepts_no_walls)),
            installation: Arc::new(Mutex::new(Installation::Idle)),
            tasks: TaskTracker::new(),
        }
    }

    /// Runs Python. Without the environment, every cell fails with a sentence that says so.
    pub(crate) fn runner(&self) -> Arc<dyn CodeRunner> {
        self.sandbox() as Arc<dyn CodeRunner>
    }

    /// The runner itself, for those who look at its walls.
    pub(crate) fn sandbox(&self) -> Arc<PythonRunner> {
        Arc::clone(&self.lock_runner().runner)
    }

    /// From the next run on, Python runs although the system cannot confine it, or does not.
    pub(crate) fn accept_no_walls(&self, accepts_no_walls: bool) {
        let mut current = self.lock_runner();
        if current.accepts_no_walls != accepts_no_walls {
            let before = std::mem::replace(&mut *current, Runner::new(accepts_no_walls));
            drop(current);
            before.runner.cool_down();
        }
    }

    /// Has a process wait with its libraries imported, so that the first cell does not wait for them.
    pub(crate) fn warm_up(&self) {
        self.sandbox().warm_up();
    }

    pub(crate) fn is_ready(&self) -> bool {
        matches!(self.sandbox().runtime().status(), RuntimeStatus::Ready { .. })
    }

    /// What a face shows when Python is asked for and is not there.
    pub(crate) fn unavailable(&self) -> AppError {
        AppError::new(ErrorCode::PythonUnavailable, self.status().detail).with_hint(
            "Set Python up in the settings, or with `auto-analyst doctor --install-python`. SQL works without it.",
        )
    }

    pub(crate) fn status(&self) -> PythonStatus {
        let ready = self.sandbox().runtime().status();
        match (self.current(), ready) {
            (_, RuntimeStatus::Ready { python, versions }) => {
                let pandas = versions.get("pandas").map(|version| format!(", pandas {version}")).unwrap_or_default();
                status(PythonState::Ready, format!("Python {python}{pandas}"), None)
            }
            (Installation::AtWork { progress, .. }, _) => {
                status(PythonState::Installing, progress.phase, Some(progress.percent))
            }
            (Installation::Failed { reason }, _) => status(PythonState::Broken, reason, None),
            (Installation::Idle, RuntimeStatus::Missing) => {
                status(PythonState::Missing, "Python is not set up yet".to_owned(), None)
            }
            (Installation::Idle, RuntimeStatus::Broken { reason }) => {
                status(PythonState::Broken, format!("the Python environment does not work: {reason}"), None)
            }
        }
    }

    /// Makes or mends the environment in the background, unless that is under way already.
    pub(crate) fn start_install(&self) {
        let mut current = self.lock();
        if matches!(*current, Installation::AtWork { .. }) {
            return;
        }
        let cancel = CancellationToken::new();
        let progress = Progress { phase: "Starting".to_owned(), percent: 0 };
        *current = Installation::AtWork { progress, cancel: cancel.clone() };
        drop(current);
        let (runner, installation) = (self.sandbox(), Arc::clone(&self.installation));
        self.tasks.spawn(async move {
            let shown = Arc::clone(&installation);
            let tell = move |news: Progress| {
                let mut current = shown.lock().unwrap_or_else(PoisonError::into_inner);
                if let Installation::AtWork { progress, .. } = &mut *current {
                    *progress = news;
                }
            };
            let done = runner.runtime().install(&tell, &cancel).await;
            *installation.lock().unwrap_or_else(PoisonError::into_inner) = match done {
                Ok(()) => {
                    runner.warm_up();
                    Installation::Idle
                }
                Err(InstallError::Cancelled) => Installation::Idle,
                Err(error) => Installation::Failed { reason: error.to_string() },
            };
        });
    }

    /// Stops an installation and waits until it has stopped.
    pub(crate) async fn cancel_install(&self) {
        if let Installation::AtWork { cancel, .. } = self.current() {
            cancel.cancel();
            self.tasks.close();
            self.tasks.wait().await;
            self.tasks.reopen();
        }
    }

    /// Ends what is under way and lets waiting processes go.
    pub(crate) async fn shutdown(&self) {
        self.cancel_install().await;
        self.sandbox().cool_down();
    }

    fn lock_runner(&self) -> std::sync::MutexGuard<'_, Runner> {
        self.runner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn current(&self) -> Installation {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Installation> {
        self.installation.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn status(state: PythonState, detail: String, percent: Option<u8>) -> PythonStatus {
    PythonStatus { state, detail, percent }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whether_walls_are_needed_is_heard_at_once_and_keeps_the_runner_otherwise() {
        let desk = PythonDesk::new(false);
        let first = desk.sandbox();
        desk.accept_no_walls(false);
        assert!(Arc::ptr_eq(&first, &desk.sandbox()));
        desk.accept_no_walls(true);
        assert!(!Arc::ptr_eq(&first, &desk.sandbox()) && desk.lock_runner().accepts_no_walls);
    }
}
