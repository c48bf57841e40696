//! Whether a text stands in a cell, in any case: for filters and for find.
//!
//! Cells that are no texts are searched as they are shown: dates as ISO 8601 text, numbers without grouping.

use std::cell::RefCell;
use std::fmt::Write;

use analyst_types::FilterTest;
use memchr::{memchr_iter, memchr2_iter};

use super::table::{Cells, Kind, StoredColumn};

/// A text that is looked for.
pub(crate) struct Wording {
    lower: String,
    is_ascii: bool,
    place: FilterTest,
}

thread_local! {
    /// Where a number is written to be searched; one per thread instead of one per cell.
    static SHOWN: RefCell<String> = const { RefCell::new(String::new()) };
}

impl Wording {
    /// `place` is one of `Contains`, `StartsWith` and `EndsWith`.
    pub fn new(text: &str, place: FilterTest) -> Self {
        Self { lower: text.to_lowercase(), is_ascii: text.is_ascii(), place }
    }

    /// Whether values of this kind can hold it at all, by their letters.
    pub fn may_stand_in(&self, kind: Kind) -> bool {
        let letters = match kind {
            Kind::Boolean => "truefals",
            Kind::Integer => "-0123456789",
            Kind::Float => "-+.0123456789einf",
            Kind::Date | Kind::Moment | Kind::Time | Kind::Span => "-0123456789:.t ",
            Kind::Text => return true,
        };
        self.lower.chars().all(|letter| letters.contains(letter))
    }

    /// Whether it stands in the cell.
    #[inline]
    pub fn stands_in(&self, column: &StoredColumn, row: usize) -> bool {
        if column.is_missing(row) {
            return false;
        }
        match column.cells() {
            Cells::Text(texts) => self.is_in(texts.get(row)),
            Cells::Boolean(values) => self.is_in(if values.value(row) { "true" } else { "false" }),
            Cells::Float(values) => self.is_in_number(&values.value(row)),
            Cells::Integer(values) if column.kind() == Kind::Integer => self.is_in_number(&values.value(row)),
            _ => column.json(row).as_str().is_some_and(|shown| self.is_in(shown)),
        }
    }

    fn is_in_number(&self, number: &dyn std::fmt::Display) -> bool {
        SHOWN.with_borrow_mut(|shown| {
            shown.clear();
            write!(shown, "{number}").is_ok() && self.is_in(shown)
        })
    }

    /// Whether it stands in the text.
    pub fn is_in(&self, text: &str) -> bool {
        if self.is_ascii {
            return self.is_in_bytes(text.as_bytes());
        }
        // No ASCII text holds a letter beyond ASCII.
        if text.is_ascii() {
            return false;
        }
        let lower = text.to_lowercase();
        match self.place {
            FilterTest::StartsWith => lower.starts_with(&self.lower),
            FilterTest::EndsWith => lower.ends_with(&self.lower),
            _ => lower.contains(&self.lower),
        }
    }

    fn is_in_bytes(&self, text: &[u8]) -> bool {
        let wanted = self.lower.as_bytes();
        if wanted.len() > text.len() {
            return false;
        }
        let last = text.len() - wanted.len();
        let stands_at = |at: usize| text[at..at + wanted.len()].eq_ignore_ascii_case(wanted);
        match self.place {
            FilterTest::StartsWith => stands_at(0),
            FilterTest::EndsWith => stands_at(last),
            _ => match wanted.first() {
                None => true,
                Some(&first) if first.is_ascii_lowercase() => {
                    memchr2_iter(first, first.to_ascii_uppercase(), &text[..=last]).any(stands_at)
                }
                Some(&first) => memchr_iter(first, &text[..=last]).any(stands_at),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_in_any_case() {
        let is_in = |wanted: &str, place, text: &str| Wording::new(wanted, place).is_in(text);
        use FilterTest::{Contains, EndsWith, StartsWith};
        assert!(is_in("ORTH", Contains, "North") && is_in("", Contains, "x") && is_in("1-2", Contains, "a1-2b"));
        assert!(is_in("Äpf", StartsWith, "äpfel") && !is_in("ä", Contains, "apfel"));
        assert!(is_in("no", StartsWith, "North") && !is_in("or", StartsWith, "North"));
        assert!(is_in("TH", EndsWith, "nörth") && !is_in("northern", EndsWith, "north"));
    }
}
