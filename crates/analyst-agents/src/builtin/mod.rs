//! The built-in analyst: answers without a model and without the network.
//!
//! A question in plain words becomes an [`intent::Intent`] (`tokens` → `linking` → `reading` → `parse`), the intent
//! becomes Python or SQL (`python`, `sql`), and the results become words (`narrate`). Each stage is a pure function,
//! and the later ones know only the intent: the answer is written by understanding the question again, not by
//! remembering. What it does not understand it says, with what it can do instead (`converse`).
//!
//! The words it knows are data: `lexicon/en.json`.

mod aggregations;
mod bins;
mod comparisons;
mod concept;
mod contrasts;
mod converse;
mod coverage;
mod curves;
mod expression;
mod filters;
mod first_look;
mod groups;
mod intent;
mod labels;
mod lexicon;
mod link_check;
mod linking;
mod measures;
mod models;
mod narrate;
mod order;
mod own_code;
mod parse;
mod periods;
mod pieces;
mod plan;
mod preparation;
mod python;
mod reading;
mod row_lists;
mod schema;
mod specials;
mod spirit;
mod sql;
mod tasks;
mod tests_of_difference;
mod tokens;
mod trends;
mod understanding;
mod wishes;

#[cfg(test)]
mod answers;
#[cfg(test)]
mod honesty;
#[cfg(test)]
mod questions;

use analyst_types::{Language, Plan};

pub use first_look::FirstLook;

use own_code::{is_own, signed};

use crate::{
    AgentError, ConverseInput, ConverseOutput, DatasetContext, FixCodeInput, FixCodeOutput, PlanQuestionInput,
    WriteAnswerInput, WriteAnswerOutput, WriteCodeInput, WriteCodeOutput,
};
use understanding::{Understanding, understand};

/// Answers questions in plain words from the datasets' profiles, with code that it writes itself.
#[derive(Debug, Default)]
pub struct BuiltInAnalyst {}

impl BuiltInAnalyst {
    /// An analyst; cheap, and without state.
    pub fn new() -> Self {
        Self::default()
    }

    /// What a dataset is, how sound it is, what strikes the eye, and what can be asked; from its profile, without code.
    pub fn first_look(&self, dataset: &DatasetContext) -> FirstLook {
        first_look::first_look(dataset)
    }

    /// The steps of the work, each by the agent whose work it is; no step for small talk and for what is not understood.
    pub fn plan(&self, input: &PlanQuestionInput) -> Result<Plan, AgentError> {
        let Some(found) = understand(&input.question, &input.datasets, &input.history) else {
            let intent = parse::parse(&input.question, &schema::Schema::default());
            return Ok(plan::plan(&[&talk_only(intent)], "", &input.agents));
        };
        Ok(plan::plan(&found.intents(), &found.schema.name, &input.agents))
    }

    /// Python for the question, or SQL when Python is not there.
    pub fn write_code(&self, input: &WriteCodeInput) -> Result<WriteCodeOutput, AgentError> {
        let found = for_step(input)?;
        if input.python_ready
            && let Some((code, summary)) = cell(input, &found)
        {
            let code = signed(&fitted(code, input, &found), Language::Python);
            return Ok(WriteCodeOutput { summary, language: Language::Python, code, chart: None });
        }
        match sql::write(&found.intent, &found.schema) {
            Some(query) => {
                let summary = plan::summary(&found.intent);
                let code = signed(&query.text, Language::Sql);
                Ok(WriteCodeOutput { summary, language: Language::Sql, code, chart: query.chart })
            }
            None => Err(beyond(
                "This needs Python, which is not installed yet. Counts, totals, averages and trends work without it.",
            )),
        }
    }

    /// A simpler way to the same end: an overview of the same columns. What failed is said.
    pub fn fix_code(&self, input: &FixCodeInput) -> Result<FixCodeOutput, AgentError> {
        let found = for_step(&input.task)?;
        let Some(simpler) = spirit::simpler(&found.intent, input.attempt) else {
            return Err(beyond("The built-in analyst cannot mend this code."));
        };
        let code = match input.language {
            Language::Python => python::write(&simpler, &found.schema).map(|code| fitted(code, &input.task, &found)),
            Language::Sql => sql::write(&simpler, &found.schema).map(|query| query.text),
        };
        let code = code
            .map(|code| signed(&code, input.language))
            .filter(|code| *code != input.code)
            .ok_or_else(|| beyond("The built-in analyst cannot mend this code."))?;
        let explanation =
            format!("The first way failed ({}); this one is simpler: {}", input.error.kind, plan::summary(&simpler));
        Ok(FixCodeOutput { explanation, code })
    }

    /// The answer in words, from the results alone.
    pub fn write_answer(&self, input: &WriteAnswerInput) -> Result<WriteAnswerOutput, AgentError> {
        let own = || input.steps.iter().filter(|step| step.ok() && is_own(&step.code));
        let found = own().next().and_then(|_| understand(&input.question, &input.datasets, &input.history));
        let answer = found.and_then(|found| {
            let artifacts = own().flat_map(|step| step.artifacts.iter());
            let dataset = &input.datasets[found.dataset];
            narrate::write(
                &found.intents(),
                &found.schema,
                dataset,
                artifacts,
                understanding::asks_yes_no(&input.question),
            )
        });
        let answer = match answer {
            Some(answer) => answer + &narrate::failures(&input.steps),
            None => narrate::plain_account(&input.steps),
        };
        Ok(WriteAnswerOutput { answer })
    }

    /// Small talk, what it can do with this data, and an honest list when it does not understand.
    pub fn converse(&self, input: &ConverseInput) -> Result<ConverseOutput, AgentError> {
        let answer = match understand(&input.question, &input.datasets, &input.history) {
            Some(found) => converse::reply(&found.intent.task, Some(&found.schema)),
            None => {
                let intent = parse::parse(&input.question, &schema::Schema::default());
                converse::reply(&talk_only(intent).task, None)
            }
        };
        Ok(ConverseOutput { answer })
    }
}

/// The Python of a step and what it does: its share of the plan, or everything when the step is none of our plan.
fn cell(input: &WriteCodeInput, found: &Understanding) -> Option<(String, String)> {
    let intents = found.intents();
    let works = plan::work(&intents);
    let step = works.iter().find(|w| w.instruction == input.instruction && works.len() > 1);
    if let Some(step) = step.filter(|s| s.prepares) {
        let intent = intents.iter().find(|i| !i.prepare.is_empty())?;
        return Some((python::write_preparation(intent, &found.schema), step.instruction.clone()));
    }
    let chosen: Vec<usize> = step.map_or_else(|| (0..intents.len()).collect(), |s| s.intents.clone());
    let mut code = String::new();
    for at in &chosen {
        let part = python::write(intents[*at], &found.schema)?;
        if intents.len() > 1 {
            code.push_str(&format!("metric({:?}, {at})\n", narrate::PART));
        }
        let handed = step.is_some_and(|s| s.handed);
        code.push_str(&if handed { python::from_prepared(intents[*at], &found.schema)? } else { part });
    }
    let summary = chosen.iter().map(|at| plan::summary(intents[*at])).collect::<Vec<_>>().join(" ");
    Some((code, summary))
}

/// Without data there is nothing but talk.
fn talk_only(mut intent: intent::Intent) -> intent::Intent {
    if !matches!(intent.task, intent::Task::Talk(_)) {
        intent.task = intent::Task::Talk(intent::Talk::Other);
    }
    intent
}

/// What a step is to do: the question, or what its agent makes of it.
fn for_step(input: &WriteCodeInput) -> Result<Understanding, AgentError> {
    let found = understand(&input.question, &input.datasets, &input.history);
    let mut found = found.ok_or_else(|| beyond("Open a dataset first."))?;
    if !found.is_computable()
        && let Some(instructed) =
            understand(&input.instruction, &input.datasets, &[]).filter(Understanding::is_computable)
    {
        found = instructed;
    }
    // A step of our own plan does what it says; another agent does what it is there for.
    if !plan::work(&found.intents()).iter().any(|work| work.instruction == input.instruction) {
        spirit::adopt(&mut found, &input.agent.name, &input.earlier);
    }
    if found.is_computable() {
        return Ok(found);
    }
    Err(beyond(&converse::reply(&found.intent.task, Some(&found.schema))))
}

/// Adds what the step's place in the plan asks for: another dataset than the first, variables for later steps.
fn fitted(code: String, input: &WriteCodeInput, found: &Understanding) -> String {
    let mut code = code;
    if found.dataset > 0 {
        let line = format!("df = {}  # the dataset the question is about\n\n", found.schema.name);
        let at = code.find("\n\n").map_or(0, |i| i + 2);
        code.insert_str(at, &line);
    }
    for name in input.create.iter().filter(|name| *name != plan::PREPARED) {
        code.push_str(&format!("{name} = result if \"result\" in globals() else df.copy()\n"));
    }
    code
}

fn beyond(message: &str) -> AgentError {
    AgentError::BeyondBuiltIn { message: message.to_owned() }
}
