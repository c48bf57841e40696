//! Named places of an answer (`@mean[value]`): each is filled with the fact whose words fit its name best.

use crate::builtin::lexicon::ENGLISH;
use crate::builtin::tokens::split_words;
use crate::builtin::wishes::Slot;

/// Something found, with the words it may be asked by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fact {
    /// Words.
    pub(super) words: Vec<String>,
    /// As written in the answer.
    pub(super) text: String,
    /// Whether it is a number.
    pub(super) is_number: bool,
    /// Whether it is a percentage.
    pub(super) is_percent: bool,
    /// A yes or no.
    pub(super) verdict: Option<bool>,
}

impl Fact {
    /// A number with the words it may be asked by.
    pub(super) fn number(about: &str, text: String) -> Self {
        let is_percent = about.contains('%') || about.contains("percent");
        Self { words: words_of(about), text, is_number: true, is_percent, verdict: None }
    }

    /// A name with the words it may be asked by.
    pub(super) fn name(about: &str, text: String) -> Self {
        Self { words: words_of(about), text, is_number: false, is_percent: false, verdict: None }
    }

    /// A yes or no with the words it may be asked by.
    pub(super) fn verdict(about: &str, yes: bool) -> Self {
        let text = if yes { "yes" } else { "no" }.to_owned();
        Self { words: words_of(about), text, is_number: false, is_percent: false, verdict: Some(yes) }
    }
}

fn words_of(text: &str) -> Vec<String> {
    let mut words = split_words(text);
    words.retain(|w| !matches!(w.as_str(), "of" | "the" | "in" | "by" | "with"));
    words
}

/// Fills the slots, one line each; a slot nothing fits is left out.
pub(super) fn fill(slots: &[Slot], facts: &[Fact]) -> Vec<String> {
    let mut used = vec![false; facts.len()];
    let mut filled: Vec<Option<String>> = vec![None; slots.len()];
    // The surest first, so that a vague name does not take what a clear one needs.
    let mut candidates: Vec<(f64, usize, usize)> = Vec::new();
    for (s, slot) in slots.iter().enumerate() {
        for (f, fact) in facts.iter().enumerate() {
            let score = fit(slot, fact) - (f as f64 * 0.03).min(0.6);
            if score > 0.0 {
                candidates.push((score, s, f));
            }
        }
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (_, s, f) in candidates {
        if filled[s].is_none() && !used[f] {
            used[f] = true;
            filled[s] = Some(text_for(&slots[s], &facts[f]));
        }
    }
    slots.iter().zip(filled).filter_map(|(slot, text)| Some(format!("@{}[{}]", slot.name, text?))).collect()
}

fn text_for(slot: &Slot, fact: &Fact) -> String {
    let options = options(slot);
    if let Some(yes) = fact.verdict
        && let [first, second, ..] = options.as_slice()
    {
        let first_is_no = is_negative(first);
        return if yes != first_is_no { first.clone() } else { second.clone() };
    }
    fact.text.replace(',', "")
}

fn options(slot: &Slot) -> Vec<String> {
    let hint = slot.hint.to_lowercase();
    if hint.contains("bool")
        || hint == "true/false"
        || (slot.name.starts_with("is_") && !hint.contains('|') && !hint.contains("yes"))
    {
        return vec!["True".to_owned(), "False".to_owned()];
    }
    if slot.hint.contains('|') {
        return slot.hint.split('|').map(|o| o.trim().to_owned()).collect();
    }
    if slot.hint.contains('/') && slot.hint.split('/').count() == 2 {
        return slot.hint.split('/').map(|o| o.trim().trim_matches(['"', '\'']).to_owned()).collect();
    }
    Vec::new()
}

fn is_negative(option: &str) -> bool {
    let lower = option.to_lowercase();
    ["no", "none", "false", "0", "not", "different", "insignificant", "independent"]
        .iter()
        .any(|n| lower == *n || lower.starts_with(&format!("{n} ")) || lower.starts_with(&format!("{n}t ")))
        || lower.starts_with("non")
        || lower.starts_with("no_")
        || lower.starts_with("not_")
}

/// How well a fact fits a slot; 0 when it does not.
fn fit(slot: &Slot, fact: &Fact) -> f64 {
    let names = split_words(&slot.name);
    let hint = slot.hint.to_lowercase();
    let wants_choice = !options(slot).is_empty() || hint.contains("yes");
    if wants_choice != fact.verdict.is_some() {
        return 0.0;
    }
    let wants_name =
        hint.contains("name") || hint.contains("yyyy") || hint == "text" || hint == "string" || hint == "category";
    let wants_number = ["value", "count", "percent", "number", "integer", "float", "rate", "mean", "average"]
        .iter()
        .any(|w| hint.contains(w))
        && !wants_name;
    if !wants_choice && (wants_name && fact.is_number || wants_number && !fact.is_number) {
        return 0.0;
    }
    let alike = |a: &str, b: &str| a == b || ENGLISH.alike(a, b) || short_form(a, b) || short_form(b, a);
    let hits = names.iter().filter(|n| fact.words.iter().any(|w| alike(w, n))).count();
    let digits =
        |list: &[String]| list.iter().filter(|w| w.chars().all(|c| c.is_ascii_digit())).cloned().collect::<Vec<_>>();
    let (asked, had) = (digits(&names), digits(&fact.words));
    let same_digits = asked.is_empty() || asked == had;
    let mut score = hits as f64 / names.len() as f64 * 2.0 + hits as f64 / fact.words.len().max(1) as f64;
    if !asked.is_empty() {
        score += if same_digits { 2.0 } else { -2.0 };
    }
    if wants_name && !fact.is_number || wants_choice {
        score += 0.5;
    }
    if hint.contains("percent") && fact.is_percent {
        score += 0.8;
    }
    score + if wants_number && fact.is_number { 0.2 } else { 0.0 }
}

/// Usual short forms.
fn short_form(short: &str, long: &str) -> bool {
    matches!(
        (short, long),
        ("r", "correlation")
            | ("coefficient", "correlation")
            | ("rho", "correlation")
            | ("corr", "correlation")
            | ("pct", "percent")
            | ("std", "deviation")
            | ("sd", "deviation")
            | ("max", "maximum")
            | ("min", "minimum")
            | ("avg", "mean")
            | ("num", "number")
            | ("count", "number")
            | ("count", "rows")
            | ("total", "rows")
            | ("relationship", "significant")
            | ("difference", "significant")
            | ("association", "significant")
            | ("distribution", "normal")
            | ("normality", "normal")
            | ("r2", "squared")
            | ("rsquared", "squared")
            | ("slope", "coefficient")
            | ("statistic", "t")
            | ("skew", "skewness")
            | ("var", "variance")
            | ("null", "missing")
    )
}
