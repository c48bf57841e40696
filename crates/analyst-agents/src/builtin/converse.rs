//! What is said when there is nothing to compute: small talk, what the analyst can do with this data, and an honest
//! list when a question was not understood.

use super::intent::{Talk, Task, Unlinked};
use super::schema::{Field, Role, Schema};

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
    let kinds = "counts, totals and averages by group, shares, top lists, trends, distributions, correlations, group comparisons with the right test, regressions, predictions, clusters, outliers and missing values";
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
    let all = |role: Role| schema.with_role(role).into_iter().map(|i| schema.field(i)).collect::<Vec<&Field>>();
    let (measures, categories, flags) = (all(Role::Measure), all(Role::Category), all(Role::Flag));
    let groupable =
        categories.iter().find(|f| (2..=30).contains(&f.distinct)).or(categories.first()).or(flags.first()).copied();
    let mut list = Vec::new();
    if let (Some(m), Some(c)) = (measures.first(), groupable) {
        let word = if m.is_additive() { "total" } else { "average" };
        list.push(format!("What is the {word} {} by {}?", m.name, c.name));
    }
    if let (Some(m), Some(t)) = (measures.first(), schema.time_field()) {
        list.push(format!("How did {} develop over time ({})?", m.name, schema.field(t).name));
    }
    if let [a, b, ..] = measures.as_slice() {
        list.push(format!("Is there a correlation between {} and {}?", a.name, b.name));
    }
    if let (Some(m), Some(g)) = (measures.last(), flags.first().copied().or(groupable)) {
        list.push(format!("Is there a significant difference in {} by {}?", m.name, g.name));
    }
    if let Some(m) = measures.first() {
        list.push(format!("Are there outliers in {}?", m.name));
    }
    if let Some(c) = groupable {
        list.push(format!("How many rows are there for each {}? Show a bar chart.", c.name));
    }
    list.push("Which columns have missing values?".to_owned());
    list.push("Describe the data.".to_owned());
    list.truncate(EXAMPLES);
    list
}
