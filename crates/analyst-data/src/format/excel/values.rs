//! What a workbook's reader says about a cell, as a [`Cell`].

use std::borrow::Cow;

use calamine::{CellErrorType, Data, DataRef, ExcelDateTime};

use crate::grid::Cell;
use crate::infer::date;

/// Whole numbers up to here are exact in a double, which is all a workbook has.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// A cell that was streamed.
pub(super) fn cell_of_ref(value: &DataRef<'_>) -> Cell<'static> {
    match value {
        DataRef::Int(value) => Cell::Int(*value),
        DataRef::Float(value) => number(*value),
        DataRef::String(text) => text_cell(text),
        DataRef::SharedString(text) => text_cell(text),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::DateTime(value) => moment(value),
        DataRef::DateTimeIso(text) => iso_moment(text),
        DataRef::DurationIso(text) => iso_duration(text),
        DataRef::Error(error) => Cell::Error(error_text(error)),
        DataRef::Empty => Cell::Missing,
    }
}

/// A cell of a sheet that was read whole.
pub(super) fn cell_of(value: &Data) -> Cell<'static> {
    match value {
        Data::Int(value) => Cell::Int(*value),
        Data::Float(value) => number(*value),
        Data::String(text) => text_cell(text),
        Data::Bool(value) => Cell::Bool(*value),
        Data::DateTime(value) => moment(value),
        Data::DateTimeIso(text) => iso_moment(text),
        Data::DurationIso(text) => iso_duration(text),
        Data::Error(error) => Cell::Error(error_text(error)),
        Data::Empty => Cell::Missing,
    }
}

fn text_cell(text: &str) -> Cell<'static> {
    if text.trim().is_empty() { Cell::Missing } else { Cell::Text(Cow::Owned(text.to_owned())) }
}

fn number(value: f64) -> Cell<'static> {
    if value.fract() == 0.0 && value.abs() <= MAX_EXACT { Cell::Int(value as i64) } else { Cell::Float(value) }
}

fn moment(value: &ExcelDateTime) -> Cell<'static> {
    if value.is_duration() {
        return value.as_duration().and_then(|d| d.num_microseconds()).map_or(Cell::Missing, Cell::Duration);
    }
    let Some(micros) = value.as_datetime().map(|moment| moment.and_utc().timestamp_micros()) else {
        return Cell::Missing;
    };
    if (0.0..1.0).contains(&value.as_f64()) {
        return Cell::Time(micros.rem_euclid(date::MICROS_PER_DAY) * 1000);
    }
    day_or_moment(micros)
}

fn day_or_moment(micros: i64) -> Cell<'static> {
    if micros.rem_euclid(date::MICROS_PER_DAY) == 0 {
        Cell::Date(micros.div_euclid(date::MICROS_PER_DAY) as i32)
    } else {
        Cell::Datetime(micros)
    }
}

fn iso_moment(text: &str) -> Cell<'static> {
    let text = text.trim();
    match date::scan(text) {
        Some(parts) => parts.micros(date::DateOrder::Ymd).map_or_else(|| text_cell(text), day_or_moment),
        None => date::scan_time(text).map_or_else(|| text_cell(text), Cell::Time),
    }
}

/// `PT10H30M05S`; spans shorter than a day are how OpenDocument writes times of day.
fn iso_duration(text: &str) -> Cell<'static> {
    let mut micros = 0f64;
    let mut digits = String::new();
    for letter in text.trim_start_matches('-').chars() {
        let unit = match letter {
            '0'..='9' | '.' | ',' => {
                digits.push(if letter == ',' { '.' } else { letter });
                continue;
            }
            'D' => 86_400e6,
            'H' => 3_600e6,
            'M' => 60e6,
            'S' => 1e6,
            _ => 0.0,
        };
        micros += digits.parse::<f64>().unwrap_or(0.0) * unit;
        digits.clear();
    }
    let micros = micros.round() as i64;
    if text.starts_with('-') || micros >= date::MICROS_PER_DAY {
        return Cell::Duration(if text.starts_with('-') { -micros } else { micros });
    }
    Cell::Time(micros * 1000)
}

fn error_text(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#GETTING_DATA",
        #[allow(unreachable_patterns)]
        _ => "#ERROR",
    }
}
