//! Opening, looking at and exporting datasets.

use std::path::PathBuf;
use std::sync::Arc;

use analyst_types::{AppError, ChatId, Dataset, DatasetId, JoinCandidate, Profile, ReadOptions, TableData};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::App;

/// Most rows of one preview page.
const MAX_PREVIEW_ROWS: u64 = 10_000;

/// Which file to open, and how.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
pub struct OpenDataset {
    /// The file.
    #[ts(type = "string")]
    pub path: PathBuf,
    /// What the sniffing should not decide.
    #[serde(default)]
    #[ts(as = "Option<ReadOptions>", optional)]
    pub options: ReadOptions,
    /// The chat to add it to.
    #[serde(default)]
    pub chat_id: Option<ChatId>,
    /// By which `task::get` and `task::cancel` find the work; made by the client.
    #[serde(default)]
    pub task_id: Option<String>,
}

/// Which sample to open.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
pub struct OpenSample {
    /// Its name, from `app::info`.
    pub name: String,
    /// The chat to add it to.
    #[serde(default)]
    pub chat_id: Option<ChatId>,
}

/// A table as pasted text.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
pub struct OpenText {
    /// Delimited text, usually tabs.
    pub text: String,
    /// What to call it.
    #[serde(default)]
    pub name: Option<String>,
    /// The chat to add it to.
    #[serde(default)]
    pub chat_id: Option<ChatId>,
}

/// Some datasets.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct Datasets {
    /// The datasets.
    pub datasets: Vec<Dataset>,
}

/// Which dataset.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct DatasetRef {
    /// Its id.
    pub dataset_id: DatasetId,
}

/// Which dataset to look at closely.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
pub struct ProfileDataset {
    /// Its id.
    pub dataset_id: DatasetId,
    /// From its first rows only, which takes moments; `sampled_rows` of the answer says how many. The whole table where
    /// that is known already.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub quick: bool,
    /// By which `task::get` and `task::cancel` find the work; made by the client.
    #[serde(default)]
    pub task_id: Option<String>,
}

/// Which dataset to read once more, and how.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
pub struct ReopenDataset {
    /// Its id.
    pub dataset_id: DatasetId,
    /// What the sniffing should not decide this time.
    pub options: ReadOptions,
    /// By which `task::get` and `task::cancel` find the work; made by the client.
    #[serde(default)]
    pub task_id: Option<String>,
}

/// Which datasets may belong together.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct FindJoinCandidates {
    /// The one whose columns may name rows of others.
    pub dataset_id: DatasetId,
    /// The others.
    pub other_ids: Vec<DatasetId>,
}

/// How datasets may belong together.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct JoinCandidates {
    /// Pairs of columns, best first.
    pub candidates: Vec<JoinCandidate>,
}

/// Which rows.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct PreviewDataset {
    /// Whose.
    pub dataset_id: DatasetId,
    /// The first row, counted from 0.
    #[ts(type = "number")]
    pub offset: u64,
    /// How many rows, at most 10,000.
    #[ts(type = "number")]
    pub limit: u64,
}

/// Where to write a dataset to.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
pub struct ExportDataset {
    /// Which.
    pub dataset_id: DatasetId,
    /// The file; its extension says the format: csv, ndjson, parquet, arrow or xlsx.
    #[ts(type = "string")]
    pub path: PathBuf,
    /// By which `task::get` and `task::cancel` find the work; made by the client.
    #[serde(default)]
    pub task_id: Option<String>,
}

/// What was written.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct Exported {
    /// The file.
    #[ts(type = "string")]
    pub path: PathBuf,
    /// Its rows.
    #[ts(type = "number")]
    pub n_rows: u64,
}

/// `dataset::open`
pub async fn open(app: &Arc<App>, request: OpenDataset) -> Result<Datasets, AppError> {
    let task = app.tasks.begin(request.task_id)?;
    let datasets = app.datasets.open(&request.path, request.options, request.chat_id, &task).await?;
    Ok(Datasets { datasets })
}

/// `dataset::open_sample`
pub async fn open_sample(app: &Arc<App>, request: OpenSample) -> Result<Datasets, AppError> {
    app.datasets.open_sample(&request.name, request.chat_id).await.map(|datasets| Datasets { datasets })
}

/// `dataset::open_text`
pub async fn open_text(app: &Arc<App>, request: OpenText) -> Result<Datasets, AppError> {
    let name = request.name.as_deref().unwrap_or("pasted");
    app.datasets.open_text(name, request.text, request.chat_id).await.map(|datasets| Datasets { datasets })
}

/// `dataset::reopen`: the same file read another way. What was read takes the place of the dataset in every chat; a
/// reading that fails changes nothing.
pub async fn reopen(app: &Arc<App>, request: ReopenDataset) -> Result<Datasets, AppError> {
    let task = app.tasks.begin(request.task_id)?;
    let reopened = app.datasets.reopen(request.dataset_id, request.options, &task).await?;
    if reopened.datasets.iter().all(|dataset| dataset.id != request.dataset_id) {
        app.retire(request.dataset_id, reopened.chat_ids).await?;
    }
    Ok(Datasets { datasets: reopened.datasets })
}

/// `dataset::list`
pub async fn list(app: &Arc<App>, _: Nothing) -> Result<Datasets, AppError> {
    app.datasets.list().await.map(|datasets| Datasets { datasets })
}

/// `dataset::get`
pub async fn get(app: &Arc<App>, request: DatasetRef) -> Result<Dataset, AppError> {
    app.datasets.get(request.dataset_id).await
}

/// `dataset::preview`
pub async fn preview(app: &Arc<App>, request: PreviewDataset) -> Result<TableData, AppError> {
    app.datasets.preview(request.dataset_id, request.offset, request.limit.min(MAX_PREVIEW_ROWS)).await
}

/// `dataset::profile`
pub async fn profile(app: &Arc<App>, request: ProfileDataset) -> Result<Profile, AppError> {
    let task = app.tasks.begin(request.task_id)?;
    if request.quick {
        app.datasets.quick_profile(request.dataset_id, &task).await
    } else {
        app.datasets.profile(request.dataset_id, &task).await
    }
}

/// `dataset::join_candidates`: columns of a dataset that seem to name rows of others.
pub async fn join_candidates(app: &Arc<App>, request: FindJoinCandidates) -> Result<JoinCandidates, AppError> {
    let candidates = app.datasets.join_candidates(request.dataset_id, &request.other_ids).await?;
    Ok(JoinCandidates { candidates })
}

/// `dataset::export`
pub async fn export(app: &Arc<App>, request: ExportDataset) -> Result<Exported, AppError> {
    let task = app.tasks.begin(request.task_id)?;
    let n_rows = app.datasets.export(request.dataset_id, &request.path, &task).await?;
    Ok(Exported { path: request.path, n_rows })
}

/// `dataset::remove`: forgets the dataset and our copy. The original file is not touched.
pub async fn remove(app: &Arc<App>, request: DatasetRef) -> Result<Nothing, AppError> {
    app.datasets.remove(request.dataset_id).await.map(|()| Nothing {})
}
