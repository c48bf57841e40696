//! The conventions of a whole file: decimal and thousands marks, the order of dates. What one column leaves open, another
//! may show, and what a person says comes before both.

use std::collections::BTreeMap;

use analyst_types::{ColumnType, Format};

use super::date::DateOrder;
use super::decision::{Decision, Kind};
use super::number::Group;
use super::tally::Tally;

/// The conventions of a whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Conventions {
    /// The decimal mark, where the file shows one or a person named one.
    pub decimal: Option<u8>,
    /// A person named the decimal mark: no column may use another.
    pub is_decimal_told: bool,
    /// The thousands mark, where the file shows one.
    pub thousands: Group,
    /// The thousands mark a person named; [`Group::None`] when they said that there is none.
    pub thousands_told: Option<Group>,
    /// The order of dates a person named.
    pub date_order_told: Option<DateOrder>,
    /// The comma separates no fields, so that it may be the decimal mark and the point group thousands.
    pub comma_is_free: bool,
    /// The decimal mark that all columns with marks agree on, for the recipe.
    pub decimal_agreed: Option<u8>,
    /// The order of days and months, where the file shows one.
    pub date_order: Option<DateOrder>,
    /// The decimal mark for numbers that leave it open.
    pub decimal_if_open: u8,
    /// Whether the file's own types are trusted, so that a number in a text is worth a warning.
    pub declares_types: bool,
}

/// What a reader knows before any cell is counted.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Hints<'o> {
    /// A person named the decimal mark.
    pub decimal: Option<u8>,
    /// The delimiter is a semicolon: the comma is free to be a decimal mark.
    pub comma_is_free: bool,
    /// The format declares types.
    pub declares_types: bool,
    /// A person named the thousands mark.
    pub thousands: Option<Group>,
    /// A person named the order of dates.
    pub date_order: Option<DateOrder>,
    /// A person named types, by column.
    pub types: Option<&'o BTreeMap<String, ColumnType>>,
}

impl Hints<'_> {
    /// A person named the type of this column.
    pub fn is_told(&self, name: &str) -> bool {
        self.types.is_some_and(|types| types.contains_key(name))
    }
}

impl Conventions {
    /// From the tallies of all columns.
    pub fn of(tallies: &[Tally], hints: Hints<'_>) -> Self {
        let sum = |count: fn(&Tally) -> u64| tallies.iter().map(count).sum::<u64>();
        let (point, comma) = (sum(|t| t.point.n), sum(|t| t.comma.n));
        let decimal = hints.decimal.or(match (point, comma) {
            (0, 0) => None,
            (point, comma) if comma > point => Some(b','),
            _ => Some(b'.'),
        });
        // With nothing else to go by, `1,234` in a file that needs no comma for itself is a decimal number only
        // when no other number shows a point.
        let open_commas = sum(|t| t.ambiguous_comma.n);
        // Who writes days with dots writes decimals with commas.
        let days_with_dots = sum(|t| t.separators[0]) > 0;
        let comma_is_likely = hints.comma_is_free && (open_commas > 0 || days_with_dots);
        let decimal_if_open = decimal.unwrap_or(if comma_is_likely { b',' } else { b'.' });
        let (dmy, mdy) = (sum(|t| t.only_dmy.n), sum(|t| t.only_mdy.n));
        let known = sum(|t| t.known_dates.n) > 0;
        let date_order = match (dmy, mdy) {
            (0, 0) => known.then_some(DateOrder::Ymd),
            (dmy, mdy) if mdy > dmy => Some(DateOrder::Mdy),
            _ => Some(DateOrder::Dmy),
        };
        Self {
            decimal,
            is_decimal_told: hints.decimal.is_some(),
            thousands: thousands(tallies, decimal_if_open),
            thousands_told: hints.thousands,
            comma_is_free: hints.comma_is_free,
            date_order_told: hints.date_order,
            decimal_agreed: None,
            date_order: hints.date_order.or(date_order),
            decimal_if_open,
            declares_types: hints.declares_types,
        }
    }

    /// Takes the marks and the order that the columns were read by after all; none where they disagree.
    pub fn settle_date_order(&mut self, decisions: &[Decision]) {
        let order_of = |decision: &Decision| match decision.kind {
            Kind::Date { order } | Kind::Datetime { order } => Some(order),
            _ => None,
        };
        let orders: Vec<DateOrder> = decisions.iter().filter_map(order_of).collect();
        let mut open = orders.iter().filter(|order| **order != DateOrder::Ymd);
        let first = open.next();
        self.date_order = match first {
            Some(order) if open.any(|other| other != order) => None,
            Some(order) => Some(*order),
            None => orders.first().copied(),
        };
        let used: Vec<u8> = decisions.iter().filter_map(|decision| decision.decimal_used).collect();
        self.decimal_agreed = used.first().copied().filter(|first| used.iter().all(|mark| mark == first));
        let groups: Vec<Group> = decisions.iter().flat_map(|decision| decision.groups_used.iter().copied()).collect();
        self.thousands = match groups.first() {
            Some(first) if groups.iter().all(|group| group == first) && self.decimal_agreed.is_some() => *first,
            _ => Group::None,
        };
    }

    /// Writes the conventions into a recipe: only what all columns agree on, so that the recipe reads the file again as
    /// it was read.
    pub fn describe(&self, format: &mut Format) {
        format.decimal = self.decimal_agreed.map(|mark| char::from(mark).to_string());
        format.thousands = self.thousands.name().map(str::to_owned);
        format.date_order = self.date_order.map(|order| order.name().to_owned());
    }
}

fn thousands(tallies: &[Tally], decimal: u8) -> Group {
    let kinds = [Group::Comma, Group::Dot, Group::Space, Group::Apostrophe];
    let mut seen: Vec<u64> = (0..kinds.len()).map(|kind| tallies.iter().map(|t| t.groups[kind]).sum()).collect();
    let open: u64 =
        tallies.iter().map(|t| if decimal == b',' { t.ambiguous_point.n } else { t.ambiguous_comma.n }).sum();
    seen[usize::from(decimal == b',')] += open;
    let (index, count) = seen.into_iter().enumerate().max_by_key(|(_, n)| *n).unwrap_or((0, 0));
    if count == 0 { Group::None } else { kinds[index] }
}
