//! Looking into datasets: windows of rows, profiles, joins, SQL, and files that are not opened yet; each against what a
//! few plain lines compute.

use std::cmp::Ordering;
use std::sync::Arc;
use std::time::Duration;

use analyst_app::dispatch;
use analyst_types::ErrorCode;
use serde_json::{Value, json};

use super::Desk;

/// A row as it was written.
struct Row {
    id: u64,
    name: Option<String>,
    amount: Option<i64>,
    day: u64,
}

const N_ROWS: u64 = 100_000;

/// Numbers that look drawn by lot and are always the same.
fn made_rows(n_rows: u64) -> Vec<Row> {
    let mut state = 12_345u64;
    let mut draw = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let row = |id| Row {
        id,
        name: Some(draw(500)).filter(|name| name % 50 > 0).map(|name| format!("Name {name:03}")),
        amount: Some(draw(20_000) as i64 - 10_000).filter(|amount| amount % 11 != 0),
        day: draw(28) + 1,
    };
    (0..n_rows).map(row).collect()
}

fn as_csv(rows: &[Row]) -> String {
    let line = |row: &Row| {
        let amount = row.amount.map(|amount| amount.to_string()).unwrap_or_default();
        format!("{},{},{amount},2024-03-{:02}\n", row.id, row.name.as_deref().unwrap_or_default(), row.day)
    };
    "id,name,amount,day\n".to_owned() + &rows.iter().map(line).collect::<String>()
}

fn as_json(row: &Row) -> Value {
    json!([row.id, row.name, row.amount, format!("2024-03-{:02}", row.day)])
}

impl Desk {
    /// The id of the only table of a file.
    pub async fn open(&self, name: &str, content: &str) -> Value {
        let file = self.file(name, content);
        self.call("dataset::open", json!({ "path": file })).await["datasets"][0]["id"].clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_sorted_filtered_found_and_summed_as_plain_lines_do_it() {
    let desk = Desk::new().await;
    let rows = made_rows(N_ROWS);
    let id = desk.open("made.csv", &as_csv(&rows)).await;

    // amount at least 100 and the name holds a 7; by name, the last first, then by amount.
    let filters = json!([
        { "column": "amount", "test": "at_least", "values": [100] },
        { "column": "name", "test": "contains", "values": ["7"] },
    ]);
    let sort = json!([{ "column": "name", "descending": true }, { "column": "amount" }]);
    let mut expected: Vec<&Row> = rows
        .iter()
        .filter(|row| row.amount.is_some_and(|amount| amount >= 100))
        .filter(|row| row.name.as_ref().is_some_and(|name| name.contains('7')))
        .collect();
    expected.sort_by(|a, b| b.name.cmp(&a.name).then(a.amount.cmp(&b.amount)));
    assert!(expected.len() > 5_000);
    for offset in [0, 1_234, expected.len() - 3] {
        let query = json!({ "filters": filters, "sort": sort, "offset": offset, "limit": 50 });
        let page = desk.call("dataset::rows", json!({ "datasetId": id, "query": query })).await;
        let wanted = &expected[offset..expected.len().min(offset + 50)];
        assert_eq!(page["table"]["rows"], Value::Array(wanted.iter().map(|row| as_json(row)).collect()), "{offset}");
        assert_eq!(page["positions"], json!(wanted.iter().map(|row| row.id).collect::<Vec<_>>()));
        assert_eq!((&page["table"]["nRows"], &page["totalRows"]), (&json!(expected.len()), &json!(N_ROWS)));
    }

    let query = json!({ "filters": filters, "sort": sort, "offset": 100, "limit": 0 });
    let found = json!({ "datasetId": id, "query": query, "text": "NAME 17", "limit": 7 });
    let found = desk.call("dataset::find", found).await;
    let wanted = expected.iter().enumerate().skip(100);
    let wanted = wanted.filter(|(_, row)| row.name.as_ref().is_some_and(|name| name.starts_with("Name 17"))).take(7);
    let wanted: Vec<_> = wanted.map(|(at, _)| json!({ "row": at, "column": "name" })).collect();
    assert_eq!(found["cells"], json!(wanted));

    let query = json!({ "filters": filters, "sort": sort, "offset": 10, "limit": 1_000 });
    let summed = json!({ "datasetId": id, "query": query, "columns": ["amount"] });
    let summed = desk.call("dataset::statistics", summed).await["columns"][0].clone();
    let amounts: Vec<i64> = expected[10..1_010].iter().filter_map(|row| row.amount).collect();
    let total: i64 = amounts.iter().sum();
    assert_eq!(summed["sum"].as_f64(), Some(total as f64));
    assert_eq!((&summed["min"], &summed["rows"]), (&json!(amounts.iter().min()), &json!(1_000)));

    let values = json!({ "datasetId": id, "column": "name", "search": "99", "limit": 3 });
    let values = desk.call("dataset::distinct", values).await["values"].clone();
    let mut counts: Vec<(u64, String)> = ["Name 099", "Name 199", "Name 299", "Name 399", "Name 499"]
        .map(|name| (rows.iter().filter(|row| row.name.as_deref() == Some(name)).count() as u64, name.to_owned()))
        .to_vec();
    counts.sort_by(|a, b| b.0.cmp(&a.0).then(Ordering::Equal));
    let told: Vec<u64> = values.as_array().unwrap().iter().map(|value| value["count"].as_u64().unwrap()).collect();
    assert_eq!(told, counts.iter().take(3).map(|(count, _)| *count).collect::<Vec<_>>());

    let wrong = json!({ "datasetId": id, "query": { "sort": [{ "column": "amuont" }], "offset": 0, "limit": 1 } });
    let error = desk.refused("dataset::rows", wrong).await;
    assert!(error.message.contains("amuont") && error.to_string().contains("amount"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_comes_quickly_first_tells_how_far_it_is_and_ends_when_told() {
    let desk = Desk::new().await;
    // So many that a profile of all of them is still at work when it is asked how far it is.
    let n_rows = 800_000;
    let id = desk.open("made.csv", &as_csv(&made_rows(n_rows))).await;
    // As if nothing had been found out while it was read.
    let beside = |extension: &str| {
        let files = std::fs::read_dir(desk.dir.path().join("data/datasets")).unwrap().flatten();
        files.map(|file| file.path()).filter(|path| path.to_string_lossy().ends_with(extension)).collect::<Vec<_>>()
    };
    let kept = beside(".profile.json");
    assert_eq!(kept.len(), 1, "what was found out at the import is kept");
    std::fs::remove_file(&kept[0]).unwrap();

    let quick = desk.call("dataset::profile", json!({ "datasetId": id, "quick": true })).await;
    assert!(quick["sampled_rows"].as_u64().is_some_and(|rows| rows < n_rows), "{}", quick["sampled_rows"]);
    assert_eq!((&quick["rows"], quick["columns"].as_array().unwrap().len()), (&json!(n_rows), 4));

    let app = Arc::clone(&desk.app);
    let request = json!({ "datasetId": id, "taskId": "profile" });
    let work = tokio::spawn(async move { dispatch(&app, "dataset::profile", request).await });
    let told = loop {
        match dispatch(&desk.app, "task::get", json!({ "taskId": "profile" })).await {
            Ok(state) if state["done"].as_f64().unwrap() > 0.0 => break state,
            _ => assert!(!work.is_finished(), "it was over before it told anything"),
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(told["stage"], "profiling");
    desk.call("task::cancel", json!({ "taskId": "profile" })).await;
    assert_eq!(work.await.unwrap().unwrap_err().code, ErrorCode::Cancelled);

    let whole = desk.call("dataset::profile", json!({ "datasetId": id, "taskId": "again" })).await;
    assert_eq!((&whole["sampled_rows"], &whole["columns"][0]["distinct"]), (&json!(null), &json!(n_rows)));
    assert_eq!(whole["keys"], json!([["id"]]));
    let known = desk.call("dataset::profile", json!({ "datasetId": id, "quick": true })).await;
    assert_eq!(known, whole, "what is known whole is told whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_of_a_table_goes_with_its_last_dataset() {
    let desk = Desk::new().await;
    let first = desk.open("a.csv", "n,t\n1,x\n2,y\n").await;
    let second = desk.open("b.csv", "n,t\n1,x\n2,y\n").await;
    let kept = || {
        let files = std::fs::read_dir(desk.dir.path().join("data/datasets")).unwrap().flatten();
        files.filter(|file| file.path().is_file()).count()
    };
    assert_eq!(kept(), 2, "one table, one profile");
    desk.call("dataset::remove", json!({ "datasetId": first })).await;
    assert_eq!(kept(), 2);
    let profile = desk.call("dataset::profile", json!({ "datasetId": second })).await;
    assert_eq!(profile["columns"][0]["distinct"], 2);
    desk.call("dataset::remove", json!({ "datasetId": second })).await;
    assert_eq!(kept(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_that_belong_together_are_found_across_datasets() {
    let desk = Desk::new().await;
    let orders: String = (0..200).map(|n| format!("{n},C{:03},{}\n", n * 7 % 40, n % 13)).collect();
    let orders = desk.open("orders.csv", &format!("order_id,customer,units\n{orders}")).await;
    let customers: String = (0..50).map(|n| format!("C{n:03},City {}\n", n % 5)).collect();
    let customers = desk.open("customers.csv", &format!("customer,city\n{customers}")).await;
    let sample = desk.call("dataset::open_sample", json!({ "name": "bike_counts" })).await["datasets"][0]["id"].clone();
    let ask = async |id: &Value, others: Value| {
        let request = json!({ "datasetId": id, "otherIds": others });
        desk.call("dataset::join_candidates", request).await["candidates"].as_array().unwrap().clone()
    };
    let found = ask(&orders, json!([sample, customers, orders])).await;
    let best = json!({
        "column": "customer", "otherDataset": "customers", "otherColumn": "customer",
        "matchedShare": 1.0, "otherIsKey": true,
    });
    assert_eq!(found[0], best, "{found:?}");
    let back = ask(&customers, json!([orders])).await;
    assert_eq!((&back[0]["otherIsKey"], &back[0]["matchedShare"]), (&json!(false), &json!(0.8)), "{back:?}");
    assert_eq!(ask(&orders, json!([orders])).await, Vec::<Value>::new(), "a table does not belong to itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_paged_and_a_statement_explained_without_running() {
    let desk = Desk::new().await;
    let id = desk.open("t.csv", &("n\n".to_owned() + &(0..500).map(|n| format!("{n}\n")).collect::<String>())).await;
    let ask = |sql: &str| json!({ "sql": sql, "datasetIds": [id], "offset": 250, "limit": 2 });
    let page = desk.call("dataset::query", ask("SELECT n FROM t WHERE n % 2 = 0 ORDER BY n DESC")).await;
    assert_eq!((&page["nRows"], &page["table"]["rows"]), (&json!(250), &json!([])));
    let page = desk.call("dataset::query", ask("SELECT n FROM t ORDER BY n DESC")).await;
    assert_eq!((&page["nRows"], &page["table"]["rows"]), (&json!(500), &json!([[249], [248]])));
    assert!(page["joins"].is_array() && page["notices"].is_array());
    let explain = |sql: &str| json!({ "sql": sql, "datasetIds": [id] });
    let plan = desk.call("dataset::explain", explain("SELECT SUM(n) AS s FROM t WHERE n > 3")).await;
    let plan = plan["plan"].as_str().unwrap();
    assert!(plan.contains("FILTER") || plan.contains("SELECTION") || plan.contains("WHERE"), "{plan}");
    let error = desk.refused("dataset::explain", explain("DROP TABLE t")).await;
    assert_eq!(error.code, ErrorCode::CodeFailed, "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peek_tells_the_recipe_and_the_first_rows_and_keeps_nothing() {
    let desk = Desk::new().await;
    let file = desk.file("messy.csv", "Stadt;Umsatz\nKöln;1.234,50\nMünchen;7,25\n");
    let peek = desk.call("file::peek", json!({ "path": file })).await;
    assert_eq!(peek["table"]["rows"], json!([["Köln", 1234.5], ["München", 7.25]]));
    assert_eq!((&peek["format"]["delimiter"], &peek["isComplete"]), (&json!(";"), &json!(true)));
    assert!(peek["explanation"].as_str().unwrap().contains("decimal comma"), "{}", peek["explanation"]);
    let otherwise = json!({ "path": file, "options": { "headerRow": 0, "delimiter": "|" } });
    let peek = desk.call("file::peek", otherwise).await;
    assert_eq!((&peek["table"]["nRows"], peek["table"]["columns"].as_array().unwrap().len()), (&json!(3), 1));

    let line = "1234567,a name that is somewhat long,2024-01-01,77.25\n";
    let n_lines = (24 << 20) / line.len();
    let huge = desk.file("huge.csv", &("id,name,day,x\n".to_owned() + &line.repeat(n_lines)));
    let peek = desk.call("file::peek", json!({ "path": huge })).await;
    assert_eq!(peek["isComplete"], false);
    assert_eq!(peek["sizeBytes"], json!(std::fs::metadata(&huge).unwrap().len()));
    let estimate = peek["estimatedRows"].as_f64().unwrap() / n_lines as f64;
    assert!((0.9..1.1).contains(&estimate), "{estimate}");
    assert_eq!(peek["table"]["rows"].as_array().unwrap().len(), 100);

    let at = |name: &str| desk.dir.path().join(name);
    assert!(std::process::Command::new("mkfifo").arg(at("pipe.csv")).status().unwrap().success());
    let refusals = [
        ("pipe.csv", ErrorCode::UnreadableFile, "not an ordinary file"),
        ("missing.csv", ErrorCode::NotFound, "no file"),
        (".", ErrorCode::UnreadableFile, "folder"),
    ];
    for (name, code, words) in refusals {
        let waited =
            tokio::time::timeout(Duration::from_secs(20), desk.refused("file::peek", json!({ "path": at(name) })));
        let error = waited.await.expect("it waits for ever");
        assert!(error.message.contains(words), "{name}: {error}");
        assert_eq!(error.code, code, "{name}: {error}");
    }
    assert_eq!(desk.call("dataset::list", json!({})).await["datasets"], json!([]));
}
