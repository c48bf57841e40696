//! The app as a face uses it: commands in, answers and events out, with the real engines behind.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod agents;
/// The server of analyst-connect's own tests.
#[allow(dead_code, reason = "these tests need less of it")]
#[path = "../../../analyst-connect/tests/connect/server.rs"]
mod database;
mod looking;
mod remote;
mod reopening;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use analyst_app::{App, COMMANDS, Config, WORKER_FLAG, WorkerCommand, dispatch, worker_mode};
use analyst_types::{AppError, Chat, ErrorCode, Run, RunEvent, RunEventKind, RunStatus};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Code that only a Stop ends.
const ENDLESS: &str = "while True:\n    pass\n";

struct Desk {
    app: Arc<App>,
    dir: TempDir,
}

impl Desk {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let app = App::start(config(dir.path())).await.unwrap();
        Self { app, dir }
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    async fn call(&self, name: &str, request: Value) -> Value {
        dispatch(&self.app, name, request).await.unwrap_or_else(|error| panic!("{name}: {error:?}"))
    }

    async fn refused(&self, name: &str, request: Value) -> AppError {
        dispatch(&self.app, name, request).await.expect_err("the command should have been refused")
    }

    async fn chat_about(&self, files: &[&Path]) -> Chat {
        let chat: Chat = serde_json::from_value(self.call("chat::create", json!({})).await).unwrap();
        for file in files {
            self.call("dataset::open", json!({ "path": file, "chatId": chat.id })).await;
        }
        chat
    }

    async fn cell(&self, chat: &Chat, language: &str, code: &str) -> Run {
        let request = json!({ "chatId": chat.id, "language": language, "code": code });
        serde_json::from_value(self.call("cell::run", request).await).unwrap()
    }

    async fn follow(&self, run: &Run) -> Vec<RunEvent> {
        let mut receiver = self.app.subscribe(run.id, 0).await.unwrap();
        let mut events = Vec::new();
        while let Some(event) = receiver.recv().await {
            events.push(event);
        }
        events
    }

    async fn stored(&self, run: &Run) -> Vec<RunEvent> {
        let answer = self.call("run::events", json!({ "runId": run.id })).await;
        serde_json::from_value(answer["events"].clone()).unwrap()
    }
}

fn config(dir: &Path) -> Config {
    let mut config = Config::resolve(Some(dir.join("data"))).unwrap();
    config.use_keyring = false;
    config.worker = worker();
    config
}

/// This test program itself, started again as a data worker.
fn worker() -> WorkerCommand {
    let args = ["data_worker_program", "--exact", "--nocapture", "--", WORKER_FLAG];
    WorkerCommand { program: std::env::current_exe().unwrap(), args: args.map(Into::into).to_vec() }
}

/// Not a test: the data worker of the tests. Without its flag it is nothing.
#[test]
fn data_worker_program() {
    let args = std::env::args_os().skip_while(|arg| arg != WORKER_FLAG);
    if worker_mode(std::iter::once("worker".into()).chain(args)).is_some() {
        std::process::exit(0);
    }
}

fn ending(events: &[RunEvent]) -> RunStatus {
    match &events.last().expect("a run has events").kind {
        RunEventKind::RunFinished { status, .. } => *status,
        other => panic!("the last event is {other:?}"),
    }
}

/// As the faces send them.
fn lines(events: &[RunEvent]) -> Vec<String> {
    events.iter().map(|event| serde_json::to_string(event).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_is_told_as_it_is_stored_and_ends_once() {
    let desk = Desk::new().await;
    let file = desk.file("orders.csv", "region,units\nNorth,3\nSouth,5\nNorth,4\n");
    let chat = desk.chat_about(&[&file]).await;
    let run = desk.cell(&chat, "sql", "SELECT region, SUM(units) AS units FROM orders GROUP BY region").await;
    let told = desk.follow(&run).await;
    let durable: Vec<_> = told.iter().filter(|event| event.seq.is_some()).cloned().collect();
    assert_eq!(lines(&durable), lines(&desk.stored(&run).await));
    assert_eq!(lines(&durable), lines(&desk.follow(&run).await), "whoever comes late is told the same");
    let numbers: Vec<_> = durable.iter().filter_map(|event| event.seq).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    assert_eq!(durable.iter().filter(|event| event.kind.is_terminal()).count(), 1);
    assert_eq!(ending(&durable), RunStatus::Completed);
    let left: Vec<_> = std::fs::read_dir(desk.dir.path().join("data/exchange")).unwrap().collect();
    assert!(left.is_empty(), "what the run handed over is removed: {left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_opened_again_is_the_same_dataset_and_a_namesake_gets_a_name_of_its_own() {
    let desk = Desk::new().await;
    let first = desk.file("sales.csv", "a\n1\n");
    let other = desk.file("other/sales.csv", "a\n2\n");
    let chat = desk.chat_about(&[&first, &first, &other]).await;
    let view = desk.call("chat::get", json!({ "chatId": chat.id })).await;
    let names: Vec<_> = view["datasets"].as_array().unwrap().iter().map(|dataset| dataset["name"].clone()).collect();
    assert_eq!(names, ["sales", "sales_2"]);
    let second = desk.chat_about(&[&first]).await;
    let again = desk.call("chat::get", json!({ "chatId": second.id })).await;
    assert_eq!(again["datasets"][0]["id"], view["datasets"][0]["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_known_is_not_read_again_until_it_changes() {
    let desk = Desk::new().await;
    let file = desk.file("sales.csv", "a\n1\n");
    age(&file, 60);
    let first = desk.call("dataset::open", json!({ "path": file })).await;
    desk.app.shutdown().await;

    // Without workers nothing can be read.
    let mut config = config(desk.dir.path());
    config.worker.program = desk.dir.path().join("no worker");
    let app = App::start(config).await.unwrap();
    let again = dispatch(&app, "dataset::open", json!({ "path": file })).await.unwrap();
    assert_eq!(again["datasets"][0]["id"], first["datasets"][0]["id"]);
    let otherwise = json!({ "path": file, "options": { "headerRow": 0 } });
    assert!(dispatch(&app, "dataset::open", otherwise).await.is_err(), "read in another way");
    std::fs::write(&file, "a\n2\n").unwrap();
    age(&file, 30);
    let error = dispatch(&app, "dataset::open", json!({ "path": file })).await.unwrap_err();
    assert!(error.message.contains("no worker"), "{error}");
}

/// Has the file look as if it was written so many seconds ago.
fn age(file: &Path, secs: u64) {
    let then = std::time::SystemTime::now() - Duration::from_secs(secs);
    std::fs::File::options().write(true).open(file).unwrap().set_modified(then).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_tells_how_far_it_is_and_ends_when_told() {
    let desk = Desk::new().await;
    // Long enough to be read in parts, after each of which it tells.
    let rows: String = (0..1_300_000).map(|n| format!("{n},name {n},{n}.25,2024-01-{:02}\n", n % 28 + 1)).collect();
    let file = desk.file("long.csv", &format!("id,name,amount,day\n{rows}"));
    let app = Arc::clone(&desk.app);
    let request = json!({ "path": file, "taskId": "import" });
    let work = tokio::spawn(async move { dispatch(&app, "dataset::open", request).await });
    let told = loop {
        let state = dispatch(&desk.app, "task::get", json!({ "taskId": "import" })).await;
        match state {
            Ok(state) if state["done"].as_f64().unwrap() > 0.0 => break state,
            _ => assert!(!work.is_finished(), "it was over before it told anything"),
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert_eq!(told["stage"], "reading");
    let asked = Instant::now();
    desk.call("task::cancel", json!({ "taskId": "import" })).await;
    assert_eq!(work.await.unwrap().unwrap_err().code, ErrorCode::Cancelled);
    assert!(asked.elapsed() < Duration::from_secs(5), "it took {:?}", asked.elapsed());
    assert_eq!(desk.refused("task::get", json!({ "taskId": "import" })).await.code, ErrorCode::NotFound);
    assert_eq!(desk.call("dataset::list", json!({})).await["datasets"], json!([]));
    let small = desk.file("small.csv", "a\n1\n");
    desk.call("dataset::open", json!({ "path": small })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_appears_whole_or_not_at_all() {
    let desk = Desk::new().await;
    let file = desk.file("orders.csv", "region,units\nNorth,3\nSouth,5\n");
    let opened = desk.call("dataset::open", json!({ "path": file })).await;
    let id = &opened["datasets"][0]["id"];
    let out = desk.dir.path().join("out.csv");
    desk.call("dataset::export", json!({ "datasetId": id, "path": out, "taskId": "export" })).await;
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "region,units\nNorth,3\nSouth,5\n");
    let nowhere = file.join("out.csv");
    let error = desk.refused("dataset::export", json!({ "datasetId": id, "path": nowhere })).await;
    assert_eq!(error.code, ErrorCode::Storage, "{error}");
    let sql = json!({ "sql": "SELECT * FROM orders", "datasetIds": [id], "path": desk.dir.path().join("o.doc") });
    assert_eq!(desk.refused("dataset::export_query", sql).await.code, ErrorCode::InvalidRequest);
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_ends_endless_code_and_meanwhile_the_chat_takes_nothing_else() {
    let desk = Desk::new().await;
    let file = desk.file("t.csv", "a\n1\n");
    let chat = desk.chat_about(&[&file]).await;
    let run = desk.cell(&chat, "python", ENDLESS).await;
    let busy = desk.refused("run::start", json!({ "chatId": chat.id, "question": "How many rows?" })).await;
    assert_eq!(busy.code, ErrorCode::InvalidRequest);
    let app = Arc::clone(&desk.app);
    let following = tokio::spawn(async move {
        let mut receiver = app.subscribe(run.id, 0).await.unwrap();
        let mut last = None;
        while let Some(event) = receiver.recv().await {
            last = Some(event);
        }
        last
    });
    while !desk.stored(&run).await.iter().any(|event| matches!(event.kind, RunEventKind::ExecutionStarted { .. })) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let asked = Instant::now();
    desk.call("run::cancel", json!({ "runId": run.id })).await;
    let last = following.await.unwrap().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(5), "Stop took {:?}", asked.elapsed());
    assert_eq!(ending(&[last]), RunStatus::Cancelled);
    let run = desk.cell(&chat, "sql", "SELECT COUNT(*) AS n FROM t").await;
    assert_eq!(ending(&desk.follow(&run).await), RunStatus::Completed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_can_be_deleted_while_it_is_at_work() {
    let desk = Desk::new().await;
    let file = desk.file("t.csv", "a\n1\n");
    let chat = desk.chat_about(&[&file]).await;
    desk.cell(&chat, "python", ENDLESS).await;
    desk.call("chat::delete", json!({ "chatId": chat.id })).await;
    let gone = desk.refused("chat::get", json!({ "chatId": chat.id })).await;
    assert_eq!(gone.code, ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_answers_a_senseless_request_with_an_error_of_its_own() {
    let desk = Desk::new().await;
    for command in COMMANDS {
        let answer = dispatch(&desk.app, command.name, json!("senseless")).await;
        let error = answer.expect_err(command.name);
        assert_eq!(error.code, ErrorCode::InvalidRequest, "{}", command.name);
        assert!(error.message.starts_with(command.name), "{}", error.message);
    }
    let unknown = desk.refused("dataset::burn", json!({})).await;
    assert!(unknown.hint.contains("dataset::open"), "{}", unknown.hint);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_goes_in_and_never_comes_out() {
    let desk = Desk::new().await;
    desk.call("secret::set", json!({ "provider": "anthropic", "key": "sk-ant-canary" })).await;
    let mut answers = String::new();
    for name in ["model::list", "settings::get", "app::info", "doctor::report"] {
        answers.push_str(&desk.call(name, json!({})).await.to_string());
    }
    assert!(answers.contains("\"keyState\":\"stored\"") && !answers.contains("sk-ant-canary"));
    let change = json!({ "settings": { "baseUrls": { "anthropic": "http://127.0.0.1:9" } } });
    desk.call("settings::update", change).await;
    let moved = desk.call("model::list", json!({})).await.to_string();
    assert!(!moved.contains("\"keyState\":\"stored\""), "a key stays with its address");
}

#[tokio::test(flavor = "multi_thread")]
async fn pasted_text_opens_like_a_file() {
    let desk = Desk::new().await;
    let opened = desk.call("dataset::open_text", json!({ "text": "a\tb\n1\tx\n2\ty\n", "name": "my table" })).await;
    assert_eq!(opened["datasets"][0]["nRows"], 2);
    let empty = desk.refused("dataset::open_text", json!({ "text": "  \n" })).await;
    assert_eq!(empty.code, ErrorCode::InvalidRequest);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_of_the_advanced_pack_takes_part_once_it_is_switched_on() {
    let desk = Desk::new().await;
    let enabled = |agents: &Value, name: &str| {
        let found = agents["agents"].as_array().unwrap().iter().find(|agent| agent["name"] == name).unwrap();
        found["enabled"].as_bool().unwrap()
    };
    let before = desk.call("agent::list", json!({})).await;
    let agents = before["agents"].as_array().unwrap();
    let premium = agents.iter().find(|agent| agent["isPremium"] == true).unwrap()["name"].as_str().unwrap().to_owned();
    assert!(!enabled(&before, &premium));
    desk.call("agent::set_enabled", json!({ "name": premium, "enabled": true })).await;
    assert!(enabled(&desk.call("agent::list", json!({})).await, &premium));
    let unknown = desk.refused("agent::set_enabled", json!({ "name": "nobody", "enabled": true })).await;
    assert_eq!(unknown.code, ErrorCode::NotFound);
}
