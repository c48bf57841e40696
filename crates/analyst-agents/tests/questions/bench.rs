//! Tables opened as the program opens them, and cells of several questions run by the real runner in one process.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use analyst_agents::{
    AgentCard, BuiltInAnalyst, ConverseInput, DatasetContext, PlanQuestionInput, StepDigest, StepOutcome,
    WriteAnswerInput, WriteCodeInput,
};
use analyst_sandbox::PythonRunner;
use analyst_sandbox::runtime::{PythonRuntime, RuntimeStatus};
use analyst_types::{
    ArtifactContent, CodeError, CodeRunner, ColumnType, ExecutionRequest, ExecutionStatus, Language, Limits, PlanStep,
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

/// Questions that share a process: more would show more results than a cell may.
const AT_ONCE: usize = 4;
/// Distinct values of a text column that the agents get to know, as in the program.
const KNOWN_VALUES: usize = 500;
/// Marks in the stream of results.
const QUESTION: &str = "<question>";
const STEP: &str = "<step>";
const FAULT: &str = "<fault>";

/// A question with its answer.
pub struct Answered {
    pub text: String,
    /// The code of its steps, for whoever looks for a fault.
    pub code: String,
    pub artifacts: Vec<(String, ArtifactContent)>,
    /// What planning, writing and telling took.
    pub thinking: Duration,
}

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/questions")
}

/// A table as the agents know it.
pub fn dataset(csv: &Path, store: &Path) -> DatasetContext {
    let table = analyst_data::open(
        &analyst_data::SourceFile::at(csv).unwrap(),
        &Default::default(),
        store,
        &CancellationToken::new(),
    )
    .unwrap()
    .remove(0);
    let profile =
        analyst_data::profile(&table.arrow_path, &table.name, table.format.clone(), table.warnings.clone()).unwrap();
    let mut values = BTreeMap::new();
    for column in &profile.columns {
        let is_text = matches!(column.kind, ColumnType::Text | ColumnType::Categorical);
        if is_text && column.distinct <= KNOWN_VALUES as u64 {
            let known = analyst_data::distinct_values(&table.arrow_path, &column.name, KNOWN_VALUES).unwrap();
            values.insert(column.name.clone(), known);
        }
    }
    let sample = analyst_data::preview(&table.arrow_path, 0, 5).unwrap();
    let (name, file_name) = (table.name, table.file_name);
    DatasetContext { name, file_name, profile, values, sample, arrow_path: table.arrow_path }
}

/// The runner of the managed Python, when there is one on this machine.
pub fn runner() -> Option<PythonRunner> {
    let runtime = PythonRuntime::in_default_dir();
    matches!(runtime.status(), RuntimeStatus::Ready { .. }).then(|| PythonRunner::new(runtime))
}

fn card(name: &str) -> AgentCard {
    let text = String::new;
    AgentCard { name: name.to_owned(), display_name: text(), description: text(), category: text(), prompt: text() }
}

/// Agents of every kind, as the planner knows them.
pub fn agents() -> Vec<AgentCard> {
    ["preprocessing_agent", "statistical_analytics_agent", "sk_learn_agent", "data_viz_agent"]
        .map(|name| card(&format!("planner_{name}")))
        .to_vec()
}

struct Planned {
    question: String,
    steps: Vec<PlanStep>,
    cells: Vec<Result<(String, String), String>>,
    thinking: Duration,
}

fn planned(question: &str, data: &DatasetContext) -> Planned {
    let analyst = BuiltInAnalyst::new();
    let started = Instant::now();
    let datasets = vec![data.clone()];
    let input = PlanQuestionInput {
        question: question.to_owned(),
        datasets: datasets.clone(),
        agents: agents(),
        history: Vec::new(),
        refused: None,
    };
    let plan = analyst.plan(&input).unwrap();
    let mut earlier: Vec<StepDigest> = Vec::new();
    let mut cells = Vec::new();
    for step in &plan.steps {
        let input = WriteCodeInput {
            question: question.to_owned(),
            agent: card(&step.agent),
            instruction: step.instruction.clone(),
            create: step.create.clone(),
            uses: step.uses.clone(),
            datasets: datasets.clone(),
            variables: Vec::new(),
            earlier: earlier.clone(),
            found: Vec::new(),
            history: Vec::new(),
            python_ready: true,
        };
        let written = analyst.write_code(&input).map_err(|error| error.to_string());
        let written = written.and_then(|w| match w.language {
            Language::Python => Ok((w.code, w.summary)),
            Language::Sql => Err("SQL where Python was ready".to_owned()),
        });
        earlier.push(StepDigest {
            agent: step.agent.clone(),
            instruction: step.instruction.clone(),
            ok: written.is_ok(),
            summary: String::new(),
            variables: step.create.clone(),
        });
        cells.push(written);
    }
    Planned { question: question.to_owned(), steps: plan.steps, cells, thinking: started.elapsed() }
}

/// One cell that runs the cells of several questions, each in names of its own.
fn joint(planned: &[Planned]) -> String {
    let cells: Vec<Vec<&str>> =
        planned.iter().map(|p| p.cells.iter().flatten().map(|(code, _)| code.as_str()).collect()).collect();
    let text = json!(json!(cells).to_string()).to_string();
    format!(
        "import json\nbefore = dict(globals())\nfor number, cells in enumerate(json.loads({text})):\n    metric({QUESTION:?}, number)\n    names = dict(before)\n    for at, code in enumerate(cells):\n        metric({STEP:?}, at)\n        try:\n            exec(code, names)\n        except Exception as error:\n            metric({FAULT:?}, type(error).__name__ + \": \" + str(error))\n"
    )
}

fn told(planned: &Planned, data: &DatasetContext, artifacts: Vec<(String, ArtifactContent)>) -> Answered {
    let analyst = BuiltInAnalyst::new();
    let mut outcomes: Vec<StepOutcome> = Vec::new();
    for (step, cell) in planned.steps.iter().zip(&planned.cells) {
        let (code, summary) = cell.clone().unwrap_or_default();
        let error = cell.as_ref().err().map(|message| fault("BeyondBuiltIn", message));
        outcomes.push(StepOutcome {
            agent: step.agent.clone(),
            instruction: step.instruction.clone(),
            summary,
            language: Language::Python,
            code,
            status: if error.is_some() { ExecutionStatus::Error } else { ExecutionStatus::Ok },
            stdout: String::new(),
            error,
            artifacts: Vec::new(),
            variables: Vec::new(),
        });
    }
    let ran: Vec<usize> = (0..outcomes.len()).filter(|i| outcomes[*i].error.is_none()).collect();
    let mut at = None;
    for (title, content) in &artifacts {
        match content {
            ArtifactContent::Metric { name, value } if name == STEP => {
                at = value.as_u64().and_then(|n| ran.get(n as usize)).copied();
            }
            ArtifactContent::Metric { name, value } if name == FAULT => {
                if let Some(step) = at.map(|at| &mut outcomes[at]) {
                    step.status = ExecutionStatus::Error;
                    step.error = Some(fault("Error", value.as_str().unwrap_or_default()));
                }
            }
            _ => {
                if let Some(step) = at.map(|at| &mut outcomes[at]) {
                    step.artifacts.push((title.clone(), content.clone()));
                }
            }
        }
    }
    let started = Instant::now();
    let code: String = outcomes.iter().map(|s| format!("{}\n# ----\n", s.code)).collect();
    let faults: Vec<String> =
        outcomes.iter().filter_map(|s| s.error.as_ref()).map(|e| format!("{}: {}", e.kind, e.message)).collect();
    let mut text = if outcomes.is_empty() {
        let input = ConverseInput {
            question: planned.question.clone(),
            agent: None,
            datasets: vec![data.clone()],
            agents: agents(),
            history: Vec::new(),
        };
        analyst.converse(&input).unwrap().answer
    } else {
        let input = WriteAnswerInput {
            question: planned.question.clone(),
            datasets: vec![data.clone()],
            steps: outcomes,
            history: Vec::new(),
            doubted: None,
        };
        analyst.write_answer(&input).unwrap().answer
    };
    for fault in faults {
        text.push_str(&format!("\n!! {fault}"));
    }
    Answered { text, code, artifacts, thinking: planned.thinking + started.elapsed() }
}

fn fault(kind: &str, message: &str) -> CodeError {
    CodeError { kind: kind.to_owned(), message: message.to_owned(), line: None }
}

/// Answers all questions about one table; the answers come in their order.
pub async fn answers(runner: &PythonRunner, csv: &Path, questions: &[String], at_once: Option<usize>) -> Vec<Answered> {
    let dir = tempfile::tempdir().unwrap();
    let data = dataset(csv, dir.path());
    let planned: Vec<Planned> = questions.iter().map(|question| planned(question, &data)).collect();
    let mut answers = Vec::new();
    for batch in planned.chunks(at_once.unwrap_or(AT_ONCE)) {
        let mut found: HashMap<usize, Vec<(String, ArtifactContent)>> = HashMap::new();
        if batch.iter().any(|p| p.cells.iter().any(Result::is_ok)) {
            let request = ExecutionRequest {
                code: joint(batch),
                datasets: vec![data.binding()],
                variables: Vec::new(),
                chart: None,
                exchange_dir: dir.path().to_path_buf(),
                limits: Limits::default(),
            };
            let outcome = runner.execute(request, &|_, _| {}, &CancellationToken::new()).await;
            assert_eq!(outcome.status, ExecutionStatus::Ok, "{:?} {}", outcome.error, outcome.stderr);
            let mut at = 0;
            for (title, content) in outcome.artifacts {
                match &content {
                    ArtifactContent::Metric { name, value: Value::Number(n) } if name == QUESTION => {
                        at = n.as_u64().unwrap_or_default() as usize;
                    }
                    _ => found.entry(at).or_default().push((title, content)),
                }
            }
        }
        for (number, planned) in batch.iter().enumerate() {
            answers.push(told(planned, &data, found.remove(&number).unwrap_or_default()));
        }
    }
    answers
}
