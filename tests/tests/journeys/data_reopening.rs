//! Files that were opened before: known again by another process, read another way, forgotten without a trace.

use analyst_tests::program::Home;
use serde_json::json;

use crate::told::{call, tell};

#[test]
fn a_file_is_known_again_read_another_way_and_forgotten() {
    let home = Home::new();
    let file = home.file("sales.csv", "a;b\n1;2\n3;4\n");
    let then = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    std::fs::File::options().write(true).open(&file).unwrap().set_modified(then).unwrap();
    let chat = call(&home, "chat::create", &json!({}))["id"].clone();
    let wrong = json!({ "path": file, "options": { "delimiter": "," }, "chatId": chat });
    let old = call(&home, "dataset::open", &wrong)["datasets"][0].clone();
    assert_eq!(old["columns"].as_array().unwrap().len(), 1);
    assert_eq!(call(&home, "dataset::open", &wrong)["datasets"][0]["id"], old["id"], "another process knows it");

    let right = json!({ "datasetId": old["id"], "options": { "delimiter": ";" } });
    let new = call(&home, "dataset::reopen", &right)["datasets"][0].clone();
    assert_eq!((&new["name"], &new["nRows"]), (&json!("sales"), &json!(2)));
    let view = call(&home, "chat::get", &json!({ "chatId": chat }));
    assert_eq!(view["datasets"], json!([new]), "in the old one's place");
    tell(&home, &["call", "dataset::get", &json!({ "datasetId": old["id"] }).to_string()]).failed(1, &["dataset"]);

    let bad = json!({ "datasetId": new["id"], "options": { "encoding": "klingon" } }).to_string();
    tell(&home, &["call", "dataset::reopen", &bad]).failed(2, &["klingon"]);
    let rows = json!({ "datasetId": new["id"], "query": { "sort": [{ "column": "b", "descending": true }], "offset": 0, "limit": 5 } });
    assert_eq!(call(&home, "dataset::rows", &rows)["table"]["rows"], json!([[3, 4], [1, 2]]));

    let in_store = || {
        let files = std::fs::read_dir(home.data_dir().join("datasets")).unwrap().flatten();
        files.filter(|file| file.path().is_file()).count()
    };
    assert_eq!(in_store(), 2, "one table and its profile");
    call(&home, "dataset::remove", &json!({ "datasetId": new["id"] }));
    assert_eq!(in_store(), 0);
}
