//! Code that a person edited and runs again.

use std::sync::Arc;

use analyst_types::{AppError, CellId, ChatId, Language, Run};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::App;

/// Code to run over a chat's datasets.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
pub struct RunCell {
    /// Whose datasets it sees.
    pub chat_id: ChatId,
    /// The cell it was; a new one when absent.
    #[serde(default)]
    pub cell_id: Option<CellId>,
    /// Python or SQL.
    pub language: Language,
    /// The code.
    pub code: String,
    /// Seconds it may run; the setting when absent.
    #[serde(default)]
    #[ts(as = "Option<u32>", optional)]
    pub timeout_secs: Option<u64>,
}

/// `cell::run`
pub async fn run(app: &Arc<App>, request: RunCell) -> Result<Run, AppError> {
    app.runs.run_cell(app, request).await
}
