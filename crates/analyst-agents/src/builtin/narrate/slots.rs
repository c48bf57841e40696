//! Named places of an answer (`@mean[value]`): each is filled with the fact whose words fit its name best.

use super::results::{Kind, asked_decimals};
use crate::builtin::lexicon::ENGLISH;
use crate::builtin::tokens::split_words;
use crate::builtin::wishes::{Slot, Wishes};

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
    /// Other words it may be asked by; those before `|` in a name are its own.
    also: Vec<String>,
    /// Nobody asked for it, as far as we know: only when nothing else fits.
    weak: bool,
    /// The number itself, so that a place may ask for a precision of its own.
    value: Option<f64>,
}

impl Fact {
    /// A number with the words it may be asked by.
    pub(super) fn number(about: &str, text: String) -> Self {
        let is_percent = about.contains('%') || about.contains("percent");
        let (words, also) = words_of(about);
        Self { words, text, is_number: true, is_percent, verdict: None, also, weak: false, value: None }
    }

    /// The same, with the number itself.
    pub(super) fn exact(mut self, value: f64) -> Self {
        self.value = Some(value);
        self
    }

    /// Only the words of its own side may call it; those both sides share say nothing.
    pub(super) fn distinguish(&mut self, own: &str, other: &str) {
        let (own, other) = (split_words(own), split_words(other));
        self.words.extend(own.iter().filter(|w| !other.contains(w)).cloned());
        self.also.retain(|w| !other.contains(w) || own.contains(w));
    }

    /// Adds a word that tells this part of the question from another.
    pub(super) fn tag(&mut self, word: &str) {
        self.words.push(word.to_owned());
    }

    /// The same, for when nothing else fits.
    pub(super) fn weak(mut self) -> Self {
        self.weak = true;
        self
    }

    /// The same, with more words it may be asked by.
    pub(super) fn or_words(mut self, more: &str) -> Self {
        self.also.extend(words_of(more).0);
        self
    }

    /// A name with the words it may be asked by.
    pub(super) fn name(about: &str, text: String) -> Self {
        let (words, also) = words_of(about);
        Self { words, text, is_number: false, is_percent: false, verdict: None, also, weak: false, value: None }
    }

    /// A yes or no with the words it may be asked by.
    pub(super) fn verdict(about: &str, yes: bool) -> Self {
        let text = if yes { "yes" } else { "no" }.to_owned();
        let (words, also) = words_of(about);
        Self { words, text, is_number: false, is_percent: false, verdict: Some(yes), also, weak: false, value: None }
    }
}

fn words_of(text: &str) -> (Vec<String>, Vec<String>) {
    let (own, also) = text.split_once('|').unwrap_or((text, ""));
    let words = |text: &str| {
        let mut words = split_words(text);
        words.retain(|w| !matches!(w.as_str(), "of" | "the" | "in" | "by" | "with" | "for"));
        words
    };
    (words(own), words(also))
}

/// Words of a place's name that say nothing of what it holds.
const EMPTY: [&str; 21] = [
    "value", "result", "answer", "of", "the", "in", "by", "for", "to", "is", "are", "with", "and", "at", "on", "final",
    "name", "test", "a", "y", "get",
];

/// Words that must be true of what fills a place, if its name holds them.
const TELLING: [&str; 53] = [
    "mean",
    "average",
    "median",
    "mode",
    "std",
    "deviation",
    "variance",
    "min",
    "minimum",
    "max",
    "maximum",
    "p",
    "pvalue",
    "statistic",
    "share",
    "percentage",
    "percent",
    "ratio",
    "difference",
    "slope",
    "intercept",
    "squared",
    "r2",
    "skewness",
    "kurtosis",
    "lower",
    "upper",
    "low",
    "high",
    "before",
    "after",
    "change",
    "first",
    "second",
    "third",
    "accuracy",
    "mse",
    "rmse",
    "total",
    "range",
    "points",
    "below",
    "above",
    "gap",
    "extra",
    "increase",
    "decrease",
    "growth",
    "drop",
    "weighted",
    "moving",
    "sum",
    "removed",
];

/// What fills the places, one line each, and the names of the places that nothing fits.
pub(super) fn fill(slots: &[Slot], facts: &[Fact], wishes: &Wishes) -> (Vec<String>, Vec<String>) {
    let mut used = vec![false; facts.len()];
    let mut filled: Vec<Option<String>> = vec![None; slots.len()];
    // The surest first, so that a vague name does not take what a clear one needs.
    let mut candidates: Vec<(f64, usize, usize)> = Vec::new();
    for (s, slot) in slots.iter().enumerate() {
        let known: Vec<String> =
            slot_words(slot).into_iter().filter(|n| facts.iter().any(|f| fits_kind(slot, f) && holds(f, n))).collect();
        for (f, fact) in facts.iter().enumerate() {
            if let Some(score) = fit(slot, fact, &known) {
                candidates.push((score - (f as f64 * 0.002).min(0.2), s, f));
            }
        }
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (_, s, f) in candidates {
        if filled[s].is_none() && !used[f] {
            used[f] = true;
            filled[s] = Some(text_for(&slots[s], &facts[f], wishes));
        }
    }
    // What is left goes to the findings in their order, where only one kind of place is left for one kind of finding.
    for (s, slot) in slots.iter().enumerate() {
        if filled[s].is_some() {
            continue;
        }
        let same = |other: &&Slot| choice(other) == choice(slot) && wants_name(other) == wants_name(slot);
        let open = slots.iter().zip(&filled).filter(|(other, f)| f.is_none() && same(other)).count();
        let free = (0..facts.len())
            .find(|f| !used[*f] && !choice(slot) && fits_kind(slot, &facts[*f]) && tells(slot, &facts[*f]));
        if let Some(f) = free.filter(|f| open == 1 && *f < LEADING && !slot.name.chars().any(|c| c.is_ascii_digit())) {
            used[f] = true;
            filled[s] = Some(text_for(slot, &facts[f], wishes));
        }
    }
    let missing = slots.iter().zip(&filled).filter(|(_, f)| f.is_none()).map(|(s, _)| s.name.clone()).collect();
    let lines = slots.iter().zip(filled).filter_map(|(slot, text)| Some(format!("@{}[{}]", slot.name, text?)));
    (lines.collect(), missing)
}

/// Findings that may fill a place whose name they do not share.
const LEADING: usize = 4;

fn text_for(slot: &Slot, fact: &Fact, wishes: &Wishes) -> String {
    let options = options(slot);
    if let Some(yes) = fact.verdict
        && let [first, second, ..] = options.as_slice()
    {
        let first_is_no = is_negative(first);
        // “independent”, “equal”, “same”: no difference is a yes there.
        let asks_sameness = slot_words(slot)
            .iter()
            .any(|w| matches!(w.as_str(), "independent" | "equal" | "same" | "unrelated" | "homogeneous" | "similar"));
        let yes = if asks_sameness && !fact.words.iter().any(|w| w == "normal") { !yes } else { yes };
        return if yes != first_is_no { first.clone() } else { second.clone() };
    }
    let plain = fact.text.replace(',', "");
    if !fact.is_number {
        return named(slot, &fact.text);
    }
    let Some(value) = fact.value.or_else(|| plain.parse().ok()) else { return plain };
    match decimals(slot, fact, wishes) {
        Some(n) => fixed(value, n),
        None => plain,
    }
}

/// A name as the place wants it written.
fn named(slot: &Slot, text: &str) -> String {
    let hint = slot.hint.to_lowercase();
    if hint.contains("yyyy-mm-dd") && text.len() > 10 && text.as_bytes()[4] == b'-' {
        return text[..10].to_owned();
    }
    if hint == "yyyy-mm" && text.len() > 7 && text.as_bytes()[4] == b'-' {
        return text[..7].to_owned();
    }
    // Axes write months and days short; a name is written out.
    let long = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    let short = text.trim_end_matches("r").trim_end_matches("rs");
    match long.iter().find(|l| {
        text.len() >= 3 && text.len() <= 5 && hint.contains("name") && l.starts_with(&short[..short.len().min(3)])
    }) {
        Some(name) if name[..3] == text[..3] => (*name).to_owned(),
        _ => text.to_owned(),
    }
}

fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    if text.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.')) {
        return text.trim_start_matches('-').to_owned();
    }
    text
}

/// The precision of a place: said in its brackets, or of its words, or of the words of what fills it.
fn decimals(slot: &Slot, fact: &Fact, wishes: &Wishes) -> Option<usize> {
    let hint = split_words(&slot.hint);
    if let Some(at) = hint.iter().position(|w| w.starts_with("decimal"))
        && let Some(n) = at
            .checked_sub(1)
            .and_then(|at| ENGLISH.numbers.get(&hint[at]).map(|n| *n as usize).or(hint[at].parse().ok()))
    {
        return Some(n);
    }
    if hint.iter().any(|w| matches!(w.as_str(), "integer" | "int" | "count")) {
        return Some(0);
    }
    fact.value?;
    let kind = match () {
        () if fact.is_percent => Kind::Percent,
        () if fact.words.first().is_some_and(|w| w == "p") => Kind::P,
        () => Kind::Value,
    };
    let about = format!("{} {} {}", slot.name, fact.words.join(" "), fact.also.join(" "));
    asked_decimals(kind, &about, wishes).map(usize::from)
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

fn choice(slot: &Slot) -> bool {
    !options(slot).is_empty() || slot.hint.to_lowercase().contains("yes")
}

fn wants_name(slot: &Slot) -> bool {
    let hint = slot.hint.to_lowercase();
    hint.contains("name") || hint.contains("yyyy") || hint == "text" || hint == "string" || hint == "category"
}

fn fits_kind(slot: &Slot, fact: &Fact) -> bool {
    let hint = slot.hint.to_lowercase();
    if choice(slot) != fact.verdict.is_some() {
        return false;
    }
    let wants_number = ["value", "count", "percent", "number", "integer", "float", "rate", "mean", "average"]
        .iter()
        .any(|w| hint.contains(w))
        && !wants_name(slot);
    let numeric_text = fact.text.parse::<f64>().is_ok();
    if !choice(slot) && (wants_name(slot) && fact.is_number || wants_number && !fact.is_number && !numeric_text) {
        return false;
    }
    // A percentage is not filled with a plain number, nor a count with a percentage.
    !(hint.contains("percent") && !fact.is_percent || hint.contains("integer") && fact.is_percent)
}

fn slot_words(slot: &Slot) -> Vec<String> {
    let all = split_words(&slot.name);
    let told: Vec<String> = all.iter().filter(|w| !EMPTY.contains(&w.as_str())).cloned().collect();
    if told.is_empty() { all } else { told }
}

fn alike(a: &str, b: &str) -> bool {
    let year = |a: &str, b: &str| {
        b.len() == 4
            && b.chars().all(|c| c.is_ascii_digit())
            && a.len() <= 6
            && a.trim_start_matches(char::is_alphabetic) == b
    };
    a == b || year(a, b) || year(b, a) || ENGLISH.alike(a, b) || short_form(a, b) || short_form(b, a)
}

fn holds(fact: &Fact, word: &str) -> bool {
    fact.words.iter().chain(&fact.also).any(|w| alike(w, word))
        || fact.is_percent && matches!(word, "percentage" | "percent" | "rate" | "share" | "pct")
}

/// Whether every word of the place's name that tells what it holds is true of the fact.
fn tells(slot: &Slot, fact: &Fact) -> bool {
    slot_words(slot).iter().filter(|w| TELLING.contains(&w.as_str())).all(|w| holds(fact, w))
}

/// How well a fact fits a slot; `None` when a word of the slot's name is not true of it.
fn fit(slot: &Slot, fact: &Fact, known: &[String]) -> Option<f64> {
    if !fits_kind(slot, fact) {
        return None;
    }
    let names = slot_words(slot);
    if choice(slot) {
        // A difference is no “higher”: the test must have looked that way.
        if names.iter().any(|n| ENGLISH.is_comparative(n) && !holds(fact, n)) {
            return None;
        }
        // There is seldom more than one verdict; its name is a matter of taste.
        let hits = names.iter().filter(|n| holds(fact, n)).count();
        return Some(1.0 + hits as f64 / names.len().max(1) as f64);
    }
    let squeezed = crate::builtin::tokens::squeeze(&slot.name);
    let whole = crate::builtin::tokens::squeeze(&fact.words.concat()) == squeezed;
    // A word that nothing here is called may only describe: “normalized”, “cards”. One that tells must be true.
    let required =
        |n: &&String| TELLING.contains(&n.as_str()) || known.contains(n) || n.chars().any(|c| c.is_ascii_digit());
    if !whole && !names.iter().filter(required).all(|n| holds(fact, n)) {
        return None;
    }
    let open = names.iter().filter(|n| !holds(fact, n)).count();
    if open == names.len() && !whole {
        return None;
    }
    let beside = fact.words.iter().filter(|w| !names.iter().any(|n| alike(w, n))).count();
    let own = names.iter().filter(|n| fact.words.iter().any(|w| alike(w, n))).count();
    let exact = names.iter().filter(|n| fact.words.contains(n)).count();
    let weak = if fact.weak { 0.6 } else { 0.0 };
    Some(3.0 + 0.3 * own as f64 + 0.1 * exact as f64 - 0.12 * beside as f64 - 0.5 * open as f64 - weak)
}

/// Usual short forms.
fn short_form(short: &str, long: &str) -> bool {
    matches!(
        (short, long),
        ("r", "correlation")
            | ("coefficient", "correlation")
            | ("rho", "correlation")
            | ("tau", "correlation")
            | ("corr", "correlation")
            | ("pct", "percent")
            | ("std", "deviation")
            | ("sd", "deviation")
            | ("stdev", "deviation")
            | ("max", "maximum")
            | ("min", "minimum")
            | ("avg", "mean")
            | ("num", "number")
            | ("count", "number")
            | ("relationship", "significant")
            | ("difference", "significant")
            | ("association", "significant")
            | ("distribution", "normal")
            | ("normality", "normal")
            | ("r2", "squared")
            | ("rsquared", "squared")
            | ("skew", "skewness")
            | ("var", "variance")
            | ("null", "missing")
            | ("pvalue", "p")
    )
}
