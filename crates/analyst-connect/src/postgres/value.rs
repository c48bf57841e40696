//! The server's values as the JSON of our tables.

use analyst_types::{Column, ColumnType};
use serde_json::Value;
use sqlx::TypeInfo;
use sqlx::postgres::{PgTypeInfo, PgTypeKind};

/// Greatest whole number that JSON readers hold exactly.
const GREATEST_EXACT: u64 = 1 << 53;

/// What a person would call the type.
pub(super) fn kind_of(info: &PgTypeInfo) -> ColumnType {
    if matches!(info.kind(), PgTypeKind::Enum(_)) { ColumnType::Categorical } else { kind_named(info.name()) }
}

/// By the type's name, as the catalogue or the driver spells it.
pub(super) fn kind_named(name: &str) -> ColumnType {
    match name.to_ascii_lowercase().as_str() {
        "bool" | "boolean" => ColumnType::Boolean,
        "int2" | "int4" | "int8" | "smallint" | "integer" | "bigint" | "oid" => ColumnType::Integer,
        "float4" | "float8" | "real" | "double precision" => ColumnType::Float,
        "numeric" => ColumnType::Decimal,
        "date" => ColumnType::Date,
        "timestamp" | "timestamptz" | "timestamp without time zone" | "timestamp with time zone" => {
            ColumnType::Datetime
        }
        "time" | "time without time zone" => ColumnType::Time,
        _ => ColumnType::Text,
    }
}

/// Types that JSON would not hold as one plain value: documents, arrays, ranges, intervals, amounts of money.
pub(super) fn travels_as_text(info: &PgTypeInfo) -> bool {
    kind_of(info) == ColumnType::Text
}

/// One row, as [`analyst_types::TableData`] wants it.
pub(super) fn row(json: &str, columns: &[Column]) -> Result<Vec<Value>, sqlx::Error> {
    let cells: Vec<Value> = serde_json::from_str(json).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(cells.into_iter().zip(columns).map(|(cell, column)| plain(cell, column.kind)).collect())
}

/// NaN and infinities, which arrive as text, are missing; whole numbers that a reader would round travel as text.
pub(super) fn plain(cell: Value, kind: ColumnType) -> Value {
    match cell {
        Value::String(_) if kind.is_numeric() => Value::Null,
        Value::Number(number) => {
            let is_exact = number.as_i64().is_none_or(|value| value.unsigned_abs() <= GREATEST_EXACT)
                && number.as_u64().is_none_or(|value| value <= GREATEST_EXACT);
            if is_exact { Value::Number(number) } else { Value::String(number.to_string()) }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_json_cannot_hold_becomes_missing_or_text() {
        let columns = [ColumnType::Float, ColumnType::Integer, ColumnType::Integer, ColumnType::Text]
            .map(|kind| Column { name: "c".into(), kind });
        let cells = row(r#"["NaN", 9007199254740993, -5, "NaN"]"#, &columns).unwrap();
        assert_eq!(cells, [Value::Null, json!("9007199254740993"), json!(-5), json!("NaN")]);
    }
}
