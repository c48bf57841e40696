//! The cell of one step.

use analyst_types::{ChartSpec, Language, Variable};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{AgentCard, Signature, StepOutcome, only_fence, unfenced};
use crate::disclosure::{Disclosed, Disclosure};
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
    /// The code and results of the steps whose variables it starts from.
    pub found: Vec<StepOutcome>,
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
    const STREAMED: &'static str = "code";
    const MAX_OUTPUT_TOKENS: u32 = 8_000;
    type Input = WriteCodeInput;
    type Output = WriteCodeOutput;

    fn builtin(analyst: &BuiltInAnalyst, input: &Self::Input) -> Result<WriteCodeOutput, AgentError> {
        analyst.write_code(input)
    }

    fn disclose(input: &Self::Input, disclosure: &Disclosure) -> Disclosed {
        disclosure.code(input)
    }

    fn check(input: &Self::Input, output: &WriteCodeOutput) -> Result<(), String> {
        if output.code.trim().is_empty() {
            return Err("the code is empty".to_owned());
        }
        match output.language {
            Language::Python if !input.python_ready => Err("Python is not installed here; write SQL".to_owned()),
            Language::Sql if input.create.len() > 1 && input.python_ready => {
                Err(format!("SQL leaves one table, and {} must be left; write Python", input.create.join(", ")))
            }
            Language::Python | Language::Sql => Ok(()),
        }
    }

    fn normalise(output: &mut WriteCodeOutput) {
        output.code = unfenced(&output.code);
        if output.language == Language::Python {
            output.chart = None;
        }
    }

    fn from_prose(reply: &str) -> Option<Value> {
        let (tag, code, before) = only_fence(reply)?;
        let language = match tag.to_ascii_lowercase().as_str() {
            "sql" => "sql",
            "python" | "py" | "python3" => "python",
            _ => return None,
        };
        let summary = before.lines().find(|line| !line.trim().is_empty()).unwrap_or("Code for this step.");
        Some(json!({ "summary": summary.trim(), "language": language, "code": code, "chart": null }))
    }
}
