//! The cell of one step.

use analyst_types::{ChartSpec, Language, Variable};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AgentCard, Signature};
use crate::{AgentError, BuiltInAnalyst, DatasetContext, Turn};

/// What a step is to do, and what it has.
#[derive(Debug, Clone)]
pub struct WriteCodeInput {
    /// As typed, mentions included.
    pub question: String,
    /// Who does the step.
    pub agent: AgentCard,
    /// What the plan says the step is to do.
    pub instruction: String,
    /// Variables it must leave for later steps.
    pub create: Vec<String>,
    /// Variables and datasets it is meant to start from.
    pub uses: Vec<String>,
    /// The first one is `df`.
    pub datasets: Vec<DatasetContext>,
    /// What earlier steps left, already there when the code starts.
    pub variables: Vec<Variable>,
    /// What earlier steps did.
    pub earlier: Vec<StepDigest>,
    /// What was said before, oldest first.
    pub history: Vec<Turn>,
    /// Whether Python can run; without it the cell must be SQL.
    pub python_ready: bool,
}

/// A step that is over, in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepDigest {
    /// Who did it.
    pub agent: String,
    /// What it was to do.
    pub instruction: String,
    /// Whether its code ran through.
    pub ok: bool,
    /// What its code does, in the words of who wrote it; for a failed step, the error's type.
    pub summary: String,
    /// Names of the variables it left.
    pub variables: Vec<String>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WriteCodeOutput {
    /// What the code does, in one sentence for the person.
    pub summary: String,
    /// `python`, or `sql` for one SELECT over the datasets.
    pub language: Language,
    /// The whole cell.
    pub code: String,
    /// For SQL only: how to draw the result; null when the table is enough, and always null for Python.
    #[serde(default)]
    pub chart: Option<ChartSpec>,
}

/// Writes a step's code.
#[derive(Debug)]
pub struct WriteCode;

impl Signature for WriteCode {
    const NAME: &'static str = "write_code";
    type Input = WriteCodeInput;
    type Output = WriteCodeOutput;

    fn builtin(analyst: &BuiltInAnalyst, input: &Self::Input) -> Result<WriteCodeOutput, AgentError> {
        analyst.write_code(input)
    }
}
