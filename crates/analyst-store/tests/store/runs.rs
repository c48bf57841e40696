//! Runs: begun and ended as a whole, with events that cannot be doubled, lost or added late.

use analyst_store::{Store, StoreError};
use analyst_types::*;

use crate::samples::{self, at, event, finished, id, started, warning};

#[tokio::test]
async fn a_run_begins_with_its_question_and_first_event() {
    let store = Store::in_memory().await.unwrap();
    let run = samples::running(&store).await;
    assert_eq!(store.runs().get(run.id).await.unwrap(), run);
    assert_eq!(store.messages().list(run.chat_id).await.unwrap()[0].run_id, Some(run.id));
    assert_eq!(store.run_events().list(run.id, 0).await.unwrap(), [event(run.id, 1, started())]);
    assert_eq!(store.chats().get(run.chat_id).await.unwrap().updated_at, at(10));
}

#[tokio::test]
async fn a_run_that_cannot_begin_leaves_nothing() {
    let store = Store::in_memory().await.unwrap();
    let chat = samples::chat("x");
    store.chats().create(&chat).await.unwrap();
    let run = samples::run(chat.id);
    let question = samples::message(chat.id, Role::User, "?");
    let transient = RunEvent { seq: None, ..event(run.id, 1, started()) };
    assert!(store.runs().start(&run, Some(&question), &transient).await.is_err());
    assert!(store.runs().list(chat.id).await.unwrap().is_empty());
    assert!(store.messages().list(chat.id).await.unwrap().is_empty());
    assert_eq!(store.chats().get(chat.id).await.unwrap(), chat);
}

#[tokio::test]
async fn a_run_ends_once_with_its_answer() {
    let store = Store::in_memory().await.unwrap();
    let run = samples::running(&store).await;
    let open = samples::execution(run.id, id(), 1);
    store.executions().start(&open).await.unwrap();
    let error = AppError::new(ErrorCode::KeyRejected, "no");
    let kind = RunEventKind::RunFinished { status: RunStatus::Failed, error: Some(error.clone()) };
    let last = event(run.id, 2, kind);
    let answer = Message { run_id: Some(run.id), ..samples::message(run.chat_id, Role::Assistant, "19.26") };
    store.runs().finish(&last, Some(&answer)).await.unwrap();

    let expected = Run { status: RunStatus::Failed, error: Some(error), finished_at: Some(last.at), ..run.clone() };
    assert_eq!(store.runs().get(run.id).await.unwrap(), expected);
    assert_eq!(store.messages().list(run.chat_id).await.unwrap().last(), Some(&answer));
    assert_eq!(store.run_events().list(run.id, 1).await.unwrap(), [last]);
    let open = &store.executions().list_by_run(run.id).await.unwrap()[0];
    assert_eq!(open.status, Some(ExecutionStatus::Killed), "an attempt does not outlive its run");

    let again = samples::message(run.chat_id, Role::Assistant, "again");
    let second = event(run.id, 3, finished(RunStatus::Completed));
    assert!(matches!(store.runs().finish(&second, Some(&again)).await, Err(StoreError::Other(_))));
    assert!(matches!(store.run_events().append(&event(run.id, 3, warning("late"))).await, Err(StoreError::Other(_))));
    assert_eq!(store.runs().get(run.id).await.unwrap(), expected);
    assert_eq!(store.messages().list(run.chat_id).await.unwrap().len(), 2);
}

#[tokio::test]
async fn only_run_finished_ends_a_run() {
    let store = Store::in_memory().await.unwrap();
    let run = samples::running(&store).await;
    assert!(store.runs().finish(&event(run.id, 2, warning("no end")), None).await.is_err());
    assert_eq!(store.runs().get(run.id).await.unwrap().status, RunStatus::Running);
    store.run_events().append(&event(run.id, 2, finished(RunStatus::Cancelled))).await.unwrap();
    assert_eq!(store.runs().get(run.id).await.unwrap().status, RunStatus::Cancelled);
}

#[tokio::test]
async fn a_taken_number_and_a_transient_event_are_refused() {
    let store = Store::in_memory().await.unwrap();
    let run = samples::running(&store).await;
    let taken = store.run_events().append(&event(run.id, 1, warning("taken"))).await.unwrap_err();
    assert!(taken.to_string().contains("UNIQUE"), "{taken}");
    let delta = RunEventKind::TextDelta { step: None, purpose: "plan".into(), text: "…".into() };
    let unnumbered = RunEvent { seq: None, ..event(run.id, 2, delta.clone()) };
    for transient in [unnumbered, event(run.id, 2, delta)] {
        assert!(store.run_events().append(&transient).await.is_err());
    }
    let batch = [event(run.id, 2, warning("fine")), event(run.id, 2, warning("taken"))];
    assert!(store.run_events().append_all(&batch).await.is_err());
    assert_eq!(store.run_events().list(run.id, 0).await.unwrap().len(), 1, "a batch is a whole");
}

#[tokio::test]
async fn attempts_at_a_cell_are_linked_over_runs() {
    let store = Store::in_memory().await.unwrap();
    let [first, second] = [samples::running(&store).await, samples::running(&store).await];
    let cell_id = id();
    let one = samples::execution(first.id, cell_id, 1);
    let two = samples::execution(first.id, cell_id, 2);
    let edited = analyst_store::NewExecution { started_at: at(80), ..samples::execution(second.id, cell_id, 1) };
    for execution in [&one, &two, &edited] {
        store.executions().start(execution).await.unwrap();
    }
    let parents = async || -> Vec<_> {
        let all = store.executions().list_by_cell(cell_id).await.unwrap();
        all.into_iter().map(|execution| (execution.id, execution.parent_id)).collect()
    };
    assert_eq!(parents().await, [(one.id, None), (two.id, Some(one.id)), (edited.id, Some(two.id))]);
    store.chats().delete(first.chat_id).await.unwrap();
    assert_eq!(parents().await, [(edited.id, None)], "a link to what is gone is cut");
}

#[tokio::test]
async fn a_hundred_thousand_events_are_stored_and_read_in_order() {
    const EVENTS: u64 = 100_000;
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let run = samples::running(&store).await;
    let started_at = std::time::Instant::now();
    let events: Vec<RunEvent> = (2..=EVENTS).map(|seq| event(run.id, seq, warning("…"))).collect();
    store.run_events().append_all(&events).await.unwrap();
    let written = started_at.elapsed();
    let all = store.run_events().list(run.id, 0).await.unwrap();
    let read = started_at.elapsed() - written;
    assert_eq!(all.len() as u64, EVENTS);
    assert!(all.iter().zip(1..).all(|(event, seq)| event.seq == Some(seq)));
    assert_eq!(store.run_events().list(run.id, EVENTS - 1).await.unwrap(), events[events.len() - 1..]);
    eprintln!("{EVENTS} events: written in {written:?}, read in {read:?}");
}
