//! Cells over tables of a database: SQL is run there, Python is told that it cannot have them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use analyst_types::{
    ArtifactContent, CodeError, CodeFinding, CodeRunner, Column, ExecutionOutcome, ExecutionRequest, ExecutionStatus,
    Language, OutputStream, TableData,
};
use async_trait::async_trait;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{Locator, RemoteDesk, RemoteTables};

/// Rows that a cell may bring back. Who wants more wants an aggregate, or an export.
const MOST_ROWS: usize = 10_000;

/// Runs SQL cells: on the database that holds their tables, else with `local`.
pub(crate) struct RemoteSqlCells {
    pub local: Arc<dyn CodeRunner>,
    pub remote: Arc<RemoteDesk>,
}

#[async_trait]
impl CodeRunner for RemoteSqlCells {
    fn language(&self) -> Language {
        Language::Sql
    }

    fn check(&self, code: &str, tables: &[(String, Vec<Column>)]) -> Vec<CodeFinding> {
        self.local.check(code, tables)
    }

    async fn execute(
        &self,
        request: ExecutionRequest,
        on_output: &(dyn for<'t> Fn(OutputStream, &'t str) + Send + Sync),
        cancel: &CancellationToken,
    ) -> ExecutionOutcome {
        match self.remote.engine_of(&request.datasets).await {
            Ok(None) => self.local.execute(request, on_output, cancel).await,
            Ok(Some(tables)) => run(tables, &request, cancel).await,
            Err(error) => failed(ExecutionStatus::Error, "SqlError", error.message),
        }
    }
}

async fn run(tables: RemoteTables, request: &ExecutionRequest, cancel: &CancellationToken) -> ExecutionOutcome {
    let started = Instant::now();
    let timeout = Duration::from_secs(request.limits.timeout_secs.max(1));
    // Dropping the question has the server stop working on it.
    let answered = tokio::select! {
        biased;
        () = cancel.cancelled() => return failed(ExecutionStatus::Killed, "Stopped", "The query was stopped.".into()),
        answered = tables.engine.query(&request.code, &tables.tables, MOST_ROWS, timeout) => answered,
    };
    let mut outcome = match answered {
        Ok(rows) => ExecutionOutcome { artifacts: artifacts(rows.table), notices: rows.notices, ..empty() },
        Err(analyst_connect::ConnectError::TookTooLong { seconds }) => {
            let message = format!("The database took longer than {seconds} seconds.");
            failed(ExecutionStatus::Timeout, "Timeout", message)
        }
        Err(error) => failed(ExecutionStatus::Error, "SqlError", error.to_string()),
    };
    outcome.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    outcome
}

/// One value is a metric, everything else a table.
fn artifacts(table: TableData) -> Vec<(String, ArtifactContent)> {
    match (table.columns.as_slice(), table.rows.as_slice()) {
        ([column], [row]) => {
            let value = row.first().cloned().unwrap_or(Value::Null);
            vec![(String::new(), ArtifactContent::Metric { name: column.name.clone(), value })]
        }
        _ => vec![(String::new(), ArtifactContent::Table(table))],
    }
}

/// Runs Python cells whose tables are all here.
pub(crate) struct LocalCells(pub Arc<dyn CodeRunner>);

#[async_trait]
impl CodeRunner for LocalCells {
    fn language(&self) -> Language {
        self.0.language()
    }

    fn check(&self, code: &str, tables: &[(String, Vec<Column>)]) -> Vec<CodeFinding> {
        self.0.check(code, tables)
    }

    async fn execute(
        &self,
        request: ExecutionRequest,
        on_output: &(dyn for<'t> Fn(OutputStream, &'t str) + Send + Sync),
        cancel: &CancellationToken,
    ) -> ExecutionOutcome {
        let Some(remote) = request.datasets.iter().find(|dataset| Locator::of(&dataset.arrow_path).is_some()) else {
            return self.0.execute(request, on_output, cancel).await;
        };
        let message = format!(
            "{} stays in its database, and Python has no way to it. Use SQL, which runs in the database.",
            remote.name
        );
        failed(ExecutionStatus::Error, "RemoteTable", message)
    }
}

fn empty() -> ExecutionOutcome {
    ExecutionOutcome {
        status: ExecutionStatus::Ok,
        stdout: String::new(),
        stderr: String::new(),
        error: None,
        artifacts: Vec::new(),
        variables: Vec::new(),
        duration_ms: 0,
        peak_memory_bytes: None,
        notices: Vec::new(),
    }
}

fn failed(status: ExecutionStatus, kind: &str, message: String) -> ExecutionOutcome {
    ExecutionOutcome { status, error: Some(CodeError { kind: kind.to_owned(), message, line: None }), ..empty() }
}
