//! Statements: pushed down, read-only, limited, stopped.

use std::time::{Duration, Instant};

use analyst_connect::{BoundTable, SqlEngine};
use serde_json::json;

use crate::server::{database, shared, table};

const PATIENCE: Duration = Duration::from_secs(30);

fn tables() -> Vec<BoundTable> {
    vec![
        BoundTable { name: "items".into(), table: table("shop", "Order Items") },
        BoundTable { name: "customers".into(), table: table("shop", "customers") },
        BoundTable { name: "measurements".into(), table: table("public", "measurements") },
    ]
}

#[tokio::test]
async fn only_the_result_of_a_join_comes_back() {
    let sql = "SELECT c.name, SUM(items.amount) AS total, COUNT(*) AS n FROM items JOIN customers c ON c.id = items.customer GROUP BY c.name ORDER BY total DESC";
    let result = database().query(sql, &tables(), 100, PATIENCE).await.unwrap();
    assert_eq!(result.table.rows, [[json!("Ada"), json!(30.75), json!(2)], [json!("Blaise"), json!(5.0), json!(2)]]);
    assert_eq!(result.table.columns[1].name, "total");
    assert!(!result.is_cut);
    let twins = database().query("SELECT id, id FROM df ORDER BY id LIMIT 1", &tables(), 10, PATIENCE).await.unwrap();
    assert_eq!(twins.table.rows, [[json!(1), json!(1)]]);
    let none = database().query("SELECT id FROM items WHERE amount > 1000", &tables(), 10, PATIENCE).await.unwrap();
    assert_eq!((none.table.rows.len(), none.table.columns.len()), (0, 1));
}

#[tokio::test]
async fn wide_results_come_whole() {
    let columns: Vec<String> = (0..250).map(|i| format!("id + {i} AS c{i}")).collect();
    let sql = format!("SELECT {} FROM customers ORDER BY id LIMIT 1", columns.join(", "));
    let result = database().query(&sql, &tables(), 10, PATIENCE).await.unwrap();
    assert_eq!(result.table.rows[0].len(), 250);
    assert_eq!(result.table.rows[0][249], json!(250));
}

#[tokio::test]
async fn a_result_that_is_cut_says_so() {
    let result = database().query("SELECT id FROM measurements ORDER BY id", &tables(), 5, PATIENCE).await.unwrap();
    assert_eq!(result.table.rows.len(), 5);
    assert!(result.is_cut);
    assert_eq!(result.notices[0].code, "result_cut");
}

#[tokio::test]
async fn the_plan_of_a_statement_can_be_seen() {
    let plan = database().explain("SELECT * FROM measurements WHERE id = 7", &tables()).await.unwrap();
    assert!(plan.contains("Index Scan"), "{plan}");
}

#[tokio::test]
async fn mistakes_are_explained_by_the_server_and_the_connection_goes_on() {
    let db = database();
    let error = db.query("SELECT amuont FROM items", &tables(), 5, PATIENCE).await.unwrap_err().to_string();
    assert!(error.contains("amuont") && error.contains("amount"), "{error}");
    assert!(db.query("SELECT 1 / 0", &tables(), 5, PATIENCE).await.is_err());
    assert!(db.query("SELECT 1 AS one", &tables(), 5, PATIENCE).await.is_ok());
}

#[tokio::test]
async fn a_statement_ends_at_its_limit_and_when_nobody_waits() {
    let db = database();
    let endless = "SELECT count(*) FROM measurements a CROSS JOIN measurements b WHERE a.reading + b.reading = -1";
    let late = db.query(endless, &tables(), 5, Duration::from_millis(300)).await.unwrap_err();
    assert!(late.to_string().contains("longer than"), "{late}");
    let dropped = tokio::time::timeout(Duration::from_millis(500), db.query(endless, &tables(), 5, PATIENCE)).await;
    assert!(dropped.is_err());
    let patience = Instant::now() + Duration::from_secs(10);
    let running = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%a.reading + b.reading = -1%' AND pid <> pg_backend_pid()";
    while shared().psql(running) != "0" {
        assert!(Instant::now() < patience, "the server still works on a statement that was given up");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
