//! The first look at a dataset, from its profile alone: what it is, how large and how sound, what strikes the eye, what
//! could mislead, and questions that the analyst can really answer about it. No code runs, so it is there at once.

use analyst_types::Profile;

use super::intent::Task;
use super::parse::parse_all;
use super::schema::{Field, Role, Schema};
use crate::DatasetContext;

/// Findings at most.
const FINDINGS: usize = 5;
/// Traps at most.
const TRAPS: usize = 5;
/// Questions at most.
const QUESTIONS: usize = 6;
/// Correlations from here on are worth a word.
const STRONG: f64 = 0.5;
/// A column with a larger share of gaps is a trap.
const MANY_GAPS: f64 = 0.2;

/// A first look at a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstLook {
    /// What it is and how large, in a sentence or two.
    pub summary: String,
    /// What strikes the eye, most telling first; at most five.
    pub findings: Vec<String>,
    /// What could mislead.
    pub traps: Vec<String>,
    /// Questions that the built-in analyst can answer about it.
    pub questions: Vec<String>,
}

/// Looks at a dataset for the first time.
pub(super) fn first_look(dataset: &DatasetContext) -> FirstLook {
    let schema = Schema::of(dataset);
    let profile = &dataset.profile;
    FirstLook {
        summary: summary(profile, &schema),
        findings: findings(profile, &schema),
        traps: traps(profile),
        questions: questions(&schema),
    }
}

fn summary(profile: &Profile, schema: &Schema) -> String {
    let count = |role: Role| schema.with_role(role).len();
    let mut kinds = Vec::new();
    for (n, one, many) in [
        (count(Role::Measure), "number", "numbers"),
        (count(Role::Category) + count(Role::Flag), "category", "categories"),
        (count(Role::Time), "date", "dates"),
        (count(Role::Id) + count(Role::Label), "name or key", "names or keys"),
    ] {
        if n > 0 {
            kinds.push(format!("{n} {}", if n == 1 { one } else { many }));
        }
    }
    let cells = (profile.rows * profile.columns.len() as u64).max(1);
    let gaps: u64 = profile.columns.iter().map(|c| c.nulls).sum();
    let quality = match gaps {
        0 => "no value is missing".to_owned(),
        n => format!("{:.1} % of its values are missing", n as f64 * 100.0 / cells as f64),
    };
    let span = schema
        .time_field()
        .map(|i| schema.field(i))
        .and_then(|f| Some((f, f.bounds.0.as_str()?.get(..10)?, f.bounds.1.as_str()?.get(..10)?)))
        .map(|(f, from, to)| format!(" {} goes from {from} to {to}.", f.name))
        .unwrap_or_default();
    format!(
        "{} has {} rows and {} columns ({}); {quality}.{span}",
        schema.name,
        profile.rows,
        profile.columns.len(),
        kinds.join(", ")
    )
}

fn findings(profile: &Profile, schema: &Schema) -> Vec<String> {
    let mut list = Vec::new();
    for pair in profile.correlations.iter().filter(|c| c.r.abs() >= STRONG && c.n >= 10).take(2) {
        let way = if pair.r > 0.0 { "rise together" } else { "go opposite ways" };
        list.push(format!("{} and {} {way} (r = {:.2}; an association, not a cause).", pair.a, pair.b, pair.r));
    }
    for column in &profile.columns {
        let Some(field) = schema.named(&column.name) else { continue };
        if !matches!(field.role, Role::Category | Role::Flag) {
            continue;
        }
        let known = profile.rows.saturating_sub(column.nulls).max(1);
        if let Some(top) = column.top.first()
            && top.count * 10 >= known * 6
            && column.distinct > 1
        {
            let value = super::labels::plain(&top.value);
            list.push(format!("{:.0} % of {} is “{value}”.", top.count as f64 * 100.0 / known as f64, column.name));
        }
    }
    for column in &profile.columns {
        let role = schema.named(&column.name).map(|f| f.role);
        if let (Some(Role::Measure), Some(mean), Some(q)) = (role, column.mean, &column.quantiles)
            && let Some(std) = column.std.filter(|s| *s > 0.0)
            && (mean - q.p50).abs() / std > 0.3
        {
            let side =
                if mean > q.p50 { "a few large values pull its mean" } else { "a few small values pull its mean" };
            list.push(format!(
                "{} is lopsided: {side} ({}) away from its median ({}).",
                column.name,
                short(mean),
                short(q.p50)
            ));
        }
    }
    list.truncate(FINDINGS);
    if list.len() < 3 {
        let measures =
            profile.columns.iter().filter(|c| schema.named(&c.name).is_some_and(|f| f.role == Role::Measure));
        for column in measures.take(3 - list.len()) {
            if let (Some(mean), Some(std)) = (column.mean, column.std) {
                list.push(format!(
                    "{} is {} on average, with a standard deviation of {}.",
                    column.name,
                    short(mean),
                    short(std)
                ));
            }
        }
    }
    list
}

fn short(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

fn traps(profile: &Profile) -> Vec<String> {
    let mut list: Vec<String> = profile.warnings.iter().map(|w| w.message.clone()).collect();
    for column in &profile.columns {
        let share = column.nulls as f64 / profile.rows.max(1) as f64;
        if share >= MANY_GAPS {
            list.push(format!(
                "{} is missing in {:.0} % of the rows: what is computed from it speaks of the others only.",
                column.name,
                share * 100.0
            ));
        }
        if let Some(gaps) = column.gaps.as_ref().filter(|g| g.missing > 0) {
            list.push(format!("{} {}s are missing in {}.", gaps.missing, gaps.step, column.name));
        }
    }
    if let Some(n) = profile.duplicate_rows.filter(|n| *n > 0)
        && !profile.warnings.iter().any(|w| w.message.contains("copies") || w.code.contains("duplicate"))
    {
        list.push(format!("{n} rows repeat an earlier one."));
    }
    list.dedup();
    list.truncate(TRAPS);
    list
}

/// Questions that this data can answer: each is understood before it is offered.
pub(super) fn questions(schema: &Schema) -> Vec<String> {
    let answers = |question: &String| {
        parse_all(question, schema).iter().all(|intent| !matches!(intent.task, Task::Talk(_) | Task::Unclear(_)))
    };
    let mut list: Vec<String> = candidates(schema).into_iter().filter(answers).collect();
    list.truncate(QUESTIONS);
    list
}

fn candidates(schema: &Schema) -> Vec<String> {
    let all = |role: Role| schema.with_role(role).into_iter().map(|i| schema.field(i)).collect::<Vec<&Field>>();
    let (measures, categories, flags) = (all(Role::Measure), all(Role::Category), all(Role::Flag));
    let group =
        categories.iter().find(|f| (2..=30).contains(&f.distinct)).or(categories.first()).or(flags.first()).copied();
    let second = categories.iter().filter(|f| (2..=30).contains(&f.distinct)).nth(1).copied();
    let mut list = Vec::new();
    if let (Some(m), Some(c)) = (measures.first(), group) {
        let word = if m.is_additive() { "total" } else { "average" };
        list.push(format!("What is the {word} {} by {}?", m.name, c.name));
    }
    if let (Some(m), Some(t)) = (measures.first(), schema.time_field()) {
        list.push(format!("How did {} develop over time ({})?", m.name, schema.field(t).name));
    }
    if let (Some(f), Some(c)) = (flags.first(), group.filter(|c| flags.first().is_none_or(|f| f.name != c.name))) {
        list.push(format!("What is the {} rate by {}?", f.name, c.name));
    }
    if let [a, b, ..] = measures.as_slice() {
        list.push(format!("Is there a correlation between {} and {}?", a.name, b.name));
    }
    if let (Some(m), Some(g)) = (measures.last(), flags.first().copied().or(group)) {
        list.push(format!("Is there a significant difference in {} by {}?", m.name, g.name));
    }
    if let Some(m) = measures.first() {
        list.push(format!("Are there outliers in {}?", m.name));
    }
    if let (Some(a), Some(b)) = (group, second) {
        list.push(format!("Are {} and {} related? Use a chi-square test.", a.name, b.name));
    }
    if let Some(c) = group {
        list.push(format!("How many rows are there for each {}? Show a bar chart.", c.name));
    }
    list.push("Which columns have missing values?".to_owned());
    list.push("Describe the data.".to_owned());
    list
}
