//! Values to store. Every moment is a number of milliseconds after a fixed one.

use analyst_store::{NewExecution, Store, StoredDataset};
use analyst_types::*;
use chrono::{DateTime, TimeDelta};
use serde_json::json;
use uuid::Uuid;

/// Text that breaks careless code: quotes, several scripts, combining and invisible characters, a NUL.
pub const NASTY: &str = "'; DROP TABLE chats; -- \"“Größe”\" 数据 🦀 e\u{301} \u{202e}\u{200b} a\0b \\ %_ $1 ?1\n\t\r";

pub fn at(millis: i64) -> Timestamp {
    DateTime::UNIX_EPOCH + TimeDelta::milliseconds(1_790_000_000_000 + millis)
}

pub fn id<T: From<Uuid>>() -> T {
    IdSource::Random.next()
}

pub fn dataset(name: &str) -> StoredDataset {
    let dataset = Dataset {
        id: id(),
        name: name.into(),
        path: format!("/data/{name}.csv"),
        file_name: format!("{name}.csv"),
        format: Format { encoding: Some("utf-8".into()), header_row: Some(1), ..Format::of(FileKind::Csv) },
        explanation: String::new(),
        n_rows: 1204,
        columns: vec![
            Column { name: "price".into(), kind: ColumnType::Float },
            Column { name: NASTY.into(), kind: ColumnType::Categorical },
        ],
        fingerprint: format!("sha256:{name}"),
        warnings: vec![DataWarning {
            code: "ragged_rows".into(),
            message: NASTY.into(),
            columns: vec!["price".into()],
            rows: vec![3, u64::MAX],
            ..DataWarning::default()
        }],
        opened_at: at(0),
    };
    StoredDataset { dataset, arrow_path: format!("/arrow/{name}.arrow").into() }
}

pub fn chat(title: &str) -> Chat {
    Chat { id: id(), title: title.into(), dataset_ids: vec![], created_at: at(0), updated_at: at(0) }
}

pub fn message(chat_id: ChatId, role: Role, text: &str) -> Message {
    Message { id: id(), chat_id, role, text: text.into(), run_id: None, at: at(10) }
}

pub fn run(chat_id: ChatId) -> Run {
    Run {
        id: id(),
        chat_id,
        kind: RunKind::Question,
        question: "What is the mean price?".into(),
        model: "builtin/analyst".into(),
        privacy: PrivacyLevel::Statistics,
        status: RunStatus::Running,
        error: None,
        started_at: at(10),
        finished_at: None,
    }
}

pub fn event(run_id: RunId, seq: u64, kind: RunEventKind) -> RunEvent {
    RunEvent { run_id, seq: Some(seq), at: at(10 + i64::try_from(seq).unwrap()), kind }
}

pub fn started() -> RunEventKind {
    RunEventKind::RunStarted {
        question: NASTY.into(),
        model: "builtin/analyst".into(),
        privacy: PrivacyLevel::Local,
        datasets: vec!["houses".into()],
    }
}

pub fn warning(message: &str) -> RunEventKind {
    RunEventKind::Warning { code: "slow".into(), message: message.into() }
}

pub fn finished(status: RunStatus) -> RunEventKind {
    RunEventKind::RunFinished { status, error: None }
}

pub fn execution(run_id: RunId, cell_id: CellId, attempt: u32) -> NewExecution {
    NewExecution {
        id: id(),
        run_id,
        cell_id,
        attempt,
        language: Language::Python,
        code: format!("print({attempt})"),
        started_at: at(20 + i64::from(attempt)),
    }
}

pub fn report(execution: &NewExecution) -> ExecutionReport {
    ExecutionReport {
        cell_id: execution.cell_id,
        execution_id: execution.id,
        attempt: execution.attempt,
        status: ExecutionStatus::Error,
        stdout: NASTY.into(),
        stderr: "warning: …".into(),
        error: Some(CodeError { kind: "KeyError".into(), message: "'prize'".into(), line: Some(3) }),
        artifacts: vec![id()],
        variables: vec![Variable {
            name: "summary".into(),
            kind: VariableKind::Json,
            digest: "dict".into(),
            value: json!({"mean": 0.1 + 0.2, "n": [1, u64::MAX, i64::MIN], "none": null}),
            arrow_path: None,
        }],
        duration_ms: 17,
        peak_memory_bytes: Some(1 << 20),
    }
}

pub fn call(model: &str, cost_usd: Option<f64>) -> ModelCall {
    ModelCall {
        purpose: "plan".into(),
        model: model.parse().unwrap(),
        usage: Usage { input_tokens: 100, cached_input_tokens: 40, output_tokens: 7 },
        cost_usd,
        duration_ms: 350,
        error: None,
    }
}

pub fn artifacts(execution_id: ExecutionId) -> Vec<Artifact> {
    let table = TableData {
        columns: vec![Column { name: "n".into(), kind: ColumnType::Integer }],
        rows: vec![vec![json!(1)], vec![json!(null)], vec![json!("9007199254740993")], vec![json!(5e-324)]],
        offset: 2,
        n_rows: 9,
    };
    [
        ArtifactContent::Chart { figure: json!({"data": [{"type": "bar", "y": [0.1, 1e300]}], "layout": {}}) },
        ArtifactContent::Table(table),
        ArtifactContent::Metric { name: "mean price".into(), value: json!(19.26) },
        ArtifactContent::Text { text: NASTY.into() },
        ArtifactContent::Image { mime: "image/png".into(), base64: "iVBORw0KGgo=".into() },
    ]
    .into_iter()
    .map(|content| Artifact { id: id(), execution_id, title: NASTY.into(), content })
    .collect()
}

/// One event of every durable kind, with every field filled.
pub fn every_kind() -> Vec<RunEventKind> {
    let claim = Claim {
        text: "29.2 %".into(),
        value: 0.292_000_000_000_000_04,
        status: ClaimStatus::Verified,
        artifact_id: Some(id()),
        source: "metric “mean price”".into(),
    };
    let plan = Plan {
        complexity: Complexity::Intermediate,
        reason: NASTY.into(),
        steps: vec![PlanStep {
            agent: "data_viz_agent".into(),
            instruction: "draw".into(),
            create: vec!["fig".into()],
            uses: vec!["df".into()],
        }],
    };
    let error = AppError {
        retry_after_secs: Some(3),
        ..AppError::new(ErrorCode::ModelUnavailable, NASTY).with_hint("Try again.")
    };
    let cell_id = id();
    vec![
        started(),
        RunEventKind::PlanReady { plan },
        RunEventKind::StepStarted { step: 0, agent: "sk_learn_agent".into(), instruction: NASTY.into() },
        RunEventKind::CodeReady {
            step: 0,
            cell_id,
            language: Language::Sql,
            code: "SELECT 'x';".into(),
            summary: NASTY.into(),
        },
        RunEventKind::CodeRepaired { cell_id, attempt: 1, code: NASTY.into(), explanation: "typo".into() },
        RunEventKind::ExecutionStarted { cell_id, execution_id: id(), attempt: 2 },
        RunEventKind::ArtifactAdded {
            execution_id: id(),
            artifact: ArtifactSummary {
                id: id(),
                kind: ArtifactKind::Chart,
                title: NASTY.into(),
                digest: "bar chart".into(),
            },
        },
        RunEventKind::ExecutionFinished(report(&execution(id(), cell_id, 2))),
        RunEventKind::StepFinished { step: u32::MAX, ok: false, summary: String::new() },
        RunEventKind::ClaimChecked { claim: claim.clone() },
        RunEventKind::AnswerReady { text: NASTY.into(), claims: vec![claim], artifacts: vec![id(), id()] },
        RunEventKind::UsageUpdated {
            call: ModelCall { error: Some(NASTY.into()), ..call("openai/gpt/5", Some(0.000_1)) },
            total: Usage { input_tokens: u64::MAX, cached_input_tokens: 1, output_tokens: 2 },
            total_cost_usd: None,
        },
        warning(NASTY),
        RunEventKind::RunFinished { status: RunStatus::Failed, error: Some(error) },
    ]
}

/// A chat with a run at work.
pub async fn running(store: &Store) -> Run {
    let chat = chat("a chat");
    store.chats().create(&chat).await.unwrap();
    let run = run(chat.id);
    let question = Message { run_id: Some(run.id), ..message(chat.id, Role::User, &run.question) };
    store.runs().start(&run, Some(&question), &event(run.id, 1, started())).await.unwrap();
    run
}
