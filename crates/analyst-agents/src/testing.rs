//! A scripted model and runners for the unit tests of this crate. The real ones are tried in the journeys.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use analyst_types::{
    ArtifactContent, Clock, CodeError, CodeFinding, CodeRunner, Column, ColumnProfile, ColumnType, DataWarning,
    ExecutionOutcome, ExecutionRequest, ExecutionStatus, FileKind, Format, IdSource, Language, LanguageModel, Limits,
    ModelDelta, ModelError, ModelId, ModelReply, ModelRequest, OutputStream, PrivacyLevel, Profile, Quantiles,
    StopReason, TableData, TopValue, Usage, Variable,
};
use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{BUILTIN_AGENTS, Catalogue, DatasetContext, Desk, Question, Reasoner, RunContext, RunUpdate};

/// What the model says to one call.
#[derive(Debug, Clone)]
pub(crate) enum Say {
    Text(String),
    Stopped(String, StopReason),
    Fails(ModelError),
    /// Tells that it waits, then says this.
    AfterRetry(String),
    /// Never answers; ends when cancelled.
    Hangs,
}

pub(crate) fn json_reply(value: Value) -> Say {
    Say::Text(value.to_string())
}

/// Says what is written in its script, and remembers what it was asked.
#[derive(Debug)]
pub(crate) struct ScriptedModel {
    id: ModelId,
    supports_schema: bool,
    script: Mutex<VecDeque<Say>>,
    pub requests: Mutex<Vec<ModelRequest>>,
}

impl ScriptedModel {
    pub fn new(supports_schema: bool, script: Vec<Say>) -> Arc<Self> {
        Arc::new(Self {
            id: ModelId::new("scripted", "model"),
            supports_schema,
            script: Mutex::new(script.into()),
            requests: Mutex::default(),
        })
    }

    /// The same script, by a model of another kind.
    pub fn rescripted(other: &Self, supports_schema: bool) -> Arc<Self> {
        Self::new(supports_schema, other.script.lock().unwrap().iter().cloned().collect())
    }

    pub fn purposes(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(|request| request.purpose.clone()).collect()
    }

    /// Everything that was ever sent, in one text.
    pub fn sent(&self) -> String {
        let requests = self.requests.lock().unwrap();
        let texts = requests.iter().map(|request| {
            let messages: Vec<&str> = request.messages.iter().map(|message| message.text.as_str()).collect();
            format!("{}\n{}\n{:?}", request.system, messages.join("\n"), request.schema)
        });
        texts.collect::<Vec<_>>().join("\n")
    }
}

#[async_trait]
impl LanguageModel for ScriptedModel {
    fn id(&self) -> &ModelId {
        &self.id
    }

    fn supports_schema(&self) -> bool {
        self.supports_schema
    }

    async fn complete(
        &self,
        request: &ModelRequest,
        on_delta: &(dyn Fn(ModelDelta) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<ModelReply, ModelError> {
        self.requests.lock().unwrap().push(request.clone());
        let say = self.script.lock().unwrap().pop_front();
        let (text, stop) = match say.unwrap_or_else(|| panic!("no script for {}", request.purpose)) {
            Say::Fails(error) => return Err(error),
            Say::Hangs => {
                cancel.cancelled().await;
                return Err(ModelError::Cancelled);
            }
            Say::Stopped(text, stop) => (text, stop),
            Say::Text(text) => (text, StopReason::End),
            Say::AfterRetry(text) => {
                on_delta(ModelDelta::Text("{\"code\": \"void".to_owned()));
                let wait = Duration::from_secs(7);
                on_delta(ModelDelta::Retrying { attempt: 2, wait, reason: "busy".to_owned() });
                (text, StopReason::End)
            }
        };
        let chars: Vec<char> = text.chars().collect();
        chars.chunks(5).for_each(|piece| on_delta(ModelDelta::Text(piece.iter().collect())));
        let usage = Usage { input_tokens: 100, cached_input_tokens: 0, output_tokens: 10 };
        Ok(ModelReply { text, stop, usage, cost_usd: Some(0.001) })
    }
}

/// Ends its executions as its script says, and remembers what it ran.
pub(crate) struct ScriptedRunner {
    language: Language,
    script: Mutex<VecDeque<ExecutionOutcome>>,
    pub requests: Mutex<Vec<ExecutionRequest>>,
    /// What is found in code that holds a text, before it runs.
    findings: Vec<(String, CodeFinding)>,
    pub checked: Mutex<Vec<Vec<(String, Vec<Column>)>>>,
}

impl ScriptedRunner {
    pub fn new(language: Language, script: Vec<ExecutionOutcome>) -> Arc<Self> {
        Self::that_finds(language, script, &[])
    }

    /// One that finds fault, if `is_error`, or something to remark in code that holds a text.
    pub fn that_finds(language: Language, script: Vec<ExecutionOutcome>, finds: &[(&str, bool)]) -> Arc<Self> {
        let finding = |&(text, is_error): &(&str, bool)| {
            let message = format!("{text} is not there");
            (text.to_owned(), CodeFinding { code: format!("found_{text}"), message, line: 3, is_error })
        };
        let findings = finds.iter().map(finding).collect();
        let script = Mutex::new(script.into());
        Arc::new(Self { language, script, requests: Mutex::default(), findings, checked: Mutex::default() })
    }
}

#[async_trait]
impl CodeRunner for ScriptedRunner {
    fn language(&self) -> Language {
        self.language
    }

    fn check(&self, code: &str, tables: &[(String, Vec<Column>)]) -> Vec<CodeFinding> {
        self.checked.lock().unwrap().push(tables.to_vec());
        let found = self.findings.iter().filter(|(text, _)| code.contains(text.as_str()));
        found.map(|(_, finding)| finding.clone()).collect()
    }

    async fn execute(
        &self,
        request: ExecutionRequest,
        on_output: &(dyn for<'t> Fn(OutputStream, &'t str) + Send + Sync),
        _cancel: &CancellationToken,
    ) -> ExecutionOutcome {
        let code = request.code.clone();
        self.requests.lock().unwrap().push(request);
        let outcome = self.script.lock().unwrap().pop_front();
        let outcome = outcome.unwrap_or_else(|| panic!("no outcome for {code}"));
        // The port's signature wants text that outlives the call; a test may leak it.
        outcome.stdout.lines().for_each(|line| on_output(OutputStream::Stdout, line));
        outcome
    }
}

pub(crate) fn ran(
    stdout: &str,
    artifacts: Vec<(String, ArtifactContent)>,
    variables: Vec<Variable>,
) -> ExecutionOutcome {
    ExecutionOutcome {
        status: ExecutionStatus::Ok,
        stdout: stdout.to_owned(),
        stderr: String::new(),
        error: None,
        artifacts,
        variables,
        duration_ms: 5,
        peak_memory_bytes: None,
        notices: Vec::new(),
    }
}

pub(crate) fn failed(kind: &str, message: &str) -> ExecutionOutcome {
    let error = CodeError { kind: kind.to_owned(), message: message.to_owned(), line: Some(2) };
    ExecutionOutcome { status: ExecutionStatus::Error, error: Some(error), ..ran("", Vec::new(), Vec::new()) }
}

pub(crate) fn metric(name: &str, value: Value) -> (String, ArtifactContent) {
    (String::new(), ArtifactContent::Metric { name: name.to_owned(), value })
}

/// A small dataset of which every cell holds a token that stands nowhere else.
pub(crate) fn dataset(name: &str) -> DatasetContext {
    let column = |name: &str, kind, top: Vec<TopValue>| ColumnProfile {
        name: name.to_owned(),
        kind,
        nulls: 3,
        distinct: 40,
        min: Value::Null,
        max: Value::Null,
        mean: None,
        std: None,
        quantiles: None,
        top,
        distinct_is_estimate: false,
        histogram: Vec::new(),
        lengths: None,
        gaps: None,
    };
    let top = |value: &str, count| TopValue { value: json!(value), count };
    let price = ColumnProfile {
        min: json!(0.5),
        max: json!(99.25),
        mean: Some(19.26),
        std: Some(4.2),
        quantiles: Some(Quantiles { p05: 1.0, p25: 10.0, p50: 18.0, p75: 27.0, p95: 60.0 }),
        ..column("unit price", ColumnType::Float, Vec::new())
    };
    let columns = vec![
        column("customer", ColumnType::Text, vec![top("ZQRARE1", 2), top("ZQRARE2", 1)]),
        column("region", ColumnType::Categorical, vec![top("Northlandia", 400), top("ZQRARE3", 4)]),
        price,
        column("mail", ColumnType::Text, vec![top("zq.person@example.com", 25)]),
    ];
    let cells = json!([["ZQCELL1", "ZQCELL2", 47.11815, "zqcell3@example.com"], ["ZQCELL4", "Northlandia", 9.5, null]]);
    let warning = DataWarning {
        code: "mixed_types".to_owned(),
        message: "the cell ZQCELL5 is no number".to_owned(),
        columns: vec!["unit price".to_owned()],
        rows: vec![7],
        ..DataWarning::default()
    };
    DatasetContext {
        name: name.to_owned(),
        file_name: format!("{name} ZQFILE.csv"),
        sample: TableData {
            columns: columns.iter().map(|c| Column { name: c.name.clone(), kind: c.kind }).collect(),
            rows: serde_json::from_value(cells).unwrap(),
            offset: 0,
            n_rows: 1_204,
        },
        profile: Profile {
            dataset: name.to_owned(),
            rows: 1_204,
            format: Format::of(FileKind::Csv),
            columns,
            warnings: vec![warning],
            duplicate_rows: None,
            keys: Vec::new(),
            correlations: Vec::new(),
            sampled_rows: None,
        },
        values: BTreeMap::from([("region".to_owned(), vec!["Northlandia".to_owned(), "ZQRARE3".to_owned()])]),
        arrow_path: PathBuf::from("sales.arrow"),
    }
}

pub(crate) fn question(text: &str) -> Question {
    Question {
        text: text.to_owned(),
        agents: Vec::new(),
        datasets: vec![dataset("sales")],
        history: Vec::new(),
        privacy: PrivacyLevel::Statistics,
    }
}

/// A desk with a scripted model and runners.
pub(crate) fn desk(model: Arc<ScriptedModel>, python: Arc<ScriptedRunner>, sql: Arc<ScriptedRunner>) -> Desk {
    Desk {
        reasoner: Reasoner::Model(model),
        model_is_local: false,
        context_tokens: Some(128_000),
        catalogue: Arc::new(Catalogue::load(BUILTIN_AGENTS, None)),
        python,
        python_ready: true,
        sql,
        limits: Limits::default(),
        exchange_dir: PathBuf::from("exchange"),
    }
}

/// A context whose updates are collected.
pub(crate) fn context() -> (RunContext, mpsc::Receiver<RunUpdate>) {
    let (updates, told) = mpsc::channel(10_000);
    let ids = Arc::new(IdSource::sequential());
    let run_id = ids.next();
    (RunContext { run_id, cancel: CancellationToken::new(), updates, ids, clock: Clock::System }, told)
}
