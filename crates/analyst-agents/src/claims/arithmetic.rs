//! Numbers that simple arithmetic gives: differences, sums, ratios, percentage changes and shares of a total.
//!
//! With enough values, some pair gives any number. A match is therefore believed only when so few combinations were
//! tried, and the number is so precise, that chance would hardly have made it; or when the sentence names both
//! operands, which chance does not do.

use std::collections::HashSet;

use analyst_types::ArtifactId;

use super::evidence::Group;
use super::number::{Number, Reading};
use super::words;

/// Matches that chance may be expected to make before none is believed.
const MAX_EXPECTED_BY_CHANCE: f64 = 0.3;
/// The same when the sentence names the operands.
const MAX_EXPECTED_WHEN_NAMED: f64 = 10.0;
/// Members of a group between which pairs are formed.
const MAX_MEMBERS: usize = 40;

/// How a number comes about.
pub(super) struct Derived {
    pub source: String,
    pub artifact: Option<ArtifactId>,
}

/// The best way found to get the number, unless chance explains it as well.
pub(super) fn derive(number: &Number, sentence: &HashSet<String>, groups: &[Group]) -> Option<Derived> {
    let reading = number.readings[0];
    if reading.value == 0.0 {
        return None;
    }
    let mut search = Search { number, reading, sentence, n_tried: 0, named: None, unnamed: None };
    groups.iter().for_each(|group| search.look_into(group));
    let by_chance = search.n_tried as f64 * 2.0 * reading.tolerance / reading.value.abs();
    let named = search.named.filter(|_| by_chance <= MAX_EXPECTED_WHEN_NAMED);
    named.or(search.unnamed.filter(|_| by_chance <= MAX_EXPECTED_BY_CHANCE))
}

struct Search<'a> {
    number: &'a Number,
    reading: Reading,
    sentence: &'a HashSet<String>,
    n_tried: usize,
    named: Option<Derived>,
    unnamed: Option<Derived>,
}

type Member = (String, f64);

impl Search<'_> {
    fn look_into(&mut self, group: &Group) {
        let members = &group.members[..group.members.len().min(MAX_MEMBERS)];
        if members.len() < 2 {
            return;
        }
        for (at, a) in members.iter().enumerate() {
            for b in &members[at + 1..] {
                self.pair(group, a, b);
            }
        }
        if group.is_whole && members.len() == group.members.len() {
            self.total(group, members);
        }
    }

    fn pair(&mut self, group: &Group, a: &Member, b: &Member) {
        let both = [a, b];
        let ((_, x), (_, y)) = (a, b);
        // A sum with next to nothing is no sum.
        let is_operand = self.reading.holds(x.abs()) || self.reading.holds(y.abs());
        if self.number.is_percent {
            self.attempt(100.0 * x / y, "ratio of", group, &both);
            self.attempt(100.0 * y / x, "ratio of", group, &both);
            self.attempt(self.signed(100.0 * (y - x) / x.abs()), "change between", group, &both);
            self.attempt(self.signed(100.0 * (x - y) / y.abs()), "change between", group, &both);
            let points = if x.abs() <= 1.0 && y.abs() <= 1.0 { 100.0 } else { 1.0 };
            self.attempt(self.signed(points * (x - y)), "difference of", group, &both);
        } else {
            if !is_operand {
                self.attempt(self.signed(x - y), "difference of", group, &both);
                self.attempt(x + y, "sum of", group, &both);
            }
            self.attempt(x / y, "ratio of", group, &both);
            self.attempt(y / x, "ratio of", group, &both);
        }
    }

    fn total(&mut self, group: &Group, members: &[Member]) {
        let total: f64 = members.iter().map(|(_, value)| value).sum();
        if !self.number.is_percent {
            self.attempt(total, "total of", group, &[]);
            return;
        }
        for member in members {
            self.attempt(100.0 * member.1 / total, "share of", group, &[member]);
        }
    }

    fn attempt(&mut self, value: f64, what: &str, group: &Group, operands: &[&Member]) {
        self.n_tried += 1;
        if !value.is_finite() || value == 0.0 || !self.reading.holds(value) {
            return;
        }
        let is_named = |name: &str| words(name).iter().any(|word| self.sentence.contains(word));
        let all_named = !operands.is_empty() && operands.iter().all(|(name, _)| is_named(name));
        let place = if all_named { &mut self.named } else { &mut self.unnamed };
        if place.is_none() {
            *place = Some(Derived { source: told(what, group, operands), artifact: group.artifact });
        }
    }

    /// A difference without a sign in the prose may go either way; the words say which.
    fn signed(&self, value: f64) -> f64 {
        if self.number.is_signed { value } else { value.abs() }
    }
}

fn told(what: &str, group: &Group, operands: &[&Member]) -> String {
    let shown = |(name, value): &&Member| if name.is_empty() { value.to_string() } else { format!("“{name}”") };
    match operands {
        [] => format!("{what} {}", group.source),
        [one] => format!("{what} {} in the total of {}", shown(one), group.source),
        [a, b, ..] => format!("{what} {} and {} ({})", shown(a), shown(b), group.source),
    }
}
