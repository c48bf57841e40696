//! The answer, from what the steps found.

use analyst_types::{ArtifactContent, CodeError, ExecutionStatus, Language, Variable};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Signature;
use crate::disclosure::{Disclosed, Disclosure};
use crate::{AgentError, BuiltInAnalyst, DatasetContext, Turn};

/// What the steps found.
#[derive(Debug, Clone)]
pub struct WriteAnswerInput {
    /// As typed, mentions included.
    pub question: String,
    /// The first one is `df`.
    pub datasets: Vec<DatasetContext>,
    /// All steps, failed ones too, in order.
    pub steps: Vec<StepOutcome>,
    /// What was said before, oldest first.
    pub history: Vec<Turn>,
    /// The answer that was doubted and the numbers in it that no computation gave; `None` at the first try.
    pub doubted: Option<(String, Vec<String>)>,
}

/// A step as it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct StepOutcome {
    /// Who did it.
    pub agent: String,
    /// What it was to do.
    pub instruction: String,
    /// What its code does, in the words of who wrote it; empty when no code came about.
    pub summary: String,
    /// Python or SQL.
    pub language: Language,
    /// The code that ran last, or best; empty when none came about.
    pub code: String,
    /// How it ended.
    pub status: ExecutionStatus,
    /// What it printed.
    pub stdout: String,
    /// What went wrong, unless it ran through.
    pub error: Option<CodeError>,
    /// Title and content, in the order shown.
    pub artifacts: Vec<(String, ArtifactContent)>,
    /// What it left for later steps.
    pub variables: Vec<Variable>,
}

impl StepOutcome {
    /// Whether its code ran through.
    pub fn ok(&self) -> bool {
        self.status == ExecutionStatus::Ok
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WriteAnswerOutput {
    /// Markdown for the person.
    pub answer: String,
}

/// Writes the answer.
#[derive(Debug)]
pub struct WriteAnswer;

impl Signature for WriteAnswer {
    const NAME: &'static str = "answer";
    const STREAMED: &'static str = "answer";
    const MAX_OUTPUT_TOKENS: u32 = 5_000;
    type Input = WriteAnswerInput;
    type Output = WriteAnswerOutput;

    fn builtin(analyst: &BuiltInAnalyst, input: &Self::Input) -> Result<WriteAnswerOutput, AgentError> {
        analyst.write_answer(input)
    }

    fn disclose(input: &Self::Input, disclosure: &Disclosure) -> Disclosed {
        disclosure.answer(input)
    }

    fn check(_input: &Self::Input, output: &WriteAnswerOutput) -> Result<(), String> {
        if output.answer.trim().is_empty() { Err("the answer is empty".to_owned()) } else { Ok(()) }
    }

    /// Markdown is what was asked for; a smaller model may give it bare.
    fn from_prose(reply: &str) -> Option<Value> {
        let bare = !reply.trim_start().starts_with(['{', '[']) && !reply.contains("[[ ##");
        bare.then(|| json!({ "answer": reply.trim() }))
    }
}
