//! Numbers that simple arithmetic gives: differences, sums, ratios, percentage changes, shares of a total, means.
//!
//! With enough values, some pair gives any number. A match is therefore believed only when the sentence speaks of that
//! arithmetic and names other operands nowhere, goes the way the sentence says, and when chance would hardly have made
//! it: few combinations tried and a precise number, or both operands named.

use std::collections::HashSet;

use analyst_types::ArtifactId;

use super::clause::{LabelId, Labels};
use super::direction::{Direction, Spoken};
use super::evidence::{Evidence, Group, Member};
use super::lookup::says_rate;
use super::number::{Kind, Number, Reading};
use super::words;

/// Matches that chance may be expected to make before none is believed.
const MAX_EXPECTED_BY_CHANCE: f64 = 0.1;
/// The same when the sentence names the operands.
const MAX_EXPECTED_WHEN_NAMED: f64 = 2.0;
/// A combination is near the number when it is at most so many times it, or so small a part of it.
const NEAR: f64 = 2.0;
/// Members of a group between which pairs are formed.
const MAX_MEMBERS: usize = 40;
/// Where the numbers of the same sentence come from.
const BESIDE: &str = "numbers of the same sentence";
/// Letters by which words are alike: “converted” speaks of conversions.
const STEM_CHARS: usize = 5;

/// How a number comes about.
pub(super) struct Derived {
    pub value: f64,
    pub source: String,
    pub artifact: Option<ArtifactId>,
}

/// What the sentence of a number says, for arithmetic.
pub(super) struct Said<'a> {
    pub words: HashSet<String>,
    pub spoken: Spoken,
    pub direction: Option<Direction>,
    /// Labels named in the sentence, in order.
    pub mentions: Vec<(usize, LabelId)>,
    /// Labels named in the clause of the number.
    pub bound: HashSet<LabelId>,
    /// Values of the other numbers of the sentence, in order.
    pub beside: Vec<Member>,
    /// “97 of …”: the number is what something is a part of.
    pub is_whole: bool,
    pub evidence: &'a Evidence,
}

/// The best way found to get the number, unless chance explains it as well.
pub(super) fn derive(number: &Number, said: &Said<'_>) -> Option<Derived> {
    number.readings.iter().find_map(|reading| derive_reading(number, *reading, said))
}

fn derive_reading(number: &Number, reading: Reading, said: &Said<'_>) -> Option<Derived> {
    if reading.value == 0.0 {
        return None;
    }
    let mut search = Search { number, reading, said, n_tried: [0, 0], named: None, unnamed: None };
    let beside = Group {
        source: BESIDE.to_owned(),
        artifact: None,
        members: said.beside.clone(),
        column: None,
        is_whole: false,
    };
    search.look_beside(&beside);
    if let Some(found) = search.named.take() {
        return Some(found);
    }
    search.n_tried = [0, 0];
    said.evidence.groups.iter().for_each(|group| search.look_into(group));
    // What a combination near the number has as its chance to hit it.
    let chance = (reading.above + reading.below) / (NEAR - 1.0 / NEAR) / reading.value.abs();
    let [n_unnamed, n_named] = search.n_tried.map(|tried| f64::from(tried) * chance);
    let named = search.named.filter(|_| n_named <= MAX_EXPECTED_WHEN_NAMED);
    named.or(search.unnamed.filter(|_| n_unnamed <= MAX_EXPECTED_BY_CHANCE))
}

struct Search<'a> {
    number: &'a Number,
    reading: Reading,
    said: &'a Said<'a>,
    /// Combinations that came near, of operands that are not named and of those that are.
    n_tried: [u32; 2],
    named: Option<Derived>,
    unnamed: Option<Derived>,
}

/// Which of two operands comes first in the arithmetic, if the prose says so.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    /// The first is held against the second, or comes after it in time.
    AgainstSecond,
    AgainstFirst,
    Open,
}

impl Search<'_> {
    fn look_beside(&mut self, group: &Group) {
        let members = &group.members;
        for (at, a) in members.iter().enumerate() {
            for b in &members[at + 1..] {
                self.pair(group, a, b, true);
            }
        }
    }

    fn look_into(&mut self, group: &Group) {
        let members = &group.members[..group.members.len().min(MAX_MEMBERS)];
        if members.len() < 2 {
            return;
        }
        if self.speaks_of_another_column(group) {
            return;
        }
        let of_named_column = self.speaks_of_column(group);
        for (at, a) in members.iter().enumerate() {
            for b in &members[at + 1..] {
                if self.may_be_meant(a, b, members) {
                    let cells_of_row = a.row.is_some() && a.row == b.row;
                    let names = |member| if cells_of_row { self.shares_a_word(member) } else { self.is_named(member) };
                    let either = members.len() == 2 || self.is_mentioned(a) || self.is_mentioned(b);
                    let named = (names(a) && names(b)) || (of_named_column && either);
                    self.pair(group, a, b, named);
                }
            }
        }
        if group.is_whole && members.len() == group.members.len() {
            self.whole(group, members);
        }
        self.part(group, members);
    }

    fn labels(&self) -> &Labels {
        &self.said.evidence.named
    }

    fn labels_of(&self, member: &Member) -> &[LabelId] {
        self.said.evidence.labels_of(member.row)
    }

    fn is_mentioned(&self, member: &Member) -> bool {
        self.labels_of(member).iter().any(|label| self.said.mentions.iter().any(|(_, said)| said == label))
    }

    /// Named by its label, or by a word of its name.
    fn is_named(&self, member: &Member) -> bool {
        self.is_mentioned(member) || self.shares_a_word(member)
    }

    fn shares_a_word(&self, member: &Member) -> bool {
        words(&member.name).iter().any(|word| self.said.words.contains(word))
    }

    /// Whether the sentence leaves room for this pair: where it names labels of these members, they are meant.
    fn may_be_meant(&self, a: &Member, b: &Member, members: &[Member]) -> bool {
        let n_mentioned = members.iter().filter(|member| self.is_mentioned(member)).count();
        let n_here = usize::from(self.is_mentioned(a)) + usize::from(self.is_mentioned(b));
        let same_row = a.row.is_some() && a.row == b.row;
        if same_row {
            return n_mentioned > 0 || !self.mentions_sibling(a);
        }
        n_here >= n_mentioned.min(2)
    }

    /// Whether the sentence names another row of the same kind.
    fn mentions_sibling(&self, member: &Member) -> bool {
        let families: HashSet<u32> =
            self.labels_of(member).iter().map(|label| self.labels().family_of(*label)).collect();
        self.said.mentions.iter().any(|(_, label)| families.contains(&self.labels().family_of(*label)))
    }

    fn speaks_of(&self, name: &str) -> bool {
        let stem = |word: &str| word.chars().take(STEM_CHARS).collect::<String>();
        let named: HashSet<String> = words(name).iter().map(|word| stem(word)).collect();
        self.said.words.iter().any(|word| named.contains(&stem(word)))
    }

    fn speaks_of_column(&self, group: &Group) -> bool {
        group.column.as_ref().is_some_and(|(column, _)| self.speaks_of(column))
    }

    /// “of revenue” is not said of the column of orders.
    fn speaks_of_another_column(&self, group: &Group) -> bool {
        let Some((column, all)) = &group.column else { return false };
        !self.speaks_of(column) && all.iter().any(|other| self.speaks_of(other) && !self.is_label_word(other, group))
    }

    /// Whether a column's name is only a word of what its rows are called.
    fn is_label_word(&self, column: &str, group: &Group) -> bool {
        let is_numeric = self.said.evidence.groups.iter().any(|other| {
            other.artifact == group.artifact
                && other.column.as_ref().is_some_and(|(name, _)| name == column)
                && !other.members.is_empty()
        });
        !is_numeric
    }

    /// “A … than B”: A against B. In time: the later against the earlier.
    fn order(&self, a: &Member, b: &Member) -> Order {
        let place = |member: &Member| {
            let labels = self.labels_of(member);
            self.said.mentions.iter().find(|(_, said)| labels.contains(said)).map(|(at, _)| *at)
        };
        let is_time = |member: &Member| self.labels_of(member).iter().any(|label| self.labels().is_time(*label));
        let places = place(a).zip(place(b)).filter(|(first, second)| first != second);
        match places {
            Some((first, second)) if self.said.spoken.compares => {
                if first < second {
                    Order::AgainstSecond
                } else {
                    Order::AgainstFirst
                }
            }
            // Rows stand in the order of time.
            Some(_) if is_time(a) && is_time(b) => match a.row.cmp(&b.row) {
                std::cmp::Ordering::Greater => Order::AgainstSecond,
                _ => Order::AgainstFirst,
            },
            _ => Order::Open,
        }
    }

    fn pair(&mut self, group: &Group, a: &Member, b: &Member, named: bool) {
        let (a, b) = match self.order(a, b) {
            Order::AgainstFirst => (b, a),
            _ => (a, b),
        };
        let is_open = self.order(a, b) == Order::Open;
        let both = [a, b];
        let (x, y) = (a.value, b.value);
        let spoken = self.said.spoken;
        if self.number.is_points {
            let is_share = x.abs() <= 1.0 && y.abs() <= 1.0;
            if !is_share && !says_rate(&group.source) && group.source != BESIDE {
                return;
            }
            let points = if x.abs() <= 1.0 && y.abs() <= 1.0 { 100.0 } else { 1.0 };
            self.change(points * (x - y), points * (y - x), is_open, "difference of", group, &both, named);
        } else if self.number.is_percent {
            if spoken.part && self.said.direction.is_none() {
                self.attempt(100.0 * x / y, "ratio of", group, &both, named);
                self.attempt(100.0 * y / x, "ratio of", group, &both, named);
            }
            if spoken.change || self.number.is_signed {
                let (up, down) = (100.0 * (x - y) / y.abs(), 100.0 * (y - x) / x.abs());
                self.change(up, down, is_open, "change between", group, &both, named);
            }
        } else {
            // A sum with next to nothing is no sum.
            let is_operand = [x, -x, y, -y].iter().any(|operand| self.reading.holds(*operand));
            if !is_operand && (spoken.difference || self.number.is_signed) && self.number.kind == Kind::Digits {
                self.change(x - y, y - x, is_open, "difference of", group, &both, named);
            }
            if !is_operand && spoken.sum && self.number.kind == Kind::Digits && self.said.direction.is_none() {
                self.attempt(x + y, "sum of", group, &both, named);
            }
            if spoken.ratio {
                self.attempt(x / y, "ratio of", group, &both, named);
                if is_open {
                    self.attempt(y / x, "ratio of", group, &both, named);
                }
            }
        }
    }

    /// A difference one way (`x` against `y`) or, where the prose leaves it open, the other.
    #[expect(clippy::too_many_arguments, reason = "all of it is what is told of a difference")]
    fn change(
        &mut self,
        one: f64,
        other: f64,
        is_open: bool,
        what: &str,
        group: &Group,
        both: &[&Member],
        named: bool,
    ) {
        for value in if is_open { vec![one, other] } else { vec![one] } {
            let told = match (self.number.is_signed, self.said.direction) {
                (true, _) => value,
                (false, Some(Direction::Up)) if value > 0.0 => value,
                (false, Some(Direction::Down)) if value < 0.0 => -value,
                (false, Some(_)) => continue,
                (false, None) => value.abs(),
            };
            self.attempt(told, what, group, both, named);
        }
    }

    /// What needs all members: totals, means, and what is left of them.
    fn whole(&mut self, group: &Group, members: &[Member]) {
        let total: f64 = members.iter().map(|member| member.value).sum();
        let spoken = self.said.spoken;
        let mentioned: Vec<&Member> = members.iter().filter(|member| self.is_mentioned(member)).collect();
        let speaks_of_column = self.speaks_of_column(group);
        if self.number.is_percent {
            if self.number.is_points || total == 0.0 || self.said.direction.is_some() {
                return;
            }
            for member in members {
                let bound = self.labels_of(member).iter().any(|label| self.said.bound.contains(label));
                let meant = if mentioned.is_empty() { spoken.part } else { bound || self.is_mentioned(member) };
                if meant && (self.said.bound.is_empty() || bound || mentioned.is_empty()) {
                    self.attempt(100.0 * member.value / total, "share of", group, &[member], bound);
                }
            }
            if mentioned.len() > 1 {
                let part: f64 = mentioned.iter().map(|member| member.value).sum();
                self.attempt(100.0 * part / total, "share of", group, &mentioned[..1], true);
            }
            return;
        }
        if self.number.kind != Kind::Digits {
            return;
        }
        if self.said.is_whole || spoken.sum && mentioned.len() != 1 || mentioned.len() == members.len() {
            self.attempt(total, "total of", group, &[], speaks_of_column);
        }
        if spoken.average && mentioned.is_empty() {
            self.attempt(total / members.len() as f64, "mean of", group, &[], speaks_of_column);
        }
    }

    /// Sums of the named, and of the largest.
    fn part(&mut self, group: &Group, members: &[Member]) {
        if self.number.is_percent || !self.said.spoken.sum || self.number.kind != Kind::Digits {
            return;
        }
        let mentioned: Vec<&Member> = members.iter().filter(|member| self.is_mentioned(member)).collect();
        let is_column = members.windows(2).all(|pair| pair[0].row != pair[1].row || pair[0].row.is_none());
        if is_column && mentioned.len() > 2 {
            let sum = mentioned.iter().map(|member| member.value).sum();
            self.attempt(sum, "sum of", group, &mentioned[..1], true);
        }
        if is_column && self.said.spoken.largest && mentioned.is_empty() {
            let mut values: Vec<f64> = members.iter().map(|member| member.value).collect();
            values.sort_by(|a, b| b.total_cmp(a));
            let mut sum = values[0];
            for value in &values[1..] {
                sum += value;
                self.attempt(sum, "sum of the largest of", group, &[], false);
            }
        }
    }

    fn attempt(&mut self, value: f64, what: &str, group: &Group, operands: &[&Member], named: bool) {
        let times = value / self.reading.value;
        self.n_tried[usize::from(named)] += u32::from((1.0 / NEAR..=NEAR).contains(&times));
        if !value.is_finite() || value == 0.0 || !self.reading.holds(value) {
            return;
        }
        let place = if named { &mut self.named } else { &mut self.unnamed };
        if place.is_none() {
            *place = Some(Derived { value, source: told(what, group, operands), artifact: group.artifact });
        }
    }
}

fn told(what: &str, group: &Group, operands: &[&Member]) -> String {
    let shown = |member: &&Member| {
        if member.name.is_empty() { member.value.to_string() } else { format!("“{}”", member.name) }
    };
    match operands {
        [] => format!("{what} {}", group.source),
        [one] => format!("{what} {} in the total of {}", shown(one), group.source),
        [a, b, ..] => format!("{what} {} and {} ({})", shown(a), shown(b), group.source),
    }
}
