//! One question from plan to answer. A failed step is data: the others go on without what it would have left, and the
//! answer says what failed.

mod answer;
mod cell;
mod checking;
mod execution;
mod step;

use analyst_types::{Complexity, ModelError, Plan, RunEventKind, Variable};

use crate::ask::Asker;
use crate::{AgentError, Desk, Question, RunContext, StepDigest, planner};
pub use cell::run_cell;
use step::Worked;

/// Answers a question: tells everything between `RunStarted` and `RunFinished` (those two are the caller's).
/// The last durable event is `AnswerReady`.
///
/// # Errors
/// [`AgentError::Cancelled`] when stopped; what was told until then is kept. Others when no plan or answer could be
/// had at all. A failed step is no error.
pub async fn answer_question(ctx: &RunContext, desk: &Desk, question: &Question) -> Result<(), AgentError> {
    let asker = Asker::new(ctx, desk, question)?;
    let plan = planner::plan(ctx, desk, question, &asker).await?;
    ctx.go_on()?;
    ctx.tell(RunEventKind::PlanReady { plan: plan.clone() }).await?;
    if plan.complexity == Complexity::Unrelated || plan.steps.is_empty() {
        return answer::talk(ctx, desk, question, &asker).await;
    }
    let worked = work(ctx, desk, question, &asker, &plan).await?;
    answer::answer(ctx, question, &asker, &worked).await
}

/// The steps, one after the other.
async fn work(
    ctx: &RunContext,
    desk: &Desk,
    question: &Question,
    asker: &Asker<'_>,
    plan: &Plan,
) -> Result<Vec<Worked>, AgentError> {
    let mut worked: Vec<Worked> = Vec::new();
    let mut earlier: Vec<StepDigest> = Vec::new();
    let mut variables: Vec<Variable> = Vec::new();
    for (number, planned) in (0u32..).zip(&plan.steps) {
        ctx.go_on()?;
        let place = step::Place { number, planned, earlier: &earlier, variables: &variables };
        let done = step::work(ctx, desk, question, asker, &place).await?;
        if done.outcome.ok() {
            warn_of_missing(ctx, &planned.create, &done.outcome.variables).await?;
            hand_over(&mut variables, &done.outcome.variables);
        }
        earlier.push(done.digest());
        let lost = done.model_error.clone().filter(is_lasting);
        worked.push(done);
        if let Some(error) = lost {
            if worked.iter().all(|step| !step.outcome.ok()) {
                return Err(AgentError::Model(error));
            }
            ctx.warn("model_lost", format!("The remaining steps were left out: {error}.")).await?;
            break;
        }
    }
    Ok(worked)
}

/// What a step left replaces what an earlier one left under the same name.
fn hand_over(variables: &mut Vec<Variable>, left: &[Variable]) {
    variables.retain(|known| left.iter().all(|new| new.name != known.name));
    variables.extend_from_slice(left);
}

async fn warn_of_missing(ctx: &RunContext, promised: &[String], left: &[Variable]) -> Result<(), AgentError> {
    let is_left = |name: &&String| left.iter().any(|variable| variable.name == **name);
    let missing: Vec<&str> = promised.iter().filter(|name| !is_left(name)).map(String::as_str).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("The step did not leave what later steps may need: {}.", missing.join(", "));
    ctx.warn("variable_missing", message).await
}

/// Whether the next call would fail the same way.
fn is_lasting(error: &ModelError) -> bool {
    match error {
        ModelError::Unauthorized { .. }
        | ModelError::RateLimited { .. }
        | ModelError::QuotaExceeded { .. }
        | ModelError::Unavailable { .. }
        | ModelError::UnknownModel { .. } => true,
        ModelError::ContextOverflow
        | ModelError::Truncated { .. }
        | ModelError::BadResponse { .. }
        | ModelError::Cancelled => false,
    }
}

#[cfg(test)]
mod tests;
