//! Steps that do not wait for each other, with a model and a runner that answer by what they are asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use analyst_types::{
    CodeRunner, ExecutionOutcome, ExecutionRequest, IdSource, Language, LanguageModel, ModelDelta, ModelError, ModelId,
    ModelReply, ModelRequest, OutputStream, RunEventKind, StopReason, Usage,
};
use async_trait::async_trait;
use serde_json::json;
use tokio::sync::Barrier;
use tokio_util::sync::CancellationToken;

use super::{context, desk, failed, frame, metric, question, ran, word};
use crate::testing::{ScriptedModel, ScriptedRunner};
use crate::{AgentError, Desk, Reasoner, RunContext, RunUpdate, answer_question};

/// What a step's author does before it answers.
enum Pace {
    /// Waits until so many write at the same time.
    Meeting(Barrier),
    /// Writes so long.
    Delay(Duration),
    /// Never ends, until stopped.
    Endless,
}

struct Author {
    id: ModelId,
    plan: serde_json::Value,
    pace: Pace,
    n_stopped: AtomicUsize,
}

#[async_trait]
impl LanguageModel for Author {
    fn id(&self) -> &ModelId {
        &self.id
    }

    fn supports_schema(&self) -> bool {
        true
    }

    async fn complete(
        &self,
        request: &ModelRequest,
        on_delta: &(dyn Fn(ModelDelta) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<ModelReply, ModelError> {
        let asked = &request.messages[0].text;
        let text = match request.purpose.as_str() {
            "plan" => self.plan.to_string(),
            "write_code" => {
                match &self.pace {
                    Pace::Meeting(barrier) => {
                        barrier.wait().await;
                    }
                    Pace::Delay(delay) => tokio::time::sleep(*delay).await,
                    Pace::Endless => {
                        cancel.cancelled().await;
                        self.n_stopped.fetch_add(1, Ordering::SeqCst);
                        return Err(ModelError::Cancelled);
                    }
                }
                let (_, part) = asked.split_once("Your step: part ").unwrap();
                let code = format!("part {}", &part[..1]);
                json!({"summary": "Does it.", "language": "python", "code": code, "chart": null}).to_string()
            }
            "fix_code" => json!({"explanation": "Again.", "code": "part 1"}).to_string(),
            _ => json!({"answer": asked.contains("It FAILED").to_string()}).to_string(),
        };
        on_delta(ModelDelta::Text(text.clone()));
        let usage = Usage { input_tokens: 1, cached_input_tokens: 0, output_tokens: 1 };
        Ok(ModelReply { text, stop: StopReason::End, usage, cost_usd: Some(0.001) })
    }
}

/// Part 1 always fails; every other part leaves a frame of its name.
struct Runner;

#[async_trait]
impl CodeRunner for Runner {
    fn language(&self) -> Language {
        Language::Python
    }

    async fn execute(
        &self,
        request: ExecutionRequest,
        _: &(dyn for<'t> Fn(OutputStream, &'t str) + Send + Sync),
        _: &CancellationToken,
    ) -> ExecutionOutcome {
        match request.code.as_str() {
            "part 1" => failed("ValueError", "part 1 never works"),
            part => ran("", vec![metric("n", json!(1))], vec![frame(&part.replace(' ', "_"))]),
        }
    }
}

fn plan(parts: &[(&str, &[&str])]) -> serde_json::Value {
    let step = |(part, uses): &(&str, &[&str])| {
        json!({"agent": "planner_data_viz_agent", "instruction": format!("part {part}"), "create": [format!("part_{part}")],
               "use": uses})
    };
    json!({"complexity": "advanced", "reason": "", "steps": parts.iter().map(step).collect::<Vec<_>>()})
}

fn independent() -> serde_json::Value {
    plan(&[("0", &[]), ("1", &["df"]), ("2", &[]), ("3", &["df"]), ("4", &[])])
}

fn scene(plan: serde_json::Value, pace: Pace) -> (Arc<Author>, Desk) {
    let author =
        Arc::new(Author { id: ModelId::new("scripted", "author"), plan, pace, n_stopped: AtomicUsize::new(0) });
    let (model, runner) = (ScriptedModel::new(true, vec![]), || ScriptedRunner::new(Language::Sql, vec![]));
    let mut desk = desk(model, runner(), runner());
    desk.reasoner = Reasoner::Model(author.clone());
    desk.python = Arc::new(Runner);
    (author, desk)
}

async fn play(desk: &Desk, ids: IdSource) -> (Result<(), AgentError>, Vec<RunUpdate>) {
    let (ctx, mut told) = context();
    let ctx = RunContext { ids: Arc::new(ids), ..ctx };
    let end = answer_question(&ctx, desk, &question("All of it")).await;
    drop(ctx);
    let mut updates = Vec::new();
    while let Some(update) = told.recv().await {
        updates.push(update);
    }
    (end, updates)
}

fn steps(updates: &[RunUpdate]) -> Vec<(u32, bool)> {
    let step = |update: &RunUpdate| match update {
        RunUpdate::Event(RunEventKind::StepStarted { step, .. }) => Some((*step, true)),
        RunUpdate::Event(RunEventKind::StepFinished { step, .. }) => Some((*step, false)),
        _ => None,
    };
    updates.iter().filter_map(step).collect()
}

#[tokio::test]
async fn independent_steps_run_at_the_same_time_and_one_that_fails_keeps_none_from_its_end() {
    let (_, desk) = scene(independent(), Pace::Meeting(Barrier::new(5)));
    // Were they not written at the same time, none would ever be.
    let played = tokio::time::timeout(Duration::from_secs(20), play(&desk, IdSource::Random)).await;
    let (end, updates) = played.expect("the steps wait for each other");
    assert_eq!(end, Ok(()));
    for number in 0..5 {
        let own: Vec<_> =
            steps(&updates).into_iter().filter(|(step, _)| *step == number).map(|(_, start)| start).collect();
        assert_eq!(own, [true, false], "step {number}");
    }
    let ends: Vec<_> = updates.iter().filter_map(word).filter(|word| word.starts_with("end")).collect();
    assert_eq!(ends.iter().filter(|end| end.ends_with("true")).count(), 4, "{ends:?}");
    assert!(ends.contains(&"end 1 false".to_owned()));
    let Some(RunUpdate::Event(RunEventKind::AnswerReady { text, .. })) = updates.last() else { panic!("no answer") };
    assert_eq!(text, "true", "the answer is written knowing what failed");
    let totals: Vec<u64> = updates
        .iter()
        .filter_map(|update| match update {
            RunUpdate::Event(RunEventKind::UsageUpdated { total, .. }) => Some(total.input_tokens),
            _ => None,
        })
        .collect();
    assert!(totals.is_sorted(), "{totals:?}");
}

#[tokio::test]
async fn a_step_starts_after_what_it_uses_is_there_and_sees_how_it_came_about() {
    let (_, desk) = scene(plan(&[("0", &[]), ("2", &["part_0"]), ("3", &[])]), Pace::Delay(Duration::from_millis(5)));
    let (end, updates) = play(&desk, IdSource::Random).await;
    assert_eq!(end, Ok(()));
    let steps = steps(&updates);
    let at = |step: (u32, bool)| steps.iter().position(|known| *known == step).unwrap();
    assert!(at((0, false)) < at((1, true)), "{steps:?}");
    assert!(at((2, true)) < at((0, false)), "{steps:?}");
}

#[tokio::test]
async fn a_run_that_must_replay_does_its_steps_in_order_and_tells_the_same_again() {
    let mut told = Vec::new();
    for _ in 0..2 {
        let (_, desk) = scene(independent(), Pace::Delay(Duration::from_millis(1)));
        let (end, updates) = play(&desk, IdSource::sequential()).await;
        assert_eq!(end, Ok(()));
        let order: Vec<_> = (0..5).flat_map(|step| [(step, true), (step, false)]).collect();
        assert_eq!(steps(&updates), order);
        told.push(updates.iter().filter_map(word).collect::<Vec<_>>());
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn stop_ends_all_steps_that_run() {
    let (author, desk) = scene(independent(), Pace::Endless);
    let (ctx, mut told) = context();
    let ctx = RunContext { ids: Arc::new(IdSource::Random), ..ctx };
    let cancel = ctx.cancel.clone();
    let run = tokio::spawn(async move { answer_question(&ctx, &desk, &question("All of it")).await });
    let mut n_started = 0;
    while let Some(update) = told.recv().await {
        n_started += usize::from(matches!(update, RunUpdate::Event(RunEventKind::StepStarted { .. })));
        if n_started == 5 {
            cancel.cancel();
        }
    }
    assert_eq!(tokio::time::timeout(Duration::from_secs(5), run).await.unwrap().unwrap(), Err(AgentError::Cancelled));
    assert_eq!(author.n_stopped.load(Ordering::SeqCst), 5);
}

#[tokio::test]
#[ignore = "a measurement: run it with --ignored --nocapture"]
async fn measured_five_independent_steps_against_one() {
    let delay = Duration::from_millis(400);
    let mut took = Vec::new();
    for parts in
        [plan(&[("0", &[]), ("2", &["part_0"])]), plan(&[("0", &[]), ("2", &[]), ("3", &[]), ("4", &[]), ("5", &[])])]
    {
        let (_, desk) = scene(parts, Pace::Delay(delay));
        let started = Instant::now();
        play(&desk, IdSource::Random).await.0.unwrap();
        took.push(started.elapsed());
    }
    let ratio = took[1].as_secs_f64() / delay.as_secs_f64();
    eprintln!("five at once: {:?}, {ratio:.3} of the slowest; two in a row: {:?}", took[1], took[0]);
}
