//! What is said when there is nothing to compute: small talk, what the analyst can do with this data, and an honest
//! list when a question was not understood.

use super::intent::{Talk, Task, Unlinked};
use super::schema::Schema;

/// Example questions that are offered.
const EXAMPLES: usize = 5;

/// What is said; `schema` is missing when no dataset is open.
pub(super) fn reply(task: &Task, schema: Option<&Schema>) -> String {
    let opening = match task {
        Task::Talk(Talk::Hello) => "Hello!".to_owned(),
        Task::Talk(Talk::Thanks) => "You are welcome.".to_owned(),
        Task::Talk(Talk::Bye) => "Goodbye! Everything is kept in this chat.".to_owned(),
        Task::Talk(Talk::Identity) => {
            "I am the built-in analyst of Auto-Analyst. I work on this computer, without a language model: I turn a question into code, run it, and tell what came out.".to_owned()
        }
        Task::Talk(Talk::Abilities) => "I compute, chart and test, and I show the code I run.".to_owned(),
        Task::Unclear(unlinked) => not_understood(unlinked),
        _ => "I can only answer questions about the data that is open here; for anything else, choose a language model in the settings.".to_owned(),
    };
    let Some(schema) = schema else {
        return format!("{opening} Open a file first, then ask a question about it.\n");
    };
    let examples: Vec<String> = examples(schema).into_iter().map(|e| format!("- {e}")).collect();
    let kinds = "counts, totals and averages by group, shares, top lists, trends, forecasts, distributions, correlations, group comparisons with the right test, regressions, predictions, clusters, outliers, missing values, and preparing columns first";
    if matches!(task, Task::Talk(Talk::Thanks | Talk::Bye)) {
        return format!("{opening}\n");
    }
    format!("{opening}\n\nWith **{}** I can do {kinds}. For example:\n\n{}\n", schema.name, examples.join("\n"))
}

fn not_understood(unlinked: &[Unlinked]) -> String {
    if unlinked.is_empty() {
        return "I did not understand what to compute, and I would rather not guess.".to_owned();
    }
    let told: Vec<String> = unlinked
        .iter()
        .map(|u| match u.nearest.as_slice() {
            [] if is_known_idea(&u.word) => format!("“{}” is something I cannot do yet.", u.word),
            [] => format!("I find no column and no value called “{}” in this data.", u.word),
            names => format!(
                "I find no column and no value called “{}”; the nearest columns are {}.",
                u.word,
                names.iter().map(|n| format!("“{n}”")).collect::<Vec<_>>().join(", ")
            ),
        })
        .collect();
    format!("{} If it is computed from columns, say how, for example “revenue = price × quantity”.", told.join(" "))
}

fn is_known_idea(word: &str) -> bool {
    let words = super::tokens::split_words(word);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    super::lexicon::ENGLISH.phrase(&words).is_some()
}

/// Concrete questions that this data can answer.
pub(super) fn examples(schema: &Schema) -> Vec<String> {
    let mut list = super::first_look::questions(schema);
    list.truncate(EXAMPLES);
    list
}
