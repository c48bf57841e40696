//! The ledger keeps exactly what left, and shows where somebody touched it.

use analyst_store::{FILE_NAME, LedgerFilter, NewLedgerEntry, Store};
use analyst_types::{LedgerOutcome, ModelId, PrivacyLevel, RunId, Shown};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Executor};

const EVERYTHING: LedgerFilter = LedgerFilter { run_id: None, dataset: None, before: None, limit: 100 };

async fn append(store: &Store, body: &[u8], run_id: Option<RunId>) -> u64 {
    let model = ModelId::new("anthropic", "claude-haiku-4-5");
    let columns = vec!["region".to_owned(), format!("c{}", body.len())];
    let shown = [Shown { dataset: "orders".into(), columns, rows: 2 }];
    let entry = NewLedgerEntry {
        at: chrono::Utc::now(),
        run_id,
        url: "https://api.example/v1/messages",
        model: &model,
        purpose: "plan",
        attempt: 1,
        privacy: Some(PrivacyLevel::Statistics),
        shown: &shown,
        body,
    };
    store.ledger().append(&entry).await.unwrap()
}

async fn with_four() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    for body in ["one", "two!", "three", ""] {
        append(&store, body.as_bytes(), None).await;
    }
    (dir, store)
}

#[tokio::test]
async fn every_byte_comes_back_and_entries_are_counted_from_one() {
    let (_dir, store) = with_four().await;
    let odd: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let run = RunId::from(uuid::Uuid::from_u128(7));
    assert_eq!(append(&store, &odd, Some(run)).await, 5);
    let (entry, body) = store.ledger().get(5).await.unwrap();
    assert_eq!(body, odd);
    assert_eq!((entry.body_bytes, entry.run_id, entry.outcome), (100_000, Some(run), None));
    let outcome = LedgerOutcome {
        at: chrono::DateTime::from_timestamp_millis(5).unwrap(),
        status: Some(200),
        response_bytes: 9,
        response_hash: "ab".into(),
        error: None,
    };
    store.ledger().conclude(5, &outcome).await.unwrap();
    store.ledger().conclude(5, &LedgerOutcome { status: Some(500), ..outcome.clone() }).await.unwrap();
    let newest = store.ledger().list(&LedgerFilter { limit: 2, ..EVERYTHING }).await.unwrap();
    assert_eq!(newest.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [5, 4]);
    assert_eq!(newest[0].outcome, Some(outcome));
    let of_run = LedgerFilter { run_id: Some(run), dataset: Some("orders".into()), ..EVERYTHING };
    assert_eq!(store.ledger().list(&of_run).await.unwrap().len(), 1);
    assert_eq!(store.ledger().list(&LedgerFilter { dataset: Some("other".into()), ..EVERYTHING }).await.unwrap(), []);
    assert_eq!(store.ledger().count_by_run(run).await.unwrap(), 1);
    assert!(store.ledger().get(6).await.is_err());
    let totals = store.ledger().totals().await.unwrap();
    assert_eq!((totals.len(), totals[0].requests, totals[0].rows, totals[0].columns.len()), (1, 5, 10, 6));
}

#[tokio::test]
async fn an_untouched_ledger_is_whole_also_after_a_restart() {
    let (dir, store) = with_four().await;
    store.close().await;
    let store = Store::open(dir.path()).await.unwrap();
    append(&store, b"five", None).await;
    let check = store.ledger().verify().await.unwrap();
    assert_eq!((check.entries, check.broken), (5, None));
}

#[tokio::test]
async fn every_kind_of_tampering_is_found_where_it_is() {
    let cases = [
        ("UPDATE ledger SET purpose = 'chat' WHERE seq = 2", 2),
        ("UPDATE ledger SET shown = '[]' WHERE seq = 3", 3),
        ("UPDATE ledger SET body = (SELECT body FROM ledger WHERE seq = 1) WHERE seq = 4", 4),
        ("UPDATE ledger SET hash = replace(hash, 'a', 'b') WHERE seq = 1", 1),
        ("DELETE FROM ledger WHERE seq = 2", 2),
        ("DELETE FROM ledger WHERE seq = 1", 1),
        ("DELETE FROM ledger WHERE seq = 4", 4),
        ("DELETE FROM ledger", 1),
        (
            "UPDATE ledger SET seq = 9 WHERE seq = 2; UPDATE ledger SET seq = 2 WHERE seq = 3; UPDATE ledger SET seq = 3 WHERE seq = 9",
            2,
        ),
    ];
    for (tampering, place) in cases {
        let (dir, store) = with_four().await;
        store.close().await;
        let mut raw = SqliteConnectOptions::new().filename(dir.path().join(FILE_NAME)).connect().await.unwrap();
        assert!(raw.execute(tampering).await.is_err(), "the table itself let this through: {tampering}");
        raw.execute("DROP TRIGGER ledger_keeps; DROP TRIGGER ledger_stays").await.unwrap();
        raw.execute(tampering).await.unwrap();
        drop(raw);
        let store = Store::open(dir.path()).await.unwrap();
        let broken = store.ledger().verify().await.unwrap().broken;
        assert_eq!(broken.as_ref().map(|broken| broken.seq), Some(place), "{tampering}: {broken:?}");
    }
}

#[tokio::test]
async fn two_programs_write_one_chain() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (Store::open(dir.path()).await.unwrap(), Store::open(dir.path()).await.unwrap());
    let writing = |store: Store| async move {
        for n in 0..20 {
            append(&store, format!("{n}").as_bytes(), None).await;
        }
    };
    tokio::join!(writing(one.clone()), writing(other));
    let check = one.ledger().verify().await.unwrap();
    assert_eq!((check.entries, check.broken), (40, None));
}
