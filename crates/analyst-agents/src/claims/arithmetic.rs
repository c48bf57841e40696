//! Numbers that simple arithmetic gives: differences, sums, ratios, percentage changes and shares of a total.
//!
//! With enough values, some pair gives any number. A match is therefore believed only when so few combinations were
//! tried, and the number is so precise, that chance would hardly have made it.

use analyst_types::ArtifactId;

use super::evidence::Group;
use super::number::{Number, Reading};

/// Matches that chance may be expected to make before none is believed.
const MAX_EXPECTED_BY_CHANCE: f64 = 4.0;
/// Members of a group between which pairs are formed.
const MAX_MEMBERS: usize = 40;

/// How a number comes about.
pub(super) struct Derived {
    pub source: String,
    pub artifact: Option<ArtifactId>,
}

/// The first way found to get the number, unless chance explains it as well.
pub(super) fn derive(number: &Number, groups: &[Group]) -> Option<Derived> {
    let reading = number.readings[0];
    if reading.value == 0.0 {
        return None;
    }
    let mut n_tried = 0usize;
    let mut found = None;
    for group in groups {
        let way = in_group(number, reading, group, &mut n_tried);
        found = found.or(way.map(|way| Derived { source: way, artifact: group.artifact }));
    }
    let by_chance = n_tried as f64 * 2.0 * reading.tolerance / reading.value.abs();
    found.filter(|_| by_chance <= MAX_EXPECTED_BY_CHANCE)
}

fn in_group(number: &Number, reading: Reading, group: &Group, n_tried: &mut usize) -> Option<String> {
    let members = &group.members[..group.members.len().min(MAX_MEMBERS)];
    if members.len() < 2 {
        return None;
    }
    let mut found = None;
    let mut attempt = |value: f64, told: &dyn Fn() -> String| {
        *n_tried += 1;
        if found.is_none() && value.is_finite() && value != 0.0 && reading.holds(value) {
            found = Some(told());
        }
    };
    for (at, (a_name, a)) in members.iter().enumerate() {
        for (b_name, b) in &members[at + 1..] {
            let of = |what: &str| format!("{what} {} and {} ({})", shown(a_name, *a), shown(b_name, *b), group.source);
            // A sum with next to nothing is no sum.
            let is_operand = reading.holds(a.abs()) || reading.holds(b.abs());
            if number.is_percent {
                attempt(100.0 * a / b, &|| of("ratio of"));
                attempt(100.0 * b / a, &|| of("ratio of"));
                attempt(signed(number, 100.0 * (b - a) / a.abs()), &|| of("change between"));
                attempt(signed(number, 100.0 * (a - b) / b.abs()), &|| of("change between"));
                let points = if a.abs() <= 1.0 && b.abs() <= 1.0 { 100.0 } else { 1.0 };
                attempt(signed(number, points * (a - b)), &|| of("difference of"));
            } else {
                if !is_operand {
                    attempt(signed(number, a - b), &|| of("difference of"));
                    attempt(a + b, &|| of("sum of"));
                }
                attempt(a / b, &|| of("ratio of"));
                attempt(b / a, &|| of("ratio of"));
            }
        }
    }
    if group.is_whole && members.len() == group.members.len() {
        let total: f64 = members.iter().map(|(_, value)| value).sum();
        if !number.is_percent {
            attempt(total, &|| format!("total of {}", group.source));
        } else {
            for (name, value) in members {
                let told = || format!("share of {} in the total of {}", shown(name, *value), group.source);
                attempt(100.0 * value / total, &told);
            }
        }
    }
    found
}

/// A difference without a sign in the prose may go either way; the words say which.
fn signed(number: &Number, value: f64) -> f64 {
    if number.is_signed { value } else { value.abs() }
}

fn shown(name: &str, value: f64) -> String {
    if name.is_empty() { format!("{value}") } else { format!("“{name}”") }
}
