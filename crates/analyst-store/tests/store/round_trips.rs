//! What goes in comes out, equal.

use std::collections::{BTreeMap, HashSet};
use std::mem::discriminant;

use analyst_store::{Execution, FileState, Store, StoreError};
use analyst_types::*;
use serde_json::json;

use crate::samples::{self, NASTY, at, event, id};

#[tokio::test]
async fn settings() {
    let store = Store::in_memory().await.unwrap();
    assert!(store.settings().get_all().await.unwrap().is_empty());
    store.settings().set("theme", &json!("dark")).await.unwrap();
    let several =
        BTreeMap::from([("theme".to_owned(), json!("light")), (NASTY.to_owned(), json!({"a": [1, 0.1, null, NASTY]}))]);
    store.settings().set_all(&several).await.unwrap();
    assert_eq!(store.settings().get_all().await.unwrap(), several);
}

#[tokio::test]
async fn datasets_of_every_format() {
    let store = Store::in_memory().await.unwrap();
    let mut expected = Vec::new();
    for (n, kind) in
        [FileKind::Csv, FileKind::Excel, FileKind::Json, FileKind::Ndjson, FileKind::Parquet, FileKind::Arrow]
            .into_iter()
            .enumerate()
    {
        let mut stored = samples::dataset("houses");
        stored.dataset.format = Format {
            kind,
            delimiter: Some("\t".into()),
            quote: Some("\"".into()),
            decimal: Some(",".into()),
            thousands: Some("\u{a0}".into()),
            date_order: Some("dmy".into()),
            sheet: Some(NASTY.into()),
            total_rows: 1,
            ..stored.dataset.format
        };
        stored.dataset.opened_at = at(n as i64);
        store.datasets().insert(&stored).await.unwrap();
        assert_eq!(store.datasets().get(stored.dataset.id).await.unwrap(), stored);
        expected.insert(0, stored);
    }
    assert_eq!(store.datasets().list().await.unwrap(), expected, "newest first");
    let found = store.datasets().find_by_fingerprint_and_path("sha256:houses", "/data/houses.csv").await.unwrap();
    assert_eq!(found.as_ref(), expected.first(), "the newest");
    for (fingerprint, path) in [("sha256:other", "/data/houses.csv"), ("sha256:houses", "/data/other.csv")] {
        assert_eq!(store.datasets().find_by_fingerprint_and_path(fingerprint, path).await.unwrap(), None);
    }
}

#[tokio::test]
async fn runs_of_every_kind_and_status() {
    let store = Store::in_memory().await.unwrap();
    let chat = samples::chat("a chat");
    store.chats().create(&chat).await.unwrap();
    let mut expected = Vec::new();
    for kind in [RunKind::Question, RunKind::Cell] {
        for privacy in [PrivacyLevel::Local, PrivacyLevel::Schema, PrivacyLevel::Statistics, PrivacyLevel::Samples] {
            for status in [
                RunStatus::Running,
                RunStatus::Completed,
                RunStatus::Failed,
                RunStatus::Cancelled,
                RunStatus::Interrupted,
            ] {
                let error = AppError::new(ErrorCode::CodeFailed, NASTY).with_hint(NASTY);
                let run = Run {
                    kind,
                    privacy,
                    status,
                    question: NASTY.into(),
                    error: (status == RunStatus::Failed).then_some(error),
                    finished_at: (status != RunStatus::Running).then(|| at(99)),
                    ..samples::run(chat.id)
                };
                store.runs().insert(&run).await.unwrap();
                assert_eq!(store.runs().get(run.id).await.unwrap(), run);
                expected.push(run);
            }
        }
    }
    assert_eq!(store.runs().list(chat.id).await.unwrap(), expected);
}

#[tokio::test]
async fn events_of_every_kind() {
    let store = Store::in_memory().await.unwrap();
    let run = samples::running(&store).await;
    let kinds = samples::every_kind();
    let events: Vec<RunEvent> = (1..).zip(kinds).map(|(seq, kind)| event(run.id, seq, kind)).collect();
    let known: HashSet<_> = events.iter().map(|event| discriminant(&event.kind)).collect();
    assert_eq!(known.len(), DURABLE_KINDS, "a kind is missing among the samples");
    store.run_events().append_all(&events[1..]).await.unwrap();
    let stored = store.run_events().list(run.id, 0).await.unwrap();
    assert_eq!(stored, events);
    assert_eq!(store.run_events().list(run.id, 12).await.unwrap(), events[12..]);
    assert!(store.run_events().list(run.id, 14).await.unwrap().is_empty());
}

/// Counted by the compiler: a new kind does not compile until it is added here, and then among the samples.
const DURABLE_KINDS: usize = {
    const fn _every_kind(kind: &RunEventKind) {
        match kind {
            RunEventKind::TextDelta { .. } | RunEventKind::OutputDelta { .. } => {}
            RunEventKind::RunStarted { .. }
            | RunEventKind::PlanReady { .. }
            | RunEventKind::StepStarted { .. }
            | RunEventKind::CodeReady { .. }
            | RunEventKind::CodeRepaired { .. }
            | RunEventKind::ExecutionStarted { .. }
            | RunEventKind::ArtifactAdded { .. }
            | RunEventKind::ExecutionFinished(_)
            | RunEventKind::StepFinished { .. }
            | RunEventKind::ClaimChecked { .. }
            | RunEventKind::AnswerReady { .. }
            | RunEventKind::UsageUpdated { .. }
            | RunEventKind::Warning { .. }
            | RunEventKind::RunFinished { .. } => {}
        }
    }
    14
};

#[tokio::test]
async fn executions_with_every_status() {
    let store = Store::in_memory().await.unwrap();
    let run = samples::running(&store).await;
    let cell_id = id();
    let mut parent_id = None;
    let statuses = [
        ExecutionStatus::Error,
        ExecutionStatus::Timeout,
        ExecutionStatus::Memory,
        ExecutionStatus::Killed,
        ExecutionStatus::Ok,
    ];
    for (attempt, status) in (1..).zip(statuses) {
        let new = samples::execution(run.id, cell_id, attempt);
        store.executions().start(&new).await.unwrap();
        let report = ExecutionReport { status, ..samples::report(&new) };
        store.executions().finish(&report, Some(1 << 31), at(90)).await.unwrap();
        let expected = Execution {
            id: new.id,
            run_id: run.id,
            cell_id,
            parent_id,
            attempt,
            language: new.language,
            code: new.code,
            status: Some(status),
            stdout: report.stdout,
            stderr: report.stderr,
            error: report.error,
            variables: report.variables,
            duration_ms: Some(17),
            peak_memory_bytes: Some(1 << 31),
            started_at: new.started_at,
            finished_at: Some(at(90)),
        };
        assert_eq!(store.executions().list_by_cell(cell_id).await.unwrap().last(), Some(&expected));
        parent_id = Some(new.id);
    }
    let sql = analyst_store::NewExecution { language: Language::Sql, ..samples::execution(run.id, id(), 1) };
    store.executions().start(&sql).await.unwrap();
    let stored = store.executions().list_by_run(run.id).await.unwrap();
    assert_eq!(stored.len(), 6);
    let open = stored.iter().find(|execution| execution.id == sql.id).unwrap();
    assert_eq!((open.language, open.status, open.parent_id, open.finished_at), (Language::Sql, None, None, None));
}

#[tokio::test]
async fn artifacts_of_every_kind_in_the_order_they_were_shown() {
    let store = Store::in_memory().await.unwrap();
    let run = samples::running(&store).await;
    let mut expected = Vec::new();
    for attempt in [1, 2] {
        let new = samples::execution(run.id, id(), attempt);
        store.executions().start(&new).await.unwrap();
        let mut artifacts = samples::artifacts(new.id);
        artifacts.reverse();
        for artifact in artifacts {
            store.artifacts().insert(&artifact).await.unwrap();
            assert_eq!(store.artifacts().get(artifact.id).await.unwrap(), artifact);
            expected.push(artifact);
        }
    }
    assert_eq!(store.artifacts().list(run.id).await.unwrap(), expected);
}

#[tokio::test]
async fn calls_of_models_add_up() {
    let store = Store::in_memory().await.unwrap();
    let run = samples::running(&store).await;
    let failed =
        ModelCall { error: Some(NASTY.into()), usage: Usage::default(), ..samples::call("anthropic/claude", None) };
    let calls = [samples::call("anthropic/claude", Some(0.25)), samples::call("anthropic/claude", Some(0.5)), failed];
    for call in &calls {
        store.model_usage().insert(call, Some(run.id), at(1)).await.unwrap();
    }
    assert_eq!(store.model_usage().list_by_run(run.id).await.unwrap(), calls);
    let summary = store.model_usage().summary().await.unwrap();
    assert_eq!((summary.calls, summary.errors, summary.cost_usd), (3, 1, Some(0.75)), "no tokens, no cost");
    assert_eq!(summary.usage, Usage { input_tokens: 200, cached_input_tokens: 80, output_tokens: 14 });

    store.model_usage().insert(&samples::call("local/llama", None), None, at(2)).await.unwrap();
    let summary = store.model_usage().summary().await.unwrap();
    let costs: Vec<_> = summary.by_model.iter().map(|total| (total.model.to_string(), total.cost_usd)).collect();
    assert_eq!(costs, [("anthropic/claude".to_owned(), Some(0.75)), ("local/llama".to_owned(), None)]);
    assert_eq!(summary.cost_usd, None, "a sum with an unknown part is unknown");
}

#[tokio::test]
async fn nothing_adds_up_to_nothing() {
    let store = Store::in_memory().await.unwrap();
    let summary = store.model_usage().summary().await.unwrap();
    let expected = json!({
        "calls": 0, "errors": 0, "costUsd": 0.0, "byModel": [],
        "usage": {"inputTokens": 0, "cachedInputTokens": 0, "outputTokens": 0},
    });
    assert_eq!(serde_json::to_value(summary).unwrap(), expected);
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let store = Store::in_memory().await.unwrap();
    let run = samples::run(id());
    let new = samples::execution(id(), id(), 1);
    let outcomes = [
        store.chats().get(id()).await.err(),
        store.chats().rename(id(), "x").await.err(),
        store.chats().delete(id()).await.err(),
        store.chats().touch(id(), at(0)).await.err(),
        store.chats().set_datasets(id(), &[id()]).await.err(),
        store.datasets().get(id()).await.err(),
        store.datasets().remove(id(), at(0)).await.err(),
        store.messages().insert(&samples::message(id(), Role::User, "x")).await.err(),
        store.runs().get(id()).await.err(),
        store.runs().insert(&run).await.err(),
        store.runs().finish(&event(id(), 1, samples::finished(RunStatus::Completed)), None).await.err(),
        store.run_events().append(&event(id(), 1, samples::started())).await.err(),
        store.executions().start(&new).await.err(),
        store.executions().finish(&samples::report(&new), None, at(0)).await.err(),
        store.artifacts().get(id()).await.err(),
        store.artifacts().insert(&samples::artifacts(id())[0]).await.err(),
        store.model_usage().insert(&samples::call("a/b", None), Some(id()), at(0)).await.err(),
        store.user_template_preferences().set_enabled("nobody", true).await.err(),
        store.user_template_preferences().record_use("nobody", at(0)).await.err(),
    ];
    for (n, outcome) in outcomes.into_iter().enumerate() {
        assert!(matches!(outcome, Some(StoreError::NotFound { .. })), "{n}: {outcome:?}");
    }
    assert!(store.runs().list(id()).await.unwrap().is_empty());
    assert!(store.messages().list(id()).await.unwrap().is_empty());
    assert!(store.run_events().list(id(), 0).await.unwrap().is_empty());
    assert!(store.artifacts().list(id()).await.unwrap().is_empty());
}

#[tokio::test]
async fn files_that_were_opened_before() {
    let store = Store::in_memory().await.unwrap();
    let file = FileState {
        path: NASTY.into(),
        options: "{}".into(),
        reader: "1".into(),
        size_bytes: 5,
        version: "1.000000001 7".into(),
    };
    assert_eq!(store.opened_files().find(&file).await.unwrap(), None);
    let tables = json!([{ "name": NASTY }]);
    store.opened_files().remember(&file, &tables, at(1)).await.unwrap();
    assert_eq!(store.opened_files().find(&file).await.unwrap(), Some(tables));
    let changed = FileState { version: "1.000000002 7".into(), ..file.clone() };
    for other in [
        changed.clone(),
        FileState { size_bytes: 6, ..file.clone() },
        FileState { reader: "2".into(), ..file.clone() },
        FileState { options: "{\"sheet\":\"a\"}".into(), ..file.clone() },
    ] {
        assert_eq!(store.opened_files().find(&other).await.unwrap(), None, "{other:?}");
    }
    store.opened_files().remember(&changed, &json!([]), at(2)).await.unwrap();
    assert_eq!(store.opened_files().find(&changed).await.unwrap(), Some(json!([])));
    assert_eq!(store.opened_files().find(&file).await.unwrap(), None, "what was is forgotten");
}
