//! `run`: a Python script over files, isolated, with its datasets bound by name.

use analyst_app::commands::artifact::ArtifactRef;
use analyst_app::commands::cell::RunCell;
use analyst_app::commands::chat::CreateChat;
use analyst_types::{
    AppError, Artifact, ArtifactContent, Chat, ErrorCode, ExecutionReport, ExecutionStatus, Language, Run,
    RunEventKind, RunStatus,
};
use serde_json::{Value, json};

use crate::Failure;
use crate::args::RunScript;
use crate::client::Client;
use crate::{print, table};

pub async fn run(client: &Client, mut script: RunScript) -> Result<(), Failure> {
    let path = script.files_and_script.pop().unwrap_or_default();
    let code = std::fs::read_to_string(&path).map_err(|error| {
        AppError::new(ErrorCode::InvalidRequest, format!("the script {} cannot be read: {error}", path.display()))
            .with_hint("The last argument is the script; the files come before it.")
    })?;
    client.app.warm_up();
    let chat: Chat = client.call("chat::create", CreateChat::default()).await?;
    client.open(&script.files_and_script, &script.reading.into(), Some(chat.id)).await?;
    let request =
        RunCell { chat_id: chat.id, cell_id: None, language: Language::Python, code, timeout_secs: script.timeout };
    let run: Run = client.call("cell::run", request).await?;
    let done = follow(client, &run).await?;
    let artifacts = artifacts(client, &done.report).await?;
    if client.global.json {
        print::json(&as_json(&done.report, &artifacts)?);
    } else {
        show(client, &done.report, &artifacts);
    }
    end(&done).map_err(Failure::Told)
}

/// How a script ended.
struct Done {
    report: ExecutionReport,
    cancelled: bool,
}

async fn follow(client: &Client, run: &Run) -> Result<Done, AppError> {
    let mut report = None;
    let mut end = (RunStatus::Interrupted, None);
    let follow = client.follow(run, |event| match event.kind {
        RunEventKind::ExecutionFinished(finished) => report = Some(finished),
        RunEventKind::OutputDelta { text, .. } if client.global.verbose => print::piece(&text),
        RunEventKind::RunFinished { status, error } => end = (status, error),
        _ => {}
    });
    follow.await?;
    let cancelled = end.0 == RunStatus::Cancelled;
    match report {
        Some(report) => Ok(Done { report, cancelled }),
        None if cancelled => Err(AppError::new(ErrorCode::Cancelled, "stopped")),
        None => Err(end.1.unwrap_or_else(|| AppError::new(ErrorCode::Internal, "nothing was run"))),
    }
}

async fn artifacts(client: &Client, report: &ExecutionReport) -> Result<Vec<Artifact>, AppError> {
    let mut artifacts = Vec::with_capacity(report.artifacts.len());
    for artifact_id in &report.artifacts {
        artifacts.push(client.call("artifact::get", ArtifactRef { artifact_id: *artifact_id }).await?);
    }
    Ok(artifacts)
}

fn as_json(report: &ExecutionReport, artifacts: &[Artifact]) -> Result<Value, AppError> {
    let mut shown = Vec::with_capacity(artifacts.len());
    for artifact in artifacts {
        let mut content = serde_json::to_value(&artifact.content)
            .map_err(|error| AppError::new(ErrorCode::Internal, format!("an artifact cannot be written: {error}")))?;
        content["title"] = json!(artifact.title);
        shown.push(content);
    }
    Ok(json!({
        "status": report.status,
        "stdout": report.stdout,
        "stderr": report.stderr,
        "error": report.error,
        "artifacts": shown,
        "duration_ms": report.duration_ms,
    }))
}

fn show(client: &Client, report: &ExecutionReport, artifacts: &[Artifact]) {
    if !report.stdout.is_empty() {
        print::result(&report.stdout);
    }
    if !report.stderr.is_empty() && !client.global.quiet {
        print::note(report.stderr.trim_end());
    }
    for artifact in artifacts {
        match &artifact.content {
            ArtifactContent::Table(data) => print::result(&format!("{}\n{}", artifact.title, table::draw(data))),
            ArtifactContent::Metric { name, value } => print::result(&format!("{name}: {}", table::cell(value))),
            ArtifactContent::Text { text } => print::result(text),
            ArtifactContent::Chart { .. } | ArtifactContent::Image { .. } => {
                print::note(&format!("[{:?}] {}", artifact.content.kind(), artifact.title));
            }
        }
    }
}

fn end(done: &Done) -> Result<(), AppError> {
    if done.cancelled {
        return Err(AppError::new(ErrorCode::Cancelled, "stopped"));
    }
    if done.report.status == ExecutionStatus::Ok {
        return Ok(());
    }
    let said = done.report.error.as_ref().map(|error| {
        let line = error.line.map(|line| format!(" (line {line})")).unwrap_or_default();
        format!("{}: {}{line}", error.kind, error.message)
    });
    Err(AppError::new(ErrorCode::CodeFailed, said.unwrap_or_else(|| "the script did not run to its end".to_owned())))
}
