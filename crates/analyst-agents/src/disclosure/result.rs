//! What code found, as a model may see it.
//!
//! Below the level “samples” texts from cells become stand-ins, printed lines that may hold cells are left out, and
//! a table that is rows of a dataset is described instead of shown.

use std::collections::HashSet;

use analyst_types::{ArtifactContent, CodeError, Column, ExecutionStatus, Language, TableData, Variable, VariableKind};
use serde::Serialize;
use serde_json::Value;

use super::personal::without_personal;
use super::quote::{capped, cell, fenced, quoted, short};
use super::vocabulary::Vocabulary;
use super::{Disclosure, Level};
use crate::{DatasetContext, StepDigest, StepOutcome};

/// Printed characters shown of a step.
const MAX_STDOUT_CHARS: usize = 4_000;
/// Rows shown of a table that was computed.
const MAX_TABLE_ROWS: usize = 30;
/// Rows shown of a table that is rows of a dataset.
const MAX_DATA_ROWS: usize = 5;
/// Columns shown of a table.
const MAX_TABLE_COLUMNS: usize = 30;
/// Artifacts shown of a step.
const MAX_ARTIFACTS: usize = 40;
/// From this many shared columns on, a table may be rows of a dataset.
const MIN_SHARED_COLUMNS: usize = 3;
/// Rows from which the statistics of a described table may be shown.
const MIN_DESCRIBED_ROWS: usize = 10;

/// A step that is over, in a few words.
#[derive(Debug, Serialize)]
pub(super) struct DigestView {
    agent: String,
    instruction: String,
    ok: bool,
    summary: String,
    variables: Vec<String>,
}

/// A variable that code can use.
#[derive(Debug, Serialize)]
pub(super) struct VariableView {
    name: String,
    kind: &'static str,
    digest: String,
}

/// A step with what it found.
#[derive(Debug, Serialize)]
pub(super) struct StepView {
    agent: String,
    instruction: String,
    summary: String,
    ok: bool,
    language: Language,
    code: String,
    error: String,
    stdout: String,
    artifacts: Vec<String>,
}

impl Disclosure {
    pub(super) fn digests(&self, steps: &[StepDigest]) -> Vec<DigestView> {
        let view = |step: &StepDigest| DigestView {
            agent: step.agent.clone(),
            instruction: step.instruction.clone(),
            ok: step.ok,
            // Of a failed step it is the error's type, which hostile code may name after a cell.
            summary: if step.ok || is_class_name(&step.summary) { step.summary.clone() } else { "an error".to_owned() },
            variables: step.variables.clone(),
        };
        steps.iter().map(view).collect()
    }

    pub(super) fn variables(&self, variables: &[Variable], vocabulary: &Vocabulary) -> Vec<VariableView> {
        let view = |variable: &Variable| VariableView {
            name: variable.name.clone(),
            kind: match variable.kind {
                VariableKind::Frame => "DataFrame",
                VariableKind::Series => "Series",
                VariableKind::Json => "value",
            },
            digest: fenced(&capped(&vocabulary.masked(&variable.digest, self.shows_results()), 600)),
        };
        variables.iter().map(view).collect()
    }

    /// An error in words that hold no cell: `KeyError: …` where the message would quote one.
    pub(super) fn error(&self, status: ExecutionStatus, error: &CodeError, vocabulary: &Vocabulary) -> String {
        let kind =
            if vocabulary.admits(&error.kind) || is_class_name(&error.kind) { error.kind.as_str() } else { "Error" };
        let message = fenced(&capped(&vocabulary.masked(&error.message, false), 1_500));
        let place = error.line.map(|line| format!(" (line {line})")).unwrap_or_default();
        let ended = match status {
            ExecutionStatus::Timeout => " [it took longer than it may]",
            ExecutionStatus::Memory => " [it wanted more memory than it may have]",
            ExecutionStatus::Cpu => " [it used more processor time than it may]",
            ExecutionStatus::OutputLimit => " [it printed or wrote more than it may]",
            ExecutionStatus::Killed => " [its process was killed]",
            ExecutionStatus::Ok | ExecutionStatus::Error => "",
        };
        format!("{kind}: {message}{place}{ended}")
    }

    pub(super) fn printed(&self, text: &str, vocabulary: &Vocabulary, max_chars: usize) -> String {
        if !self.shows_results() {
            return String::new();
        }
        let (mut lines, mut n_hidden) = vocabulary.admitted_lines(text);
        if self.level < Level::Samples {
            let n_admitted = lines.len();
            lines.retain(|line| !is_bare_row(line));
            n_hidden += n_admitted - lines.len();
        }
        let mut shown = capped(&lines.join("\n"), self.room(max_chars));
        if self.level == Level::Samples {
            shown = without_personal(&shown);
        }
        if n_hidden > 0 {
            shown.push_str(&format!("\n[{n_hidden} lines that hold values of the data are not shown]"));
        }
        fenced(shown.trim_end())
    }

    /// A step that code builds on: what it found only where results may be shown, its code always.
    pub(super) fn found(&self, step: &StepOutcome, datasets: &[DatasetContext], vocabulary: &Vocabulary) -> StepView {
        let step = self.step(step, datasets, vocabulary);
        if self.shows_results() { step } else { StepView { artifacts: Vec::new(), stdout: String::new(), ..step } }
    }

    pub(super) fn step(&self, step: &StepOutcome, datasets: &[DatasetContext], vocabulary: &Vocabulary) -> StepView {
        let artifacts = step.artifacts.iter().take(self.room(MAX_ARTIFACTS));
        StepView {
            agent: step.agent.clone(),
            instruction: step.instruction.clone(),
            summary: step.summary.clone(),
            ok: step.ok(),
            language: step.language,
            code: capped(&step.code, self.room(6_000)),
            error: step.error.as_ref().map(|e| self.error(step.status, e, vocabulary)).unwrap_or_default(),
            stdout: self.printed(&step.stdout, vocabulary, MAX_STDOUT_CHARS),
            artifacts: artifacts.map(|(title, content)| self.artifact(title, content, datasets, vocabulary)).collect(),
        }
    }

    fn artifact(
        &self,
        title: &str,
        content: &ArtifactContent,
        datasets: &[DatasetContext],
        vocabulary: &Vocabulary,
    ) -> String {
        let title = self.text(title, vocabulary);
        match content {
            ArtifactContent::Metric { name, value } => {
                format!("metric {} = {}", self.text(name, vocabulary), self.value(value, vocabulary))
            }
            ArtifactContent::Table(table) => format!("table {title} {}", self.table(table, datasets, vocabulary)),
            ArtifactContent::Chart { figure } => format!("chart {title} {}", chart_digest(figure)),
            ArtifactContent::Text { text } => format!("text {title}\n{}", self.printed(text, vocabulary, 2_000)),
            ArtifactContent::Image { .. } => format!("image {title}"),
        }
    }

    fn table(&self, table: &TableData, datasets: &[DatasetContext], vocabulary: &Vocabulary) -> String {
        let shape = format!("({} rows × {} columns", table.n_rows, table.columns.len());
        let rows_of_data = datasets.iter().any(|dataset| is_rows_of(table, dataset, vocabulary));
        if rows_of_data && self.level < Level::Samples {
            return format!("{shape}; rows of the data, which are not shown)\n{}", self.description(table, vocabulary));
        }
        let room = self.room(if rows_of_data { MAX_DATA_ROWS } else { MAX_TABLE_ROWS });
        let mut lines = vec![self.header(table, vocabulary)];
        lines.extend(table.rows.iter().take(room).map(|row| {
            let cells = row.iter().take(MAX_TABLE_COLUMNS).map(|value| self.value(value, vocabulary));
            format!("[{}]", cells.collect::<Vec<_>>().join(", "))
        }));
        let n_shown = lines.len() - 1;
        let cut =
            if (n_shown as u64) < table.n_rows { format!("; the first {n_shown} are shown)") } else { ")".into() };
        format!("{shape}{cut}\n{}", lines.join("\n"))
    }

    fn header(&self, table: &TableData, vocabulary: &Vocabulary) -> String {
        let names = table.columns.iter().take(MAX_TABLE_COLUMNS).map(|column| self.text(&column.name, vocabulary));
        format!("[{}]", names.collect::<Vec<_>>().join(", "))
    }

    /// Shape and statistics of a table whose rows are not shown.
    fn description(&self, table: &TableData, vocabulary: &Vocabulary) -> String {
        let column = |(at, column): (usize, &Column)| {
            let numbers: Vec<f64> = table.rows.iter().filter_map(|row| row.get(at)?.as_f64()).collect();
            let name = self.text(&column.name, vocabulary);
            if numbers.len() < MIN_DESCRIBED_ROWS || !column.kind.is_numeric() {
                return name;
            }
            let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
            let min = numbers.iter().copied().fold(f64::INFINITY, f64::min);
            let max = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            format!("{name}: from {} to {}, mean {}", short(min), short(max), short(mean))
        };
        table.columns.iter().take(MAX_TABLE_COLUMNS).enumerate().map(column).collect::<Vec<_>>().join("\n")
    }

    fn value(&self, value: &Value, vocabulary: &Vocabulary) -> String {
        match value {
            Value::String(text) => self.text(text, vocabulary),
            Value::Array(_) | Value::Object(_) => self.text(&value.to_string(), vocabulary),
            plain => cell(plain),
        }
    }

    /// A text as a JSON string, or its stand-in.
    fn text(&self, text: &str, vocabulary: &Vocabulary) -> String {
        if text.is_empty() {
            return "\"\"".to_owned();
        }
        if !vocabulary.admits(text) {
            return self.pseudonyms.stand_in(text);
        }
        let shown = cell(&Value::from(text));
        if self.level == Level::Samples { without_personal(&shown) } else { shown }
    }
}

/// Whether a table is rows of a dataset rather than something computed: it has nearly all of its columns, or nothing
/// but its columns and no key. A matrix that is labelled with statistics or columns (`describe`, `corr`) is computed.
fn is_rows_of(table: &TableData, dataset: &DatasetContext, vocabulary: &Vocabulary) -> bool {
    let columns = &dataset.profile.columns;
    let is_own = |name: &str| columns.iter().any(|own| own.name == name);
    let shared = table.columns.iter().filter(|column| is_own(&column.name)).count();
    let is_label = |texts: Vec<&str>| texts.iter().all(|text| vocabulary.admits(text));
    let labelled =
        (0..table.columns.len()).any(|at| !is_own(&table.columns[at].name) && key(table, at).is_some_and(is_label));
    if table.n_rows == 0 || shared == 0 || labelled {
        return false;
    }
    let nearly_all = shared >= MIN_SHARED_COLUMNS && shared * 5 >= columns.len() * 4;
    let nothing_else = shared == table.columns.len() && table.n_rows > 1;
    nearly_all || (nothing_else && !(0..table.columns.len()).any(|at| key(table, at).is_some()))
}

/// The cells of a column that can be a key: all texts, all different.
fn key(table: &TableData, at: usize) -> Option<Vec<&str>> {
    let cells: Option<Vec<&str>> = table.rows.iter().map(|row| row.get(at)?.as_str()).collect();
    cells.filter(|cells| cells.iter().collect::<HashSet<_>>().len() == cells.len())
}

/// Numbers without a word: how rows of a table are printed.
fn is_bare_row(line: &str) -> bool {
    !line.chars().any(char::is_alphabetic) && line.split_whitespace().count() > 1
}

fn is_class_name(kind: &str) -> bool {
    kind.len() <= 60
        && (kind.ends_with("Error") || kind.ends_with("Exception"))
        && kind.chars().all(char::is_alphanumeric)
}

/// What kind of chart it is. Its titles may hold cells, and its numbers stand in the table beside it.
fn chart_digest(figure: &Value) -> String {
    let traces = figure.get("data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut kinds: Vec<String> = traces
        .iter()
        .map(|trace| trace.get("type").and_then(Value::as_str).unwrap_or("scatter"))
        .filter(|kind| kind.chars().all(|c| c.is_ascii_alphanumeric()))
        .map(str::to_owned)
        .collect();
    kinds.dedup();
    let named = quoted(&kinds.join(", "));
    format!("({named}, {} series)", traces.len())
}

#[cfg(test)]
mod tests {
    use analyst_types::ColumnType;
    use serde_json::json;

    use super::*;
    use crate::testing::dataset;

    fn table(columns: &[&str], rows: Value) -> TableData {
        let column = |name: &&str| Column { name: (*name).to_owned(), kind: ColumnType::Float };
        let rows: Vec<Vec<Value>> = serde_json::from_value(rows).unwrap();
        TableData { columns: columns.iter().map(column).collect(), n_rows: rows.len() as u64, rows, offset: 0 }
    }

    #[test]
    fn rows_of_the_data_are_told_from_what_was_computed() {
        let cases = [
            ("head", table(&["customer", "region", "unit price", "mail"], json!([["a", "b", 1, "c"]])), true),
            ("one column of rows", table(&["unit price"], json!([[1], [2]])), true),
            ("grouped", table(&["region", "unit price"], json!([["a", 1], ["b", 2]])), false),
            ("counted", table(&["unit price", "count"], json!([[1, 5], [2, 6]])), false),
            (
                "correlations",
                table(&["index", "customer", "region", "unit price", "mail"], json!([["unit price", 1, 1, 1, 1]])),
                false,
            ),
            (
                "labelled by cells",
                table(&["who", "customer", "region", "unit price", "mail"], json!([["ZQ", 1, 1, 1, 1]])),
                true,
            ),
        ];
        let dataset = dataset("sales");
        let vocabulary = Vocabulary::new(Level::Statistics, std::slice::from_ref(&dataset));
        for (name, table, expected) in cases {
            assert_eq!(is_rows_of(&table, &dataset, &vocabulary), expected, "{name}");
        }
    }

    #[test]
    fn printed_rows_are_known_by_their_look() {
        let cases = [("0  47.1", true), ("47.1", false), ("mean 47.1 and 3", false), ("1, 2", true), ("", false)];
        for (line, expected) in cases {
            assert_eq!(is_bare_row(line), expected, "{line}");
        }
    }
}
