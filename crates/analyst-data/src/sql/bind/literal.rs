//! Constants, and texts that stand for a constant of another type: `day >= '2024-01-31'`.

use sqlparser::ast::{self, DateTimeField, Value};

use super::{refuse, shown};
use crate::error::{Place, SqlError};
use crate::infer::date;
use crate::sql::plan::{Expr, Function, Kind, Literal, MICROS_PER_DAY, Node};

/// A constant as it is written.
pub(super) fn value(value: &Value, at: Option<Place>) -> Result<Expr, SqlError> {
    let literal = |kind, literal| Ok(Expr { kind, node: Node::Literal(literal) });
    match value {
        Value::Null => Ok(Expr::null(Kind::Null)),
        Value::Boolean(value) => literal(Kind::Boolean, Literal::Boolean(*value)),
        Value::Number(text, _) => {
            if let Ok(number) = text.parse::<i64>() {
                return Ok(Expr::integer(number));
            }
            match text.parse::<f64>() {
                Ok(number) if number.is_finite() => literal(Kind::Float, Literal::Float(number)),
                _ => refuse(at, format!("{} is not a number that can be kept.", shown(text))),
            }
        }
        Value::SingleQuotedString(text) | Value::EscapedStringLiteral(text) | Value::NationalStringLiteral(text) => {
            literal(Kind::Text, Literal::Text(text.clone()))
        }
        Value::DollarQuotedString(text) => literal(Kind::Text, Literal::Text(text.value.clone())),
        Value::Placeholder(_) => refuse(at, "Placeholders are not supported; write the value."),
        _ => refuse(at, "This kind of constant is not supported; write a text in single quotes."),
    }
}

/// A constant text in the type that the other side has; None if it is no constant text.
pub(super) fn coerced(value: &Expr, kind: Kind, at: Option<Place>) -> Result<Option<Expr>, SqlError> {
    match (&value.node, kind) {
        (
            Node::Literal(Literal::Text(text)),
            Kind::Integer | Kind::Float | Kind::Date | Kind::Datetime | Kind::Boolean,
        ) => parsed(text, kind, at).map(Some),
        (Node::Literal(Literal::Integer(number @ (0 | 1))), Kind::Boolean) => {
            Ok(Some(Expr::boolean(Node::Literal(Literal::Boolean(*number == 1)))))
        }
        _ => Ok(None),
    }
}

/// A text as a constant of a type.
pub(super) fn parsed(text: &str, kind: Kind, at: Option<Place>) -> Result<Expr, SqlError> {
    let trimmed = text.trim();
    let literal = match kind {
        Kind::Text => Some(Literal::Text(text.to_owned())),
        Kind::Integer | Kind::Float => match trimmed.parse::<i64>() {
            Ok(number) => return Ok(Expr::integer(number).cast(kind, true)),
            Err(_) if kind == Kind::Integer => None,
            Err(_) => trimmed.parse().ok().filter(|number: &f64| number.is_finite()).map(Literal::Float),
        },
        Kind::Boolean => match trimmed.to_ascii_lowercase().as_str() {
            "true" | "t" | "1" | "yes" => Some(Literal::Boolean(true)),
            "false" | "f" | "0" | "no" => Some(Literal::Boolean(false)),
            _ => None,
        },
        Kind::Date => match moment(trimmed) {
            Some(micros) if micros % MICROS_PER_DAY == 0 => {
                i32::try_from(micros / MICROS_PER_DAY).ok().map(Literal::Date)
            }
            // A moment where a day is compared: then the day is a moment too.
            Some(micros) => return Ok(Expr { kind: Kind::Datetime, node: Node::Literal(Literal::Datetime(micros)) }),
            None => None,
        },
        Kind::Datetime => moment(trimmed).map(Literal::Datetime),
        _ => None,
    };
    match literal {
        Some(literal) => Ok(Expr { kind, node: Node::Literal(literal) }),
        None => {
            let form = match kind {
                Kind::Date => " Write dates as '2024-01-31'.",
                Kind::Datetime => " Write moments as '2024-01-31 13:45:00'.",
                _ => "",
            };
            refuse(at, format!("'{}' is not {}.{form}", shown(text), kind.words()))
        }
    }
}

/// Microseconds of `2024-01-31`, `2024-01-31 13:45`, `2024-01-31T13:45:10.5`.
fn moment(text: &str) -> Option<i64> {
    let (day, time) = match text.find(['T', ' ']) {
        Some(position) => (&text[..position], text[position + 1..].trim()),
        None => (text, ""),
    };
    let mut parts = day.splitn(3, '-');
    let (year, month, day) = (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let days = date::days_from_civil(i32::try_from(year).ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?)?;
    let midnight = i64::from(days) * MICROS_PER_DAY;
    if time.is_empty() {
        return Some(midnight);
    }
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut parts = clock.split(':');
    let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let second = parts.next().map_or(Some(0), |text| digits(text, 2))?;
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 || fraction.len() > 6 {
        return None;
    }
    let micros = if fraction.is_empty() { 0 } else { format!("{fraction:0<6}").parse().ok()? };
    Some(midnight + ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros)
}

fn digits(text: &str, most: usize) -> Option<i64> {
    let is_right = !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
    is_right.then(|| text.parse().ok()).flatten()
}

/// A date and an INTERVAL.
pub(super) fn add_interval(
    value: Expr,
    interval: &ast::Interval,
    is_minus: bool,
    at: Option<Place>,
) -> Result<Expr, SqlError> {
    let value = match value.kind {
        Kind::Date | Kind::Datetime => value,
        Kind::Text => match coerced(&value, Kind::Date, at)? {
            Some(value) => value,
            None => return refuse(at, "An INTERVAL can only be added to a date, and this is text. CAST it to DATE."),
        },
        kind => return refuse(at, format!("An INTERVAL can only be added to a date, and this is {}.", kind.words())),
    };
    let Some((months, days, micros)) = span(interval) else {
        return refuse(at, "Write an INTERVAL as INTERVAL '3 months' or INTERVAL '2' DAY, with constants.");
    };
    let sign = if is_minus { -1 } else { 1 };
    let add = Function::Add { months: sign * months, days: sign * days, micros: sign * micros };
    let kind = if micros == 0 { value.kind } else { Kind::Datetime };
    Ok(Expr::call(kind, add, vec![value.cast(kind, true)]))
}

fn span(interval: &ast::Interval) -> Option<(i64, i64, i64)> {
    if interval.last_field.is_some() || interval.leading_precision.is_some() {
        return None;
    }
    let text = match interval.value.as_ref() {
        ast::Expr::Value(value) => match &value.value {
            Value::Number(text, _) => text.clone(),
            other => other.clone().into_string()?,
        },
        ast::Expr::UnaryOp { op: ast::UnaryOperator::Minus, expr } => format!("-{expr}"),
        _ => return None,
    };
    if let Some(field) = &interval.leading_field {
        return one_span(text.trim().parse().ok()?, &field_name(field));
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() || !words.len().is_multiple_of(2) {
        return None;
    }
    let mut total = (0i64, 0i64, 0i64);
    for pair in words.chunks(2) {
        let (months, days, micros) = one_span(pair[0].parse().ok()?, &pair[1].to_lowercase())?;
        total = (total.0.checked_add(months)?, total.1.checked_add(days)?, total.2.checked_add(micros)?);
    }
    Some(total)
}

pub(super) fn field_name(field: &DateTimeField) -> String {
    field.to_string().to_lowercase()
}

fn one_span(n: i64, unit: &str) -> Option<(i64, i64, i64)> {
    const MOST: i64 = 10_000_000_000;
    if n.abs() > MOST {
        return None;
    }
    Some(match unit.trim_end_matches('s') {
        "year" => (n * 12, 0, 0),
        "quarter" => (n * 3, 0, 0),
        "month" | "mon" => (n, 0, 0),
        "week" => (0, n * 7, 0),
        "day" => (0, n, 0),
        "hour" => (0, 0, n.checked_mul(3_600_000_000)?),
        "minute" => (0, 0, n.checked_mul(60_000_000)?),
        "second" => (0, 0, n.checked_mul(1_000_000)?),
        _ => return None,
    })
}
