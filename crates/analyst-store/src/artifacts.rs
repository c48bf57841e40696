//! What executions produced for people to look at: charts, tables, metrics, texts and images, as JSON.

use analyst_types::{Artifact, ArtifactContent, ArtifactId, ExecutionId, RunId};
use sqlx::FromRow;
use sqlx::types::{Json, Text};

use crate::columns::Word;
use crate::{Store, StoreError};

/// What executions produced.
#[derive(Debug, Clone, Copy)]
pub struct Artifacts<'a>(pub(crate) &'a Store);

pub(crate) const LIST: &str = "
    SELECT artifacts.* FROM executions JOIN artifacts ON artifacts.execution_id = executions.id
    WHERE executions.run_id = $1
    ORDER BY executions.started_at, executions.id, artifacts.position";
pub(crate) const INSERT: &str = "
    INSERT INTO artifacts (id, execution_id, position, kind, title, content)
    VALUES ($1, $2,
            (SELECT coalesce(max(position), -1) + 1 FROM artifacts WHERE execution_id = $2),
            $3, $4, $5)";

impl Artifacts<'_> {
    /// Adds one, after those its execution has.
    pub async fn insert(&self, artifact: &Artifact) -> Result<(), StoreError> {
        sqlx::query(INSERT)
            .bind(Text(artifact.id))
            .bind(Text(artifact.execution_id))
            .bind(Word(artifact.content.kind()))
            .bind(&artifact.title)
            .bind(Json(&artifact.content))
            .execute(&self.0.writer)
            .await?;
        Ok(())
    }

    /// One.
    pub async fn get(&self, id: ArtifactId) -> Result<Artifact, StoreError> {
        let row: Option<ArtifactRow> = sqlx::query_as("SELECT * FROM artifacts WHERE id = $1")
            .bind(Text(id))
            .fetch_optional(&self.0.reader)
            .await?;
        row.map(Into::into).ok_or_else(|| StoreError::not_found("artifact", id))
    }

    /// Those of a run, in the order they were shown.
    pub async fn list(&self, run_id: RunId) -> Result<Vec<Artifact>, StoreError> {
        let rows: Vec<ArtifactRow> = sqlx::query_as(LIST).bind(Text(run_id)).fetch_all(&self.0.reader).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

#[derive(FromRow)]
struct ArtifactRow {
    id: Text<ArtifactId>,
    execution_id: Text<ExecutionId>,
    title: String,
    content: Json<ArtifactContent>,
}

impl From<ArtifactRow> for Artifact {
    fn from(row: ArtifactRow) -> Self {
        Self { id: row.id.0, execution_id: row.execution_id.0, title: row.title, content: row.content.0 }
    }
}
