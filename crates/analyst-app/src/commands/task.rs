//! Work that takes longer than a moment: how far it is, and an end to it.

use std::sync::Arc;

use analyst_types::AppError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::App;

/// Which work.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct TaskRef {
    /// As the request that began it was given.
    pub task_id: String,
}

/// How far some work is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct TaskState {
    /// What is being done: `opening`, `reading`, `profiling`, `writing`.
    pub stage: String,
    /// How much of it, from 0 to 1; 0 where that cannot be told.
    pub done: f64,
}

/// `task::get`: as long as the work is under way.
pub async fn get(app: &Arc<App>, request: TaskRef) -> Result<TaskState, AppError> {
    app.tasks.state(&request.task_id)
}

/// `task::cancel`: the request that began the work answers `cancelled`, and nothing of it is left.
pub async fn cancel(app: &Arc<App>, request: TaskRef) -> Result<Nothing, AppError> {
    app.tasks.cancel(&request.task_id).map(|()| Nothing {})
}
