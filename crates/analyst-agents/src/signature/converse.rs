//! A question that needs no code: about the product, about data analysis in general, or small talk.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{AgentCard, Signature};
use crate::disclosure::{Disclosed, Disclosure};
use crate::{AgentError, BuiltInAnalyst, DatasetContext, Turn};

/// The question, and what could be talked about.
#[derive(Debug, Clone)]
pub struct ConverseInput {
    /// As typed, mentions included.
    pub question: String,
    /// What the model is told it is.
    pub agent: Option<AgentCard>,
    /// The first one is `df`; may be empty.
    pub datasets: Vec<DatasetContext>,
    /// The agents there are.
    pub agents: Vec<AgentCard>,
    /// What was said before, oldest first.
    pub history: Vec<Turn>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConverseOutput {
    /// Markdown for the person.
    pub answer: String,
}

/// Talks, without code.
#[derive(Debug)]
pub struct Converse;

impl Signature for Converse {
    const NAME: &'static str = "chat";
    const STREAMED: &'static str = "answer";
    const MAX_OUTPUT_TOKENS: u32 = 2_500;
    type Input = ConverseInput;
    type Output = ConverseOutput;

    fn builtin(analyst: &BuiltInAnalyst, input: &Self::Input) -> Result<ConverseOutput, AgentError> {
        analyst.converse(input)
    }

    fn disclose(input: &Self::Input, disclosure: &Disclosure) -> Disclosed {
        disclosure.converse(input)
    }

    fn check(_input: &Self::Input, output: &ConverseOutput) -> Result<(), String> {
        if output.answer.trim().is_empty() { Err("the answer is empty".to_owned()) } else { Ok(()) }
    }

    /// Markdown is what was asked for; a smaller model may give it bare.
    fn from_prose(reply: &str) -> Option<Value> {
        let bare = !reply.trim_start().starts_with(['{', '[']) && !reply.contains("[[ ##");
        bare.then(|| json!({ "answer": reply.trim() }))
    }
}
