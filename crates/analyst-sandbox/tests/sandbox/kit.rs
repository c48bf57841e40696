//! One runner for all tests (a process takes seconds to import the libraries), and cells in one call.

use std::path::PathBuf;
use std::process::Command;
use std::sync::{LazyLock, Mutex};

use analyst_sandbox::PythonRunner;
use analyst_sandbox::runtime::{PythonRuntime, RuntimeStatus};
use analyst_types::{
    ArtifactContent, CodeRunner, DatasetBinding, ExecutionOutcome, ExecutionRequest, ExecutionStatus, Limits,
    OutputStream, TableData, Variable,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

pub static TOKIO: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static RUNNER: LazyLock<PythonRunner> = LazyLock::new(|| PythonRunner::new(environment()));
static EXCHANGE: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());
static DATA: LazyLock<TempDir> = LazyLock::new(make_data);

/// The managed environment, which must be there.
pub fn environment() -> PythonRuntime {
    let runtime = PythonRuntime::in_default_dir();
    match runtime.status() {
        RuntimeStatus::Ready { .. } => runtime,
        other => {
            panic!("the managed Python in {:?} is not ready ({other:?}); `cargo xtask test` makes it", runtime.dir())
        }
    }
}

pub fn runner() -> &'static PythonRunner {
    &RUNNER
}

/// Arrow files as the data engine writes them: no notes of pandas, one batch, uncompressed.
fn make_data() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let script = include_str!("data.py");
    let made = Command::new(environment().python()).args(["-I", "-c", script]).arg(folder.path()).status().unwrap();
    assert!(made.success(), "the test data could not be made");
    folder
}

pub fn data(file: &str) -> PathBuf {
    DATA.path().join(file)
}

pub struct Cell {
    request: ExecutionRequest,
    pub cancel: CancellationToken,
}

pub fn cell(code: &str) -> Cell {
    let request = ExecutionRequest {
        code: code.to_owned(),
        datasets: Vec::new(),
        variables: Vec::new(),
        chart: None,
        exchange_dir: EXCHANGE.path().to_path_buf(),
        limits: Limits { timeout_secs: 30, ..Limits::default() },
    };
    Cell { request, cancel: CancellationToken::new() }
}

impl Cell {
    pub fn dataset(mut self, name: &str, file: &str) -> Self {
        self.request.datasets.push(DatasetBinding { name: name.to_owned(), arrow_path: data(file) });
        self
    }

    pub fn variables(mut self, variables: &[Variable]) -> Self {
        self.request.variables.extend_from_slice(variables);
        self
    }

    pub fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.request.limits);
        self
    }

    pub async fn execute(self) -> (ExecutionOutcome, Vec<(OutputStream, String)>) {
        let told = Mutex::new(Vec::new());
        let outcome = self.tell(&RUNNER, |stream, text| told.lock().unwrap().push((stream, text.to_owned()))).await;
        (outcome, told.into_inner().unwrap())
    }

    /// Runs it in `runner`; `tell` hears what it prints.
    pub async fn tell(
        self,
        runner: &PythonRunner,
        tell: impl Fn(OutputStream, &str) + Send + Sync,
    ) -> ExecutionOutcome {
        runner.execute(self.request, &tell, &self.cancel).await
    }

    pub fn run(self) -> ExecutionOutcome {
        TOKIO.block_on(self.execute()).0
    }

    /// Runs it and insists that it went well.
    pub fn ok(self) -> ExecutionOutcome {
        let outcome = self.run();
        assert_eq!(outcome.status, ExecutionStatus::Ok, "{:?}\n{}", outcome.error, outcome.stderr);
        outcome
    }

    /// Runs it and insists that it ended as `status` with an error of `kind`.
    pub fn fails(self, status: ExecutionStatus, kind: &str) -> ExecutionOutcome {
        let outcome = self.run();
        let found = (outcome.status, outcome.error.as_ref().map(|error| error.kind.as_str()));
        assert_eq!(found, (status, Some(kind)), "{:?}\n{}", outcome.error, outcome.stderr);
        outcome
    }
}

pub trait Results {
    fn titles(&self) -> Vec<&str>;
    fn figures(&self) -> Vec<&Value>;
    fn tables(&self) -> Vec<&TableData>;
    fn metrics(&self) -> Value;
    fn texts(&self) -> Vec<&str>;
    fn message(&self) -> &str;
    fn line(&self) -> Option<u32>;
}

impl Results for ExecutionOutcome {
    fn titles(&self) -> Vec<&str> {
        self.artifacts.iter().map(|(title, _)| title.as_str()).collect()
    }

    fn figures(&self) -> Vec<&Value> {
        let contents = self.artifacts.iter().map(|(_, content)| content);
        contents
            .filter_map(|content| match content {
                ArtifactContent::Chart { figure } => Some(figure),
                _ => None,
            })
            .collect()
    }

    fn tables(&self) -> Vec<&TableData> {
        let contents = self.artifacts.iter().map(|(_, content)| content);
        contents
            .filter_map(|content| match content {
                ArtifactContent::Table(table) => Some(table),
                _ => None,
            })
            .collect()
    }

    fn metrics(&self) -> Value {
        let mut metrics = json!({});
        for (_, content) in &self.artifacts {
            if let ArtifactContent::Metric { name, value } = content {
                metrics[name] = value.clone();
            }
        }
        metrics
    }

    fn texts(&self) -> Vec<&str> {
        let contents = self.artifacts.iter().map(|(_, content)| content);
        contents
            .filter_map(|content| match content {
                ArtifactContent::Text { text } => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    fn message(&self) -> &str {
        self.error.as_ref().map_or("", |error| error.message.as_str())
    }

    fn line(&self) -> Option<u32> {
        self.error.as_ref().and_then(|error| error.line)
    }
}

/// Names and types of a table, and its rows.
pub fn shape(table: &TableData) -> (Value, Value) {
    let columns = table.columns.iter().map(|column| json!([column.name, column.kind])).collect();
    (columns, json!(table.rows))
}
