//! What is there after a program has ended, however it ended.

use std::time::Duration;

use analyst_tests::provider::{Reply, Script, ScriptedProvider};
use serde_json::{Value, json};

use crate::replies::{ANTHROPIC, home_with};
use crate::told::{call, sample, start, tell};

#[test]
fn killed_run_is_interrupted_once_and_a_live_one_is_left_alone() {
    let provider = ScriptedProvider::start(Script::new().when_asked_for("steps", Reply::hang()));
    let home = home_with(&provider);
    let file = sample("coffee_orders.csv");
    let mut at_work = start(&home, &["ask", file.to_str().unwrap(), "How much?", "--model", ANTHROPIC, "--json"]);
    at_work.wait_for("runStarted");
    provider.wait_for_calls(1, Duration::from_secs(20));
    let first: Value = serde_json::from_str(&at_work.seen[0]).unwrap();
    let run = json!({ "runId": first["runId"] });

    // A second program beside it.
    assert_eq!(call(&home, "run::get", &run)["status"], "running");
    tell(&home, &["chats"]).done();
    assert_eq!(call(&home, "run::events", &run)["events"].as_array().unwrap().len(), 1);

    let (killed, _) = at_work.signal(libc::SIGKILL);
    assert_eq!(killed.code, None);
    let interrupted = call(&home, "run::get", &run);
    assert_eq!(interrupted["status"], "interrupted");
    assert!(interrupted["finishedAt"].is_string());
    for _ in 0..2 {
        let events = call(&home, "run::events", &run)["events"].clone();
        let events = events.as_array().unwrap();
        assert_eq!(events.len(), 2, "{events:?}");
        assert_eq!((&events[0], &events[1]["seq"]), (&first, &json!(2)));
        assert_eq!(
            (&events[1]["kind"]["type"], &events[1]["kind"]["status"]),
            (&json!("runFinished"), &json!("interrupted"))
        );
    }
    // The chat is free for the next question.
    let chat = tell(&home, &["chats", "--json"]).done().json()["chats"][0]["id"].clone();
    let cell = json!({ "chatId": chat, "language": "sql", "code": "SELECT COUNT(*) AS n FROM coffee_orders" });
    let begun = call(&home, "cell::run", &cell);
    assert_eq!((&begun["kind"], &begun["status"]), (&json!("cell"), &json!("running")));
    let ended = call(&home, "run::get", &json!({ "runId": begun["id"] }));
    assert_eq!(ended["status"], "completed", "the program stays until the run that it started has ended");
}

#[test]
fn settings_chats_and_datasets_outlive_the_program() {
    let home = analyst_tests::program::Home::new();
    let settings = json!({ "settings": { "privacy": "schema", "theme": "dark" } });
    call(&home, "settings::update", &settings);
    let kept = call(&home, "settings::get", &json!({}));
    assert_eq!(
        (&kept["privacy"], &kept["theme"], &kept["model"]),
        (&json!("schema"), &json!("dark"), &json!("builtin/analyst"))
    );

    let chat = call(&home, "chat::create", &json!({}));
    let opened = call(&home, "dataset::open_sample", &json!({ "name": "bike_counts", "chatId": chat["id"] }));
    let dataset = opened["datasets"][0]["id"].clone();
    call(&home, "chat::rename", &json!({ "chatId": chat["id"], "title": "Bikes" }));
    let page = call(&home, "dataset::preview", &json!({ "datasetId": dataset, "offset": 729, "limit": 10 }));
    assert_eq!((page["rows"].as_array().unwrap().len(), &page["nRows"]), (2, &json!(731)));
    let view = call(&home, "chat::get", &json!({ "chatId": chat["id"] }));
    assert_eq!((&view["chat"]["title"], &view["datasets"][0]["id"]), (&json!("Bikes"), &dataset));

    call(&home, "dataset::remove", &json!({ "datasetId": dataset }));
    assert_eq!(call(&home, "dataset::list", &json!({}))["datasets"], json!([]));
    tell(&home, &["chats", "delete", chat["id"].as_str().unwrap()]).done();
    assert_eq!(tell(&home, &["chats", "--json"]).done().json()["chats"], json!([]));
    tell(&home, &["call", "chat::get", &json!({ "chatId": chat["id"] }).to_string()]).failed(1, &[]);
}

#[test]
fn several_programs_share_a_data_folder() {
    let home = analyst_tests::program::Home::new();
    let file = sample("coffee_orders.csv");
    let ask = || tell(&home, &["ask", file.to_str().unwrap(), "How many rows are there?", "--quiet"]).done();
    std::thread::scope(|scope| {
        let asking = [(); 3].map(|()| scope.spawn(ask));
        asking.into_iter().for_each(|asking| assert!(asking.join().unwrap().stdout.contains("2000")));
    });
    let chats = tell(&home, &["chats", "--json"]).done().json()["chats"].clone();
    assert_eq!(chats.as_array().unwrap().len(), 3);
    for chat in chats.as_array().unwrap() {
        let view = call(&home, "chat::get", &json!({ "chatId": chat["id"] }));
        assert_eq!((&view["runs"][0]["status"], view["messages"].as_array().unwrap().len()), (&json!("completed"), 2));
    }
}

#[test]
fn looking_at_a_file_leaves_nothing_behind() {
    let home = analyst_tests::program::Home::new();
    let file = home.file("look.csv", "a,b\n1,2\n");
    let told = home
        .command(analyst_tests::program::cli())
        .env_remove("AUTO_ANALYST_DATA_DIR")
        .args(["profile", file.to_str().unwrap(), "--json"])
        .output()
        .unwrap();
    assert!(told.status.success());
    for folder in ["share", "data", "config", "state"] {
        let left = std::fs::read_dir(home.path().join(folder)).unwrap().flatten().map(|entry| entry.path());
        assert_eq!(left.collect::<Vec<_>>(), Vec::<std::path::PathBuf>::new());
    }
}
