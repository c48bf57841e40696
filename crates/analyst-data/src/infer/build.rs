//! Turns the cells of a column into a typed series, once its kind is decided.

use std::borrow::Cow;

use polars::prelude::*;

use super::date::{self, DateOrder};
use super::decision::Kind;
use super::duration;
use super::missing::{self, Missing};
use super::number::{self, Number};
use super::tally::{TextPolicy, is_infinity, trimmed};
use crate::grid::Cell;

/// Makes the series `name` of `n_rows` cells.
pub(crate) fn build<'a>(
    name: &str,
    kind: Kind,
    policy: TextPolicy,
    n_rows: usize,
    cells: &mut dyn Iterator<Item = Cell<'a>>,
) -> Series {
    let name = PlSmallStr::from_str(name);
    match kind {
        Kind::Boolean => {
            let mut builder = BooleanChunkedBuilder::new(name, n_rows);
            cells.for_each(|cell| builder.append_option(boolean(&cell)));
            builder.finish().into_series()
        }
        Kind::Integer { decimal } => primitive::<Int64Type>(name, n_rows, cells, |cell| integer(cell, decimal)),
        Kind::Float { decimal } => primitive::<Float64Type>(name, n_rows, cells, |cell| float(cell, decimal)),
        Kind::Date { order } => {
            as_type(primitive::<Int32Type>(name, n_rows, cells, |cell| days(cell, order)), DataType::Date)
        }
        Kind::DigitsDate => as_type(
            primitive::<Int32Type>(name, n_rows, cells, |cell| date::days_of_digits(integer(cell, b'.')?)),
            DataType::Date,
        ),
        Kind::Datetime { order } => as_type(
            primitive::<Int64Type>(name, n_rows, cells, |cell| micros(cell, order)),
            DataType::Datetime(TimeUnit::Microseconds, None),
        ),
        Kind::Time => as_type(primitive::<Int64Type>(name, n_rows, cells, time), DataType::Time),
        Kind::Duration => {
            as_type(primitive::<Int64Type>(name, n_rows, cells, duration), DataType::Duration(TimeUnit::Microseconds))
        }
        Kind::Text { among_codes } => {
            let mut builder = StringChunkedBuilder::new(name, n_rows);
            cells.for_each(|cell| builder.append_option(text(&cell, among_codes, policy).as_deref()));
            builder.finish().into_series()
        }
    }
}

fn primitive<'a, T: PolarsNumericType>(
    name: PlSmallStr,
    n_rows: usize,
    cells: &mut dyn Iterator<Item = Cell<'a>>,
    read: impl Fn(&Cell<'a>) -> Option<T::Native>,
) -> Series
where
    ChunkedArray<T>: IntoSeries,
{
    let mut builder = PrimitiveChunkedBuilder::<T>::new(name, n_rows);
    cells.for_each(|cell| builder.append_option(read(&cell)));
    builder.finish().into_series()
}

fn as_type(series: Series, dtype: DataType) -> Series {
    series.cast(&dtype).expect("BUG: days and microseconds are the physical form of dates and moments")
}

/// true or false, if it is one.
pub(crate) fn boolean(cell: &Cell<'_>) -> Option<bool> {
    match cell {
        Cell::Bool(value) => Some(*value),
        Cell::Text(text) => super::boolean::read(trimmed(text)).or(match trimmed(text) {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        }),
        Cell::Int(0) => Some(false),
        Cell::Int(1) => Some(true),
        _ => None,
    }
}

/// A whole number, under a decimal mark.
pub(crate) fn integer(cell: &Cell<'_>, decimal: u8) -> Option<i64> {
    match cell {
        Cell::Int(value) => Some(*value),
        Cell::Text(text) => match number::parse(trimmed(text), decimal)? {
            Number::Int(value) => Some(value),
            _ => None,
        },
        _ => None,
    }
}

/// A real number, under a decimal mark.
pub(crate) fn float(cell: &Cell<'_>, decimal: u8) -> Option<f64> {
    match cell {
        Cell::Int(value) => Some(*value as f64),
        Cell::Float(value) => Some(*value).filter(|value| !value.is_nan()),
        Cell::BigNumber(text) => text.parse().ok(),
        Cell::Text(text) => {
            let text = trimmed(text);
            match number::parse(text, decimal) {
                Some(Number::Int(value)) => Some(value as f64),
                Some(Number::Float(value)) => Some(value),
                Some(Number::TooBig) => text.parse().ok(),
                _ if is_infinity(text) => text.parse().ok(),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A day, in an order of day and month.
pub(crate) fn days(cell: &Cell<'_>, order: DateOrder) -> Option<i32> {
    match cell {
        Cell::Date(days) => Some(*days),
        Cell::Text(text) => date::scan(trimmed(text))?.days(order),
        _ => None,
    }
}

/// A moment, in an order of day and month.
pub(crate) fn micros(cell: &Cell<'_>, order: DateOrder) -> Option<i64> {
    match cell {
        Cell::Date(days) => Some(i64::from(*days) * date::MICROS_PER_DAY),
        Cell::Datetime(micros) => Some(*micros),
        Cell::Text(text) => date::scan(trimmed(text))?.micros(order),
        _ => None,
    }
}

/// A time of day.
pub(crate) fn time(cell: &Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Time(nanos) => Some(*nanos),
        Cell::Text(text) => date::scan_time(trimmed(text)),
        _ => None,
    }
}

/// A span of time.
pub(crate) fn duration(cell: &Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Duration(micros) => Some(*micros),
        Cell::Text(text) => duration::scan(trimmed(text)).or_else(|| Some(date::scan_time(trimmed(text))? / 1000)),
        _ => None,
    }
}

fn text<'c>(cell: &'c Cell<'_>, among_codes: bool, policy: TextPolicy) -> Option<Cow<'c, str>> {
    match cell {
        Cell::Text(text) if !policy.missing_tokens => Some(Cow::Borrowed(text)),
        Cell::Text(text) => value_of_text(text, among_codes).map(Cow::Borrowed),
        other => plain_text(other).map(Cow::Owned),
    }
}

/// A text as a value of a text column, unless it means that there is none.
pub(crate) fn value_of_text(text: &str, among_codes: bool) -> Option<&str> {
    let word = trimmed(text);
    match missing::lookup(word) {
        Missing::Always => None,
        Missing::AmongValues if missing::is_missing_in_text(word, among_codes) => None,
        _ => Some(text),
    }
}

/// A declared value as text, in a column that had to become text.
pub(crate) fn plain_text(cell: &Cell<'_>) -> Option<String> {
    Some(match cell {
        Cell::Missing | Cell::Error(_) => return None,
        Cell::Text(text) | Cell::BigNumber(text) => text.to_string(),
        Cell::Int(value) => value.to_string(),
        Cell::Float(value) if value.is_nan() => return None,
        Cell::Float(value) => value.to_string(),
        Cell::Bool(value) => value.to_string(),
        Cell::Date(days) => date::day_text(*days),
        Cell::Datetime(micros) => date::moment_text(*micros),
        Cell::Time(nanos) => date::time_text(*nanos),
        Cell::Duration(micros) => duration_text(*micros),
    })
}

/// Hours, minutes and seconds: `36:00:05`.
pub(crate) fn duration_text(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let seconds = micros.unsigned_abs() / 1_000_000;
    format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
