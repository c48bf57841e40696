//! Numbers spelled out: counts, multiples (“twice”) and fractions (“a third of”).
//!
//! Refuses what only looks like one: “one”, “the first half of the year”, “two-sided”.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::number::{Kind, Number, Reading, bounds, pattern};

/// How far a multiple or a fraction told in words may be from what it stands for, relative.
const ROUGHLY: f64 = 0.07;
/// The same for multiples: “twice” is said of 1.9 and of 2.2.
const ROUGH_MULTIPLE: f64 = 0.12;

const UNITS: [(&str, f64); 20] = [
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("thirteen", 13.0),
    ("fourteen", 14.0),
    ("fifteen", 15.0),
    ("sixteen", 16.0),
    ("seventeen", 17.0),
    ("eighteen", 18.0),
    ("nineteen", 19.0),
    ("zwei", 2.0),
    ("drei", 3.0),
];
const TENS: [(&str, f64); 8] = [
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("seventy", 70.0),
    ("eighty", 80.0),
    ("ninety", 90.0),
];
const PARTS: [(&str, f64); 6] =
    [("half", 2.0), ("third", 3.0), ("quarter", 4.0), ("fifth", 5.0), ("sixth", 6.0), ("tenth", 10.0)];

/// The spelled-out numbers of a text in which what is no claim is masked.
pub(super) fn spelled(text: &str, masked: &str) -> Vec<Number> {
    let mut found: Vec<Number> = Vec::new();
    for shape in [fraction as fn(&str) -> Vec<Found>, multiple, count] {
        for hit in shape(masked) {
            let overlaps = |known: &Number| known.start < hit.range.end && hit.range.start < known.end();
            if !found.iter().any(overlaps) {
                found.push(hit.number(text));
            }
        }
    }
    found
}

struct Found {
    range: Range<usize>,
    value: f64,
    kind: Kind,
}

impl Found {
    fn number(self, text: &str) -> Number {
        let value = self.value;
        let tolerance = match self.kind {
            Kind::Multiple => value * ROUGH_MULTIPLE,
            Kind::Fraction => value * ROUGHLY,
            _ => 0.0,
        };
        let unit = if self.kind == Kind::Multiple { 1.0 } else { 2.0 * tolerance };
        let (below, above) = bounds(&text[..self.range.start], value, tolerance, unit);
        Number {
            text: text[self.range.clone()].to_owned(),
            readings: vec![Reading { value, tolerance, below, above }],
            is_percent: self.kind == Kind::Fraction,
            is_points: false,
            is_signed: false,
            is_upper_bound: false,
            kind: self.kind,
            start: self.range.start,
        }
    }
}

fn fraction(text: &str) -> Vec<Found> {
    static FRACTIONS: OnceLock<Regex> = OnceLock::new();
    let number = r"one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2}";
    let shape = FRACTIONS.get_or_init(|| {
        pattern(&format!(
            r"(?i)\b(?:(an?|one|two|three|four)[\s-](thirds?|quarters?|fifths?|sixths?|tenths?)(?:\s+of\b|\s+works?\b)|(half)\s+(?:of|the)\b|({number})\s+(?:out\s+of|in)\s+(?:every\s+)?({number})\b)"
        ))
    });
    let hits = shape.captures_iter(text).filter_map(|hit| {
        let whole = hit.get(0)?;
        if of_a_time(&text[..whole.start()], whole.as_str()) {
            return None;
        }
        let (part, of) = match (hit.get(1), hit.get(2), hit.get(4), hit.get(5)) {
            (Some(count), Some(name), _, _) => (small(count.as_str())?, part(name.as_str())?),
            (_, _, Some(part), Some(of)) => (small(part.as_str())?, small(of.as_str())?),
            _ => (1.0, 2.0),
        };
        let end = hit.get(2).or_else(|| hit.get(3)).or_else(|| hit.get(5))?.end();
        // “1 in 2023” is no fraction, nor is “12 in 5 regions” one.
        (part < of && of <= 20.0).then_some(Found {
            range: whole.start()..end,
            value: 100.0 * part / of,
            kind: Kind::Fraction,
        })
    });
    hits.collect()
}

/// “the first half of”, “in the last quarter of”.
fn of_a_time(before: &str, said: &str) -> bool {
    let before = before.trim_end().to_lowercase();
    let ordinal = ["first", "second", "third", "fourth", "last", "this", "next", "other", "latter", "former"];
    ordinal.iter().any(|word| before.ends_with(word)) || said.to_lowercase().ends_with("half the time")
}

fn multiple(text: &str) -> Vec<Found> {
    static MULTIPLES: OnceLock<Regex> = OnceLock::new();
    let shape = MULTIPLES.get_or_init(|| {
        pattern(r"(?i)\b(?:(twice|double[ds]?|tripled?)\b|((?:two|three|four|five|six|seven|eight|nine|ten)\s+times)\s+(?:as|more|higher|larger|the|that|what)\b|(half)\s+as\b)")
    });
    let hits = shape.captures_iter(text).filter_map(|hit| {
        let said = hit.get(1).or_else(|| hit.get(2)).or_else(|| hit.get(3))?;
        let word = said.as_str().to_lowercase();
        let value = match word.split_whitespace().next()? {
            "twice" | "double" | "doubled" | "doubles" => 2.0,
            "triple" | "tripled" => 3.0,
            "half" => 0.5,
            other => small(other)?,
        };
        Some(Found { range: said.range(), value, kind: Kind::Multiple })
    });
    hits.collect()
}

fn count(text: &str) -> Vec<Found> {
    static COUNTS: OnceLock<Regex> = OnceLock::new();
    let shape = COUNTS.get_or_init(|| {
        let units: Vec<&str> = UNITS.iter().chain(&TENS).map(|(word, _)| *word).collect();
        let tens: Vec<&str> = TENS.iter().map(|(word, _)| *word).collect();
        pattern(&format!(r"(?i)\b(?:({})[\s-])?({})\b", tens.join("|"), units.join("|")))
    });
    let hits = shape.captures_iter(text).filter_map(|hit| {
        let whole = hit.get(0)?;
        // “two-sided”, “five-fold”
        if text[whole.end()..].starts_with('-') || text[..whole.start()].ends_with('-') {
            return None;
        }
        let tens = hit.get(1).and_then(|tens| word(tens.as_str())).unwrap_or(0.0);
        Some(Found { range: whole.range(), value: tens + word(&hit[2])?, kind: Kind::Count })
    });
    hits.collect()
}

fn word(text: &str) -> Option<f64> {
    let lower = text.to_lowercase();
    UNITS.iter().chain(&TENS).find(|(name, _)| *name == lower).map(|(_, value)| *value)
}

fn small(text: &str) -> Option<f64> {
    match text.to_lowercase().as_str() {
        "a" | "an" | "one" => Some(1.0),
        digits => digits.parse().ok().or_else(|| word(digits)),
    }
}

fn part(text: &str) -> Option<f64> {
    let name = text.to_lowercase();
    let name = name.trim_end_matches('s');
    PARTS.iter().find(|(part, _)| *part == name).map(|(_, of)| *of)
}
