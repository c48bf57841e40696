//! The same cell again, after an error.

use analyst_types::{CodeError, ExecutionStatus, Language};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Signature, WriteCodeInput, only_fence, unfenced};
use crate::disclosure::{Disclosed, Disclosure};
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
    const STREAMED: &'static str = "code";
    const MAX_OUTPUT_TOKENS: u32 = 8_000;
    type Input = FixCodeInput;
    type Output = FixCodeOutput;

    fn builtin(analyst: &BuiltInAnalyst, input: &Self::Input) -> Result<FixCodeOutput, AgentError> {
        analyst.fix_code(input)
    }

    fn disclose(input: &Self::Input, disclosure: &Disclosure) -> Disclosed {
        disclosure.fix(input)
    }

    fn check(input: &Self::Input, output: &FixCodeOutput) -> Result<(), String> {
        if output.code.trim().is_empty() {
            return Err("the code is empty".to_owned());
        }
        if output.code.trim() == input.code.trim() {
            return Err("the code is the same as before".to_owned());
        }
        Ok(())
    }

    fn normalise(output: &mut FixCodeOutput) {
        output.code = unfenced(&output.code);
    }

    fn from_prose(reply: &str) -> Option<Value> {
        let (_, code, before) = only_fence(reply)?;
        let explanation = before.lines().find(|line| !line.trim().is_empty()).unwrap_or("The code was mended.");
        Some(json!({ "explanation": explanation.trim(), "code": code }))
    }
}
