//! Values that give a number as it stands: in its precision, its unit, its direction, and under its label.

use std::collections::HashSet;
use std::sync::OnceLock;

use analyst_types::{Claim, ClaimStatus};
use regex::Regex;

use super::clause::LabelId;
use super::direction::{Direction, direction, is_change, is_told_as_fall};
use super::evidence::{Evidence, Rank, Sourced};
use super::number::{Kind, Number, pattern};
use super::words;

/// Profile facts that are small counts are everywhere, and prove nothing.
const MIN_PROFILE_COUNT: f64 = 100.0;

/// A value that gives a number.
pub(super) struct Found<'a> {
    sourced: &'a Sourced,
    /// What the number means.
    meant: f64,
    /// The value itself, in the number's unit.
    pub exact: f64,
}

impl Found<'_> {
    pub fn claim(&self, number: &Number) -> Claim {
        Claim {
            text: number.text.clone(),
            value: self.meant,
            status: ClaimStatus::Verified,
            artifact_id: self.sourced.artifact,
            source: self.sourced.source.clone(),
        }
    }
}

/// The value that gives this number and whose label says most of what its sentence says.
pub(super) fn look_up<'a>(
    number: &Number,
    answer: &str,
    clause: &str,
    sentence: &HashSet<String>,
    bound: &HashSet<LabelId>,
    evidence: &'a Evidence,
) -> Option<Found<'a>> {
    if number.kind == Kind::Multiple {
        return None;
    }
    let towards = direction(clause, &number.text);
    let is_p = number.is_upper_bound && speaks_of_p(&answer[..number.start], clause);
    let families: HashSet<u32> = bound.iter().map(|label| evidence.named.family_of(*label)).collect();
    let fits = |sourced: &Sourced| {
        let labels = evidence.labels_of(sourced.row);
        labels.iter().all(|label| !families.contains(&evidence.named.family_of(*label)) || bound.contains(label))
    };
    let matches = evidence.values.iter().filter_map(|sourced| {
        let (meant, exact) = meaning(number, sourced, towards)
            .or_else(|| (is_p && is_p_label(&sourced.label)).then(|| below(number, sourced.value)).flatten())?;
        if !fits(sourced) {
            return None;
        }
        let said = words(&sourced.label).iter().filter(|word| sentence.contains(*word)).count();
        if number.is_percent && said == 0 && sourced.value.abs() > 1.0 && !says_rate(&sourced.label) {
            return None;
        }
        let proves = number.kind != Kind::Count || said > 0 || sourced.rank == Rank::Count;
        proves.then_some((Found { sourced, meant, exact }, said))
    });
    let best = matches.max_by_key(|(found, said)| (*said, std::cmp::Reverse(found.sourced.rank)));
    best.map(|(found, _)| found)
}

/// What the number means, and the value in its unit, if the value gives it: as it stands, as a share, or as a change
/// told in words.
fn meaning(number: &Number, sourced: &Sourced, towards: Option<Direction>) -> Option<(f64, f64)> {
    let value = sourced.value;
    if sourced.rank == Rank::Profile && value.fract() == 0.0 && value.abs() < MIN_PROFILE_COUNT {
        return None;
    }
    let falls = !number.is_signed && towards == Some(Direction::Down);
    let found = number.readings.iter().find_map(|reading| {
        let same = |value: f64| match (reading.holds(value), falls && value < 0.0 && reading.holds(-value)) {
            (true, _) => Some(value),
            (_, true) => Some(-value),
            _ => None,
        };
        if number.is_percent && value.abs() <= 1.0 {
            if let Some(exact) = same(value * 100.0) {
                return Some((reading.value / 100.0, exact));
            }
            return same(value).filter(|_| says_percent(&sourced.label)).map(|exact| (reading.value, exact));
        }
        if let Some(exact) = same(value) {
            return Some((reading.value, exact));
        }
        let is_share = !number.is_percent && reading.value.abs() <= 1.0 && says_percent(&sourced.label);
        (is_share && reading.hundredfold().holds(value)).then_some((reading.value, value / 100.0))
    })?;
    // What follows looks at words, so it is only asked of the few values that match.
    (has_unit(number, sourced) && goes_that_way(number, sourced, towards)).then_some(found)
}

/// Percentages are no percentage points, and amounts of something else are no percentages.
fn has_unit(number: &Number, sourced: &Sourced) -> bool {
    static POINTS: OnceLock<Regex> = OnceLock::new();
    static SPANS: OnceLock<Regex> = OnceLock::new();
    static AMOUNTS: OnceLock<Regex> = OnceLock::new();
    if !number.is_percent {
        return true;
    }
    let points = POINTS.get_or_init(|| pattern(r"(?i)points?\b|\bpp\b|punkte"));
    let label = sourced.label.as_str();
    if number.is_points {
        let spans =
            SPANS.get_or_init(|| pattern(r"(?i)differ|gap|effect|\bci\b|ci_|bound|lower|upper|margin|error|std"));
        return points.is_match(label) || (spans.is_match(label) && !says_percent(label));
    }
    if points.is_match(label) {
        return false;
    }
    let amounts = AMOUNTS.get_or_init(|| {
        pattern(
            r"(?i)price|revenue|sales|umsatz|cost|profit|salary|income|amount|spend|count|orders?\b|visitors|conversions\b|customers|kunden|units|sold|returned|rows|size|employees|_ms\b|seconds|requests",
        )
    });
    sourced.value.abs() <= 1.0 || says_rate(label) || !amounts.is_match(label)
}

/// Whether a label is one of something told in percent.
pub(super) fn says_rate(label: &str) -> bool {
    static RATES: OnceLock<Regex> = OnceLock::new();
    let rates = RATES.get_or_init(|| {
        pattern(
            r"(?i)%|percent|pct|prozent|share|rate|quote|ratio|proportion|growth|change|margin|return|anteil|lift|gap",
        )
    });
    rates.is_match(label)
}

/// A change told as a fall is negative, unless its label says already that it fell.
fn goes_that_way(number: &Number, sourced: &Sourced, towards: Option<Direction>) -> bool {
    let contrary = match towards {
        Some(Direction::Down) => sourced.value > 0.0 && !is_told_as_fall(&sourced.label),
        Some(Direction::Up) => sourced.value > 0.0 && is_told_as_fall(&sourced.label),
        None => false,
    };
    number.is_signed || !contrary || !is_change(&sourced.label)
}

fn below(number: &Number, value: f64) -> Option<(f64, f64)> {
    (value >= 0.0 && value < number.value()).then_some((number.value(), value))
}

/// Whether a bound is one of a p-value: `p < 0.05`, “the p-value of 0.004 is below 0.05”.
fn speaks_of_p(before: &str, clause: &str) -> bool {
    static P: OnceLock<Regex> = OnceLock::new();
    is_p_value(before) || P.get_or_init(|| pattern(r"(?i)\bp[\s-]?values?\b|\bp\s*=")).is_match(clause)
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

fn says_percent(label: &str) -> bool {
    let label = label.to_lowercase();
    ["%", "percent", "pct", "prozent"].iter().any(|word| label.contains(word))
}
