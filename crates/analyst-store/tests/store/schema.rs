//! The tables, column by column: what the migrations make is what the repositories name, on this database and, one
//! day, on others.

use analyst_store::{FILE_NAME, Store};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};

const TABLES: [(&str, &str); 16] = [
    (
        "agent_templates",
        "template_name display_name description category variant_type is_premium usage_count icon_url prompt_template \
         source checksum version enabled active position",
    ),
    ("artifacts", "id execution_id position kind title content"),
    ("chat_datasets", "chat_id dataset_id position"),
    ("chats", "id title created_at updated_at"),
    ("datasets", "id name path file_name format n_rows columns fingerprint warnings arrow_path opened_at removed_at"),
    (
        "executions",
        "id run_id cell_id parent_id attempt language code status stdout stderr error variables duration_ms \
         peak_memory_bytes started_at finished_at",
    ),
    ("ledger", "seq at run_id url model purpose attempt privacy shown body body_bytes body_hash hash"),
    ("ledger_outcomes", "seq at status response_bytes response_hash error"),
    ("messages", "number id chat_id role text run_id at"),
    (
        "model_usage",
        "number run_id at purpose model input_tokens cached_input_tokens output_tokens cost_usd duration_ms error",
    ),
    ("run_events", "run_id seq at kind"),
    ("runs", "id chat_id kind question model privacy status error owner started_at finished_at"),
    ("settings", "key value"),
    ("user_template_preferences", "template_name enabled usage_count last_used_at"),
    ("message_search", "text"),
    ("opened_files", "path options reader size_bytes version tables opened_at"),
];

async fn fresh() -> (tempfile::TempDir, SqliteConnection) {
    let dir = tempfile::tempdir().unwrap();
    Store::open(dir.path()).await.unwrap().close().await;
    let conn = SqliteConnectOptions::new().filename(dir.path().join(FILE_NAME)).connect().await.unwrap();
    (dir, conn)
}

#[tokio::test]
async fn every_table_has_its_columns() {
    let (_dir, mut conn) = fresh().await;
    for (table, expected) in TABLES {
        let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info($1) ORDER BY cid")
            .bind(table)
            .fetch_all(&mut conn)
            .await
            .unwrap();
        assert_eq!(columns.join(" "), expected, "{table}");
    }
    let known: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table'
         AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlx_%' AND name NOT LIKE 'message_search_%'",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(usize::try_from(known).unwrap(), TABLES.len(), "a table is missing in this list");
}

#[tokio::test]
async fn a_column_takes_only_what_it_is_for() {
    let (_dir, mut conn) = fresh().await;
    let loose: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND strict = 0
         AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlx_%'",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    assert_eq!(loose, Vec::<String>::new(), "tables that are not STRICT");
}

/// The only way around bound parameters is to say so, by name; only the tests of the query plans may.
#[test]
fn statements_are_static_text() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let allowed = path.ends_with("query_plans.rs");
        assert!(allowed || !text.contains("AssertSqlSafe") && !text.contains("QueryBuilder"), "{}", path.display());
        files += 1;
    }
    assert!(files > 15);
}
