//! The five commands the page may call. `build.rs` and `capabilities/main.json` list the same names.

use analyst_types::{AppError, ErrorCode, RunId};
use serde_json::Value;
use tauri::ipc::Channel;
use tauri::{AppHandle, State, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, FilePath};
use tokio::sync::oneshot;

use crate::backend::Backend;
use crate::opened_files::OpenedFiles;

/// Endings of the files we can read, for the dialog's first filter; the second one shows all files.
const READABLE: &[&str] = &[
    "csv", "tsv", "tab", "txt", "xlsx", "xls", "xlsm", "xlsb", "ods", "parquet", "json", "ndjson", "jsonl", "arrow",
    "feather", "ipc",
];

/// Any command of the one table, see `analyst_app::commands`.
#[tauri::command]
pub async fn call(backend: State<'_, Backend>, name: String, payload: Value) -> Result<Value, AppError> {
    let app = backend.app().await?;
    analyst_app::dispatch(&app, &name, payload).await
}

/// Sends the events of a run after `after`, stored ones first, as JSON lines; returns once it has begun.
#[tauri::command]
pub async fn subscribe(
    backend: State<'_, Backend>,
    run_id: RunId,
    after: u64,
    channel: Channel<String>,
) -> Result<(), AppError> {
    let app = backend.app().await?;
    let mut events = app.subscribe(run_id, after).await?;
    tauri::async_runtime::spawn(async move {
        while let Some(event) = events.recv().await {
            let line = serde_json::to_string(&event).expect("BUG: an event is always JSON");
            // The page is gone; a new one subscribes again.
            if channel.send(line).is_err() {
                break;
            }
        }
    });
    Ok(())
}

/// The system's dialog for opening files; empty when the person closes it.
#[tauri::command]
pub async fn pick_files(app: AppHandle, window: WebviewWindow) -> Result<Vec<String>, AppError> {
    let (answer, answered) = oneshot::channel();
    app.dialog()
        .file()
        .set_parent(&window)
        .set_title("Open data")
        .add_filter("Data files", READABLE)
        .add_filter("All files", &["*"])
        .pick_files(move |paths| drop(answer.send(paths)));
    answered.await.ok().flatten().unwrap_or_default().into_iter().map(to_text).collect()
}

/// The system's dialog for saving; nothing when the person closes it.
#[tauri::command]
pub async fn save_file(
    app: AppHandle,
    window: WebviewWindow,
    suggested_name: String,
) -> Result<Option<String>, AppError> {
    let (answer, answered) = oneshot::channel();
    app.dialog()
        .file()
        .set_parent(&window)
        .set_title("Save")
        .set_file_name(suggested_name)
        .save_file(move |path| drop(answer.send(path)));
    answered.await.ok().flatten().map(to_text).transpose()
}

/// Files the person opened with us since the page last asked; the event `open-files` tells that there are new ones.
#[tauri::command]
pub fn opened_files(opened: State<'_, OpenedFiles>) -> Vec<String> {
    opened.take()
}

/// Paths travel as text; one that is not Unicode cannot.
fn to_text(path: FilePath) -> Result<String, AppError> {
    let path = path.into_path().map_err(|error| unusable(&error.to_string()))?;
    path.into_os_string().into_string().map_err(|path| unusable(&path.to_string_lossy()))
}

fn unusable(path: &str) -> AppError {
    AppError::new(ErrorCode::InvalidRequest, format!("The file {path} has a name that cannot be read."))
        .with_hint("Rename it and choose it again.")
}
