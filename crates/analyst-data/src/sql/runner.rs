//! The port through which agents run SQL cells.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use analyst_types::{
    ArtifactContent, ChartSpec, CodeError, CodeRunner, DatasetBinding, ExecutionOutcome, ExecutionRequest,
    ExecutionStatus, Language, OutputStream, Variable, VariableKind,
};
use async_trait::async_trait;
use polars::prelude::DataFrame;
use serde_json::Value;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::engine;
use crate::{DataError, chart, dtype, store, value};

/// Runs SQL cells in this process, on a thread of its own.
///
/// A query that is stopped is abandoned: Polars cannot be interrupted within a part of it. Its thread ends with that
/// part, and nobody waits for it, not even the end of the program.
#[derive(Debug, Clone, Copy, Default)]
pub struct SqlRunner;

/// Rows of the result that are shown.
const SHOWN_ROWS: u64 = 1000;
/// Rows of the result that are kept for later steps.
const MOST_ROWS: usize = 20_000_000;
/// The name later steps know the result by.
const RESULT: &str = "result";
const STACK_BYTES: usize = 16 << 20;

#[async_trait]
impl CodeRunner for SqlRunner {
    fn language(&self) -> Language {
        Language::Sql
    }

    async fn execute(
        &self,
        request: ExecutionRequest,
        _on_output: &(dyn for<'t> Fn(OutputStream, &'t str) + Send + Sync),
        cancel: &CancellationToken,
    ) -> ExecutionOutcome {
        let started = Instant::now();
        let timeout = Duration::from_secs(request.limits.timeout_secs);
        let (sender, receiver) = oneshot::channel();
        let is_given_up = Arc::new(AtomicBool::new(false));
        let given_up = Arc::clone(&is_given_up);
        let spawned = std::thread::Builder::new().name("sql".into()).stack_size(STACK_BYTES).spawn(move || {
            let _ = sender.send(run_until(&request, &given_up));
        });
        let mut outcome = match spawned {
            Err(error) => ended(ExecutionStatus::Error, "SqlError", format!("The query could not be started: {error}")),
            Ok(_) => tokio::select! {
                biased;
                () = cancel.cancelled() => ended(ExecutionStatus::Killed, "Stopped", "The query was stopped.".into()),
                result = receiver => result.unwrap_or_else(|_| {
                    ended(ExecutionStatus::Killed, "Crash", "The query engine failed. Write the query in another way, or use Python.".into())
                }),
                () = tokio::time::sleep(timeout) => {
                    let message = format!("The query took longer than {} seconds.", timeout.as_secs());
                    ended(ExecutionStatus::Timeout, "Timeout", message)
                }
            },
        };
        is_given_up.store(true, Ordering::Relaxed);
        outcome.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        outcome
    }
}

fn empty(status: ExecutionStatus) -> ExecutionOutcome {
    ExecutionOutcome {
        status,
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

fn ended(status: ExecutionStatus, kind: &str, message: String) -> ExecutionOutcome {
    ExecutionOutcome { error: Some(CodeError { kind: kind.to_owned(), message, line: None }), ..empty(status) }
}

fn failed(error: &DataError) -> ExecutionOutcome {
    let line = match error {
        DataError::Sql(error) => error.line(),
        _ => None,
    };
    let kind = if matches!(error, DataError::Chart { .. }) { "ChartError" } else { "SqlError" };
    ExecutionOutcome {
        error: Some(CodeError { kind: kind.to_owned(), message: error.to_string(), line }),
        ..empty(ExecutionStatus::Error)
    }
}

/// Runs a cell here and now, on this thread. For the worker process; everybody else goes through it.
pub(crate) fn run(request: &ExecutionRequest) -> ExecutionOutcome {
    run_until(request, &AtomicBool::new(false))
}

fn run_until(request: &ExecutionRequest, is_given_up: &AtomicBool) -> ExecutionOutcome {
    let tables = tables_of(request);
    let result = engine::query_until(&request.code, &tables, Some(MOST_ROWS), &|| is_given_up.load(Ordering::Relaxed));
    let (mut frame, notices) = match result {
        Ok(result) => (result.frame, result.notices),
        Err(error) => return failed(&error),
    };
    let title = request.chart.as_ref().map_or_else(|| "Result".to_owned(), |chart| chart.title.clone());
    let mut outcome = ExecutionOutcome { notices, ..empty(ExecutionStatus::Ok) };
    outcome.artifacts.push((title, ArtifactContent::Table(value::table_data(&frame, 0, SHOWN_ROWS))));
    match keep_result(&mut frame, &request.exchange_dir) {
        Ok(variable) => outcome.variables.push(variable),
        Err(error) => {
            return ExecutionOutcome { artifacts: outcome.artifacts, notices: outcome.notices, ..failed(&error) };
        }
    }
    match request.chart.as_ref().map(|spec| draw(&frame, spec, request.limits.artifact_bytes)) {
        None => outcome,
        Some(Ok(chart)) => {
            outcome.artifacts.push(chart);
            outcome
        }
        Some(Err(error)) => ExecutionOutcome {
            artifacts: outcome.artifacts,
            variables: outcome.variables,
            notices: outcome.notices,
            ..failed(&error)
        },
    }
}

/// Datasets, and the tables that earlier steps left. What a step left counts more than a dataset of the same name.
fn tables_of(request: &ExecutionRequest) -> Vec<DatasetBinding> {
    let is_table = |variable: &&Variable| matches!(variable.kind, VariableKind::Frame | VariableKind::Series);
    let left: Vec<DatasetBinding> = request
        .variables
        .iter()
        .filter(is_table)
        .filter_map(|variable| {
            Some(DatasetBinding { name: variable.name.clone(), arrow_path: variable.arrow_path.clone()? })
        })
        .collect();
    let replaced =
        |dataset: &DatasetBinding| left.iter().find(|table| table.name == dataset.name).unwrap_or(dataset).clone();
    let mut tables: Vec<DatasetBinding> = request.datasets.iter().map(replaced).collect();
    let is_dataset = |name: &str| request.datasets.iter().any(|dataset| dataset.name == name);
    tables.extend(left.iter().filter(|table| !is_dataset(&table.name)).cloned());
    tables
}

fn keep_result(frame: &mut DataFrame, dir: &Path) -> Result<Variable, DataError> {
    let (_, arrow_path) = store::keep(frame, dir)?;
    Ok(Variable {
        name: RESULT.to_owned(),
        kind: VariableKind::Frame,
        digest: digest(frame),
        value: Value::Null,
        arrow_path: Some(arrow_path),
    })
}

/// `DataFrame 12 × 3: month (date), revenue (float), …`
fn digest(frame: &DataFrame) -> String {
    const MAX_COLUMNS: usize = 20;
    let columns = dtype::columns_of(frame);
    let mut names: Vec<String> = columns
        .iter()
        .take(MAX_COLUMNS)
        .map(|column| format!("{} ({})", column.name, format!("{:?}", column.kind).to_lowercase()))
        .collect();
    if columns.len() > MAX_COLUMNS {
        names.push("…".to_owned());
    }
    format!("DataFrame {} × {}: {}", frame.height(), frame.width(), names.join(", "))
}

fn draw(frame: &DataFrame, spec: &ChartSpec, max_bytes: u64) -> Result<(String, ArtifactContent), DataError> {
    let figure = chart::draw(frame, spec)?;
    if figure.to_string().len() as u64 > max_bytes {
        let message = "The chart would be too large to show. Aggregate the rows in the query first.".to_owned();
        return Err(DataError::Chart { message });
    }
    Ok((spec.title.clone(), ArtifactContent::Chart { figure }))
}

#[cfg(test)]
mod tests {
    use analyst_types::Limits;
    use polars::prelude::*;

    use super::*;

    fn request(dir: &Path, code: &str) -> ExecutionRequest {
        let arrow_path = dir.join("sales.arrow");
        let mut frame = df!("region" => ["N", "S", "N"], "amount" => [1i64, 2, 3]).unwrap();
        store::write_arrow(&mut frame, &arrow_path).unwrap();
        ExecutionRequest {
            code: code.to_owned(),
            datasets: vec![DatasetBinding { name: "sales".into(), arrow_path }],
            variables: Vec::new(),
            chart: None,
            exchange_dir: dir.join("exchange"),
            limits: Limits::default(),
        }
    }

    async fn execute(request: ExecutionRequest, cancel: &CancellationToken) -> ExecutionOutcome {
        SqlRunner.execute(request, &|_, _| {}, cancel).await
    }

    #[tokio::test]
    async fn a_query_gives_a_table_a_chart_and_a_variable_for_later_steps() {
        let dir = tempfile::tempdir().unwrap();
        let cancel = CancellationToken::new();
        let mut first =
            request(dir.path(), "SELECT region, SUM(amount) AS total FROM sales GROUP BY region ORDER BY region");
        first.chart = Some(ChartSpec {
            kind: "bar".into(),
            x: "region".into(),
            y: Some("total".into()),
            color: None,
            title: "By region".into(),
        });
        let outcome = execute(first, &cancel).await;
        assert_eq!(outcome.status, ExecutionStatus::Ok, "{:?}", outcome.error);
        assert_eq!(outcome.artifacts.len(), 2);
        assert!(matches!(&outcome.artifacts[0].1, ArtifactContent::Table(table) if table.n_rows == 2));
        assert_eq!(outcome.artifacts[1].0, "By region");
        assert_eq!(outcome.variables[0].digest, "DataFrame 2 × 2: region (text), total (integer)");

        let mut second = request(dir.path(), "SELECT MAX(total) AS m FROM result");
        second.variables = outcome.variables;
        let outcome = execute(second, &cancel).await;
        assert!(
            matches!(&outcome.artifacts[0].1, ArtifactContent::Table(table) if table.rows == [[4]]),
            "{:?}",
            outcome
        );
    }

    #[tokio::test]
    async fn a_wrong_query_is_an_error_outcome() {
        let dir = tempfile::tempdir().unwrap();
        let outcome = execute(request(dir.path(), "SELECT\n  FROM FROM sales"), &CancellationToken::new()).await;
        assert_eq!(outcome.status, ExecutionStatus::Error);
        assert_eq!(outcome.error.unwrap().kind, "SqlError");
    }

    #[tokio::test]
    async fn a_wrong_chart_keeps_the_table() {
        let dir = tempfile::tempdir().unwrap();
        let mut wrong = request(dir.path(), "SELECT * FROM sales");
        wrong.chart =
            Some(ChartSpec { kind: "bar".into(), x: "regoin".into(), y: None, color: None, title: "T".into() });
        let outcome = execute(wrong, &CancellationToken::new()).await;
        assert_eq!(outcome.status, ExecutionStatus::Error);
        assert_eq!((outcome.artifacts.len(), outcome.variables.len()), (1, 1));
        assert!(outcome.error.unwrap().message.contains("Did you mean \"region\""));
    }

    #[tokio::test]
    async fn a_stopped_query_answers_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let cancel = CancellationToken::new();
        cancel.cancel();
        let outcome = execute(request(dir.path(), "SELECT * FROM sales"), &cancel).await;
        assert_eq!(outcome.status, ExecutionStatus::Killed);
        assert!(outcome.duration_ms < 1000);
    }

    #[tokio::test]
    async fn a_query_that_takes_too_long_is_given_up() {
        let dir = tempfile::tempdir().unwrap();
        let mut slow = request(dir.path(), "SELECT COUNT(*) AS n FROM many a CROSS JOIN many b WHERE a.x + b.x = 7");
        let arrow_path = dir.path().join("many.arrow");
        store::write_arrow(&mut df!("x" => (0..4000i64).collect::<Vec<_>>()).unwrap(), &arrow_path).unwrap();
        slow.datasets.push(DatasetBinding { name: "many".into(), arrow_path });
        slow.limits.timeout_secs = 0;
        let outcome = execute(slow, &CancellationToken::new()).await;
        assert_eq!(outcome.status, ExecutionStatus::Timeout);
    }
}
