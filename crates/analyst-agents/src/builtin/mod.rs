//! The built-in analyst: answers without a model and without the network.

use std::fmt::Write as _;

use analyst_types::{ArtifactContent, Complexity, Language, Plan, PlanStep};

use crate::{
    AgentError, ConverseInput, ConverseOutput, FixCodeInput, FixCodeOutput, PlanQuestionInput, WriteAnswerInput,
    WriteAnswerOutput, WriteCodeInput, WriteCodeOutput,
};

/// Answers questions in plain words from the datasets' profiles, with code that it writes itself.
#[derive(Debug, Default)]
pub struct BuiltInAnalyst {}

impl BuiltInAnalyst {
    /// An analyst; cheap, and without state.
    pub fn new() -> Self {
        Self::default()
    }

    /// One step by the agent whose description is nearest; unrelated when there is no dataset.
    pub fn plan(&self, input: &PlanQuestionInput) -> Result<Plan, AgentError> {
        let (Some(dataset), Some(agent)) = (input.datasets.first(), input.agents.first()) else {
            let reason = "there is no dataset to work on".to_owned();
            return Ok(Plan { complexity: Complexity::Unrelated, reason, steps: Vec::new() });
        };
        let step = PlanStep {
            agent: agent.name.clone(),
            instruction: format!("Describe {}.", dataset.name),
            create: Vec::new(),
            uses: vec![dataset.name.clone()],
        };
        let reason = "one agent describes the data".to_owned();
        Ok(Plan { complexity: Complexity::Basic, reason, steps: vec![step] })
    }

    /// A SELECT that describes the numeric columns of the first dataset.
    pub fn write_code(&self, input: &WriteCodeInput) -> Result<WriteCodeOutput, AgentError> {
        let Some(dataset) = input.datasets.first() else {
            return Err(AgentError::BeyondBuiltIn { message: "Open a dataset first.".to_owned() });
        };
        let mut code = "SELECT COUNT(*) AS n_rows".to_owned();
        for column in dataset.profile.columns.iter().filter(|column| column.kind.is_numeric()).take(8) {
            let name = column.name.replace('"', "\"\"");
            let _ = write!(code, ",\n  AVG(\"{name}\") AS \"mean {name}\"");
        }
        let _ = write!(code, "\nFROM {}", dataset.name);
        let summary = format!("Counts the rows of {} and averages its numbers.", dataset.name);
        Ok(WriteCodeOutput { summary, language: Language::Sql, code, chart: None })
    }

    /// Cannot be done without a model: its own code is not expected to fail.
    pub fn fix_code(&self, _input: &FixCodeInput) -> Result<FixCodeOutput, AgentError> {
        Err(AgentError::BeyondBuiltIn { message: "The built-in analyst cannot mend this code.".to_owned() })
    }

    /// Names what was found, from the results alone.
    pub fn write_answer(&self, input: &WriteAnswerInput) -> Result<WriteAnswerOutput, AgentError> {
        let mut answer = String::new();
        for step in &input.steps {
            match &step.error {
                Some(error) => {
                    let _ = writeln!(answer, "The step of {} failed: {}.", step.agent, error.kind);
                }
                None => {
                    let _ = writeln!(answer, "{}", step.summary);
                }
            }
            for (title, content) in &step.artifacts {
                if let ArtifactContent::Metric { name, value } = content {
                    let _ = writeln!(answer, "- {name}: {value}");
                } else if !title.is_empty() {
                    let _ = writeln!(answer, "- see “{title}”");
                }
            }
        }
        Ok(WriteAnswerOutput { answer })
    }

    /// Says what it can do.
    pub fn converse(&self, input: &ConverseInput) -> Result<ConverseOutput, AgentError> {
        let names: Vec<&str> = input.datasets.iter().map(|dataset| dataset.name.as_str()).collect();
        let answer = if names.is_empty() {
            "Open a file first; then ask a question about it.".to_owned()
        } else {
            format!("Ask a question about {}.", names.join(", "))
        };
        Ok(ConverseOutput { answer })
    }
}
