//! A question understood against the datasets of a chat: which of them it is about, and what it means, alone or as a
//! continuation of the question before.

use super::intent::{Intent, Task};
use super::linking::What;
use super::parse::{parse, parse_all};
use super::reading::Reading;
use super::schema::Schema;
use super::wishes::take_slots;
use crate::{DatasetContext, Turn};

/// A question with its meaning.
#[derive(Debug, Clone)]
pub(super) struct Understanding {
    /// Which dataset it is about.
    pub(super) dataset: usize,
    /// That dataset's columns.
    pub(super) schema: Schema,
    /// What to do.
    pub(super) intent: Intent,
    /// What else to do, when the question asks for several things.
    pub(super) more: Vec<Intent>,
}

impl Understanding {
    /// Everything to do, in order.
    pub(super) fn intents(&self) -> Vec<&Intent> {
        std::iter::once(&self.intent).chain(&self.more).collect()
    }

    /// Whether there is something to compute.
    pub(super) fn is_computable(&self) -> bool {
        !matches!(self.intent.task, Task::Talk(_) | Task::Unclear(_))
    }
}

/// Understands a question; `None` without datasets.
pub(super) fn understand(question: &str, datasets: &[DatasetContext], history: &[Turn]) -> Option<Understanding> {
    let schemas: Vec<Schema> = datasets.iter().map(Schema::of).collect();
    let dataset = best_dataset(question, &schemas)?;
    let schema = schemas.into_iter().nth(dataset)?;
    let mut more = parse_all(question, &schema);
    if continues(question)
        && let Some(before) = history.last()
    {
        let joint = parse(&format!("{} {question}", before.question.trim_end_matches(['?', '.', '!'])), &schema);
        if !matches!(joint.task, Task::Talk(_) | Task::Unclear(_)) {
            more = vec![joint];
        }
    }
    let intent = more.remove(0);
    Some(Understanding { dataset, schema, intent, more })
}

/// The dataset that most of the question's words belong to; the first when none stands out.
fn best_dataset(question: &str, schemas: &[Schema]) -> Option<usize> {
    if schemas.len() < 2 {
        return (!schemas.is_empty()).then_some(0);
    }
    let (text, ..) = take_slots(question);
    let score = |schema: &Schema| {
        let reading = Reading::new(&text, schema.clone());
        let linked = reading.items.iter().filter(|i| matches!(i.what, What::Column(_) | What::Value { .. }));
        let words: usize = linked.map(|i| i.text.split(' ').count() * if i.whole { 3 } else { 1 }).sum();
        let lower = text.to_lowercase();
        words + if lower.contains(&schema.name.to_lowercase()) { 4 } else { 0 }
    };
    let scores: Vec<usize> = schemas.iter().map(score).collect();
    let best = scores.iter().max()?;
    scores.iter().position(|s| s == best)
}

/// Whether a question leans on the one before: “and by region?”, “what about the median?”.
fn continues(question: &str) -> bool {
    let lower = question.trim().to_lowercase();
    ["and ", "what about", "how about", "same ", "now ", "only ", "but ", "also ", "instead"]
        .iter()
        .any(|start| lower.starts_with(start))
}

/// Whether the question wants a yes or a no first.
pub(super) fn asks_yes_no(question: &str) -> bool {
    let lower = question.trim().to_lowercase();
    let first = lower.split_whitespace().find(|w| !w.starts_with('@')).unwrap_or("");
    matches!(first, "is" | "are" | "do" | "does" | "did" | "was" | "were" | "has" | "have" | "can")
}
