//! The answer: written by the model when it may see the results and by the built-in analyst when not, its numbers
//! checked, told with what it rests on.

use std::fmt::Write as _;

use analyst_types::{ArtifactId, ArtifactKind, Claim, RunEventKind};

use super::step::Worked;
use crate::ask::Asker;
use crate::claims::{self, Evidence};
use crate::{
    Agent, AgentError, BuiltInAnalyst, Converse, ConverseInput, Desk, Question, RunContext, Signature, WriteAnswer,
    WriteAnswerInput,
};

/// Answers a question that needs no code.
pub(super) async fn talk(
    ctx: &RunContext,
    desk: &Desk,
    question: &Question,
    asker: &Asker<'_>,
) -> Result<(), AgentError> {
    let enabled = desk.catalogue.agents().iter().filter(|agent| agent.enabled && agent.is_individual());
    let input = ConverseInput {
        question: question.text.clone(),
        agent: desk.catalogue.conversation_agent().map(Agent::card),
        datasets: question.datasets.clone(),
        agents: enabled.map(Agent::card).collect(),
        history: question.history.clone(),
    };
    let text = asker.restored(&asker.ask::<Converse>(None, &input).await?.answer);
    let columns = |dataset: &crate::DatasetContext| {
        dataset.profile.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>()
    };
    let names: Vec<String> =
        question.datasets.iter().flat_map(|dataset| [vec![dataset.name.clone()], columns(dataset)].concat()).collect();
    let evidence = Evidence::of_datasets(&question.text, &question.datasets);
    let claims = claims::check_talk(&text, &evidence, &names);
    tell(ctx, text, claims, Vec::new()).await
}

/// Answers from what the steps found.
pub(super) async fn answer(
    ctx: &RunContext,
    question: &Question,
    asker: &Asker<'_>,
    worked: &[Worked],
) -> Result<(), AgentError> {
    let mut evidence = Evidence::of_datasets(&question.text, &question.datasets);
    worked.iter().for_each(|step| evidence.add_step(&step.outcome, &step.artifacts));
    if worked.iter().all(|step| !step.outcome.ok() && step.artifacts.is_empty()) {
        let text = nothing_found(worked);
        return tell(ctx, text, Vec::new(), Vec::new()).await;
    }
    let (text, claims) = written(ctx, question, asker, worked, &evidence).await?;
    let doubted = claims::unverified(&claims);
    if !doubted.is_empty() {
        let message = format!("No computation of this run gave: {}.", doubted.join(", "));
        ctx.warn("unverified_numbers", message).await?;
    }
    tell(ctx, text, claims, telling_first(worked)).await
}

/// The answer's text and claims. Whatever keeps the model from writing it, the results are not lost.
async fn written(
    ctx: &RunContext,
    question: &Question,
    asker: &Asker<'_>,
    worked: &[Worked],
    evidence: &Evidence,
) -> Result<(String, Vec<Claim>), AgentError> {
    let mut input = WriteAnswerInput {
        question: question.text.clone(),
        datasets: question.datasets.clone(),
        steps: worked.iter().map(|step| step.outcome.clone()).collect(),
        history: question.history.clone(),
        doubted: None,
    };
    if !asker.shows_results() {
        let message = "The privacy level keeps results on this computer, so the built-in analyst wrote the answer.";
        ctx.warn("answer_written_locally", message).await?;
        return Ok(written_locally(&input, worked, evidence));
    }
    let first = match asker.ask::<WriteAnswer>(None, &input).await {
        Ok(written) => written.answer,
        Err(AgentError::Cancelled) => return Err(AgentError::Cancelled),
        Err(error) => {
            let message = format!("The built-in analyst wrote the answer: {error}.");
            ctx.warn("answer_written_locally", message).await?;
            return Ok(written_locally(&input, worked, evidence));
        }
    };
    let text = asker.restored(&first);
    let claims = claims::check(&text, evidence);
    let doubted = claims::unverified(&claims);
    if doubted.is_empty() || !asker.is_model() {
        return Ok((text, claims));
    }
    input.doubted = Some((first, doubted));
    let second = match asker.ask::<WriteAnswer>(None, &input).await {
        Ok(written) => asker.restored(&written.answer),
        Err(AgentError::Cancelled) => return Err(AgentError::Cancelled),
        Err(_) => return Ok((text, claims)),
    };
    let second_claims = claims::check(&second, evidence);
    let is_better = claims::unverified(&second_claims).len() < claims::unverified(&claims).len();
    Ok(if is_better { (second, second_claims) } else { (text, claims) })
}

fn written_locally(input: &WriteAnswerInput, worked: &[Worked], evidence: &Evidence) -> (String, Vec<Claim>) {
    let written = WriteAnswer::builtin(&BuiltInAnalyst::new(), input);
    let text = written.map_or_else(|_| nothing_found(worked), |written| written.answer);
    let claims = claims::check(&text, evidence);
    (text, claims)
}

/// What is said when there is nothing to say: what was tried, and why it failed.
fn nothing_found(worked: &[Worked]) -> String {
    let mut text = "This question could not be answered: no step ran through, so there are no results.\n".to_owned();
    for step in worked {
        let failed = step.outcome.error.as_ref();
        let message = failed.map(|error| format!("{}: {}", error.kind, first_line(&error.message)));
        let _ = write!(text, "\n- **{}**: {}", step.outcome.agent, message.unwrap_or_else(|| "no result".to_owned()));
    }
    text.push_str("\n\nThe code of each step is kept above; it can be edited and run again.");
    text
}

fn first_line(text: &str) -> String {
    let line: String = text.lines().next().unwrap_or_default().chars().take(300).collect();
    format!("`{}`", line.replace('`', "'"))
}

/// The artifacts of the steps that ran through: charts before tables before numbers, each in the order shown.
fn telling_first(worked: &[Worked]) -> Vec<ArtifactId> {
    let steps = worked.iter().filter(|step| step.outcome.ok());
    let mut artifacts: Vec<(ArtifactKind, ArtifactId)> = steps
        .flat_map(|step| step.outcome.artifacts.iter().map(|(_, content)| content.kind()).zip(step.artifacts.clone()))
        .collect();
    artifacts.sort_by_key(|(kind, _)| match kind {
        ArtifactKind::Chart | ArtifactKind::Image => 0,
        ArtifactKind::Table => 1,
        ArtifactKind::Metric => 2,
        ArtifactKind::Text => 3,
    });
    artifacts.into_iter().map(|(_, id)| id).collect()
}

async fn tell(
    ctx: &RunContext,
    text: String,
    claims: Vec<Claim>,
    artifacts: Vec<ArtifactId>,
) -> Result<(), AgentError> {
    ctx.go_on()?;
    for claim in &claims {
        ctx.tell(RunEventKind::ClaimChecked { claim: claim.clone() }).await?;
    }
    ctx.tell(RunEventKind::AnswerReady { text, claims, artifacts }).await
}
