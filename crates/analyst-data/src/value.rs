//! Table values as JSON, as the wire and people want them: dates as ISO 8601 text, no NaN, no integer beyond 2^53.

use std::path::Path;

use analyst_types::TableData;
use polars::prelude::*;
use serde_json::{Number, Value};

use crate::infer::date;
use crate::rows::page;
use crate::rows::table::Table;
use crate::{DataError, dtype};

/// The greatest whole number that JavaScript keeps.
const MAX_SAFE_INTEGER: i64 = 1 << 53;

/// One value as JSON.
pub(crate) fn to_json(value: &AnyValue<'_>) -> Value {
    match value {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(value) => Value::Bool(*value),
        AnyValue::String(text) => Value::String((*text).to_owned()),
        AnyValue::StringOwned(text) => Value::String(text.to_string()),
        AnyValue::Float64(value) => float(*value),
        AnyValue::Float32(value) => float(f64::from(*value)),
        AnyValue::Date(days) => Value::String(date::day_text(*days)),
        AnyValue::Datetime(value, unit, _) => Value::String(date::moment_text(to_micros(*value, *unit))),
        AnyValue::Time(nanos) => Value::String(date::time_text(*nanos)),
        AnyValue::Duration(value, unit) => Value::String(crate::infer::build::duration_text(to_micros(*value, *unit))),
        AnyValue::List(series) => Value::Array(series.iter().map(|value| to_json(&value)).collect()),
        AnyValue::Struct(_, _, fields) => object(fields, value._iter_struct_av()),
        AnyValue::StructOwned(payload) => object(&payload.1, payload.0.iter().cloned()),
        other => match other.extract::<i128>() {
            Some(value) => integer(value),
            None => Value::String(other.to_string()),
        },
    }
}

fn object<'v>(fields: &[Field], values: impl Iterator<Item = AnyValue<'v>>) -> Value {
    Value::Object(
        fields.iter().map(|field| field.name().to_string()).zip(values.map(|value| to_json(&value))).collect(),
    )
}

fn to_micros(value: i64, unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Nanoseconds => value.div_euclid(1000),
        TimeUnit::Microseconds => value,
        TimeUnit::Milliseconds => value.saturating_mul(1000),
    }
}

/// A real number; null when it is none.
pub(crate) fn float(value: f64) -> Value {
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

fn integer(value: i128) -> Value {
    match i64::try_from(value) {
        Ok(small) if small.unsigned_abs() <= MAX_SAFE_INTEGER.unsigned_abs() => Value::from(small),
        _ => Value::String(value.to_string()),
    }
}

/// Rows `offset` to `offset + limit` of a table.
pub fn table_data(frame: &DataFrame, offset: u64, limit: u64) -> TableData {
    let n_rows = frame.height() as u64;
    let offset = offset.min(n_rows);
    let page = frame.slice(offset as i64, usize::try_from(limit.min(n_rows - offset)).unwrap_or(usize::MAX));
    let columns: Vec<Vec<Value>> = page
        .columns()
        .iter()
        .map(|column| column.as_materialized_series().iter().map(|value| to_json(&value)).collect())
        .collect();
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    let rows = (0..page.height())
        .map(|_| columns.iter_mut().map(|column| column.next().unwrap_or(Value::Null)).collect())
        .collect();
    TableData { columns: dtype::columns_of(frame), rows, offset, n_rows }
}

/// Rows `offset` to `offset + limit` of a stored table.
pub fn preview(arrow_path: &Path, offset: u64, limit: u64) -> Result<TableData, DataError> {
    let table = Table::map(arrow_path)?;
    let n_rows = table.n_rows() as u64;
    let offset = offset.min(n_rows);
    let positions: Vec<usize> = (offset..offset + limit.min(n_rows - offset)).map(|row| row as usize).collect();
    Ok(TableData { offset, ..page::data(&table, &positions) })
}

/// Up to `n` rows spread evenly over a stored table, in their order: the same ones every time.
pub fn sample_rows(arrow_path: &Path, n: usize) -> Result<TableData, DataError> {
    let table = Table::map(arrow_path)?;
    let height = table.n_rows();
    let n = n.min(height);
    let positions: Vec<usize> = (0..n).map(|index| index * height / n).collect();
    Ok(page::data(&table, &positions))
}

/// Up to `limit` different values of a column as text, in order of appearance, missing ones left out.
pub fn distinct_values(arrow_path: &Path, column: &str, limit: usize) -> Result<Vec<String>, DataError> {
    let table = Table::map(arrow_path)?;
    let column = table.column(column)?;
    let mut seen = std::collections::HashSet::new();
    let mut values = Vec::new();
    for row in 0..table.n_rows() {
        if values.len() >= limit {
            break;
        }
        let text = match column.json(row) {
            Value::Null => continue,
            Value::String(text) => text,
            other => other.to_string(),
        };
        if seen.insert(text.clone()) {
            values.push(text);
        }
    }
    Ok(values)
}

/// The most similar of `names`, if one is similar at all.
pub(crate) fn nearest(wanted: &str, names: &[String]) -> Option<String> {
    const SIMILAR: f64 = 0.6;
    let lower = wanted.to_lowercase();
    names
        .iter()
        .map(|name| (strsim::jaro_winkler(&lower, &name.to_lowercase()), name))
        .filter(|(similarity, _)| *similarity > SIMILAR)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_json_that_any_reader_understands() {
        let frame = df!(
            "n" => [Some(1i64), None, Some(1 << 60)],
            "x" => [0.5, f64::NAN, f64::INFINITY],
            "t" => ["a", "", "ü"],
        )
        .unwrap();
        let data = table_data(&frame, 1, 10);
        assert_eq!(data.n_rows, 3);
        assert_eq!(data.offset, 1);
        assert_eq!(
            data.rows,
            vec![
                vec![json!(null), json!(null), json!("")],
                vec![json!("1152921504606846976"), json!(null), json!("ü")]
            ]
        );
        assert!(table_data(&frame, 9, 10).rows.is_empty());
    }

    #[test]
    fn the_nearest_name_is_proposed() {
        let names = ["revenue".to_owned(), "region".to_owned()];
        assert_eq!(nearest("Revenu", &names).as_deref(), Some("revenue"));
        assert_eq!(nearest("zzz", &names), None);
    }
}
