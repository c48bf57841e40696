//! Which steps wait for which: a step waits for those that create what it uses, and the others run at the same time.
//!
//! A step sees what the steps it waits for left, and nothing of the others, so that what it is told does not depend on
//! who was quicker. Where a run must replay to the same bytes, steps run one after the other, on the same input.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use analyst_types::{IdSource, ModelError, Plan, PlanStep, Variable};

use super::step::{self, Worked};
use crate::ask::Asker;
use crate::{AgentError, Desk, Question, RunContext, StepDigest, StepOutcome};

/// Steps that run at the same time: each may have a process of its own with its own memory.
const MAX_AT_ONCE: usize = 5;

type Work<'a> = Pin<Box<dyn Future<Output = Result<Worked, AgentError>> + Send + 'a>>;

/// The steps of a plan, each with the steps it waits for.
pub(super) struct Schedule<'p> {
    steps: &'p [PlanStep],
    needs: Vec<BTreeSet<usize>>,
}

impl<'p> Schedule<'p> {
    /// `in_order`: each step waits for all before it, whatever it uses.
    pub fn of(plan: &'p Plan, in_order: bool) -> Self {
        let steps = plan.steps.as_slice();
        let mut needs: Vec<BTreeSet<usize>> = Vec::with_capacity(steps.len());
        for (at, step) in steps.iter().enumerate() {
            let waits_for = |earlier: &usize| {
                let created = &steps[*earlier].create;
                // Two steps that create the same name leave it in the order of the plan.
                in_order || created.iter().any(|name| step.uses.contains(name) || step.create.contains(name))
            };
            let direct: Vec<usize> = (0..at).filter(waits_for).collect();
            let all = direct.iter().flat_map(|earlier| needs[*earlier].iter().copied().chain([*earlier])).collect();
            needs.push(all);
        }
        Self { steps, needs }
    }

    /// Does the steps; those that could be worked on, in the order of the plan.
    ///
    /// # Errors
    /// [`AgentError::Cancelled`] when stopped, after the steps under way have told their end. The model's error when it
    /// was lost before any step came to anything.
    pub async fn work(
        &self,
        ctx: &RunContext,
        desk: &Desk,
        question: &Question,
        asker: &Asker<'_>,
    ) -> Result<Vec<Worked>, AgentError> {
        let at_once = if matches!(*ctx.ids, IdSource::Sequential(_)) { 1 } else { MAX_AT_ONCE };
        let mut waiting: BTreeSet<usize> = (0..self.steps.len()).collect();
        let mut running: Vec<(usize, Work<'_>)> = Vec::new();
        let mut done: Vec<Option<Worked>> = self.steps.iter().map(|_| None).collect();
        let mut lost: Option<ModelError> = None;
        loop {
            ctx.go_on()?;
            let is_ready = |at: &usize| self.needs[*at].iter().all(|need| done[*need].is_some());
            let ready: Vec<usize> = waiting.iter().copied().filter(is_ready).collect();
            for at in ready.into_iter().take(at_once - running.len()).filter(|_| lost.is_none()) {
                waiting.remove(&at);
                running.push((at, self.start(ctx, desk, question, asker, at, &done)));
            }
            if running.is_empty() {
                break;
            }
            let (at, worked) = next(&mut running).await;
            let worked = match worked {
                Ok(worked) => worked,
                Err(error) => return Err(stopped(ctx, running, error).await),
            };
            if worked.outcome.ok() {
                warn_of_missing(ctx, &self.steps[at].create, &worked.outcome.variables).await?;
            }
            lost = lost.or_else(|| worked.model_error.clone().filter(is_lasting));
            done[at] = Some(worked);
        }
        let worked: Vec<Worked> = done.into_iter().flatten().collect();
        if let Some(error) = lost {
            if worked.iter().all(|step| !step.outcome.ok()) {
                return Err(AgentError::Model(error));
            }
            if !waiting.is_empty() {
                ctx.warn("model_lost", format!("The remaining steps were left out: {error}.")).await?;
            }
        }
        Ok(worked)
    }

    fn start<'a>(
        &'a self,
        ctx: &'a RunContext,
        desk: &'a Desk,
        question: &'a Question,
        asker: &'a Asker<'_>,
        at: usize,
        done: &[Option<Worked>],
    ) -> Work<'a> {
        let planned = &self.steps[at];
        let before: Vec<&Worked> = self.needs[at].iter().filter_map(|need| done[*need].as_ref()).collect();
        let earlier: Vec<StepDigest> = before.iter().map(|worked| worked.digest()).collect();
        let found: Vec<StepOutcome> = before
            .iter()
            .filter(|worked| {
                worked.outcome.ok() && worked.outcome.variables.iter().any(|v| planned.uses.contains(&v.name))
            })
            .map(|worked| worked.outcome.clone())
            .collect();
        let mut variables: Vec<Variable> = Vec::new();
        before
            .iter()
            .filter(|worked| worked.outcome.ok())
            .for_each(|w| hand_over(&mut variables, &w.outcome.variables));
        let number = u32::try_from(at).expect("BUG: a plan has few steps");
        Box::pin(async move {
            let place = step::Place { number, planned, earlier: &earlier, found: &found, variables: &variables };
            step::work(ctx, desk, question, asker, &place).await
        })
    }
}

/// The next step that ends.
async fn next(running: &mut Vec<(usize, Work<'_>)>) -> (usize, Result<Worked, AgentError>) {
    poll_fn(|cx| {
        for place in 0..running.len() {
            if let Poll::Ready(worked) = running[place].1.as_mut().poll(cx) {
                let (at, _) = running.remove(place);
                return Poll::Ready((at, worked));
            }
        }
        Poll::Pending
    })
    .await
}

/// Lets the other steps of a stopped run tell their end. They have been told to stop, and do so in bounded time.
async fn stopped(ctx: &RunContext, mut running: Vec<(usize, Work<'_>)>, error: AgentError) -> AgentError {
    while ctx.cancel.is_cancelled() && !running.is_empty() {
        // How each of them ends is told by itself.
        let _ = next(&mut running).await;
    }
    error
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
mod tests {
    use analyst_types::Complexity;

    use super::*;

    #[test]
    fn a_step_waits_for_those_that_create_what_it_uses_and_for_what_these_wait_for() {
        let step = |create: &[&str], uses: &[&str]| PlanStep {
            agent: "a".into(),
            instruction: "do".into(),
            create: create.iter().map(|name| (*name).to_owned()).collect(),
            uses: uses.iter().map(|name| (*name).to_owned()).collect(),
        };
        let steps = vec![
            step(&["clean"], &["df"]),
            step(&[], &["df"]),
            step(&["fit"], &["clean"]),
            step(&[], &["fit"]),
            step(&["clean"], &["df"]),
        ];
        let plan = Plan { complexity: Complexity::Advanced, reason: String::new(), steps };
        let needs = |in_order| -> Vec<Vec<usize>> {
            Schedule::of(&plan, in_order).needs.iter().map(|needs| needs.iter().copied().collect()).collect()
        };
        assert_eq!(needs(false), [vec![], vec![], vec![0], vec![0, 2], vec![0]]);
        assert_eq!(needs(true), [vec![], vec![0], vec![0, 1], vec![0, 1, 2], vec![0, 1, 2, 3]]);
    }
}
