//! The `CodeRunner` for SQL: every cell in a data worker. A cell that is stopped, or takes too long, takes its worker
//! with it; the engine has no other way to be told.

use std::sync::Arc;
use std::time::{Duration, Instant};

use analyst_data::SqlRunner;
use analyst_data::worker::ExecuteSql;
use analyst_types::{
    AppError, CodeError, CodeFinding, CodeRunner, Column, ErrorCode, ExecutionOutcome, ExecutionRequest,
    ExecutionStatus, Language, OutputStream,
};
use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::{Budget, DataWorkers, Kind};

/// Runs SQL cells.
pub(crate) struct SqlCells {
    workers: Arc<DataWorkers>,
}

impl SqlCells {
    pub(crate) fn new(workers: Arc<DataWorkers>) -> Self {
        Self { workers }
    }

    async fn run(&self, request: ExecutionRequest) -> Result<ExecutionOutcome, AppError> {
        let exchange_dir = request.exchange_dir.clone();
        let budget = Budget::within(request.limits.memory_bytes);
        let cell = ExecuteSql::new(request);
        self.workers
            .with_tables(Kind::Work, cell, "The query", budget, async |executed, produce| {
                let mut outcome = executed.into_outcome();
                for variable in &mut outcome.variables {
                    if let Some(path) = &variable.arrow_path {
                        variable.arrow_path = Some(produce.keep(path, &exchange_dir)?);
                    }
                }
                Ok(outcome)
            })
            .await
    }
}

#[async_trait]
impl CodeRunner for SqlCells {
    fn language(&self) -> Language {
        Language::Sql
    }

    fn check(&self, code: &str, tables: &[(String, Vec<Column>)]) -> Vec<CodeFinding> {
        SqlRunner.check(code, tables)
    }

    async fn execute(
        &self,
        request: ExecutionRequest,
        _on_output: &(dyn for<'t> Fn(OutputStream, &'t str) + Send + Sync),
        cancel: &CancellationToken,
    ) -> ExecutionOutcome {
        let started = Instant::now();
        let timeout = Duration::from_secs(request.limits.timeout_secs);
        let mut outcome = tokio::select! {
            biased;
            () = cancel.cancelled() => ended(ExecutionStatus::Killed, "Stopped", "The query was stopped.".into()),
            ran = self.run(request) => ran.unwrap_or_else(|error| failed(&error)),
            () = tokio::time::sleep(timeout) => {
                let message = format!("The query took longer than {} seconds.", timeout.as_secs());
                ended(ExecutionStatus::Timeout, "Timeout", message)
            }
        };
        outcome.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        outcome
    }
}

fn failed(error: &AppError) -> ExecutionOutcome {
    match error.code {
        ErrorCode::NotEnoughMemory => ended(ExecutionStatus::Memory, "OutOfMemory", error.message.clone()),
        ErrorCode::Internal | ErrorCode::Storage => ended(ExecutionStatus::Error, "SqlError", error.message.clone()),
        _ => {
            let message = "The query engine failed. Write the query in another way, or use Python.".to_owned();
            ended(ExecutionStatus::Killed, "Crash", message)
        }
    }
}

fn ended(status: ExecutionStatus, kind: &str, message: String) -> ExecutionOutcome {
    ExecutionOutcome {
        status,
        stdout: String::new(),
        stderr: String::new(),
        error: Some(CodeError { kind: kind.to_owned(), message, line: None }),
        artifacts: Vec::new(),
        variables: Vec::new(),
        duration_ms: 0,
        peak_memory_bytes: None,
        notices: Vec::new(),
    }
}
