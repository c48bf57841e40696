//! Attempts at cells: one row each, with the code that ran, linked to the attempt before.

use analyst_types::{
    CellId, CodeError, ExecutionId, ExecutionReport, ExecutionStatus, Language, RunId, Timestamp, Variable,
};
use serde::Serialize;
use sqlx::FromRow;
use sqlx::types::{Json, Text};

use crate::columns::{Millis, Word, signed};
use crate::{Store, StoreError};

/// An attempt that starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewExecution {
    /// This attempt.
    pub id: ExecutionId,
    /// The run it belongs to.
    pub run_id: RunId,
    /// The cell.
    pub cell_id: CellId,
    /// Which attempt of the run at this cell, counted from 1.
    pub attempt: u32,
    /// Python or SQL.
    pub language: Language,
    /// The code as it runs.
    pub code: String,
    /// When it starts.
    pub started_at: Timestamp,
}

/// An attempt as it is remembered.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Execution {
    /// This attempt.
    pub id: ExecutionId,
    /// The run it belongs to.
    pub run_id: RunId,
    /// The cell.
    pub cell_id: CellId,
    /// The attempt at this cell before, in this run or an earlier one.
    pub parent_id: Option<ExecutionId>,
    /// Which attempt of the run at this cell, counted from 1.
    pub attempt: u32,
    /// Python or SQL.
    pub language: Language,
    /// The code that ran.
    pub code: String,
    /// How it ended; none while it runs.
    pub status: Option<ExecutionStatus>,
    /// What was printed.
    pub stdout: String,
    /// What was printed as warnings and errors.
    pub stderr: String,
    /// What went wrong.
    pub error: Option<CodeError>,
    /// What later steps could use. Arrow files of variables live as long as their run, and are not known here.
    pub variables: Vec<Variable>,
    /// Wall-clock milliseconds.
    pub duration_ms: Option<u64>,
    /// Peak of resident memory, where the system told.
    pub peak_memory_bytes: Option<u64>,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// Attempts at cells.
#[derive(Debug, Clone, Copy)]
pub struct Executions<'a>(pub(crate) &'a Store);

pub(crate) const LIST_BY_RUN: &str = "SELECT * FROM executions WHERE run_id = $1 ORDER BY started_at, id";
pub(crate) const LIST_BY_CELL: &str = "SELECT * FROM executions WHERE cell_id = $1 ORDER BY started_at, id";
pub(crate) const START: &str = "
    INSERT INTO executions (id, run_id, cell_id, parent_id, attempt, language, code, started_at)
    VALUES ($1, $2, $3,
            (SELECT id FROM executions WHERE cell_id = $3 ORDER BY started_at DESC, id DESC LIMIT 1),
            $4, $5, $6, $7)";

impl Executions<'_> {
    /// Adds one that starts. The last attempt at the same cell becomes its parent.
    pub async fn start(&self, execution: &NewExecution) -> Result<(), StoreError> {
        sqlx::query(START)
            .bind(Text(execution.id))
            .bind(Text(execution.run_id))
            .bind(Text(execution.cell_id))
            .bind(execution.attempt)
            .bind(Word(execution.language))
            .bind(&execution.code)
            .bind(Millis(execution.started_at))
            .execute(&self.0.writer)
            .await?;
        Ok(())
    }

    /// Adds what it came to. Its artifacts are stored on their own.
    pub async fn finish(
        &self,
        report: &ExecutionReport,
        peak_memory_bytes: Option<u64>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE executions
             SET status = $2, stdout = $3, stderr = $4, error = $5, variables = $6, duration_ms = $7,
                 peak_memory_bytes = $8, finished_at = $9
             WHERE id = $1",
        )
        .bind(Text(report.execution_id))
        .bind(Word(report.status))
        .bind(&report.stdout)
        .bind(&report.stderr)
        .bind(report.error.as_ref().map(Json))
        .bind(Json(&report.variables))
        .bind(signed(report.duration_ms))
        .bind(peak_memory_bytes.map(signed))
        .bind(Millis(at))
        .execute(&self.0.writer)
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::not_found("execution", report.execution_id));
        }
        Ok(())
    }

    /// Those of a run, in the order they started.
    pub async fn list_by_run(&self, run_id: RunId) -> Result<Vec<Execution>, StoreError> {
        let rows: Vec<ExecutionRow> = sqlx::query_as(LIST_BY_RUN).bind(Text(run_id)).fetch_all(&self.0.reader).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Those of a cell, over all runs, in the order they started.
    pub async fn list_by_cell(&self, cell_id: CellId) -> Result<Vec<Execution>, StoreError> {
        let rows: Vec<ExecutionRow> =
            sqlx::query_as(LIST_BY_CELL).bind(Text(cell_id)).fetch_all(&self.0.reader).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

#[derive(FromRow)]
struct ExecutionRow {
    id: Text<ExecutionId>,
    run_id: Text<RunId>,
    cell_id: Text<CellId>,
    parent_id: Option<Text<ExecutionId>>,
    attempt: u32,
    language: Word<Language>,
    code: String,
    status: Option<Word<ExecutionStatus>>,
    stdout: String,
    stderr: String,
    error: Option<Json<CodeError>>,
    variables: Json<Vec<Variable>>,
    duration_ms: Option<u64>,
    peak_memory_bytes: Option<u64>,
    started_at: Millis,
    finished_at: Option<Millis>,
}

impl From<ExecutionRow> for Execution {
    fn from(row: ExecutionRow) -> Self {
        Self {
            id: row.id.0,
            run_id: row.run_id.0,
            cell_id: row.cell_id.0,
            parent_id: row.parent_id.map(|Text(id)| id),
            attempt: row.attempt,
            language: row.language.0,
            code: row.code,
            status: row.status.map(|Word(status)| status),
            stdout: row.stdout,
            stderr: row.stderr,
            error: row.error.map(|Json(error)| error),
            variables: row.variables.0,
            duration_ms: row.duration_ms,
            peak_memory_bytes: row.peak_memory_bytes,
            started_at: row.started_at.0,
            finished_at: row.finished_at.map(|Millis(at)| at),
        }
    }
}
