//! Runs whose process has died are closed once; runs of the living are left alone. A second store on the same folder
//! stands for a second process here: locks belong to the opened file, not to the process.

use analyst_store::Store;
use analyst_types::*;

use crate::samples::{self, at, event, finished, warning};

fn locks(dir: &std::path::Path) -> usize {
    let files = std::fs::read_dir(dir.join("owners")).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "lock")).count()
}

#[tokio::test]
async fn a_run_is_interrupted_once_its_process_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let [here, there] = [Store::open(dir.path()).await.unwrap(), Store::open(dir.path()).await.unwrap()];
    let mine = samples::running(&here).await;
    let theirs = samples::running(&there).await;
    let ended = samples::running(&there).await;
    there.run_events().append(&event(ended.id, 2, finished(RunStatus::Completed))).await.unwrap();
    there.run_events().append(&event(theirs.id, 7, warning("at work"))).await.unwrap();
    let open = samples::execution(theirs.id, samples::id(), 1);
    there.executions().start(&open).await.unwrap();

    assert_eq!(here.interrupt_abandoned_runs(at(500)).await.unwrap(), [], "both live");
    assert_eq!(there.interrupt_abandoned_runs(at(500)).await.unwrap(), [], "both live");
    assert_eq!(locks(dir.path()), 2);
    drop(there);

    let last = RunEvent { at: at(600), ..event(theirs.id, 8, finished(RunStatus::Interrupted)) };
    assert_eq!(here.interrupt_abandoned_runs(at(600)).await.unwrap(), std::slice::from_ref(&last));
    assert_eq!(here.interrupt_abandoned_runs(at(700)).await.unwrap(), [], "once");
    let run = here.runs().get(theirs.id).await.unwrap();
    assert_eq!((run.status, run.finished_at), (RunStatus::Interrupted, Some(at(600))));
    assert_eq!(here.run_events().list(theirs.id, 7).await.unwrap(), [last]);
    let open = &here.executions().list_by_run(theirs.id).await.unwrap()[0];
    assert_eq!(open.status, Some(ExecutionStatus::Killed));
    assert_eq!(here.runs().get(mine.id).await.unwrap().status, RunStatus::Running);
    assert_eq!(here.runs().get(ended.id).await.unwrap().status, RunStatus::Completed);
    assert_eq!(locks(dir.path()), 1);
}

#[tokio::test]
async fn two_that_clean_up_at_once_tell_each_run_once() {
    let dir = tempfile::tempdir().unwrap();
    let gone = Store::open(dir.path()).await.unwrap();
    for _ in 0..20 {
        samples::running(&gone).await;
    }
    drop(gone);
    let [a, b] = [Store::open(dir.path()).await.unwrap(), Store::open(dir.path()).await.unwrap()];
    let (from_a, from_b) = tokio::join!(a.interrupt_abandoned_runs(at(1)), b.interrupt_abandoned_runs(at(1)));
    let mut told: Vec<RunId> = from_a.unwrap().iter().chain(&from_b.unwrap()).map(|event| event.run_id).collect();
    told.sort();
    told.dedup();
    assert_eq!(told.len(), 20);
    for run_id in told {
        assert_eq!(a.run_events().list(run_id, 1).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_clone_keeps_the_process_alive() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    samples::running(&store).await;
    let clone = store.clone();
    drop(store);
    let other = Store::open(dir.path()).await.unwrap();
    assert_eq!(other.interrupt_abandoned_runs(at(1)).await.unwrap(), []);
    drop(clone);
    assert_eq!(other.interrupt_abandoned_runs(at(1)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_database_in_memory_has_no_abandoned_runs() {
    let store = Store::in_memory().await.unwrap();
    samples::running(&store).await;
    assert_eq!(store.interrupt_abandoned_runs(at(1)).await.unwrap(), []);
}
