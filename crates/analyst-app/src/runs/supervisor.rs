//! One run from its first event to its last. Whatever happens inside (success, error, panic, Stop) there is exactly
//! one last event, and it is told here.

use std::path::Path;
use std::sync::Arc;

use analyst_agents::{AgentError, DatasetContext, Desk, Question, RunContext, answer_question, run_cell};
use analyst_types::{AppError, CellId, ErrorCode, Language, Run, RunEvent, RunEventKind, RunStatus};
use tokio::sync::mpsc;

use super::LiveRun;
use super::recorder::Recorder;
use crate::App;

/// Updates that may wait for the recorder before the agents do.
const UPDATE_BUFFER: usize = 256;

/// What a run does.
pub(crate) enum Work {
    /// Answers a question.
    Answer(Question),
    /// Runs a cell as the person edited it.
    Cell { cell_id: CellId, language: Language, code: String, datasets: Vec<DatasetContext> },
}

impl Work {
    fn datasets(&self) -> &[DatasetContext] {
        match self {
            Self::Answer(question) => &question.datasets,
            Self::Cell { datasets, .. } => datasets,
        }
    }
}

/// The event every run begins with.
pub(super) fn first_event(run: &Run, work: &Work) -> RunEvent {
    let kind = RunEventKind::RunStarted {
        question: run.question.clone(),
        model: run.model.clone(),
        privacy: run.privacy,
        datasets: work.datasets().iter().map(|dataset| dataset.name.clone()).collect(),
    };
    RunEvent { run_id: run.id, seq: Some(1), at: run.started_at, kind }
}

/// Does the work of a run that is stored already, and tells its last event.
pub(super) async fn supervise(app: Arc<App>, run: Run, live: LiveRun, desk: Desk, work: Work) {
    let (updates, mut received) = mpsc::channel(UPDATE_BUFFER);
    let ctx = RunContext {
        run_id: run.id,
        cancel: live.cancel.clone(),
        updates,
        ids: Arc::clone(&app.config.ids),
        clock: app.config.clock,
    };
    let exchange_dir = desk.exchange_dir.clone();
    let mut recorder = Recorder::new(Arc::clone(&app.store), app.config.clock, &run, live.events.clone());
    let worker = tokio::spawn(async move { perform(&ctx, &desk, &work).await });
    let mut storage_failure = None;
    while let Some(update) = received.recv().await {
        if let Err(error) = recorder.record(update).await {
            live.cancel.cancel();
            storage_failure.get_or_insert(error);
        }
    }
    let result = worker.await.unwrap_or_else(|panic| {
        tracing::error!(run = %run.id, %panic, "a run failed unexpectedly");
        Err(AppError::new(ErrorCode::Internal, "something went wrong inside Auto-Analyst")
            .with_hint("What was already produced is kept. The log has the details; asking again may help."))
    });
    let result = storage_failure.map_or(result, Err);
    recorder.finish(app.config.ids.next(), outcome(result)).await;
    remove_exchange(&exchange_dir);
}

async fn perform(ctx: &RunContext, desk: &Desk, work: &Work) -> Result<(), AppError> {
    let done = match work {
        Work::Answer(question) => answer_question(ctx, desk, question).await,
        Work::Cell { cell_id, language, code, datasets } => {
            run_cell(ctx, desk, *cell_id, *language, code, datasets).await
        }
    };
    match done {
        Err(AgentError::Cancelled) => Err(AppError::new(ErrorCode::Cancelled, "stopped")),
        other if ctx.cancel.is_cancelled() => {
            drop(other);
            Err(AppError::new(ErrorCode::Cancelled, "stopped"))
        }
        other => other.map_err(AppError::from),
    }
}

fn outcome(result: Result<(), AppError>) -> (RunStatus, Option<AppError>) {
    match result {
        Ok(()) => (RunStatus::Completed, None),
        Err(error) if error.code == ErrorCode::Cancelled => (RunStatus::Cancelled, None),
        Err(error) => (RunStatus::Failed, Some(error)),
    }
}

/// Removes what a run handed over between its steps.
pub(super) fn remove_exchange(dir: &Path) {
    if let Err(error) = std::fs::remove_dir_all(dir)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, dir = %dir.display(), "files of a finished run are left behind");
    }
}
