//! The answer in words: first the answer itself, then what supports it, then what to know before trusting it. Every
//! number comes from the run's metrics and tables, in the precision asked for.

mod columns;
mod groups;
mod models;
mod relations;
mod results;
mod selected;
mod slots;
mod special;

use analyst_types::{ArtifactContent, CodeError, TableData};
use serde_json::Value;

use super::intent::{Intent, Task};
use super::schema::Schema;
use crate::{DatasetContext, StepOutcome};
use results::{Results, grouped};
use slots::Fact;

/// Supporting findings that are told at most.
const MAX_FINDINGS: usize = 4;
/// Artifacts of a step that are listed when they fit no story.
const MAX_LISTED: usize = 20;
/// Rows and columns of a table that fits no story.
const MAX_ROWS: usize = 10;
const MAX_COLUMNS: usize = 8;
/// Warnings about the data that are told at most.
const MAX_WARNINGS: usize = 3;

/// An answer being written.
#[derive(Debug, Default)]
pub(super) struct Story {
    headline: String,
    findings: Vec<String>,
    notes: Vec<String>,
    facts: Vec<Fact>,
    n: Option<f64>,
    is_yes_no: bool,
}

impl Story {
    fn finding(&mut self, text: String) {
        if !self.findings.contains(&text) {
            self.findings.push(text);
        }
    }

    fn note(&mut self, text: String) {
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }

    fn fact(&mut self, fact: Fact) {
        self.facts.push(fact);
    }

    /// This story and another one after it.
    fn and(mut self, other: Self) -> Self {
        self.headline = format!("{} {}", self.headline, other.headline);
        other.findings.into_iter().for_each(|f| self.finding(f));
        other.notes.into_iter().for_each(|n| self.note(n));
        self.facts.extend(other.facts);
        self.n = self.n.or(other.n);
        self
    }

    fn n(&mut self, n: f64) {
        self.n = Some(n);
    }

    fn missing(&mut self, results: &Results<'_>, column: &str) {
        if let Some(n) = results.number(&format!("missing {column}")).filter(|n| *n > 0.0) {
            self.note(format!("{} missing values of {column} are left out.", grouped(n, 0)));
        }
    }
}

/// The metric that begins the results of one of several intents.
pub(super) const PART: &str = "part of the question";

/// Writes the answer; `None` when the run left nothing that fits the intents.
pub(super) fn write<'a>(
    intents: &[&Intent],
    schema: &Schema,
    dataset: &DatasetContext,
    artifacts: impl Iterator<Item = &'a (String, ArtifactContent)>,
    asks_yes_no: bool,
) -> Option<String> {
    let mut shares: Vec<Vec<&'a (String, ArtifactContent)>> = vec![Vec::new(); intents.len()];
    let mut at = 0;
    for artifact in artifacts {
        match &artifact.1 {
            ArtifactContent::Metric { name, value } if name == PART => {
                at = value.as_u64().map_or(at, |n| (n as usize).min(intents.len() - 1));
            }
            _ => shares[at].push(artifact),
        }
    }
    let mut whole: Option<Story> = None;
    for (intent, share) in intents.iter().zip(shares) {
        let mut results = Results::of(share.into_iter());
        selected::complete(&mut results, intent);
        let mut story = Story { is_yes_no: asks_yes_no || intent.wishes.yes_no, ..Story::default() };
        tell(&mut story, &results, intent, schema);
        if story.headline.is_empty() {
            return None;
        }
        if let Some(tag) = &intent.tag {
            story.headline = format!("{}: {}", if tag == "before" { "Before" } else { "After" }, story.headline);
            for fact in &mut story.facts {
                fact.tag(tag);
            }
        }
        for note in &intent.notes {
            story.note(note.clone());
        }
        warnings(&mut story, intent, dataset);
        whole = Some(match whole {
            None => story,
            Some(first) => first.and(story),
        });
    }
    if let Some(intent) = intents.iter().find(|i| !i.prepare.is_empty()) {
        let told: Vec<String> = intent.prepare.iter().map(super::labels::preparation).collect();
        if let Some(story) = &mut whole {
            story.note(format!("First: {}.", told.join("; ")));
        }
    }
    whole.map(|story| markdown(&story, intents[0]))
}

fn tell(story: &mut Story, results: &Results<'_>, intent: &Intent, schema: &Schema) {
    match &intent.task {
        Task::Describe(names) => columns::describe(story, results, intent, names, schema),
        Task::Aggregate(task) => groups::aggregation(story, results, intent, task, schema),
        Task::Rows(task) => groups::rows(story, results, intent, task),
        Task::Trend(task) => groups::trend(story, results, intent, task),
        Task::Distribution(names) => columns::distribution(story, results, intent, names),
        Task::Normality(name, _) => relations::normality(story, results, intent, name),
        Task::Correlation(task) => relations::correlation(story, results, intent, task),
        Task::Compare(task) => relations::comparison(story, results, intent, task, schema),
        Task::Association { rows, columns, .. } => relations::association(story, results, intent, rows, columns),
        Task::Regression(model) => models::regression(story, results, intent, model),
        Task::Fit(curve) => models::curve(story, results, intent, curve),
        Task::Predict(model) => models::predict(story, results, intent, model),
        Task::Cluster { columns: names, .. } => models::clusters(story, results, names),
        Task::Missing(names, by_row) => columns::missing(story, results, intent, names, *by_row),
        Task::Outliers(names, rule) => columns::outliers(story, results, intent, names, *rule),
        Task::Duplicates => columns::duplicates(story, results),
        Task::Points(task) => columns::points(story, results, task),
        Task::Contrast(task) => special::contrast(story, results, intent, task),
        Task::OneSample(task) => special::one_sample(story, results, intent, task),
        Task::Proportion(task) => special::proportion(story, results, intent, task),
        Task::Components(names) => special::components(story, results, intent, names),
        Task::Forecast(task) => special::forecast(story, results, intent, task),
        Task::Rolling(task) => special::rolling(story, results, intent, task),
        Task::Talk(_) | Task::Unclear(_) => {}
    }
}

/// What was found out about the data when it was opened, as far as it touches the columns in question.
fn warnings(story: &mut Story, intent: &Intent, dataset: &DatasetContext) {
    let told = format!("{intent:?}");
    let touches = |columns: &[String]| columns.is_empty() || columns.iter().any(|c| told.contains(&format!("{c:?}")));
    for warning in dataset.profile.warnings.iter().filter(|w| touches(&w.columns)).take(MAX_WARNINGS) {
        story.note(format!("About the data: {}", warning.message));
    }
}

fn markdown(story: &Story, intent: &Intent) -> String {
    let mut text = story.headline.clone();
    let (filled, open) = slots::fill(&intent.wishes.slots, &story.facts, &intent.wishes);
    if !filled.is_empty() {
        text.push_str("\n\n");
        text.push_str(&filled.join("\n"));
    }
    if !open.is_empty() {
        let names: Vec<String> = open.iter().map(|name| format!("“{name}”")).collect();
        text.push_str(&format!("\n\nI cannot say {} from this.", names.join(" and ")));
    }
    if !story.findings.is_empty() {
        text.push('\n');
        for finding in story.findings.iter().take(MAX_FINDINGS) {
            text.push_str("\n- ");
            text.push_str(finding);
        }
    }
    let mut notes = Vec::new();
    if let Some(n) = story.n {
        notes.push(format!("n = {}.", grouped(n, 0)));
    }
    notes.extend(story.notes.iter().cloned());
    if !notes.is_empty() {
        text.push_str("\n\n");
        text.push_str(&notes.join(" "));
    }
    text.push('\n');
    text
}

/// What failed, to be told after the answer; empty when nothing did.
pub(super) fn failures(steps: &[StepOutcome]) -> String {
    let failed = steps.iter().filter(|s| !s.ok());
    let told: Vec<String> = failed
        .map(|s| match &s.error {
            Some(error) => {
                format!("\nThe step of {} failed ({}); the answer rests on the other steps.\n", s.agent, error.kind)
            }
            None => format!("\nThe step of {} did not end; the answer rests on the other steps.\n", s.agent),
        })
        .collect();
    told.concat()
}

/// When the results do not fit the question as understood: what each step did, and its metrics as they are.
pub(super) fn plain_account(steps: &[StepOutcome]) -> String {
    let mut text = String::new();
    for step in steps {
        match &step.error {
            Some(error) => text.push_str(&format!("The step of {} failed: {}\n\n", step.agent, quoted(error))),
            None if !step.summary.is_empty() => text.push_str(&format!("{}\n\n", step.summary)),
            None => {}
        }
        for (title, content) in step.artifacts.iter().take(MAX_LISTED) {
            match content {
                ArtifactContent::Metric { name, value } => {
                    text.push_str(&format!("- {name}: {}\n", results::plain(value)))
                }
                ArtifactContent::Table(table) => text.push_str(&listed(title, table)),
                ArtifactContent::Text { text: shown } => text.push_str(&format!("{shown}\n")),
                _ if !title.is_empty() => text.push_str(&format!("- see “{title}”\n")),
                _ => {}
            }
        }
    }
    if text.is_empty() {
        text.push_str("No step left a result.\n");
    }
    text
}

/// What went wrong, as code: its numbers are no findings.
fn quoted(error: &CodeError) -> String {
    format!("`{}: {}`", error.kind, error.message.replace('`', "'").replace('\n', " "))
}

/// The first rows of a table, as a table.
fn listed(title: &str, table: &TableData) -> String {
    let cell = |text: String| text.replace('|', "\\|").replace('\n', " ");
    let line = |cells: Vec<String>| format!("| {} |\n", cells.into_iter().map(cell).collect::<Vec<_>>().join(" | "));
    let columns = &table.columns[..table.columns.len().min(MAX_COLUMNS)];
    let shown = table.rows.len().min(MAX_ROWS);
    let mut text = if title.is_empty() { "\n".to_owned() } else { format!("\n**{title}**\n\n") };
    text.push_str(&line(columns.iter().map(|column| column.name.clone()).collect()));
    text.push_str(&line(columns.iter().map(|_| "---".to_owned()).collect()));
    for row in &table.rows[..shown] {
        let shown = |value: &Value| if value.is_null() { String::new() } else { results::plain(value) };
        text.push_str(&line(row[..columns.len()].iter().map(shown).collect()));
    }
    if (shown as u64) < table.n_rows {
        text.push_str(&format!("\nThe table has {} rows; these are the first.\n", table.n_rows));
    }
    text.push('\n');
    text
}
