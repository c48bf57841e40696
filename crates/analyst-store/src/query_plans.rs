//! What is asked often is answered by an index, without a scan and without a sort.

use sqlx::{AssertSqlSafe, Row};

use crate::{
    Store, agent_templates, artifacts, chats, datasets, executions, interruption, messages, model_usage, run_events,
    runs,
};

/// The plan's lines, as SQLite words them.
async fn plan(store: &Store, sql: &str) -> Vec<String> {
    let explain = ["EXPLAIN QUERY PLAN ", sql].concat();
    let rows = sqlx::query(AssertSqlSafe(explain)).fetch_all(&store.reader).await.unwrap();
    rows.iter().map(|row| row.get("detail")).collect()
}

/// Each index is used, nothing else is scanned, nothing is sorted.
async fn check(store: &Store, sql: &'static str, indexes: &[&str]) {
    let plan = plan(store, sql).await;
    for index in indexes {
        assert!(plan.iter().any(|line| line.contains(index)), "{sql}\nuses {plan:#?}\nnot {index}");
    }
    for line in &plan {
        let scan = line.starts_with("SCAN") && !line.contains("USING INDEX") && !line.contains("USING COVERING INDEX");
        assert!(!scan && !line.contains("TEMP B-TREE"), "{sql}\nis answered by {plan:#?}");
    }
}

#[tokio::test]
async fn hot_queries_are_answered_by_indexes() {
    let store = Store::in_memory().await.unwrap();
    check(&store, datasets::LIST, &["datasets_by_opening"]).await;
    check(&store, datasets::FIND, &["datasets_by_content"]).await;
    check(&store, chats::LIST, &["chats_by_update"]).await;
    check(&store, runs::LIST, &["runs_by_chat"]).await;
    check(&store, run_events::LIST, &["sqlite_autoindex_run_events_1"]).await;
    check(&store, messages::LIST, &["messages_by_chat"]).await;
    check(&store, executions::LIST_BY_RUN, &["executions_by_run"]).await;
    check(&store, executions::LIST_BY_CELL, &["executions_by_cell"]).await;
    check(&store, executions::START, &["executions_by_cell"]).await;
    check(&store, artifacts::INSERT, &["artifacts_by_execution"]).await;
    check(&store, model_usage::LIST_BY_RUN, &["model_usage_by_run"]).await;
    check(&store, interruption::OWNERS_AT_WORK, &["runs_at_work"]).await;
    check(&store, agent_templates::LIST, &["agent_templates_by_position"]).await;
}

/// A chat has a handful of datasets, a run a handful of artifacts, a start finds a handful of runs: sorting those is
/// fine, scanning for them is not.
#[tokio::test]
async fn small_results_are_found_by_index_and_then_sorted() {
    let store = Store::in_memory().await.unwrap();
    for (sql, index) in [
        (chats::DATASETS, "sqlite_autoindex_chat_datasets_1"),
        (datasets::LIST_BY_CHAT, "sqlite_autoindex_chat_datasets_1"),
        (artifacts::LIST, "artifacts_by_execution"),
        (interruption::RUNS_AT_WORK, "runs_at_work"),
    ] {
        let plan = plan(&store, sql).await;
        assert!(plan.iter().any(|line| line.contains(index)), "{sql}\nuses {plan:#?}");
        assert!(!plan.iter().any(|line| line.starts_with("SCAN")), "{sql}\nuses {plan:#?}");
    }
}

/// A search asks the word index first, and finds its messages by number.
#[tokio::test]
async fn a_search_reads_only_what_it_finds() {
    let store = Store::in_memory().await.unwrap();
    let plan = plan(&store, messages::SEARCH).await;
    assert!(plan.iter().any(|line| line.contains("message_search VIRTUAL TABLE INDEX")), "{plan:#?}");
    assert!(plan.iter().any(|line| line.contains("SEARCH messages USING INTEGER PRIMARY KEY")), "{plan:#?}");
}

/// Deleting a row looks for the rows that belong to it: every foreign key leads an index.
#[tokio::test]
async fn every_foreign_key_has_an_index() {
    let store = Store::in_memory().await.unwrap();
    let keys = sqlx::query(
        "SELECT tables.name AS 'table', keys.\"from\" AS 'column'
         FROM sqlite_schema AS tables, pragma_foreign_key_list(tables.name) AS keys WHERE tables.type = 'table'",
    )
    .fetch_all(&store.reader)
    .await
    .unwrap();
    assert!(keys.len() >= 11, "{} foreign keys", keys.len());
    for key in keys {
        let (table, column): (String, String) = (key.get("table"), key.get("column"));
        let leading: Vec<String> = sqlx::query_scalar(
            "SELECT indexes.name FROM pragma_index_list($1) AS indexes, pragma_index_info(indexes.name) AS columns
             WHERE columns.seqno = 0 AND columns.name = $2
             UNION ALL SELECT 'row number' FROM pragma_table_info($1) AS own
             WHERE own.name = $2 AND own.pk = 1 AND own.type = 'INTEGER'",
        )
        .bind(&table)
        .bind(&column)
        .fetch_all(&store.reader)
        .await
        .unwrap();
        assert!(!leading.is_empty(), "{table}.{column} has no index");
    }
}
