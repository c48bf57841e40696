//! Tables of a real PostgreSQL server as datasets: copied when small, asked where they are when large.

use analyst_types::{ErrorCode, RunStatus};
use serde_json::{Value, json};

use crate::database::{READER, shared};
use crate::{Desk, ending};

/// A desk with the test server as the connection “shop”.
async fn desk() -> Desk {
    let desk = Desk::new().await;
    let connection = serde_json::to_value(shared().connection()).unwrap();
    desk.call("connection::save", json!({ "connection": connection, "password": READER.1 })).await;
    desk
}

async fn open(desk: &Desk, schema: &str, table: &str, chat: Option<&str>) -> Value {
    let request = json!({ "connection": "shop", "schema": schema, "table": table, "chatId": chat });
    desk.call("dataset::open_table", request).await["datasets"][0].clone()
}

fn codes(dataset: &Value) -> Vec<&str> {
    dataset["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_kept_tried_and_forgotten_without_its_password() {
    let desk = desk().await;
    let kept = desk.call("connection::list", json!({})).await;
    assert_eq!(kept["connections"][0]["name"], "shop");
    assert!(!kept.to_string().contains(READER.1));
    let answered = desk.call("connection::test", json!({ "name": "shop" })).await;
    assert!(answered["version"].as_str().unwrap().starts_with("PostgreSQL"));
    assert_eq!(answered["mayWrite"], false);
    let tables = desk.call("connection::tables", json!({ "name": "shop" })).await;
    assert_eq!(tables["tables"].as_array().unwrap().len(), 4);
    let mut elsewhere = serde_json::to_value(shared().connection()).unwrap();
    elsewhere["host"] = "db.example.com".into();
    let refused = desk.refused("connection::save", json!({ "connection": elsewhere, "password": "x" })).await;
    assert!(refused.message.contains("Without encryption"), "{}", refused.message);
    desk.call("connection::delete", json!({ "name": "shop" })).await;
    assert_eq!(desk.refused("connection::test", json!({ "name": "shop" })).await.code, ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_table_is_copied_and_then_like_any_other() {
    let desk = desk().await;
    let chat = desk.chat_about(&[]).await;
    let customers = open(&desk, "shop", "customers", Some(&chat.id.to_string())).await;
    assert_eq!((&customers["nRows"], &customers["fileName"]), (&json!(4), &json!("shop.customers")));
    assert_eq!(customers["format"]["kind"], "postgresql");
    assert!(codes(&customers).contains(&"copied_from_database"));
    let run = desk.cell(&chat, "sql", "SELECT COUNT(*) AS n FROM customers WHERE country IS NULL").await;
    assert_eq!(ending(&desk.follow(&run).await), RunStatus::Completed);
    let profile = desk.call("dataset::profile", json!({ "datasetId": customers["id"] })).await;
    assert_eq!(profile["rows"], 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_table_stays_and_answers_from_there() {
    let desk = desk().await;
    let chat = desk.chat_about(&[]).await;
    let table = open(&desk, "public", "measurements", Some(&chat.id.to_string())).await;
    assert_eq!(table["nRows"], 300_000);
    assert_eq!(codes(&table), ["stays_in_database"]);
    let id = &table["id"];
    let page = desk.call("dataset::preview", json!({ "datasetId": id, "offset": 299_998, "limit": 10 })).await;
    assert_eq!(page["rows"].as_array().unwrap().len(), 2);
    let profile = desk.call("dataset::profile", json!({ "datasetId": id })).await;
    assert_eq!(profile["rows"], 300_000);
    assert!(profile["sampled_rows"].is_number());
    let sql = "SELECT station, COUNT(*) AS n FROM measurements GROUP BY station ORDER BY station";
    let answer = desk.call("dataset::query", json!({ "sql": sql, "datasetIds": [id] })).await;
    let rows = answer.get("table").unwrap_or(&answer)["rows"].as_array().unwrap().clone();
    let total: i64 = rows.iter().map(|row| row[1].as_i64().unwrap()).sum();
    assert_eq!((rows.len(), total), (7, 300_000), "every row is counted, where it is");

    let run = desk.cell(&chat, "sql", "SELECT COUNT(*) AS n FROM df").await;
    assert_eq!(ending(&desk.follow(&run).await), RunStatus::Completed);
    let lines = desk.stored(&run).await.iter().map(|event| serde_json::to_string(event).unwrap()).collect::<String>();
    assert!(lines.contains("300000"), "{lines}");
    let write = desk.cell(&chat, "sql", "DELETE FROM measurements").await;
    let told = desk.follow(&write).await.iter().map(|event| serde_json::to_string(event).unwrap()).collect::<String>();
    assert!(told.contains("Only one SELECT"), "{told}");
    let python = desk.cell(&chat, "python", "print(len(df))").await;
    let told = desk.follow(&python).await.iter().map(|event| serde_json::to_string(event).unwrap()).collect::<String>();
    assert!(told.contains("stays in its database"), "{told}");
    let to = desk.dir.path().join("out.csv");
    let refused = desk.refused("dataset::export", json!({ "datasetId": id, "path": to })).await;
    assert!(refused.message.contains("stays in its database"));
    desk.call("dataset::remove", json!({ "datasetId": id })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_a_database_are_not_mixed_in_silence() {
    let desk = desk().await;
    let file = desk.file("stations.csv", "station,name\n1,North\n2,South\n");
    let opened = desk.call("dataset::open", json!({ "path": file })).await;
    let there = open(&desk, "public", "measurements", None).await;
    let sql = "SELECT COUNT(*) AS n FROM measurements JOIN stations USING (station)";
    let ids = json!([there["id"], opened["datasets"][0]["id"]]);
    let refused = desk.refused("dataset::query", json!({ "sql": sql, "datasetIds": ids })).await;
    assert!(refused.message.contains("together with files"), "{}", refused.message);
    let missing = json!({ "connection": "shop", "schema": "public", "table": "secret" });
    assert_eq!(desk.refused("dataset::open_table", missing).await.code, ErrorCode::NotFound);
    desk.call("settings::update", json!({ "settings": { "offline": true } })).await;
    assert_eq!(open(&desk, "shop", "customers", None).await["nRows"], 4, "this machine is not elsewhere");
}
