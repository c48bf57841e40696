//! One question from plan to answer. A failed step is data: the others go on without what it would have left, and the
//! answer says what failed.

mod answer;
mod cell;
mod checking;
mod execution;
mod schedule;
mod step;

use analyst_types::{Complexity, RunEventKind};

use crate::ask::Asker;
use crate::{AgentError, Desk, Question, RunContext, planner};
pub use cell::run_cell;
use schedule::Schedule;

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
    // Agents that a person names do their work in the order named.
    let in_order = planner::is_picked(&desk.catalogue, question);
    let worked = Schedule::of(&plan, in_order).work(ctx, desk, question, &asker).await?;
    answer::answer(ctx, question, &asker, &worked).await
}

#[cfg(test)]
mod tests;
