//! The one stream of events per run, which all faces consume alike.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    AppError, ArtifactId, ArtifactSummary, CellId, Claim, CodeError, ExecutionId, ExecutionStatus, Language, ModelCall,
    Plan, PrivacyLevel, RunId, RunStatus, Timestamp, Usage, Variable,
};

/// Something that happened in a run. A durable event has a `seq` and is stored before anybody is told; a transient
/// one (text as it streams) has none and is not stored: what it told is told again, whole, by a durable one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunEvent {
    /// The run.
    pub run_id: RunId,
    /// 1, 2, 3, … within the run; null for a transient event.
    #[ts(type = "number | null")]
    pub seq: Option<u64>,
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// What.
    pub kind: RunEventKind,
}

/// Where code prints to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum OutputStream {
    /// Results and progress.
    Stdout,
    /// Warnings and errors.
    Stderr,
}

/// What happened. Steps are counted from 0 in the plan's order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum RunEventKind {
    /// The first event of every run.
    RunStarted {
        /// The question as typed; empty for a cell that is run again.
        question: String,
        /// `provider/name`.
        model: String,
        /// How much of the data the model may see.
        privacy: PrivacyLevel,
        /// The datasets' names.
        datasets: Vec<String>,
    },
    /// The planner, or the person by `@agent`, decided who does what.
    PlanReady {
        /// The steps.
        plan: Plan,
    },
    /// An agent takes up its step.
    StepStarted {
        /// Which step.
        step: u32,
        /// The agent's `template_name`.
        agent: String,
        /// What it is to do.
        instruction: String,
    },
    /// Transient: the model is writing.
    TextDelta {
        /// Which step; null for the plan and the answer.
        step: Option<u32>,
        /// What it writes: `plan`, `write_code`, `fix_code`, `answer`, `chat`.
        purpose: String,
        /// The next piece.
        text: String,
    },
    /// A cell is written.
    CodeReady {
        /// Which step.
        step: u32,
        /// The cell.
        cell_id: CellId,
        /// Python or SQL.
        language: Language,
        /// The code.
        code: String,
        /// What it does, in a sentence.
        summary: String,
    },
    /// The model mended a cell after an error; the next execution runs this code.
    CodeRepaired {
        /// The cell.
        cell_id: CellId,
        /// Which repair, counted from 1.
        attempt: u32,
        /// The new code.
        code: String,
        /// What was wrong, in a sentence.
        explanation: String,
    },
    /// A cell starts to run.
    ExecutionStarted {
        /// The cell.
        cell_id: CellId,
        /// This attempt.
        execution_id: ExecutionId,
        /// Which attempt, counted from 1.
        attempt: u32,
    },
    /// Transient: code prints.
    OutputDelta {
        /// Which attempt.
        execution_id: ExecutionId,
        /// Where to.
        stream: OutputStream,
        /// The next piece.
        text: String,
    },
    /// An execution produced something to look at.
    ArtifactAdded {
        /// The execution.
        execution_id: ExecutionId,
        /// What it is; the content is fetched by its id.
        artifact: ArtifactSummary,
    },
    /// A cell has run.
    ExecutionFinished(ExecutionReport),
    /// A step is over.
    StepFinished {
        /// Which step.
        step: u32,
        /// Whether its code, in the end, ran through.
        ok: bool,
        /// What came of it, in a sentence.
        summary: String,
    },
    /// A number of the answer was checked.
    ClaimChecked {
        /// What was found.
        claim: Claim,
    },
    /// The answer is written and checked.
    AnswerReady {
        /// Markdown.
        text: String,
        /// Its numbers.
        claims: Vec<Claim>,
        /// The artifacts it rests on, most telling first.
        artifacts: Vec<ArtifactId>,
    },
    /// A call of a model has ended.
    UsageUpdated {
        /// That call.
        call: ModelCall,
        /// All calls of this run so far.
        total: Usage,
        /// US dollars so far; null when a price is unknown.
        total_cost_usd: Option<f64>,
    },
    /// Something a person should know, which does not stop the run.
    Warning {
        /// Stable, in snake_case.
        code: String,
        /// A sentence.
        message: String,
    },
    /// The last event of every run.
    RunFinished {
        /// How it ended.
        status: RunStatus,
        /// Why, when it failed.
        error: Option<AppError>,
    },
}

/// What an execution came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionReport {
    /// The cell.
    pub cell_id: CellId,
    /// This attempt.
    pub execution_id: ExecutionId,
    /// Which attempt, counted from 1.
    pub attempt: u32,
    /// How it ended.
    pub status: ExecutionStatus,
    /// What was printed.
    pub stdout: String,
    /// What was printed as warnings and errors.
    pub stderr: String,
    /// What went wrong.
    pub error: Option<CodeError>,
    /// What it showed.
    pub artifacts: Vec<ArtifactId>,
    /// What later steps can use.
    pub variables: Vec<Variable>,
    /// Wall-clock milliseconds.
    #[ts(type = "number")]
    pub duration_ms: u64,
    /// Peak of resident memory, where the system tells.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub peak_memory_bytes: Option<u64>,
}

impl RunEventKind {
    /// Whether it is shown while it happens and then forgotten.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::TextDelta { .. } | Self::OutputDelta { .. })
    }

    /// Whether it is the last event of its run.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::RunFinished { .. })
    }
}
