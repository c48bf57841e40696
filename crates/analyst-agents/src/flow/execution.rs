//! One attempt at a cell: runs it, tells what it prints and shows while it does, and what it came to.

use std::time::Duration;

use analyst_types::{
    Artifact, ArtifactContent, ArtifactId, ArtifactSummary, CellId, ChartSpec, CodeError, ExecutionId,
    ExecutionOutcome, ExecutionReport, ExecutionRequest, ExecutionStatus, Language, OutputStream, RunEventKind,
    Variable,
};
use serde_json::Value;

use crate::context::{Outbox, RunUpdate};
use crate::{AgentError, DatasetContext, Desk, RunContext};

/// How long a stopped runner may take before its run is given up. It is meant to need one second.
const CANCEL_GRACE: Duration = Duration::from_secs(5);
/// What a digest quotes of a text.
const MAX_DIGEST_CHARS: usize = 60;

/// What an attempt runs on.
pub(super) struct Cell<'a> {
    pub id: CellId,
    pub language: Language,
    pub chart: Option<ChartSpec>,
    pub datasets: &'a [DatasetContext],
    pub variables: &'a [Variable],
    /// What the one table that SQL leaves is to be called.
    pub result_name: Option<&'a str>,
}

/// An attempt that is over.
pub(super) struct Executed {
    pub code: String,
    pub outcome: ExecutionOutcome,
    /// The ids of the outcome's artifacts, in order.
    pub artifacts: Vec<ArtifactId>,
    /// Whether the code was run at all.
    pub ran: bool,
}

/// Code of which it was known that it would fail.
pub(super) fn not_run(code: &str, error: CodeError) -> Executed {
    let outcome = ExecutionOutcome { error: Some(error), ..ended(ExecutionStatus::Error) };
    Executed { code: code.to_owned(), outcome, artifacts: Vec::new(), ran: false }
}

/// Runs `code` once.
///
/// # Errors
/// [`AgentError::Cancelled`] when stopped, after what there was is told.
pub(super) async fn execute(
    ctx: &RunContext,
    desk: &Desk,
    cell: &Cell<'_>,
    code: &str,
    attempt: u32,
) -> Result<Executed, AgentError> {
    let execution_id: ExecutionId = ctx.ids.next();
    ctx.tell(RunEventKind::ExecutionStarted { cell_id: cell.id, execution_id, attempt }).await?;
    let outbox = Outbox::new(ctx);
    let on_output = |stream: OutputStream, text: &str| {
        outbox.push(RunEventKind::OutputDelta { execution_id, stream, text: text.to_owned() });
    };
    let request = ExecutionRequest {
        code: code.to_owned(),
        datasets: cell.datasets.iter().map(DatasetContext::binding).collect(),
        variables: cell.variables.to_vec(),
        chart: cell.chart.clone(),
        exchange_dir: desk.exchange_dir.clone(),
        limits: desk.limits,
    };
    let mut outcome = tokio::select! {
        biased;
        outcome = desk.runner(cell.language).execute(request, &on_output, &ctx.cancel) => outcome,
        () = given_up(ctx) => killed(),
    };
    outbox.flush().await?;
    if let (Language::Sql, Some(name), [result]) = (cell.language, cell.result_name, outcome.variables.as_mut_slice()) {
        name.clone_into(&mut result.name);
    }
    let artifacts = tell_artifacts(ctx, execution_id, &outcome).await?;
    let report = ExecutionReport {
        cell_id: cell.id,
        execution_id,
        attempt,
        status: outcome.status,
        stdout: outcome.stdout.clone(),
        stderr: outcome.stderr.clone(),
        error: outcome.error.clone(),
        artifacts: artifacts.clone(),
        variables: outcome.variables.clone(),
        duration_ms: ctx.clock.measured(outcome.duration_ms),
        peak_memory_bytes: outcome.peak_memory_bytes.map(|bytes| ctx.clock.measured(bytes)),
    };
    ctx.tell(RunEventKind::ExecutionFinished(report)).await?;
    for notice in &outcome.notices {
        ctx.tell(RunEventKind::Warning { code: notice.code.clone(), message: notice.message.clone() }).await?;
    }
    ctx.go_on()?;
    Ok(Executed { code: code.to_owned(), outcome, artifacts, ran: true })
}

async fn tell_artifacts(
    ctx: &RunContext,
    execution_id: ExecutionId,
    outcome: &ExecutionOutcome,
) -> Result<Vec<ArtifactId>, AgentError> {
    let mut ids = Vec::with_capacity(outcome.artifacts.len());
    for (title, content) in &outcome.artifacts {
        let id: ArtifactId = ctx.ids.next();
        let title = match content {
            ArtifactContent::Metric { name, .. } if title.is_empty() => name.clone(),
            _ => title.clone(),
        };
        let summary = ArtifactSummary { id, kind: content.kind(), title: title.clone(), digest: digest(content) };
        ctx.update(RunUpdate::Artifact(Artifact { id, execution_id, title, content: content.clone() })).await?;
        ctx.tell(RunEventKind::ArtifactAdded { execution_id, artifact: summary }).await?;
        ids.push(id);
    }
    Ok(ids)
}

async fn given_up(ctx: &RunContext) {
    ctx.cancel.cancelled().await;
    tokio::time::sleep(CANCEL_GRACE).await;
}

/// What there is of a run whose runner did not answer.
fn killed() -> ExecutionOutcome {
    let message = "the run was stopped and did not end in time".to_owned();
    let error = Some(CodeError { kind: "Killed".to_owned(), message, line: None });
    ExecutionOutcome { error, ..ended(ExecutionStatus::Killed) }
}

/// Nothing came of it.
fn ended(status: ExecutionStatus) -> ExecutionOutcome {
    ExecutionOutcome {
        status,
        stdout: String::new(),
        stderr: String::new(),
        error: None,
        artifacts: Vec::new(),
        variables: Vec::new(),
        duration_ms: 0,
        peak_memory_bytes: None,
        notices: Vec::new(),
    }
}

/// A few words for a list of artifacts.
fn digest(content: &ArtifactContent) -> String {
    match content {
        ArtifactContent::Chart { figure } => format!("{} chart", chart_kind(figure)),
        ArtifactContent::Table(table) => {
            let (rows, columns) = (table.n_rows, table.columns.len());
            let plural = |n: u64| if n == 1 { "" } else { "s" };
            format!("{rows} row{} × {columns} column{}", plural(rows), plural(columns as u64))
        }
        ArtifactContent::Metric { value: Value::String(text), .. } | ArtifactContent::Text { text } => {
            let line = text.lines().next().unwrap_or_default();
            let short: String = line.chars().take(MAX_DIGEST_CHARS).collect();
            if short.len() < text.len() { format!("{short}…") } else { short }
        }
        ArtifactContent::Metric { value, .. } => value.to_string(),
        ArtifactContent::Image { .. } => "picture".to_owned(),
    }
}

fn chart_kind(figure: &Value) -> &str {
    let trace = figure.get("data").and_then(|data| data.get(0));
    let text = |key: &str| trace.and_then(|trace| trace.get(key)).and_then(Value::as_str);
    match text("type").unwrap_or("scatter") {
        "scatter" | "scattergl" if text("mode").is_some_and(|mode| mode.contains("lines")) => "line",
        "scattergl" => "scatter",
        kind => kind,
    }
}

#[cfg(test)]
mod tests {
    use analyst_types::{Column, ColumnType, TableData};
    use serde_json::json;

    use super::*;

    #[test]
    fn artifacts_are_told_in_a_few_words() {
        let column = Column { name: "a".into(), kind: ColumnType::Text };
        let table = TableData { columns: vec![column], rows: vec![], offset: 0, n_rows: 12 };
        let chart = |trace: Value| ArtifactContent::Chart { figure: json!({ "data": [trace] }) };
        let cases = [
            (ArtifactContent::Table(table), "12 rows × 1 column"),
            (ArtifactContent::Metric { name: "n".into(), value: json!(19.26) }, "19.26"),
            (ArtifactContent::Metric { name: "n".into(), value: json!("best") }, "best"),
            (ArtifactContent::Text { text: "one\ntwo".into() }, "one…"),
            (chart(json!({"type": "bar"})), "bar chart"),
            (chart(json!({"type": "scatter", "mode": "lines+markers"})), "line chart"),
            (chart(json!({})), "scatter chart"),
        ];
        for (content, expected) in cases {
            assert_eq!(digest(&content), expected);
        }
    }
}
