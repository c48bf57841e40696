//! A provider that is down, refuses, stumbles, lies or falls silent.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use analyst_tests::program::{Home, free_port};
use analyst_tests::provider::{Reply, Script, ScriptedProvider, TEST_KEY};
use analyst_types::{ErrorCode, RunStatus};
use serde_json::json;

use crate::replies::{ANTHROPIC, Asked, OPENAI, SUM, answer, code, home_with, one_step, script, sum_script};
use crate::told::{Told, call, sample, start, tell};

const QUESTION: &str = "What is the total revenue?";

fn ask(home: &Home, model: &str, options: &[&str]) -> Told {
    let file = sample("coffee_orders.csv");
    tell(home, &[&["ask", file.to_str().unwrap(), QUESTION, "--model", model], options].concat())
}

fn limited(status: u16, retry_after: &str) -> Reply {
    let headers = BTreeMap::from([("retry-after".to_owned(), retry_after.to_owned())]);
    Reply::Status { status, headers, body: None }
}

#[test]
fn provider_that_is_down_is_named_and_the_question_is_kept() {
    let address = format!("http://127.0.0.1:{}", free_port());
    let home = Home::new().with("ANTHROPIC_BASE_URL", &address).with("ANTHROPIC_API_KEY", TEST_KEY);
    ask(&home, ANTHROPIC, &[]).failed(1, &["Anthropic is not available"]);
    let chats = tell(&home, &["chats", "--json"]).done().json();
    let chat = call(&home, "chat::get", &json!({ "chatId": chats["chats"][0]["id"] }));
    assert_eq!(chat["messages"][0]["text"], QUESTION);
    assert_eq!(
        (&chat["runs"][0]["status"], &chat["runs"][0]["error"]["code"]),
        (&json!("failed"), &json!("model_unavailable"))
    );
    // The built-in analyst is still there.
    ask(&home, "builtin/analyst", &["--quiet"]).done();
}

#[test]
fn wrong_or_missing_key_is_said_at_once() {
    let provider = ScriptedProvider::start(sum_script("never"));
    for model in [ANTHROPIC, OPENAI] {
        let home = home_with(&provider).with("ANTHROPIC_API_KEY", "sk-wrong").with("OPENAI_API_KEY", "sk-wrong");
        let told = ask(&home, model, &["--json"]).failed(1, &["API key"]);
        assert!(!told.stderr.contains("sk-wrong") && !told.stdout.contains("sk-wrong"), "{told:?}");
    }
    assert_eq!(provider.calls().len(), 2, "a refused key is not tried again");

    let home = Home::new();
    ask(&home, ANTHROPIC, &[]).failed(1, &["no usable API key for Anthropic", "ANTHROPIC_API_KEY"]);
    tell(&home, &["keys", "test", OPENAI]).failed(1, &["no usable API key for OpenAI"]);
}

#[test]
fn limits_and_overload_are_waited_out() {
    let script = |refusal: Reply| {
        script(vec![
            (Asked::Plan, refusal.clone()),
            (Asked::Plan, one_step()),
            (Asked::Code, code("sql", SUM)),
            (Asked::Answer, answer("It is 81,823.34.")),
        ])
    };
    let provider = ScriptedProvider::start(script(limited(429, "1")));
    let told = ask(&home_with(&provider), ANTHROPIC, &[]).done();
    assert!(told.stderr.contains("limits the number of requests; try 2 follows in 1 seconds"), "{}", told.stderr);
    let calls = provider.calls();
    assert_eq!(calls.len(), 4);
    let waited = calls[1].at - calls[0].at;
    assert!((Duration::from_millis(950)..Duration::from_secs(3)).contains(&waited), "it waited {waited:?}");

    for (model, status) in [(ANTHROPIC, 529), (OPENAI, 503)] {
        let provider = ScriptedProvider::start(script(Reply::status(status)));
        let run = ask(&home_with(&provider), model, &["--json"]).done().run();
        assert_eq!(provider.calls().len(), 4, "{status}");
        assert_eq!(run.warnings(), ["model_retry"], "{status}");
    }
}

#[test]
fn refusal_about_money_is_not_tried_again() {
    let body =
        json!({ "type": "error", "error": { "type": "billing_error", "message": "Your credit balance is too low" } });
    let refusal = Reply::Status { status: 400, headers: BTreeMap::new(), body: Some(body) };
    let provider = ScriptedProvider::start(Script::new().when_asked_for("steps", refusal));
    ask(&home_with(&provider), ANTHROPIC, &[]).failed(1, &["credit"]);
    assert_eq!(provider.calls().len(), 1);
}

#[test]
fn web_page_in_place_of_an_answer_is_recognised() {
    let page = Reply::Garbage {
        content_type: "text/html".to_owned(),
        body: "<!DOCTYPE html><html><title>Welcome to the hotel network</title></html>".to_owned(),
    };
    let provider = ScriptedProvider::start(Script::new().when_asked_for("steps", page));
    for model in [ANTHROPIC, OPENAI] {
        let told = ask(&home_with(&provider), model, &[]).failed(1, &["this is not the provider"]);
        assert!(!told.stderr.contains('<') && told.stdout.is_empty(), "{told:?}");
    }
}

#[test]
fn reply_that_breaks_off_never_passes_for_one() {
    for model in [ANTHROPIC, OPENAI] {
        let piece = Reply::Truncated { text: r#"{"complexity": "basic", "rea"#.to_owned() };
        let provider = ScriptedProvider::start(Script::new().when_asked_for("steps", piece));
        ask(&home_with(&provider), model, &[]).failed(1, &["broke off"]);
        assert_eq!(provider.calls().len(), 1, "what was shown is not asked for again");
    }
}

#[test]
fn ctrl_c_ends_a_silent_model_at_once_and_keeps_the_run() {
    for silence in [Reply::hang(), Reply::Hang { text: Some(r#"{"reason": "One "#.to_owned()) }] {
        let provider = ScriptedProvider::start(Script::new().when_asked_for("steps", silence));
        let home = home_with(&provider);
        let file = sample("coffee_orders.csv");
        let at_work = start(&home, &["ask", file.to_str().unwrap(), QUESTION, "--model", ANTHROPIC, "--json"]);
        provider.wait_for_calls(1, Duration::from_secs(20));
        let (told, took) = at_work.signal(libc::SIGINT);
        stopped(&home, &told, took);
        provider.wait_for_abandoned(1, Duration::from_secs(2));
    }
}

#[test]
fn ctrl_c_ends_endless_code_at_once_and_keeps_the_run() {
    let endless = "print('began', flush=True)\nwhile True:\n    pass\n";
    let provider =
        ScriptedProvider::start(script(vec![(Asked::Plan, one_step()), (Asked::Code, code("python", endless))]));
    let home = home_with(&provider);
    let file = sample("coffee_orders.csv");
    let mut at_work = start(&home, &["ask", file.to_str().unwrap(), QUESTION, "--model", OPENAI, "--json"]);
    at_work.wait_for(r#""text":"began"#);
    let family = analyst_tests::program::with_descendants(at_work.id());
    assert!(family.len() > 1, "the code runs in another process");
    let (told, took) = at_work.signal(libc::SIGINT);
    stopped(&home, &told, took);
    let deadline = Instant::now() + Duration::from_secs(2);
    let alive =
        |id: &&u32| std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
    while family.iter().any(|id| alive(&id)) {
        assert!(Instant::now() < deadline, "still there: {:?}", family.iter().filter(alive).collect::<Vec<_>>());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Stopped within a second and a half, told once, and kept as stopped.
fn stopped(home: &Home, told: &Told, took: Duration) {
    assert_eq!(told.code, Some(130), "{told:?}");
    assert!(took < Duration::from_millis(1_500), "it took {took:?}");
    let run = told.run();
    assert_eq!(run.end(), (RunStatus::Cancelled, None));
    assert!(told.stderr.contains("stopped"), "{}", told.stderr);
    let kept = call(home, "run::get", &json!({ "runId": run.id }));
    assert_eq!(kept["status"], "cancelled");
    let events = call(home, "run::events", &json!({ "runId": run.id }));
    assert_eq!(events["events"].as_array().unwrap().len(), run.durable.len());
}

#[test]
fn unknown_models_and_providers_are_named() {
    let provider = ScriptedProvider::start(Script::new().when_asked_for(
        "steps",
        Reply::Status {
            status: 404,
            headers: BTreeMap::new(),
            body: Some(
                json!({ "type": "error", "error": { "type": "not_found_error", "message": "model: claude-nosuch" } }),
            ),
        },
    ));
    let home = home_with(&provider);
    let run = ask(&home, "anthropic/claude-nosuch", &["--json"]).failed(1, &["claude-nosuch"]).run();
    let (status, error) = run.end();
    assert_eq!((status, error.unwrap().code), (RunStatus::Failed, ErrorCode::ModelUnavailable));
    ask(&home, "nosuch/model", &[]).failed(1, &["nosuch", "anthropic"]);
    ask(&home, "nonsense", &[]).failed(2, &["nonsense", "provider/model"]);
    let openai = ScriptedProvider::start(sum_script("x"));
    let home = home_with(&openai).with("OPENAI_BASE_URL", "http://203.0.113.9/v1");
    ask(&home, OPENAI, &[]).failed(1, &["https://"]);
    assert_eq!(openai.requests().len(), 0);
}
