//! Asking, stopping and following.

use std::path::PathBuf;
use std::sync::Arc;

use analyst_types::{AppError, ChatId, ModelId, PrivacyLevel, Run, RunEvent, RunId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::App;

/// A question.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
pub struct StartRun {
    /// Where it is asked.
    pub chat_id: ChatId,
    /// In plain words; `@agent` picks an agent.
    pub question: String,
    /// Agents picked outside the question's words.
    #[serde(default)]
    #[ts(as = "Option<Vec<String>>", optional)]
    pub agents: Vec<String>,
    /// `provider/name`; the setting when absent.
    #[serde(default)]
    pub model: Option<ModelId>,
    /// How much of the data the model may see; the setting when absent.
    #[serde(default)]
    pub privacy: Option<PrivacyLevel>,
}

/// Which run.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunRef {
    /// Its id.
    pub run_id: RunId,
}

/// Which events of a run.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunEventsAfter {
    /// Whose.
    pub run_id: RunId,
    /// Only those with a greater `seq`.
    #[serde(default)]
    #[ts(as = "Option<u32>", optional)]
    pub after: u64,
}

/// Stored events of a run.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct RunEvents {
    /// In the order they happened.
    pub events: Vec<RunEvent>,
}

/// Where to write what a run produced.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct SaveRun {
    /// Which run.
    pub run_id: RunId,
    /// The folder; made when missing.
    #[ts(type = "string")]
    pub dir: PathBuf,
}

/// What was written.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct SavedRun {
    /// The folder.
    #[ts(type = "string")]
    pub dir: PathBuf,
    /// The files in it, by name.
    pub files: Vec<String>,
}

/// `run::start`
pub async fn start(app: &Arc<App>, request: StartRun) -> Result<Run, AppError> {
    app.runs.ask(app, request).await
}

/// `run::cancel`: returns at once; the run's last event tells when it has stopped.
pub async fn cancel(app: &Arc<App>, request: RunRef) -> Result<Nothing, AppError> {
    app.runs.cancel(request.run_id).await.map(|()| Nothing {})
}

/// `run::get`
pub async fn get(app: &Arc<App>, request: RunRef) -> Result<Run, AppError> {
    app.runs.get(request.run_id).await
}

/// `run::events`
pub async fn events(app: &Arc<App>, request: RunEventsAfter) -> Result<RunEvents, AppError> {
    app.runs.events(request.run_id, request.after).await.map(|events| RunEvents { events })
}

/// `run::save`: answer.md, every chart as .json and .html, every table as .csv, the metrics as values.csv, and the code.
pub async fn save(app: &Arc<App>, request: SaveRun) -> Result<SavedRun, AppError> {
    let files = app.runs.save(request.run_id, &request.dir).await?;
    Ok(SavedRun { dir: request.dir, files })
}
