//! `call`: any command of the table, as JSON in and out. A run that it starts would end with the program, so the program
//! stays until the run has ended.

use analyst_types::{AppError, ErrorCode, Run, RunEventKind, RunStatus};

use crate::args::Call;
use crate::client::Client;
use crate::print;

/// Commands that answer with a run that has just begun.
const STARTS_A_RUN: [&str; 2] = ["run::start", "cell::run"];

pub async fn call(client: &Client, call: Call) -> Result<(), AppError> {
    let request = serde_json::from_str(&call.request).map_err(|error| {
        AppError::new(ErrorCode::InvalidRequest, format!("the request is not JSON: {error}"))
            .with_hint("For example: auto-analyst call dataset::list '{}'")
    })?;
    let answer = client.send(&call.name, request).await?;
    print::json(&answer);
    match serde_json::from_value::<Run>(answer) {
        Ok(run) if STARTS_A_RUN.contains(&call.name.as_str()) => stay(client, &run).await,
        _ => Ok(()),
    }
}

/// How the run ends stands in its events; only a stop is told.
async fn stay(client: &Client, run: &Run) -> Result<(), AppError> {
    let mut stopped = false;
    let follow = client.follow(run, |event| {
        stopped = matches!(event.kind, RunEventKind::RunFinished { status: RunStatus::Cancelled, .. });
    });
    follow.await?;
    if stopped { Err(AppError::new(ErrorCode::Cancelled, "stopped")) } else { Ok(()) }
}
