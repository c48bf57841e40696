//! Claims: every number an answer says, and whether this run computed it.
//!
//! Thin but honest: a number is *verified* when a value that executed code produced gives it in the precision stated,
//! *derived* when simple arithmetic on a few such values gives it (or it stands in the question), and *unverified*
//! otherwise. Meaning is not checked: that 19.26 is the mean of the right column is what the source is shown for.

mod arithmetic;
mod evidence;
mod number;

use std::collections::HashSet;

use analyst_types::{Claim, ClaimStatus};

pub(crate) use evidence::Evidence;
use evidence::{Rank, Sourced};
use number::{Number, Reading};

/// Profile facts that are small counts are everywhere, and prove nothing.
const MIN_PROFILE_COUNT: f64 = 100.0;

/// The claims of an answer, in order, equal ones once.
pub(crate) fn check(answer: &str, evidence: &Evidence) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for number in number::numbers(answer, &evidence.labels) {
        if number.year().is_some_and(|year| evidence.years.contains(&year)) {
            continue;
        }
        let claim = claim(&number, answer, evidence);
        if !claims.iter().any(|known| known.text == claim.text && known.status == claim.status) {
            claims.push(claim);
        }
    }
    claims
}

/// The claims of talk that no computation was made for: what rests on the data, and what pretends to.
pub(crate) fn check_talk(answer: &str, evidence: &Evidence, names: &[String]) -> Vec<Claim> {
    let mut claims = check(answer, evidence);
    let about_data = |claim: &Claim| {
        let mut sentences = answer.split(['\n', '.', '!', '?']);
        sentences.any(|sentence| sentence.contains(&claim.text) && names.iter().any(|name| sentence.contains(name)))
    };
    claims.retain(|claim| claim.status != ClaimStatus::Unverified || about_data(claim));
    claims
}

/// The texts of the claims that nothing was found for.
pub(crate) fn unverified(claims: &[Claim]) -> Vec<String> {
    let doubted = claims.iter().filter(|claim| claim.status == ClaimStatus::Unverified);
    doubted.map(|claim| claim.text.clone()).collect()
}

fn claim(number: &Number, answer: &str, evidence: &Evidence) -> Claim {
    let sentence = words(&answer[number.sentence.clone()]);
    if let Some((found, value)) = looked_up(number, answer, &sentence, evidence) {
        let status = ClaimStatus::Verified;
        return Claim {
            text: number.text.clone(),
            value,
            status,
            artifact_id: found.artifact,
            source: found.source.clone(),
        };
    }
    let unsourced = |status, source: &str| Claim {
        text: number.text.clone(),
        value: number.value(),
        status,
        artifact_id: None,
        source: source.to_owned(),
    };
    if stands_in(&evidence.question, number) {
        return unsourced(ClaimStatus::Derived, "the question");
    }
    match arithmetic::derive(number, &sentence, &evidence.groups) {
        Some(derived) => Claim { artifact_id: derived.artifact, ..unsourced(ClaimStatus::Derived, &derived.source) },
        None => unsourced(ClaimStatus::Unverified, ""),
    }
}

/// The value that gives this number and whose label says most of what its sentence says; with the number's meaning.
fn looked_up<'a>(
    number: &Number,
    answer: &str,
    sentence: &HashSet<String>,
    evidence: &'a Evidence,
) -> Option<(&'a Sourced, f64)> {
    let falls = !number.is_signed && sentence.iter().any(|word| is_fall(word));
    let bound = number.is_upper_bound && is_p_value(&answer[..number.start]);
    let matches = evidence.values.iter().filter_map(|sourced| {
        let value = meaning(number, sourced, falls)
            .or_else(|| (bound && is_p_label(&sourced.label)).then(|| below(number, sourced.value)).flatten())?;
        let said = words(&sourced.label).iter().filter(|word| sentence.contains(*word)).count();
        Some((sourced, value, said))
    });
    let best = matches.max_by_key(|(sourced, _, said)| (*said, std::cmp::Reverse(sourced.rank)));
    best.map(|(sourced, value, _)| (sourced, value))
}

/// What the number means, if the value gives it: as it stands, as a share, or as a fall told in words.
fn meaning(number: &Number, sourced: &Sourced, falls: bool) -> Option<f64> {
    let value = sourced.value;
    if sourced.rank == Rank::Profile && value.fract() == 0.0 && value.abs() < MIN_PROFILE_COUNT {
        return None;
    }
    number.readings.iter().find_map(|reading| {
        let same = |value: f64| reading.holds(value) || (falls && reading.holds(-value));
        if same(value) {
            return Some(reading.value);
        }
        if number.is_percent && value.abs() <= 1.0 && same(value * 100.0) {
            return Some(reading.value / 100.0);
        }
        let as_percent = Reading { value: reading.value * 100.0, tolerance: reading.tolerance * 100.0 };
        let is_share = !number.is_percent && reading.value.abs() <= 1.0 && is_percent_label(&sourced.label);
        (is_share && as_percent.holds(value)).then_some(reading.value)
    })
}

fn below(number: &Number, value: f64) -> Option<f64> {
    (value >= 0.0 && value < number.value()).then_some(number.value())
}

fn stands_in(question: &str, number: &Number) -> bool {
    let asked = number::numbers(question, &[]);
    asked.iter().any(|other| other.is_percent == number.is_percent && other.value() == number.value())
}

fn is_p_value(before: &str) -> bool {
    let before = before.trim_end().trim_end_matches(['<', '≤', '*', '_', '`', ' ']).to_lowercase();
    let mut tail = before.rsplit(|c: char| !c.is_alphanumeric());
    match tail.next() {
        Some("p") => true,
        Some("value") => tail.next() == Some("p"),
        Some(word) => word == "pvalue",
        None => false,
    }
}

fn is_p_label(label: &str) -> bool {
    let label = label.to_lowercase();
    words(&label).contains("pvalue") || label.split(|c: char| !c.is_alphanumeric()).any(|word| word == "p")
}

fn is_percent_label(label: &str) -> bool {
    let label = label.to_lowercase();
    ["%", "percent", "pct", "prozent"].iter().any(|word| label.contains(word))
}

fn is_fall(word: &str) -> bool {
    const FALLS: [&str; 27] = [
        "fell",
        "fall",
        "falls",
        "fallen",
        "drop",
        "drops",
        "dropped",
        "decrease",
        "decreased",
        "decreases",
        "decline",
        "declined",
        "declines",
        "lower",
        "less",
        "fewer",
        "loss",
        "lost",
        "reduced",
        "reduction",
        "down",
        "below",
        "negative",
        "minus",
        "gesunken",
        "weniger",
        "rückgang",
    ];
    FALLS.contains(&word)
}

/// The words of a text that say something, in lower case.
fn words(text: &str) -> HashSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 3);
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests;
