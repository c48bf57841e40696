//! One step: an agent writes a cell, the cell runs, and an error goes back to the agent, three times at most.

use analyst_types::{
    ArtifactId, CellId, CodeError, ExecutionStatus, Language, ModelError, PlanStep, RunEventKind, Variable,
};

use super::checking::Attempts;
use super::execution::{Cell, Executed};
use crate::ask::Asker;
use crate::{
    AgentCard, AgentError, Desk, FixCode, FixCodeInput, Question, RunContext, StepDigest, StepOutcome, WriteCode,
    WriteCodeInput, WriteCodeOutput,
};

/// How often a cell is mended before its step is given up.
const MAX_REPAIRS: u32 = 3;
/// What SQL runners call a result that cannot be drawn as asked: the code is right, the chart is not.
const CHART_ERROR: &str = "ChartError";
/// What of a cell's output is told when it is to be mended.
const REPAIR_OUTPUT_CHARS: usize = 2_000;

/// A step's place in its plan.
pub(super) struct Place<'a> {
    pub number: u32,
    pub planned: &'a PlanStep,
    pub earlier: &'a [StepDigest],
    /// The outcomes of the steps whose variables it starts from.
    pub found: &'a [StepOutcome],
    pub variables: &'a [Variable],
}

/// A step that is over.
pub(super) struct Worked {
    pub outcome: StepOutcome,
    /// The ids of the outcome's artifacts, in order.
    pub artifacts: Vec<ArtifactId>,
    /// Why the model gave no code, when it was the model's or its provider's fault.
    pub model_error: Option<ModelError>,
}

impl Worked {
    pub fn digest(&self) -> StepDigest {
        let outcome = &self.outcome;
        let failed = outcome.error.as_ref().map_or("error", |error| error.kind.as_str());
        StepDigest {
            agent: outcome.agent.clone(),
            instruction: outcome.instruction.clone(),
            ok: outcome.ok(),
            summary: if outcome.ok() { outcome.summary.clone() } else { failed.to_owned() },
            variables: if outcome.ok() { names(&outcome.variables) } else { Vec::new() },
        }
    }
}

/// Does a step, from `StepStarted` to `StepFinished`.
///
/// # Errors
/// [`AgentError::Cancelled`] only: whatever else goes wrong is the step's outcome.
pub(super) async fn work(
    ctx: &RunContext,
    desk: &Desk,
    question: &Question,
    asker: &Asker<'_>,
    place: &Place<'_>,
) -> Result<Worked, AgentError> {
    let planned = place.planned;
    ctx.tell(RunEventKind::StepStarted {
        step: place.number,
        agent: planned.agent.clone(),
        instruction: planned.instruction.clone(),
    })
    .await?;
    let task = task(desk, question, place);
    let worked = match asker.ask::<WriteCode>(Some(place.number), &task).await {
        Ok(written) => run(ctx, desk, asker, place, &task, written).await?,
        Err(AgentError::Cancelled) => return Err(AgentError::Cancelled),
        Err(error) => without_code(planned, error),
    };
    let summary = summary(&worked.outcome);
    ctx.tell(RunEventKind::StepFinished { step: place.number, ok: worked.outcome.ok(), summary }).await?;
    Ok(worked)
}

fn task(desk: &Desk, question: &Question, place: &Place<'_>) -> WriteCodeInput {
    let named = |agent: &&crate::Agent| agent.template.template_name == place.planned.agent;
    let agent = desk.catalogue.agents().iter().find(named).map(crate::Agent::card);
    WriteCodeInput {
        question: question.text.clone(),
        agent: agent.unwrap_or_else(|| nobody(&place.planned.agent)),
        instruction: place.planned.instruction.clone(),
        create: place.planned.create.clone(),
        uses: place.planned.uses.clone(),
        datasets: question.datasets.clone(),
        variables: place.variables.to_vec(),
        earlier: place.earlier.to_vec(),
        found: place.found.to_vec(),
        history: question.history.clone(),
        python_ready: desk.python_ready,
    }
}

/// An agent that was taken out of the catalogue between plan and step.
fn nobody(name: &str) -> AgentCard {
    let empty = String::new;
    AgentCard { name: name.to_owned(), display_name: empty(), description: empty(), category: empty(), prompt: empty() }
}

async fn run(
    ctx: &RunContext,
    desk: &Desk,
    asker: &Asker<'_>,
    place: &Place<'_>,
    task: &WriteCodeInput,
    written: WriteCodeOutput,
) -> Result<Worked, AgentError> {
    let WriteCodeOutput { summary, language, code, chart } = written;
    let id: CellId = ctx.ids.next();
    let result_name = place.planned.create.first().map(String::as_str);
    let mut cell = Cell { id, language, chart, datasets: &task.datasets, variables: place.variables, result_name };
    ctx.tell(RunEventKind::CodeReady {
        step: place.number,
        cell_id: id,
        language,
        code: code.clone(),
        summary: summary.clone(),
    })
    .await?;
    let mut attempts = Attempts::new(ctx, desk);
    let mut latest = attempts.make(&cell, &code, 1, true).await?;
    let mut best: Option<Executed> = None;
    let mut n_repairs = 0;
    while n_repairs < MAX_REPAIRS {
        let Some(error) = latest.outcome.error.clone().filter(|_| latest.outcome.status != ExecutionStatus::Ok) else {
            break;
        };
        let code = if error.kind == CHART_ERROR && cell.chart.take().is_some() {
            ctx.warn("chart_left_out", format!("The result is shown without a chart: {}.", error.message)).await?;
            latest.code.clone()
        } else {
            match mend(ctx, asker, place.number, task, &cell, &latest, error, n_repairs + 1).await? {
                Some(code) => code,
                None => break,
            }
        };
        n_repairs += 1;
        let next = attempts.make(&cell, &code, n_repairs + 1, n_repairs < MAX_REPAIRS).await?;
        best = Some(better(best, std::mem::replace(&mut latest, next)));
    }
    if !latest.ran && best.as_ref().is_none_or(|best| !best.ran) {
        // Nobody mended what was found wrong with it: what becomes of it, a run tells.
        latest = attempts.make(&cell, &latest.code, n_repairs + 1, false).await?;
    }
    let best = better(best, latest);
    Ok(Worked {
        outcome: outcome(place.planned, summary, language, &best),
        artifacts: best.artifacts,
        model_error: None,
    })
}

/// The mended code, told; `None` when there is none.
#[expect(clippy::too_many_arguments, reason = "all of it is what a repair is about")]
async fn mend(
    ctx: &RunContext,
    asker: &Asker<'_>,
    step: u32,
    task: &WriteCodeInput,
    cell: &Cell<'_>,
    failed: &Executed,
    error: CodeError,
    attempt: u32,
) -> Result<Option<String>, AgentError> {
    let input = FixCodeInput {
        task: task.clone(),
        language: cell.language,
        code: failed.code.clone(),
        status: failed.outcome.status,
        error,
        output: tail(&failed.outcome.stdout),
        attempt,
    };
    match asker.ask::<FixCode>(Some(step), &input).await {
        Ok(fixed) => {
            let (code, explanation) = (fixed.code, fixed.explanation);
            ctx.tell(RunEventKind::CodeRepaired { cell_id: cell.id, attempt, code: code.clone(), explanation }).await?;
            Ok(Some(code))
        }
        Err(AgentError::Cancelled) => Err(AgentError::Cancelled),
        Err(error) => {
            tracing::info!(%error, "the code is not mended");
            Ok(None)
        }
    }
}

/// Code that ran is better than code that did not; then an attempt that ran through, else one that showed more; of
/// equals the later one.
fn better(best: Option<Executed>, next: Executed) -> Executed {
    let is_better = |best: &Executed| match (best.ran, next.ran) {
        (true, false) => false,
        (false, true) => true,
        _ => next.outcome.status == ExecutionStatus::Ok || next.outcome.artifacts.len() >= best.outcome.artifacts.len(),
    };
    match best {
        Some(best) if !is_better(&best) => best,
        _ => next,
    }
}

fn outcome(planned: &PlanStep, summary: String, language: Language, best: &Executed) -> StepOutcome {
    let ran = &best.outcome;
    StepOutcome {
        agent: planned.agent.clone(),
        instruction: planned.instruction.clone(),
        summary,
        language,
        code: best.code.clone(),
        status: ran.status,
        stdout: ran.stdout.clone(),
        error: ran.error.clone().filter(|_| ran.status != ExecutionStatus::Ok),
        artifacts: ran.artifacts.clone(),
        variables: ran.variables.clone(),
    }
}

/// A step whose agent gave no code.
fn without_code(planned: &PlanStep, error: AgentError) -> Worked {
    let kind = match &error {
        AgentError::Refused { .. } => "Refused",
        AgentError::Malformed { .. } => "UnusableReply",
        AgentError::BeyondBuiltIn { .. } => "BeyondBuiltIn",
        _ => "ModelUnavailable",
    };
    let code_error = CodeError { kind: kind.to_owned(), message: error.to_string(), line: None };
    Worked {
        outcome: StepOutcome {
            agent: planned.agent.clone(),
            instruction: planned.instruction.clone(),
            summary: String::new(),
            language: Language::Python,
            code: String::new(),
            status: ExecutionStatus::Error,
            stdout: String::new(),
            error: Some(code_error),
            artifacts: Vec::new(),
            variables: Vec::new(),
        },
        artifacts: Vec::new(),
        model_error: match error {
            AgentError::Model(error) => Some(error),
            _ => None,
        },
    }
}

fn summary(outcome: &StepOutcome) -> String {
    match &outcome.error {
        None => outcome.summary.clone(),
        Some(error) => format!("{}: {}", error.kind, error.message.lines().next().unwrap_or_default()),
    }
}

fn names(variables: &[Variable]) -> Vec<String> {
    variables.iter().map(|variable| variable.name.clone()).collect()
}

fn tail(text: &str) -> String {
    let skipped = text.chars().count().saturating_sub(REPAIR_OUTPUT_CHARS);
    text.chars().skip(skipped).collect()
}
