//! Code that runs: what goes in, what comes out, and the port that runs it.

use std::path::PathBuf;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use crate::{ArtifactContent, Column, DataWarning, OutputStream};

/// The languages of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Python with the scientific libraries, in its own process.
    Python,
    /// One SELECT over the opened datasets.
    Sql,
}

/// A dataset as code sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetBinding {
    /// Table name in SQL, variable name in Python. The first binding of a request is also `df`.
    pub name: String,
    /// An Arrow IPC file. Never written to.
    pub arrow_path: PathBuf,
}

/// A value that an execution hands to later ones, by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct Variable {
    /// The name it has in code.
    pub name: String,
    /// What it is.
    pub kind: VariableKind,
    /// A few words for a model: `DataFrame 12 × 3: month (date), revenue (float)`.
    pub digest: String,
    /// The value itself, for a `Json` variable.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    #[ts(type = "unknown")]
    pub value: Value,
    /// The Arrow IPC file of a `Frame` or `Series` variable. It lives as long as its run.
    #[serde(skip)]
    pub arrow_path: Option<PathBuf>,
}

/// How a variable is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum VariableKind {
    /// A pandas DataFrame, through an Arrow file.
    Frame,
    /// A pandas Series, through an Arrow file of one column.
    Series,
    /// A number, text, boolean, list or dictionary, as JSON.
    Json,
}

/// What a run may use. Raised by the person, never by a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Limits {
    /// Wall-clock seconds.
    #[ts(type = "number")]
    pub timeout_secs: u64,
    /// Bytes of memory the run may take beyond what its libraries already use.
    #[ts(type = "number")]
    pub memory_bytes: u64,
    /// Bytes of printed output that are kept; the rest is counted and dropped.
    #[ts(type = "number")]
    pub output_bytes: u64,
    /// Bytes of one artifact.
    #[ts(type = "number")]
    pub artifact_bytes: u64,
    /// Seconds of processor time, over all threads.
    #[ts(type = "number")]
    pub cpu_secs: u64,
    /// Threads at a time.
    pub threads: u32,
    /// Files open at a time.
    pub open_files: u32,
    /// Bytes of files the run may keep in its folder.
    #[ts(type = "number")]
    pub scratch_bytes: u64,
    /// Files the run may keep in its folder.
    pub scratch_files: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout_secs: 120,
            memory_bytes: 2 << 30,
            output_bytes: 1 << 20,
            artifact_bytes: 20 << 20,
            cpu_secs: 480,
            threads: 64,
            open_files: 256,
            scratch_bytes: 1 << 30,
            scratch_files: 10_000,
        }
    }
}

/// One attempt at a cell.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExecutionRequest {
    /// The code.
    pub code: String,
    /// The datasets it may use, the first also as `df`.
    pub datasets: Vec<DatasetBinding>,
    /// What earlier steps left for it.
    pub variables: Vec<Variable>,
    /// For SQL: how to draw the result, if at all.
    pub chart: Option<ChartSpec>,
    /// Where Arrow files of variables may be kept for later steps. Owned, and removed, by the caller.
    pub exchange_dir: PathBuf,
    /// What it may use.
    pub limits: Limits,
}

/// How to draw a table: the columns are named, the rest follows from their types.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ChartSpec {
    /// `bar`, `line`, `scatter`, `histogram`, `box`, `pie` or `heatmap`.
    pub kind: String,
    /// Column on the x axis.
    pub x: String,
    /// Column on the y axis; absent for a histogram.
    #[serde(default)]
    pub y: Option<String>,
    /// Column that makes one series per value.
    #[serde(default)]
    pub color: Option<String>,
    /// Above the chart.
    pub title: String,
}

/// How an execution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExecutionStatus {
    /// It ran to its end.
    Ok,
    /// The code raised an error, or ended the interpreter.
    Error,
    /// It took longer than it may.
    Timeout,
    /// It wanted more memory than it may have.
    Memory,
    /// It was killed: by the person's Stop, by a crash, or by the system.
    Killed,
    /// It used more processor time than it may.
    Cpu,
    /// It printed, wrote or showed more than it may.
    OutputLimit,
}

/// What went wrong in code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct CodeError {
    /// `KeyError`, `SyntaxError`, `SqlError`, `Crash`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// What it says.
    pub message: String,
    /// The line in the person's code, counted from 1.
    pub line: Option<u32>,
}

/// Something wrong, or risky, in code that has not run yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct CodeFinding {
    /// Stable, in snake_case: `syntax_error`, `import_not_allowed`, `unknown_column`, `reads_file`, `unseeded_random`,
    /// `fit_before_split`, …
    pub code: String,
    /// A sentence that says what to write instead, where we know.
    pub message: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The code would fail or mislead: mend it before running it. Otherwise it is a remark.
    pub is_error: bool,
}

/// What came out of an execution. Whatever it produced before it failed is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExecutionOutcome {
    /// How it ended.
    pub status: ExecutionStatus,
    /// What was printed, with a marker where it was cut.
    pub stdout: String,
    /// What was printed as errors and warnings, with a marker where it was cut.
    pub stderr: String,
    /// What went wrong, unless the status is `Ok`.
    pub error: Option<CodeError>,
    /// Title and content, in the order they were shown.
    pub artifacts: Vec<(String, ArtifactContent)>,
    /// What later steps can use.
    pub variables: Vec<Variable>,
    /// Wall-clock milliseconds of the code itself.
    pub duration_ms: u64,
    /// Peak of resident memory, where the system tells.
    pub peak_memory_bytes: Option<u64>,
    /// What a person should know of how the data was used: a join that multiplies rows, for one.
    pub notices: Vec<DataWarning>,
}

/// Runs cells of one language, each in a clean place: nothing survives a run but what its outcome holds.
///
/// `execute` never fails: whatever goes wrong is an outcome. When `cancel` fires it ends the run, with all its
/// processes, within a second, and answers `Killed` with what there is. Output is told as it comes.
#[async_trait]
pub trait CodeRunner: Send + Sync {
    /// The language it runs.
    fn language(&self) -> Language;

    /// What is wrong with the code before it is run, in the order of its lines. `tables` are the names it may use, with
    /// their columns. Takes milliseconds, runs nothing, and says nothing where it is not sure.
    fn check(&self, code: &str, tables: &[(String, Vec<Column>)]) -> Vec<CodeFinding> {
        let _ = (code, tables);
        Vec::new()
    }

    /// Runs `request.code` once. (`for<'t>` is spelt out because `async_trait` would otherwise tie the text's lifetime
    /// to the whole call.)
    async fn execute(
        &self,
        request: ExecutionRequest,
        on_output: &(dyn for<'t> Fn(OutputStream, &'t str) + Send + Sync),
        cancel: &CancellationToken,
    ) -> ExecutionOutcome;
}
