//! The same cell again, after an error.

use analyst_types::{CodeError, ExecutionStatus, Language};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Signature, WriteCodeInput};
use crate::{AgentError, BuiltInAnalyst};

/// What the code was for, what it was, and what went wrong.
#[derive(Debug, Clone)]
pub struct FixCodeInput {
    /// What the cell is for.
    pub task: WriteCodeInput,
    /// The language it is in, and stays in.
    pub language: Language,
    /// The code that failed.
    pub code: String,
    /// How it ended.
    pub status: ExecutionStatus,
    /// What went wrong.
    pub error: CodeError,
    /// The last lines it printed.
    pub output: String,
    /// Which repair this is, counted from 1.
    pub attempt: u32,
}

/// The mended cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FixCodeOutput {
    /// What was wrong, in one sentence for the person.
    pub explanation: String,
    /// The whole cell, mended.
    pub code: String,
}

/// Mends code that failed.
#[derive(Debug)]
pub struct FixCode;

impl Signature for FixCode {
    const NAME: &'static str = "fix_code";
    type Input = FixCodeInput;
    type Output = FixCodeOutput;

    fn builtin(analyst: &BuiltInAnalyst, input: &Self::Input) -> Result<FixCodeOutput, AgentError> {
        analyst.fix_code(input)
    }
}
