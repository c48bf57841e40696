//! The cells of one column in one stretch of the file: counted, and read as the type that is expected of them.

use std::ops::Range;

use super::super::tokens::Tokens;
use crate::grid::Cell;
use crate::infer;
use crate::infer::build;
use crate::infer::date;
use crate::infer::decision::Kind;
use crate::infer::fast;
use crate::infer::tally::{Count, Tally, TextPolicy};
use crate::sniff::dialect::Dialect;
use crate::store::StoredType;
use crate::store::bits::Bits;

/// The type that a kind is stored as.
pub(super) fn stored_type(kind: Kind) -> StoredType {
    match kind {
        Kind::Boolean => StoredType::Boolean,
        Kind::Integer { .. } => StoredType::Integer,
        Kind::Float { .. } => StoredType::Float,
        Kind::Date { .. } | Kind::DigitsDate => StoredType::Date,
        Kind::Datetime { .. } => StoredType::Datetime,
        Kind::Time => StoredType::Time,
        Kind::Duration => StoredType::Duration,
        Kind::Text { .. } => StoredType::Text,
    }
}

/// Where the values of a column stand in the bytes of their stretch: values, then ends of texts, then validity.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Segment {
    /// Where they begin.
    pub at: usize,
    /// Bytes of values (of texts: all their bytes).
    pub value_bytes: usize,
    /// Missing ones.
    pub nulls: usize,
    /// Whole numbers in a column of days written as digits that are no day.
    pub no_days: u64,
}

/// What is read into again and again.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    text: String,
    valid: Bits,
    bits: Bits,
    ends: Vec<u32>,
}

/// The data rows of a stretch.
pub(super) struct Stretch<'s> {
    pub tokens: &'s Tokens<'s>,
    pub rows: &'s [Range<usize>],
    pub dialect: Dialect,
}

impl Stretch<'_> {
    /// Calls `each` with the text and the line of every cell of a column.
    #[inline]
    fn for_each(&self, position: usize, scratch: &mut String, mut each: impl FnMut(&str, u64)) {
        let text = self.tokens.whole();
        for row in self.rows.iter().cloned().flatten() {
            let cell = match self.tokens.fields(row).get(position) {
                Some(field) => field.text(text, self.dialect, scratch),
                None => "",
            };
            each(cell, self.tokens.line(row));
        }
    }
}

const POLICY: TextPolicy = TextPolicy::GUESS;

/// Reads the column at `position` as `kind`, appends its values to `out` and counts its cells, and those among them that
/// do not fit a type that was named.
pub(super) fn read(
    stretch: &Stretch<'_>,
    position: usize,
    kind: Kind,
    counts: (&mut Tally, Option<&mut Count>),
    scratch: &mut Scratch,
    out: &mut Vec<u8>,
) -> Segment {
    let (tally, mut unfit) = counts;
    let at = out.len();
    let mut no_days = 0;
    scratch.valid.clear();
    scratch.ends.clear();
    scratch.bits.clear();
    let Scratch { text, valid, bits, ends } = scratch;
    macro_rules! values {
        ($read:expr) => {
            stretch.for_each(position, text, |cell, line| {
                let value = if cell.is_empty() {
                    tally.add_missing();
                    None
                } else {
                    $read(cell, line, &mut *tally)
                };
                note_unfit(&mut unfit, value.is_none(), cell, line);
                valid.push(value.is_some());
                out.extend_from_slice(&value.unwrap_or_default().to_le_bytes());
            })
        };
    }
    match kind {
        Kind::Integer { decimal } => values!(|cell: &str, line, tally: &mut Tally| {
            let value = fast::integer(cell.as_bytes());
            match value {
                Some(value) => tally.add_plain_int(value, line, cell),
                None => return slow(cell, line, tally, |cell| build::integer(cell, decimal)),
            }
            value
        }),
        Kind::Float { decimal } => values!(|cell: &str, line, tally: &mut Tally| -> Option<f64> {
            if decimal == b'.'
                && let Some(value) = fast::decimal(cell.as_bytes())
            {
                tally.add_plain_decimal(line, cell);
                return Some(value);
            }
            if let Some(value) = fast::integer(cell.as_bytes()) {
                tally.add_plain_int(value, line, cell);
                return Some(value as f64);
            }
            slow(cell, line, tally, |cell| build::float(cell, decimal))
        }),
        Kind::Date { order } => values!(|cell: &str, line, tally: &mut Tally| -> Option<i32> {
            match fast::iso_day(cell.as_bytes()) {
                Some(days) => {
                    tally.add_iso(line, cell, false);
                    Some(days)
                }
                None => slow(cell, line, tally, |cell| build::days(cell, order)),
            }
        }),
        Kind::DigitsDate => values!(|cell: &str, line, tally: &mut Tally| -> Option<i32> {
            let number = slow(cell, line, tally, |cell| build::integer(cell, b'.'))?;
            let days = date::days_of_digits(number);
            no_days += u64::from(days.is_none());
            days
        }),
        Kind::Datetime { order } => values!(|cell: &str, line, tally: &mut Tally| -> Option<i64> {
            match fast::iso_moment(cell.as_bytes()) {
                Some(micros) => {
                    tally.add_iso(line, cell, true);
                    Some(micros)
                }
                None => slow(cell, line, tally, |cell| build::micros(cell, order)),
            }
        }),
        Kind::Time => {
            values!(|cell: &str, line, tally: &mut Tally| -> Option<i64> { slow(cell, line, tally, build::time) });
        }
        Kind::Duration => {
            values!(|cell: &str, line, tally: &mut Tally| -> Option<i64> { slow(cell, line, tally, build::duration) });
        }
        Kind::Boolean => {
            stretch.for_each(position, text, |cell, line| {
                let value = if cell.is_empty() {
                    tally.add_missing();
                    None
                } else if cell == "true" || cell == "false" {
                    tally.add_plain_bool(line, cell);
                    Some(cell == "true")
                } else {
                    slow(cell, line, tally, build::boolean)
                };
                note_unfit(&mut unfit, value.is_none(), cell, line);
                valid.push(value.is_some());
                bits.push(value == Some(true));
            });
            out.extend_from_slice(bits.bytes());
        }
        Kind::Text { among_codes } => {
            stretch.for_each(position, text, |cell, line| {
                let value = if cell.is_empty() {
                    tally.add_missing();
                    None
                } else {
                    tally.add(&Cell::Text(cell.into()), line, POLICY);
                    build::value_of_text(cell, among_codes)
                };
                valid.push(value.is_some());
                out.extend_from_slice(value.unwrap_or_default().as_bytes());
                ends.push((out.len() - at) as u32);
            });
        }
    }
    let segment = Segment { at, value_bytes: out.len() - at, nulls: valid.unset(), no_days };
    ends.iter().for_each(|end| out.extend_from_slice(&end.to_le_bytes()));
    if segment.nulls > 0 {
        out.extend_from_slice(valid.bytes());
    }
    segment
}

/// Counts a cell that has no value as the type a person named, where one did.
#[inline]
fn note_unfit(unfit: &mut Option<&mut Count>, is_missing: bool, cell: &str, line: u64) {
    if is_missing
        && !cell.is_empty()
        && let Some(count) = unfit
    {
        infer::add_unfit(count, line, cell);
    }
}

/// Counts and reads a cell that is not written plainly.
fn slow<T>(cell: &str, line: u64, tally: &mut Tally, read: impl FnOnce(&Cell<'_>) -> Option<T>) -> Option<T> {
    let cell = Cell::Text(cell.into());
    tally.add(&cell, line, POLICY);
    read(&cell)
}

/// Whether values read as `expected` are what they would be as `decided`.
pub(super) fn is_same_reading(expected: Kind, decided: Kind, tally: &Tally) -> bool {
    match (expected, decided) {
        (Kind::Integer { .. }, Kind::Integer { .. }) | (Kind::Float { .. }, Kind::Float { .. }) => {
            expected == decided || tally.is_free_of_marks()
        }
        (Kind::Date { order }, Kind::Date { order: other })
        | (Kind::Datetime { order }, Kind::Datetime { order: other }) => order == other || tally.is_free_of_order(),
        (Kind::Text { .. }, Kind::Text { .. }) => expected == decided || tally.soft_tokens.n == 0,
        _ => expected == decided,
    }
}
