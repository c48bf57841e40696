//! A question on the command line, answered by the built-in analyst: no key, no network, real Python.

use std::path::Path;

use analyst_tests::program::Home;
use analyst_types::{ClaimStatus, ExecutionStatus, RunEventKind, RunStatus};
use serde_json::{Value, json};

use crate::told::{assert_says, call, coffee_revenue, sample, tell};

const QUESTION: &str = "Which region has the highest revenue?";

#[test]
fn question_is_answered_on_stdout_with_its_steps_on_stderr() {
    let home = Home::new();
    let file = sample("coffee_orders.csv");
    let dir = home.path().join("out");
    let args = ["ask", file.to_str().unwrap(), QUESTION, "--model", "builtin/analyst", "--save", dir.to_str().unwrap()];
    let told = tell(&home, &args).done();
    assert!(told.stdout.contains("East"), "{}", told.stdout);
    assert_says(&told.stdout, coffee_revenue(Some("East")));
    for step in ["builtin/analyst on coffee_orders", "Plan: ", "1. ", "ran in "] {
        assert!(told.stderr.contains(step), "no {step:?} in {}", told.stderr);
        assert!(!told.stdout.contains(step), "{step:?} does not belong on stdout");
    }
    assert!(!told.stderr.contains("Not found in any result"), "{}", told.stderr);
    saved_answer_stands_alone(&dir, &told.stdout);
}

/// What `--save` wrote opens anywhere, without us and without a network.
fn saved_answer_stands_alone(dir: &Path, answer: &str) {
    let read = |name: &str| {
        std::fs::read_to_string(dir.join(name))
            .unwrap_or_else(|error| panic!("{name}: {error}; there is {:?}", names(dir)))
    };
    assert_eq!(read("answer.md").trim(), answer.trim());
    let figure: Value = serde_json::from_str(&read("chart-1.json")).unwrap();
    assert!(figure["data"].as_array().is_some_and(|traces| !traces.is_empty()), "{figure}");
    let page = read("chart-1.html");
    let regions = ["North", "East", "South", "West"];
    assert!(regions.iter().all(|region| page.contains(region)), "the page does not hold the chart's data");
    let from_elsewhere =
        regex::Regex::new(r#"<(script|link|img|iframe|object)\b[^>]*\b(src|href|data)\s*=\s*["']?(https?:)?//"#)
            .unwrap();
    assert!(!from_elsewhere.is_match(&page), "the page loads {:?}", from_elsewhere.find(&page));
    let table = read("table-1.csv");
    assert!(regions.iter().all(|region| table.contains(region)), "{table}");
    let code = names(dir).into_iter().find(|name| name.starts_with("step-1.")).unwrap();
    assert!(read(&code).contains("revenue"));
}

fn names(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap().flatten();
    entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

#[test]
fn machine_output_is_the_run_that_is_kept() {
    let home = Home::new();
    let file = sample("coffee_orders.csv");
    let told = tell(&home, &["ask", "--json", file.to_str().unwrap(), QUESTION]).done();
    assert_eq!(told.stderr, "", "with --json only failures are told on stderr");
    let run = told.run();
    assert_eq!(run.end(), (RunStatus::Completed, None));
    let started = run.all(|kind| match kind {
        RunEventKind::RunStarted { question, model, datasets, .. } => Some(json!([question, model, datasets])),
        _ => None,
    });
    assert_eq!(started, [json!([QUESTION, "builtin/analyst", ["coffee_orders"]])]);
    let (text, claims, artifacts) = run.answer();
    assert_says(&text, coffee_revenue(Some("East")));
    assert!(!claims.is_empty() && claims.iter().all(|claim| claim.status != ClaimStatus::Unverified), "{claims:#?}");

    // Every number and picture leads back to code that ran.
    let executions: Vec<String> = run.executions().iter().map(|report| report.execution_id.to_string()).collect();
    assert!(run.executions().iter().all(|report| report.status == ExecutionStatus::Ok));
    assert!(!artifacts.is_empty());
    for id in &artifacts {
        let artifact = call(&home, "artifact::get", &json!({ "artifactId": id }));
        assert_eq!(artifact["id"], json!(id));
        assert!(executions.iter().any(|execution| artifact["executionId"] == *execution), "{artifact}");
        assert!(["chart", "table", "metric", "text"].iter().any(|kind| artifact["content"]["kind"] == *kind));
    }

    // What was told is what was kept.
    let kept = call(&home, "run::events", &json!({ "runId": run.id }));
    let told_events: Vec<Value> = run.durable.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(kept["events"], Value::Array(told_events));
    let chats = tell(&home, &["chats", "--json"]).done().json();
    assert_eq!(chats["chats"].as_array().unwrap().len(), 1);
    assert_eq!(chats["chats"][0]["title"], QUESTION);
    let chat = call(&home, "chat::get", &json!({ "chatId": chats["chats"][0]["id"] }));
    let said: Vec<_> =
        chat["messages"].as_array().unwrap().iter().map(|m| (&m["role"], &m["text"], &m["runId"])).collect();
    let id = json!(run.id);
    assert_eq!(said, [(&json!("user"), &json!(QUESTION), &id), (&json!("assistant"), &json!(text), &id)]);
    assert_eq!(chat["runs"][0]["id"], run.id);
    assert_eq!(chat["runs"][0]["status"], "completed");
    assert_eq!(chat["datasets"][0]["nRows"], 2000);
}

#[test]
fn question_without_data_is_answered_with_words() {
    let home = Home::new();
    let told = tell(&home, &["ask", "What can you do?"]).done();
    assert!(told.stdout.split_whitespace().count() > 5, "{}", told.stdout);
}
