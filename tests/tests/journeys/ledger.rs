//! What left this computer: every byte is in the ledger, whatever happened on the way, and the person's limits hold.

use analyst_tests::program::Home;
use analyst_tests::provider::{Reply, ScriptedProvider};
use analyst_types::RunStatus;
use serde_json::{Value, json};

use crate::replies::{ANTHROPIC, Asked, SUM, answer, code, home_with, one_step, script, sum_script};
use crate::told::{Told, call, sample, tell};

const QUESTION: &str = "What is the total revenue?";

fn ask(home: &Home, options: &[&str]) -> Told {
    let file = sample("coffee_orders.csv");
    tell(home, &[&["ask", file.to_str().unwrap(), QUESTION, "--model", ANTHROPIC, "--json"], options].concat())
}

fn entries(home: &Home) -> Vec<Value> {
    let mut list = call(home, "ledger::list", &json!({}))["entries"].as_array().unwrap().clone();
    list.reverse();
    list
}

#[test]
fn the_wire_and_the_ledger_hold_the_same_bytes_retries_and_key_tests_included() {
    let replies = vec![
        (Asked::Plan, Reply::status(529)),
        (Asked::Plan, one_step()),
        (Asked::Code, code("sql", SUM)),
        (Asked::Answer, answer("It is **81,823.34**.")),
    ];
    let provider = ScriptedProvider::start(script(replies));
    let home = home_with(&provider);
    ask(&home, &["--privacy", "statistics"]).done();

    let on_the_wire: Vec<String> = provider.calls().iter().map(|call| call.text()).collect();
    let entries = entries(&home);
    let kept: Vec<String> = entries
        .iter()
        .map(|entry| call(&home, "ledger::get", &json!({ "seq": entry["seq"] }))["body"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kept, on_the_wire);
    assert_eq!(kept.len(), 4);
    let told: Vec<(&Value, &Value)> =
        entries.iter().map(|entry| (&entry["attempt"], &entry["outcome"]["status"])).collect();
    assert_eq!(
        told,
        [(&json!(1), &json!(529)), (&json!(2), &json!(200)), (&json!(1), &json!(200)), (&json!(1), &json!(200))]
    );
    for entry in &entries {
        assert_eq!(entry["privacy"], "statistics");
        assert_eq!(entry["shown"][0]["dataset"], "coffee_orders");
        assert_eq!(entry["shown"][0]["rows"], 0, "no row is quoted at this level");
        assert!(entry["shown"][0]["columns"].as_array().unwrap().contains(&json!("revenue")));
    }
    assert_eq!(call(&home, "ledger::verify", &json!({})), json!({ "entries": 4, "broken": null }));
    let totals = call(&home, "ledger::totals", &json!({}));
    assert_eq!((&totals["datasets"][0]["requests"], &totals["datasets"][0]["rows"]), (&json!(4), &json!(0)));

    let export = home.path().join("ledger.ndjson");
    tell(&home, &["ledger", "export", export.to_str().unwrap()]).done();
    let lines = std::fs::read_to_string(&export).unwrap();
    assert_eq!(lines.lines().count(), 4);
    let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(last["body"], json!(on_the_wire[3]));
}

#[test]
fn the_built_in_analyst_leaves_no_trace_in_the_ledger() {
    let home = Home::new();
    let file = sample("coffee_orders.csv");
    tell(&home, &["ask", file.to_str().unwrap(), "How many rows are there?", "--json"]).done();
    assert_eq!(entries(&home), Vec::<Value>::new());
}

#[test]
fn limits_of_calls_and_of_money_hold() {
    let provider = ScriptedProvider::start(sum_script("It is **81,823.34**."));
    let home = home_with(&provider);
    call(&home, "settings::update", &json!({ "settings": { "maxCallsPerRun": 2 } }));
    let stopped = ask(&home, &[]).run();
    assert_eq!(stopped.end().0, RunStatus::Completed, "what was computed is kept, and the answer written here");
    assert_eq!(stopped.warnings(), ["answer_written_locally"]);
    assert_eq!(provider.calls().len(), 2, "the third request did not leave");

    call(&home, "settings::update", &json!({ "settings": { "maxCallsPerRun": 100, "maxUsdPerRun": 0.0001 } }));
    let poor = ask(&home, &[]).run();
    assert!(poor.end().1.unwrap().message.contains("could cost"));
    call(&home, "settings::update", &json!({ "settings": { "maxUsdPerRun": null, "maxUsdPerDay": 0.02 } }));
    let poor = ask(&home, &[]).run();
    assert!(poor.end().1.unwrap().message.contains("the last 24 hours"));
    assert_eq!(provider.calls().len(), 2);
}

#[test]
fn offline_means_that_nothing_is_asked_of_another_machine() {
    let home = Home::new().with("ANTHROPIC_API_KEY", "sk-ant-test");
    call(&home, "settings::update", &json!({ "settings": { "offline": true } }));
    let file = sample("coffee_orders.csv");
    let elsewhere = ["ask", file.to_str().unwrap(), QUESTION, "--model", "anthropic/claude-haiku-4-5"];
    tell(&home, &elsewhere).failed(2, &["stay offline"]);
    tell(&home, &["call", "python::install"]).failed(2, &["stay offline"]);
    tell(&home, &["ask", file.to_str().unwrap(), QUESTION]).done();
}
