//! Charts, tables and metrics by their id.

use std::sync::Arc;

use analyst_types::{AppError, Artifact, ArtifactId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::App;

/// Which artifact.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactRef {
    /// Its id.
    pub artifact_id: ArtifactId,
}

/// `artifact::get`
pub async fn get(app: &Arc<App>, request: ArtifactRef) -> Result<Artifact, AppError> {
    app.runs.artifact(request.artifact_id).await
}
