//! The way from a verb to the command table: typed requests out, typed answers back, files opened on the way.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use analyst_app::commands::Nothing;
use analyst_app::commands::dataset::{Datasets, OpenDataset};
use analyst_app::commands::run::RunRef;
use analyst_app::{App, Config, dispatch, logging};
use analyst_types::{AppError, ChatId, Dataset, ErrorCode, ReadOptions, Run, RunEvent};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::args::{Args, Global, Verb};
use crate::progress::StatusLine;

/// How often it is told how far long work is.
const TICK: Duration = Duration::from_millis(150);

/// A started app and how to print.
pub struct Client {
    pub app: Arc<App>,
    pub global: Global,
    _log: logging::Log,
    /// The data folder of a verb that leaves nothing behind; removed at the end.
    temporary: Option<tempfile::TempDir>,
}

impl Client {
    /// Starts the app. Verbs that only look at files leave nothing behind, unless a data folder was named.
    pub async fn start(args: &Args) -> Result<Self, AppError> {
        let temporary = (args.global.data_dir.is_none() && leaves_nothing(&args.verb)).then(tempfile::tempdir);
        let temporary = temporary
            .transpose()
            .map_err(|error| AppError::new(ErrorCode::Storage, format!("no temporary folder can be made: {error}")))?;
        let data_dir = temporary.as_ref().map(|dir| dir.path().to_owned()).or_else(|| args.global.data_dir.clone());
        let config = Config::resolve(data_dir)?;
        let log = logging::init(&config);
        let app = App::start(config).await?;
        Ok(Self { app, global: args.global.clone(), _log: log, temporary })
    }

    /// Ends what is at work and cleans up.
    pub async fn stop(mut self) {
        self.app.shutdown().await;
        if let Some(dir) = self.temporary.take()
            && let Err(error) = dir.close()
        {
            tracing::warn!(%error, "a temporary folder is left behind");
        }
    }

    /// Sends a command with a typed request and answer.
    pub async fn call<T: DeserializeOwned>(&self, name: &str, request: impl Serialize) -> Result<T, AppError> {
        let broken = |error: serde_json::Error| AppError::new(ErrorCode::Internal, format!("{name}: {error}"));
        let answer = self.send(name, serde_json::to_value(request).map_err(broken)?).await?;
        serde_json::from_value(answer).map_err(broken)
    }

    /// Sends a command that needs no request.
    pub async fn ask<T: DeserializeOwned>(&self, name: &str) -> Result<T, AppError> {
        self.call(name, Nothing {}).await
    }

    /// Sends a command as JSON. Ctrl-C ends what it began; nothing half-made is left.
    pub async fn send(&self, name: &str, request: Value) -> Result<Value, AppError> {
        tokio::select! {
            answer = dispatch(&self.app, name, request) => answer,
            _ = tokio::signal::ctrl_c() => Err(AppError::new(ErrorCode::Cancelled, "stopped; nothing was changed")),
        }
    }

    /// Sends a command that may take long; on a terminal it tells how far it is.
    pub async fn watch<T: DeserializeOwned>(&self, name: &str, request: impl Serialize) -> Result<T, AppError> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let broken = |error: serde_json::Error| AppError::new(ErrorCode::Internal, format!("{name}: {error}"));
        let mut request = serde_json::to_value(request).map_err(broken)?;
        let task_id = format!("cli-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        request["taskId"] = Value::from(task_id.as_str());
        let mut status = StatusLine::new(&self.global);
        let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + TICK, TICK);
        let mut work = pin!(self.send(name, request));
        let answer = loop {
            tokio::select! {
                answer = &mut work => break answer,
                _ = ticks.tick(), if status.is_shown() => {
                    let question = serde_json::json!({ "taskId": task_id });
                    if let Ok(state) = dispatch(&self.app, "task::get", question).await {
                        status.tell(&state);
                    }
                }
            }
        };
        drop(status);
        serde_json::from_value(answer?).map_err(broken)
    }

    /// Tells a run's events as they come, to the last one. Ctrl-C stops the run, and the rest is still told.
    pub async fn follow(&self, run: &Run, mut tell: impl FnMut(RunEvent)) -> Result<(), AppError> {
        let mut events = self.app.subscribe(run.id, 0).await?;
        // One listener for the whole run: a new one per event would miss what comes while an event is told.
        let mut interrupted = pin!(tokio::signal::ctrl_c());
        let mut stopping = false;
        loop {
            tokio::select! {
                event = events.recv() => {
                    let Some(event) = event else {
                        return Err(AppError::new(ErrorCode::Internal, "the run ended without saying how"));
                    };
                    let is_last = event.kind.is_terminal();
                    tell(event);
                    if is_last {
                        return Ok(());
                    }
                }
                _ = &mut interrupted, if !stopping => {
                    stopping = true;
                    let _: Value = self.call("run::cancel", RunRef { run_id: run.id }).await?;
                }
            }
        }
    }

    /// Opens files in their order, into a chat when one is given.
    pub async fn open(
        &self,
        files: &[impl AsRef<Path>],
        options: &ReadOptions,
        chat_id: Option<ChatId>,
    ) -> Result<Vec<Dataset>, AppError> {
        let mut opened = Vec::new();
        for file in files {
            let path = file.as_ref().to_owned();
            let request = OpenDataset { path, options: options.clone(), chat_id, task_id: None };
            let Datasets { datasets } = self.watch("dataset::open", request).await?;
            opened.extend(datasets);
        }
        Ok(opened)
    }

    /// Opens one file of which one table is wanted.
    pub async fn open_one(&self, file: &Path, options: &ReadOptions) -> Result<Dataset, AppError> {
        let datasets = self.open(&[file], options, None).await?;
        if datasets.len() > 1 && !self.global.quiet {
            let sheets: Vec<_> = datasets.iter().filter_map(|dataset| dataset.format.sheet.as_deref()).collect();
            crate::print::note(&format!("The workbook has the sheets {}; this is the first.", sheets.join(", ")));
        }
        datasets
            .into_iter()
            .next()
            .ok_or_else(|| AppError::new(ErrorCode::UnreadableFile, format!("{} holds no table", file.display())))
    }
}

fn leaves_nothing(verb: &Verb) -> bool {
    use Verb::{Convert, Peek, Preview, Profile, Rows, Run, Sql};
    matches!(verb, Profile(_) | Peek(_) | Preview(_) | Rows(_) | Sql(_) | Convert(_) | Run(_))
}
