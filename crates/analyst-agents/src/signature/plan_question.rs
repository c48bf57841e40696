//! Which agents answer a question, in which order.

use analyst_types::Plan;

use super::Signature;
use crate::disclosure::{Disclosed, Disclosure};
use crate::{AgentError, BuiltInAnalyst, DatasetContext, Turn};

/// An agent as the planner and the code writer know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentCard {
    /// Its `template_name`.
    pub name: String,
    /// For people.
    pub display_name: String,
    /// What it is good at.
    pub description: String,
    /// Its family: `Data Manipulation`, `Statistics`, `Modelling`, `Visualization`, `Conversation`.
    pub category: String,
    /// What a model is told when it is this agent.
    pub prompt: String,
}

/// The question and who could work on it.
#[derive(Debug, Clone)]
pub struct PlanQuestionInput {
    /// As typed, mentions included.
    pub question: String,
    /// The first one is `df`.
    pub datasets: Vec<DatasetContext>,
    /// The agents a plan may name.
    pub agents: Vec<AgentCard>,
    /// What was said before, oldest first.
    pub history: Vec<Turn>,
    /// The plan that was refused, as JSON, and why; `None` at the first try.
    pub refused: Option<(String, String)>,
}

/// Plans a question.
#[derive(Debug)]
pub struct PlanQuestion;

impl Signature for PlanQuestion {
    const NAME: &'static str = "plan";
    const STREAMED: &'static str = "reason";
    const MAX_OUTPUT_TOKENS: u32 = 4_000;
    type Input = PlanQuestionInput;
    type Output = Plan;

    fn builtin(analyst: &BuiltInAnalyst, input: &Self::Input) -> Result<Plan, AgentError> {
        analyst.plan(input)
    }

    fn disclose(input: &Self::Input, disclosure: &Disclosure) -> Disclosed {
        disclosure.plan(input)
    }
}
