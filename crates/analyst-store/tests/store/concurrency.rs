//! Several tasks and several stores at work on one folder.

use analyst_store::Store;
use analyst_types::*;

use crate::samples::{self, event, warning};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn stores_on_one_folder_lose_nothing() {
    const EACH: u64 = 25;
    let dir = tempfile::tempdir().unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let dir = dir.path().to_owned();
        tasks.spawn(async move {
            // Opened at the same time: one of them makes the tables.
            let store = Store::open(dir).await.unwrap();
            let run = samples::running(&store).await;
            for seq in 2..=EACH {
                store.run_events().append(&event(run.id, seq, warning("at work"))).await.unwrap();
                assert_eq!(store.run_events().list(run.id, seq - 1).await.unwrap().len(), 1, "reads what it wrote");
            }
            run.id
        });
    }
    let runs: Vec<RunId> = tasks.join_all().await;
    let store = Store::open(dir.path()).await.unwrap();
    for run_id in runs {
        assert_eq!(store.run_events().list(run_id, 0).await.unwrap().len() as u64, EACH);
    }
    assert_eq!(store.chats().list().await.unwrap().len(), 4);
    store.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_that_share_a_store_wait_for_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let run = samples::running(&store).await;
    let mut tasks = tokio::task::JoinSet::new();
    for seq in 2..=60 {
        let (store, run_id) = (store.clone(), run.id);
        tasks.spawn(async move { store.run_events().append(&event(run_id, seq, warning("…"))).await.unwrap() });
    }
    tasks.join_all().await;
    assert_eq!(store.run_events().list(run.id, 0).await.unwrap().len(), 60);
}

#[tokio::test]
async fn work_that_is_dropped_half_way_is_undone() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let run = samples::running(&store).await;
    let events: Vec<RunEvent> = (2..2000).map(|seq| event(run.id, seq, warning("…"))).collect();
    for _ in 0..5 {
        let work = store.run_events();
        let work = work.append_all(&events);
        let cut = tokio::time::timeout(std::time::Duration::from_millis(3), work).await;
        assert!(cut.is_err(), "the batch takes longer than that");
        let stored = store.run_events().list(run.id, 0).await.unwrap().len();
        assert_eq!(stored, 1);
    }
    store.run_events().append_all(&events).await.unwrap();
    assert_eq!(store.run_events().list(run.id, 0).await.unwrap().len(), 1999);
}
