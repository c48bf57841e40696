//! What a filter compares with: a JSON value as a value of the column's type.
//!
//! A value is a range of what lies underneath: a day compared with moments is all its moments, and 2.5 among whole
//! numbers is the empty range between 2 and 3. With ranges, all comparisons of ordered values are one.

use serde_json::Value;

use super::table::{Kind, StoredColumn};
use crate::DataError;
use crate::infer::date::{self, DateOrder, MICROS_PER_DAY};

/// The values underneath that a filter's value stands for: `first..=last`, or none between the two when `first > last`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Range<T> {
    /// Smallest.
    pub first: T,
    /// Greatest.
    pub last: T,
}

fn misfit(column: &StoredColumn, value: &Value, wanted: &str) -> DataError {
    let shown: String = value.to_string().chars().take(60).collect();
    DataError::BadOption {
        message: format!("{shown} cannot be compared with {:?}, which holds {wanted}.", column.name),
    }
}

/// A number; also one written as text.
pub(crate) fn float(column: &StoredColumn, value: &Value) -> Result<f64, DataError> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse::<f64>().ok(),
        _ => None,
    };
    number.filter(|number| !number.is_nan()).ok_or_else(|| misfit(column, value, "numbers"))
}

/// A truth value; also one written as text.
pub(crate) fn boolean(column: &StoredColumn, value: &Value) -> Result<bool, DataError> {
    match value {
        Value::Bool(value) => Ok(*value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(misfit(column, value, "true and false")),
    }
}

/// A text; a number is taken as it is written.
pub(crate) fn text(column: &StoredColumn, value: &Value) -> Result<String, DataError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(value) => Ok(value.to_string()),
        _ => Err(misfit(column, value, "texts")),
    }
}

/// A value of a column whose values are whole numbers underneath.
pub(crate) fn whole(column: &StoredColumn, value: &Value) -> Result<Range<i64>, DataError> {
    let one = |at: i64| Range { first: at, last: at };
    match column.kind() {
        Kind::Date => {
            let (moment, has_time) = moment_of(value).ok_or_else(|| misfit(column, value, "dates (2024-12-31)"))?;
            if has_time && moment.rem_euclid(MICROS_PER_DAY) != 0 {
                return Err(misfit(column, value, "dates without a time (2024-12-31)"));
            }
            Ok(one(moment.div_euclid(MICROS_PER_DAY)))
        }
        Kind::Moment => {
            let wanted = "moments (2024-12-31T23:59:59)";
            let (moment, has_time) = moment_of(value).ok_or_else(|| misfit(column, value, wanted))?;
            Ok(if has_time { one(moment) } else { Range { first: moment, last: moment + MICROS_PER_DAY - 1 } })
        }
        Kind::Time => {
            value.as_str().and_then(clock).map(one).ok_or_else(|| misfit(column, value, "times of day (23:59:59)"))
        }
        Kind::Span => value.as_str().and_then(span).ok_or_else(|| misfit(column, value, "spans of time (36:00:05)")),
        _ => integer(column, value),
    }
}

fn integer(column: &StoredColumn, value: &Value) -> Result<Range<i64>, DataError> {
    let exact = match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse::<i64>().ok(),
        _ => None,
    };
    if let Some(value) = exact {
        return Ok(Range { first: value, last: value });
    }
    let number = float(column, value)?;
    // Casts saturate: what is beyond all whole numbers of 64 bits stays beyond them in every comparison but equality.
    Ok(Range { first: number.ceil() as i64, last: number.floor() as i64 })
}

/// Microseconds since 1970, and whether a time of day was told.
fn moment_of(value: &Value) -> Option<(i64, bool)> {
    let parts = date::scan(value.as_str()?.trim())?;
    Some((parts.micros(DateOrder::Ymd)?, parts.micros.is_some()))
}

/// `23:59`, `23:59:59` or `23:59:59.5` as nanoseconds since midnight.
fn clock(text: &str) -> Option<i64> {
    let (hours, rest) = text.trim().split_once(':')?;
    let (minutes, seconds) = rest.split_once(':').unwrap_or((rest, "0"));
    let (hours, minutes, seconds): (i64, i64, f64) =
        (hours.parse().ok()?, minutes.parse().ok()?, seconds.parse().ok()?);
    let is_valid = (0..24).contains(&hours) && (0..60).contains(&minutes) && (0.0..60.0).contains(&seconds);
    is_valid.then(|| (hours * 60 + minutes) * 60_000_000_000 + (seconds * 1e9).round() as i64)
}

/// `36:00:05` as the microseconds that are shown so: spans are shown in whole seconds.
fn span(text: &str) -> Option<Range<i64>> {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let mut seconds = 0i64;
    let mut n_parts = 0;
    for part in digits.split(':') {
        seconds = seconds.checked_mul(60)?.checked_add(part.parse::<u32>().ok()?.into())?;
        n_parts += 1;
    }
    let low = seconds.checked_mul(1_000_000)?;
    let (low, high) = (low, low.checked_add(999_999)?);
    (n_parts == 3).then_some(if sign > 0 {
        Range { first: low, last: high }
    } else {
        Range { first: -high, last: -low }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_and_spans_are_read() {
        assert_eq!(clock("23:59:59.5"), Some(86_399_500_000_000));
        assert_eq!(clock("07:30"), Some(27_000_000_000_000));
        assert_eq!((clock("24:00"), clock("noon")), (None, None));
        assert_eq!(span("36:00:05"), Some(Range { first: 129_605_000_000, last: 129_605_999_999 }));
        assert_eq!(span("-00:00:01"), Some(Range { first: -1_999_999, last: -1_000_000 }));
        assert_eq!(span("12"), None);
    }
}
