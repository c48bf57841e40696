//! The app behind the window. It starts while the window opens; a command that comes early waits for it, and when it
//! cannot start, every command answers with the reason, so that the page can show it.

use std::sync::Arc;
use std::time::Duration;

use analyst_app::{App, Config};
use analyst_types::AppError;
use tauri::{AppHandle, Manager};
use tokio::sync::OnceCell;

/// How long runs and workers may take to end when the window is closed.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// The app, once it has started.
pub struct Backend {
    config: Config,
    started: OnceCell<Result<Arc<App>, AppError>>,
}

impl Backend {
    /// Not started yet.
    pub fn new(config: Config) -> Self {
        Self { config, started: OnceCell::new() }
    }

    /// The app; waits until it has started.
    ///
    /// # Errors
    /// The reason why it could not start.
    pub async fn app(&self) -> Result<Arc<App>, AppError> {
        self.started.get_or_init(|| App::start(self.config.clone())).await.clone()
    }
}

/// Starts the app, and ends the program in good order when the system asks it to.
pub fn start(handle: &AppHandle) {
    let starting = handle.clone();
    tauri::async_runtime::spawn(async move {
        match starting.state::<Backend>().app().await {
            Ok(app) => app.warm_up(),
            Err(error) => tracing::error!(%error, "the app could not start"),
        }
    });
    let ending = handle.clone();
    tauri::async_runtime::spawn(async move {
        asked_to_end().await;
        ending.exit(0);
    });
}

/// Cancels runs and ends their workers. Called on the main thread, as the last thing.
pub fn shut_down(handle: &AppHandle) {
    let backend = handle.state::<Backend>();
    let Some(Ok(app)) = backend.started.get() else { return };
    let ended = tauri::async_runtime::block_on(async { tokio::time::timeout(SHUTDOWN_TIMEOUT, app.shutdown()).await });
    if ended.is_err() {
        tracing::warn!("runs did not end within {SHUTDOWN_TIMEOUT:?}");
    }
}

#[cfg(unix)]
async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

#[cfg(not(unix))]
async fn asked_to_end() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
