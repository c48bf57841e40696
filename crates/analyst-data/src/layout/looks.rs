//! What a cell or a row looks like, as far as headers, notes and tables care: a word, a value, a period, a sentence.

use crate::grid::{Cell, Grid};
use crate::infer::{date, missing, number};

/// What one cell looks like, as far as headers care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    Blank,
    Text,
    /// A year, or a date: values that also stand in the headers of wide tables.
    Period,
    Value,
}

/// A sentence that was cut at its commas: a blank follows each.
pub(super) fn is_sentence<G: Grid>(grid: &G, row: usize) -> bool {
    let begins_blank = |column: usize| match grid.cell(row, column) {
        Cell::Text(text) => text.starts_with(' '),
        Cell::Missing => true,
        _ => false,
    };
    grid.is_ragged_told()
        && grid.n_filled(row) > 1
        && !is_value(&grid.cell(row, 0))
        && (1..grid.width(row)).all(begins_blank)
}

/// A value rather than a word.
pub(super) fn is_value(cell: &Cell<'_>) -> bool {
    matches!(looks(cell), Looks::Value | Looks::Period)
}

pub(super) fn label<G: Grid>(grid: &G, row: usize, column: usize) -> String {
    let text = crate::infer::build::plain_text(&grid.cell(row, column)).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `1 line`, `2 lines`.
pub(super) fn lines_named(n: usize) -> String {
    if n == 1 { "1 line".to_owned() } else { format!("{n} lines") }
}

pub(super) fn mostly_typed<G: Grid>(grid: &G, column: usize, body: &[usize]) -> bool {
    let (mut typed, mut filled) = (0, 0);
    for &row in body {
        match looks(&grid.cell(row, column)) {
            Looks::Blank => {}
            Looks::Text => filled += 1,
            Looks::Period | Looks::Value => {
                filled += 1;
                typed += 1;
            }
        }
    }
    typed * 10 >= filled * 7 && typed > 0
}

pub(super) fn looks(cell: &Cell<'_>) -> Looks {
    match cell {
        Cell::Missing | Cell::Error(_) => Looks::Blank,
        Cell::Int(1900..=2100) | Cell::Date(_) | Cell::Datetime(_) => Looks::Period,
        Cell::Text(text) => looks_of_text(text.trim()),
        _ => Looks::Value,
    }
}

fn looks_of_text(text: &str) -> Looks {
    if text.is_empty() || missing::lookup(text) != missing::Missing::No {
        return Looks::Blank;
    }
    if text.len() == 4 && text.parse::<u32>().is_ok_and(|year| (1900..=2100).contains(&year)) {
        return Looks::Period;
    }
    if date::scan(text).is_some() {
        return Looks::Period;
    }
    let is_value = number::scan(text).is_some()
        || date::scan_time(text).is_some()
        || text.eq_ignore_ascii_case("true")
        || text.eq_ignore_ascii_case("false");
    if is_value { Looks::Value } else { Looks::Text }
}
