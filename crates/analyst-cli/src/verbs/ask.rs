//! `ask`: one question from file to answer.

use std::path::PathBuf;

use analyst_app::commands::chat::CreateChat;
use analyst_app::commands::run::{SaveRun, SavedRun, StartRun};
use analyst_types::{AppError, Chat, ErrorCode, Run, RunEvent, RunEventKind, RunStatus};

use crate::Failure;
use crate::args::Ask;
use crate::client::Client;
use crate::print;
use crate::progress::Progress;

pub async fn ask(client: &Client, mut ask: Ask) -> Result<(), Failure> {
    let question = ask.files_and_question.pop().unwrap_or_default();
    let files: Vec<PathBuf> = ask.files_and_question.iter().map(PathBuf::from).collect();
    refuse_a_file_as_question(&question)?;
    client.app.warm_up();
    let chat: Chat = client.call("chat::create", CreateChat::default()).await?;
    client.open(&files, &ask.reading.into(), Some(chat.id)).await?;
    let request = StartRun { chat_id: chat.id, question, agents: ask.agents, model: ask.model, privacy: ask.privacy };
    let run: Run = client.call("run::start", request).await?;
    let (status, error) = follow(client, &run).await?;
    if let Some(dir) = ask.save {
        save(client, &run, dir).await?;
    }
    end(status, error).map_err(Failure::Told)
}

/// `ask data.csv` without a question would otherwise ask the file's name.
fn refuse_a_file_as_question(question: &str) -> Result<(), AppError> {
    if std::path::Path::new(question).is_file() {
        let message = format!("{question} is a file; the question is missing");
        return Err(AppError::new(ErrorCode::InvalidRequest, message)
            .with_hint(format!("For example: auto-analyst ask {question} \"What is in this file?\"")));
    }
    Ok(())
}

/// Tells a run's events and how it ended.
async fn follow(client: &Client, run: &Run) -> Result<(RunStatus, Option<AppError>), AppError> {
    let mut progress = Progress::new(&client.global);
    let mut end = (RunStatus::Interrupted, None);
    let follow = client.follow(run, |event| {
        tell(client, &mut progress, &event);
        if let RunEventKind::RunFinished { status, error } = event.kind {
            end = (status, error);
        }
    });
    follow.await?;
    Ok(end)
}

fn tell(client: &Client, progress: &mut Progress, event: &RunEvent) {
    if client.global.json {
        print::json(event);
    } else {
        progress.tell(event);
        if let RunEventKind::AnswerReady { text, claims, .. } = &event.kind {
            print::result(text);
            progress.doubts(claims);
        }
    }
}

async fn save(client: &Client, run: &Run, dir: PathBuf) -> Result<(), AppError> {
    let saved: SavedRun = client.call("run::save", SaveRun { run_id: run.id, dir }).await?;
    if !client.global.quiet && !client.global.json {
        print::note(&format!("Saved {} files in {}", saved.files.len(), saved.dir.display()));
    }
    Ok(())
}

fn end(status: RunStatus, error: Option<AppError>) -> Result<(), AppError> {
    match (status, error) {
        (RunStatus::Completed, _) => Ok(()),
        (RunStatus::Cancelled, _) => {
            Err(AppError::new(ErrorCode::Cancelled, "stopped")
                .with_hint("What was already produced is kept in the chat."))
        }
        (_, Some(error)) => Err(failed(error)),
        (_, None) => Err(AppError::new(ErrorCode::Internal, "the run was interrupted")),
    }
}

/// A failed run is failed work (exit 1), even when what it says is that the request could not be met.
fn failed(error: AppError) -> AppError {
    match error.code {
        ErrorCode::InvalidRequest => AppError { code: ErrorCode::NotFound, ..error },
        _ => error,
    }
}
