//! A file read another way takes the place of what was read before.

use std::sync::Arc;
use std::time::Duration;

use analyst_types::{Chat, ErrorCode, RunEventKind};
use serde_json::{Value, json};

use super::{Desk, ENDLESS};

impl Desk {
    /// The datasets of a chat.
    async fn datasets_of(&self, chat: &Chat) -> Vec<Value> {
        let view = self.call("chat::get", json!({ "chatId": chat.id })).await;
        view["datasets"].as_array().unwrap().clone()
    }

    async fn known_ids(&self) -> Vec<Value> {
        let list = self.call("dataset::list", json!({})).await;
        list["datasets"].as_array().unwrap().iter().map(|dataset| dataset["id"].clone()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_read_another_way_takes_its_place_in_every_chat_under_its_name() {
    let desk = Desk::new().await;
    let before = desk.file("before.csv", "k\n1\n");
    let file = desk.file("sales.csv", "a|b\n1|2\n3|4\n");
    let after = desk.file("after.csv", "k\n2\n");
    let wrong = json!({ "path": file, "options": { "delimiter": ";" } });
    let old = desk.call("dataset::open", wrong).await["datasets"][0].clone();
    assert_eq!(old["columns"].as_array().unwrap().len(), 1);
    let mut chats = Vec::new();
    for _ in 0..2 {
        let chat = desk.chat_about(&[&before]).await;
        let wrong = json!({ "path": file, "options": { "delimiter": ";" }, "chatId": chat.id });
        assert_eq!(desk.call("dataset::open", wrong).await["datasets"][0]["id"], old["id"]);
        desk.call("dataset::open", json!({ "path": after, "chatId": chat.id })).await;
        chats.push(chat);
    }

    let request = json!({ "datasetId": old["id"], "options": { "delimiter": "|" }, "taskId": "reopen" });
    let new = desk.call("dataset::reopen", request).await["datasets"][0].clone();
    assert_ne!(new["id"], old["id"]);
    assert_eq!((&new["name"], &new["nRows"], &new["format"]["delimiter"]), (&old["name"], &json!(2), &json!("|")));
    assert!(new["explanation"].as_str().unwrap().contains('|'), "{}", new["explanation"]);
    for chat in &chats {
        let names: Vec<_> = desk.datasets_of(chat).await.iter().map(|dataset| dataset["id"].clone()).collect();
        assert_eq!((names.len(), &names[1]), (3, &new["id"]), "in its place, among the others");
    }
    assert!(!desk.known_ids().await.contains(&old["id"]), "nobody uses it any more");
    let sum = desk.cell(&chats[0], "sql", "SELECT SUM(b) AS s FROM sales").await;
    let events = desk.follow(&sum).await;
    assert!(events.iter().any(|event| matches!(&event.kind, RunEventKind::ArtifactAdded { .. })), "{events:?}");

    // The header as data, and back: read the same way, it is the same dataset.
    let request = json!({ "datasetId": new["id"], "options": { "delimiter": "|", "headerRow": 0 } });
    let bare = desk.call("dataset::reopen", request).await["datasets"][0].clone();
    assert_eq!((&bare["nRows"], &bare["name"]), (&json!(3), &old["name"]));
    let request = json!({ "datasetId": bare["id"], "options": { "delimiter": "|", "headerRow": 0 } });
    let again = desk.call("dataset::reopen", request).await["datasets"][0].clone();
    assert_eq!(again["id"], bare["id"]);
    assert!(desk.known_ids().await.contains(&bare["id"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_fails_changes_nothing() {
    let desk = Desk::new().await;
    let file = desk.file("sales.csv", "a,b\n1,2\n");
    let chat = desk.chat_about(&[&file]).await;
    let before = desk.datasets_of(&chat).await;
    let reopen = |options: Value| json!({ "datasetId": before[0]["id"], "options": options });
    let error = desk.refused("dataset::reopen", reopen(json!({ "encoding": "klingon" }))).await;
    assert!(error.message.contains("klingon"), "{error}");
    assert!(desk.refused("dataset::reopen", reopen(json!({ "sheet": "North" }))).await.message.contains("no workbook"));
    std::fs::remove_file(&file).unwrap();
    let gone = desk.refused("dataset::reopen", reopen(json!({ "delimiter": ";" }))).await;
    assert_eq!(gone.code, ErrorCode::NotFound);
    assert_eq!(desk.datasets_of(&chat).await, before);
    let rows = json!({ "datasetId": before[0]["id"], "query": { "offset": 0, "limit": 10 } });
    assert_eq!(desk.call("dataset::rows", rows).await["table"]["rows"], json!([[1, 2]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_run_works_on_stays_until_the_run_is_over() {
    let desk = Desk::new().await;
    let file = desk.file("t.csv", "a;b\n1;2\n");
    let chat = desk.chat_about(&[&file]).await;
    let old = desk.datasets_of(&chat).await[0]["id"].clone();
    let run = desk.cell(&chat, "python", ENDLESS).await;
    let request = json!({ "datasetId": old, "options": { "headerRow": 0 } });
    let new = desk.call("dataset::reopen", request).await["datasets"][0]["id"].clone();
    assert_eq!(desk.datasets_of(&chat).await[0]["id"], new);
    assert!(desk.known_ids().await.contains(&old), "the run may still read it");
    desk.call("run::cancel", json!({ "runId": run.id })).await;
    desk.follow(&run).await;
    let app = Arc::clone(&desk.app);
    let gone = async {
        while desk.known_ids().await.contains(&old) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.expect("it stays for ever");
    drop(app);
}
