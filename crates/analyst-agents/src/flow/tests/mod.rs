//! Whole runs with a scripted model and scripted runners.

mod parallel;
mod privacy;
mod prompts;
mod replies;

use std::sync::Arc;
use std::time::Duration;

use analyst_types::{
    ArtifactContent, ClaimStatus, Column, ColumnType, ExecutionStatus, IdSource, Language, ModelError, PrivacyLevel,
    RunEventKind, StopReason, TableData, Variable, VariableKind,
};
use serde_json::{Value, json};

use super::{answer_question, run_cell};
use crate::testing::{Say, ScriptedModel, ScriptedRunner, context, desk, failed, json_reply, metric, question, ran};
use crate::{AgentError, Question, RunUpdate, Turn};

fn plan(complexity: &str, steps: &[(&str, &[&str], &[&str])]) -> Say {
    let steps: Vec<Value> = steps
        .iter()
        .map(|(agent, create, uses)| json!({"agent": agent, "instruction": "Do it.", "create": create, "use": uses}))
        .collect();
    json_reply(json!({"complexity": complexity, "reason": "Because.", "steps": steps}))
}

fn code(code: &str) -> Say {
    json_reply(json!({"summary": "Counts.", "language": "python", "code": code, "chart": null}))
}

fn fix(code: &str) -> Say {
    json_reply(json!({"explanation": "A typo.", "code": code}))
}

fn says(text: &str) -> Say {
    json_reply(json!({ "answer": text }))
}

fn frame(name: &str) -> Variable {
    let digest = "DataFrame 2 × 1: ZQDIGEST (float)".to_owned();
    Variable { name: name.into(), kind: VariableKind::Frame, digest, value: Value::Null, arrow_path: None }
}

/// A run with everything scripted.
struct Scene {
    question: Question,
    model: Arc<ScriptedModel>,
    python: Arc<ScriptedRunner>,
}

/// What came of it: its updates, each as a short word, and its end.
struct Seen {
    words: Vec<String>,
    updates: Vec<RunUpdate>,
    end: Result<(), AgentError>,
}

impl Scene {
    fn new(text: &str, says: Vec<Say>, outcomes: Vec<analyst_types::ExecutionOutcome>) -> Self {
        let python = ScriptedRunner::new(Language::Python, outcomes);
        Self { question: question(text), model: ScriptedModel::new(true, says), python }
    }

    async fn play(&self) -> Seen {
        let (ctx, mut told) = context();
        let sql = ScriptedRunner::new(Language::Sql, Vec::new());
        let end = answer_question(&ctx, &desk(self.model.clone(), self.python.clone(), sql), &self.question).await;
        drop(ctx);
        let mut updates = Vec::new();
        while let Some(update) = told.recv().await {
            updates.push(update);
        }
        let words = updates.iter().filter_map(word).collect();
        Seen { words, updates, end }
    }
}

impl Seen {
    fn answer(&self) -> (String, Vec<analyst_types::Claim>, usize) {
        match self.updates.last() {
            Some(RunUpdate::Event(RunEventKind::AnswerReady { text, claims, artifacts })) => {
                (text.clone(), claims.clone(), artifacts.len())
            }
            other => panic!("the last update is {other:?}"),
        }
    }

    fn warnings(&self) -> Vec<String> {
        let warning = |update: &RunUpdate| match update {
            RunUpdate::Event(RunEventKind::Warning { code, .. }) => Some(code.clone()),
            _ => None,
        };
        self.updates.iter().filter_map(warning).collect()
    }
}

fn word(update: &RunUpdate) -> Option<String> {
    let RunUpdate::Event(event) = update else { return Some("artifact".into()) };
    Some(match event {
        RunEventKind::PlanReady { plan } => format!("plan {}", plan.steps.len()),
        RunEventKind::StepStarted { step, agent, .. } => format!("step {step} {agent}"),
        RunEventKind::CodeReady { code, .. } => format!("code {code}"),
        RunEventKind::CodeRepaired { attempt, code, .. } => format!("repair {attempt} {code}"),
        RunEventKind::ExecutionStarted { attempt, .. } => format!("run {attempt}"),
        RunEventKind::ArtifactAdded { artifact, .. } => format!("added {} {}", artifact.title, artifact.digest),
        RunEventKind::ExecutionFinished(report) => format!("ran {:?}", report.status),
        RunEventKind::StepFinished { step, ok, .. } => format!("end {step} {ok}"),
        RunEventKind::ClaimChecked { claim } => format!("claim {} {:?}", claim.text, claim.status),
        RunEventKind::AnswerReady { .. } => "answer".into(),
        RunEventKind::Warning { code, .. } => format!("warning {code}"),
        RunEventKind::TextDelta { .. } | RunEventKind::OutputDelta { .. } | RunEventKind::UsageUpdated { .. } => {
            return None;
        }
        other => format!("{other:?}"),
    })
}

#[tokio::test]
async fn a_question_is_told_from_plan_to_checked_answer() {
    let says = vec![
        plan("basic", &[("planner_statistical_analytics_agent", &[], &["sales"])]),
        code("metric('mean', 1)"),
        says("The mean price is **19.26**."),
    ];
    let outcomes = vec![ran("done\n", vec![metric("mean price", json!(19.2587))], vec![])];
    let scene = Scene::new("What is the mean price?", says, outcomes);
    let seen = scene.play().await;
    assert_eq!(seen.end, Ok(()));
    assert_eq!(
        seen.words,
        [
            "plan 1",
            "step 0 planner_statistical_analytics_agent",
            "code metric('mean', 1)",
            "run 1",
            "artifact",
            "added mean price 19.2587",
            "ran Ok",
            "end 0 true",
            "claim 19.26 Verified",
            "answer",
        ]
    );
    assert_eq!(scene.model.purposes(), ["plan", "write_code", "answer"]);
    let (_, claims, n_artifacts) = seen.answer();
    assert_eq!((claims[0].status, n_artifacts), (ClaimStatus::Verified, 1));
    assert!(claims[0].artifact_id.is_some());

    let streamed: String = seen
        .updates
        .iter()
        .filter_map(|update| match update {
            RunUpdate::Event(RunEventKind::TextDelta { purpose, text, .. }) if purpose == "answer" => {
                Some(text.as_str())
            }
            _ => None,
        })
        .collect();
    assert_eq!(streamed, "The mean price is **19.26**.");
    let totals: Vec<_> = seen
        .updates
        .iter()
        .filter_map(|update| match update {
            RunUpdate::Event(RunEventKind::UsageUpdated { call, total, total_cost_usd }) => {
                Some((call.purpose.clone(), total.input_tokens, total_cost_usd.map(|cost| (cost * 1e3).round())))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        totals,
        [("plan".into(), 100, Some(1.0)), ("write_code".into(), 200, Some(2.0)), ("answer".into(), 300, Some(3.0)),]
    );
    let request = scene.python.requests.lock().unwrap()[0].clone();
    assert_eq!(request.datasets[0].name, "sales");
}

#[tokio::test]
async fn a_failing_cell_is_mended_with_its_error() {
    let says = vec![code("a"), fix("b"), fix("c"), says("It worked.")];
    let outcomes = vec![
        failed("KeyError", "'pirce'"),
        failed("NameError", "name 'x' is not defined"),
        ran("", vec![metric("n", json!(5))], vec![]),
    ];
    let scene = Scene::new("@data_viz plot", says, outcomes);
    let seen = scene.play().await;
    assert_eq!(seen.end, Ok(()));
    assert_eq!(
        seen.words[2..12],
        [
            "code a",
            "run 1",
            "ran Error",
            "repair 1 b",
            "run 2",
            "ran Error",
            "repair 2 c",
            "run 3",
            "artifact",
            "added n 5",
        ]
    );
    let requests = scene.model.requests.lock().unwrap();
    assert!(requests[1].messages[0].text.contains("KeyError"), "{}", requests[1].messages[0].text);
    assert!(requests[2].messages[0].text.contains("name 'x' is not defined"), "{}", requests[2].messages[0].text);
}

#[tokio::test]
async fn a_fault_that_is_seen_beforehand_is_mended_without_a_run() {
    let says = vec![code("pirce"), fix("risky b"), fix("risky c"), says("It worked.")];
    let outcomes = vec![failed("KeyError", "'x'"), ran("", vec![metric("n", json!(5))], vec![])];
    let python = ScriptedRunner::that_finds(Language::Python, outcomes, &[("pirce", true), ("risky", false)]);
    let scene = Scene { python, ..Scene::new("@data_viz plot", says, Vec::new()) };
    let seen = scene.play().await;
    assert_eq!(seen.end, Ok(()));
    assert_eq!(
        seen.words[2..12],
        [
            "code pirce",
            "warning code_checked",
            "repair 1 risky b",
            "warning found_risky",
            "run 2",
            "ran Error",
            "repair 2 risky c",
            "run 3",
            "artifact",
            "added n 5",
        ]
    );
    let requests = scene.model.requests.lock().unwrap();
    let told = &requests[1].messages[0].text;
    assert!(told.contains("found_pirce") && told.contains("pirce is not there"), "{told}");
    let checked = scene.python.checked.lock().unwrap();
    assert_eq!((checked[0][0].0.as_str(), checked[0][0].1[2].name.as_str()), ("sales", "unit price"));
}

#[tokio::test]
async fn what_nobody_can_mend_runs_in_the_end() {
    // Used up by faults alone: the last code runs, whatever was found in it.
    let all = vec![code("bad 0"), fix("bad 1"), fix("bad 2"), fix("bad 3"), says("It failed.")];
    let python = ScriptedRunner::that_finds(
        Language::Python,
        vec![ran("", vec![metric("n", json!(5))], vec![])],
        &[("bad", true)],
    );
    let seen = Scene { python, ..Scene::new("@data_viz plot", all, Vec::new()) }.play().await;
    let runs: Vec<_> = seen.words.iter().filter(|word| word.starts_with("run ")).collect();
    assert_eq!(runs, ["run 4"], "{:?}", seen.words);
    // Given up by the model at once.
    let none =
        vec![code("bad"), Say::Fails(ModelError::Unauthorized { provider: "scripted".into() }), says("It worked.")];
    let python = ScriptedRunner::that_finds(
        Language::Python,
        vec![ran("", vec![metric("n", json!(5))], vec![])],
        &[("bad", true)],
    );
    let seen = Scene { python, ..Scene::new("@data_viz plot", none, Vec::new()) }.play().await;
    assert!(seen.words.iter().any(|word| word == "run 1"), "{:?}", seen.words);
}

#[tokio::test]
async fn the_best_attempt_is_kept_when_repairs_are_used_up() {
    let mut partial = failed("ValueError", "late");
    partial.artifacts = vec![metric("half way", json!(7))];
    let outcomes = vec![failed("A", "1"), partial, failed("B", "2"), failed("C", "3")];
    let says = vec![code("a"), fix("b"), fix("c"), fix("d"), says("Only half way: 7.")];
    let seen = Scene::new("@data_viz plot", says, outcomes).play().await;
    assert_eq!(seen.end, Ok(()));
    assert_eq!(seen.words.iter().filter(|word| word.starts_with("run ")).count(), 4);
    assert!(seen.words.contains(&"end 0 false".to_owned()), "{:?}", seen.words);
    let (_, claims, n_artifacts) = seen.answer();
    assert_eq!((claims[0].status, n_artifacts), (ClaimStatus::Verified, 0));
}

#[tokio::test]
async fn later_steps_go_on_without_what_a_failed_one_would_have_left() {
    let says = vec![
        plan(
            "advanced",
            &[
                ("planner_preprocessing_agent", &["clean"], &["df"]),
                ("planner_statistical_analytics_agent", &["fit"], &["clean"]),
                ("planner_data_viz_agent", &[], &["clean", "fit"]),
            ],
        ),
        code("one"),
        code("two"),
        fix("two2"),
        fix("two3"),
        fix("two4"),
        code("three"),
        says("Step two failed."),
    ];
    let mut outcomes = vec![ran("", vec![], vec![frame("clean")])];
    outcomes.extend(vec![failed("KeyError", "x"); 4]);
    outcomes.push(ran("", vec![metric("n", json!(1))], vec![]));
    let scene = Scene::new("All of it", says, outcomes);
    let seen = scene.play().await;
    assert_eq!(seen.end, Ok(()));
    let ends: Vec<_> = seen.words.iter().filter(|word| word.starts_with("end")).cloned().collect();
    assert_eq!(ends, ["end 0 true", "end 1 false", "end 2 true"]);
    let ran = scene.python.requests.lock().unwrap();
    let names = |at: usize| ran[at].variables.iter().map(|v| v.name.clone()).collect::<Vec<_>>();
    assert_eq!((names(0), names(1), names(5)), (vec![], vec!["clean".into()], vec!["clean".to_owned()]));
    let requests = scene.model.requests.lock().unwrap();
    let third = &requests[6].messages[0].text;
    assert!(third.contains("It failed (KeyError)"), "{third}");
    assert!(requests[7].messages[0].text.contains("It FAILED: KeyError"));
}

#[tokio::test]
async fn when_nothing_ran_the_answer_says_so_without_numbers_or_a_model() {
    let says = vec![code("a"), fix("b"), fix("c"), fix("d")];
    let outcomes = vec![failed("ValueError", "no"); 4];
    let scene = Scene::new("@data_viz plot", says, outcomes);
    let seen = scene.play().await;
    assert_eq!(seen.end, Ok(()));
    let (text, claims, _) = seen.answer();
    assert!(text.contains("could not be answered") && text.contains("ValueError"), "{text}");
    assert_eq!(claims, []);
    assert!(!scene.model.purposes().contains(&"answer".to_owned()));
}

#[tokio::test]
async fn a_plan_that_does_not_hold_is_asked_for_once_more_and_then_replaced() {
    let wrong = || plan("basic", &[("wizard", &[], &[])]);
    let scene = Scene::new(
        "Draw a chart",
        vec![wrong(), plan("basic", &[("data_viz", &[], &["sales"])]), code("a"), says("Done.")],
        vec![ran("", vec![metric("n", json!(1))], vec![])],
    );
    let seen = scene.play().await;
    assert_eq!((seen.end.clone(), seen.words[1].as_str()), (Ok(()), "step 0 planner_data_viz_agent"));
    assert!(scene.model.requests.lock().unwrap()[1].messages[0].text.contains("there is no such agent"));

    let scene = Scene::new(
        "Draw a chart",
        vec![wrong(), wrong(), code("a"), says("Done.")],
        vec![ran("", vec![metric("n", json!(1))], vec![])],
    );
    let seen = scene.play().await;
    assert_eq!(seen.warnings(), ["plan_replaced"]);
    assert_eq!(seen.words[1..3], ["plan 1", "step 0 planner_data_viz_agent"]);

    let garbage = vec![Say::Text("no".into()), Say::Text("still no".into()), code("a"), says("Done.")];
    let seen = Scene::new("Draw a chart", garbage, vec![ran("", vec![metric("n", json!(1))], vec![])]).play().await;
    assert_eq!((seen.end.clone(), seen.warnings()), (Ok(()), vec!["plan_replaced".to_owned()]));
}

#[tokio::test]
async fn an_unrelated_question_is_talked_about_without_code() {
    let scene = Scene::new("Hello!", vec![plan("unrelated", &[]), says("Hello! There are 77 rows in sales.")], vec![]);
    let seen = scene.play().await;
    assert_eq!(seen.end, Ok(()));
    assert_eq!(seen.words, ["plan 0", "claim 77 Unverified", "answer"]);
    assert_eq!(scene.model.purposes(), ["plan", "chat"]);
}

#[tokio::test]
async fn an_unknown_agent_ends_the_run_before_any_call() {
    let scene = Scene::new("@data_vizz plot", vec![], vec![]);
    let seen = scene.play().await;
    let expected = AgentError::UnknownAgent { name: "data_vizz".into(), nearest: Some("data_viz_agent".into()) };
    assert_eq!((seen.end, seen.words.len()), (Err(expected), 0));
}

#[tokio::test]
async fn stop_ends_the_run_wherever_it_stands() {
    let (ctx, mut told) = context();
    let model = ScriptedModel::new(true, vec![code("a"), Say::Hangs]);
    let python = ScriptedRunner::new(Language::Python, vec![ran("", vec![metric("n", json!(1))], vec![])]);
    let desk = desk(model.clone(), python, ScriptedRunner::new(Language::Sql, vec![]));
    let cancel = ctx.cancel.clone();
    let run = tokio::spawn(async move { answer_question(&ctx, &desk, &question("@data_viz plot")).await });
    let mut kept = Vec::new();
    while let Some(update) = told.recv().await {
        kept.extend(word(&update));
        if kept.last().is_some_and(|word| word == "end 0 true") {
            cancel.cancel();
        }
    }
    let end = tokio::time::timeout(Duration::from_secs(1), run).await.unwrap().unwrap();
    assert_eq!(end, Err(AgentError::Cancelled));
    assert!(kept.contains(&"ran Ok".to_owned()) && !kept.contains(&"answer".to_owned()), "{kept:?}");
}

#[tokio::test]
async fn a_persons_cell_runs_once_as_it_is() {
    let (ctx, mut told) = context();
    let outcome = vec![failed("KeyError", "'x'")];
    let python = ScriptedRunner::that_finds(Language::Python, outcome, &[("df['x']", true)]);
    let desk = desk(ScriptedModel::new(true, vec![]), python.clone(), ScriptedRunner::new(Language::Sql, vec![]));
    let id = IdSource::sequential().next();
    run_cell(&ctx, &desk, id, Language::Python, "df['x']", &question("").datasets).await.unwrap();
    drop(ctx);
    let mut words = Vec::new();
    while let Some(update) = told.recv().await {
        if let RunUpdate::Event(RunEventKind::ExecutionFinished(report)) = &update {
            assert_eq!((report.cell_id, report.status), (id, ExecutionStatus::Error));
        }
        words.extend(word(&update));
    }
    assert_eq!(words, ["code df['x']", "run 1", "ran Error"]);
    assert!(python.checked.lock().unwrap().is_empty(), "a person knows what they write");
}

#[tokio::test]
async fn sql_leaves_its_result_under_the_name_asked_for_and_a_bad_chart_costs_only_the_chart() {
    let sql_cell = json_reply(json!({"summary": "Groups.", "language": "sql", "code": "SELECT 1",
        "chart": {"kind": "bar", "x": "nowhere", "y": null, "color": null, "title": "t"}}));
    let says = vec![
        plan(
            "intermediate",
            &[("planner_preprocessing_agent", &["by_month"], &["df"]), ("planner_data_viz_agent", &[], &["by_month"])],
        ),
        sql_cell,
        code("plot(by_month)"),
        says("Done."),
    ];
    let model = ScriptedModel::new(true, says);
    let python = ScriptedRunner::new(Language::Python, vec![ran("", vec![metric("n", json!(1))], vec![])]);
    let sql = ScriptedRunner::new(
        Language::Sql,
        vec![failed("ChartError", "no column nowhere"), ran("", vec![], vec![frame("result")])],
    );
    let (ctx, mut told) = context();
    answer_question(&ctx, &desk(model, python.clone(), sql.clone()), &question("By month?")).await.unwrap();
    drop(ctx);
    let mut words = Vec::new();
    while let Some(update) = told.recv().await {
        words.extend(word(&update));
    }
    assert!(words.contains(&"warning chart_left_out".to_owned()), "{words:?}");
    assert!(!words.iter().any(|word| word.starts_with("repair") || word.contains("variable_missing")), "{words:?}");
    let charts: Vec<bool> = sql.requests.lock().unwrap().iter().map(|request| request.chart.is_some()).collect();
    assert_eq!(charts, [true, false]);
    assert_eq!(python.requests.lock().unwrap()[0].variables[0].name, "by_month");
}
