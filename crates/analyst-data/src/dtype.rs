//! Between Polars' types and the types a person thinks in, and from any Polars table to the plain types we store.

use analyst_types::{Column as ColumnInfo, ColumnType, DataWarning};
use polars::prelude::*;

use crate::DataError;

/// The type a person thinks in.
pub(crate) fn column_type(dtype: &DataType) -> ColumnType {
    match dtype {
        DataType::Boolean => ColumnType::Boolean,
        dtype if dtype.is_integer() => ColumnType::Integer,
        dtype if dtype.is_float() => ColumnType::Float,
        DataType::Decimal(..) => ColumnType::Decimal,
        DataType::Date => ColumnType::Date,
        DataType::Datetime(..) => ColumnType::Datetime,
        DataType::Time => ColumnType::Time,
        DataType::Duration(_) => ColumnType::Duration,
        DataType::Categorical(..) | DataType::Enum(..) => ColumnType::Categorical,
        _ => ColumnType::Text,
    }
}

/// Names and types of a table's columns.
pub(crate) fn columns_of(frame: &DataFrame) -> Vec<ColumnInfo> {
    frame.columns().iter().map(|c| ColumnInfo { name: c.name().to_string(), kind: column_type(c.dtype()) }).collect()
}

/// A table of any Polars types as one of the types we store: boolean, int64, float64, date, datetime (µs), time,
/// duration (µs) and text; nested values become JSON text. What loses something is told.
pub(crate) fn to_plain_types(frame: DataFrame, warnings: &mut Vec<DataWarning>) -> Result<DataFrame, DataError> {
    let height = frame.height();
    let columns: Vec<Series> = frame.into_columns().into_iter().map(Column::take_materialized_series).collect();
    let names: Vec<String> = columns.iter().map(|series| series.name().to_string()).collect();
    let names = crate::name::unique_columns(&names);
    let mut plain = Vec::with_capacity(columns.len());
    for (series, name) in columns.into_iter().zip(names) {
        let series = plain_series(series, &name, warnings).map_err(failed)?;
        plain.push(series.with_name(PlSmallStr::from_str(&name)).into_column());
    }
    DataFrame::new(height, plain).map_err(failed)
}

fn failed(error: PolarsError) -> DataError {
    DataError::unreadable(format!("A column could not be converted: {error}"))
}

fn plain_series(series: Series, name: &str, warnings: &mut Vec<DataWarning>) -> PolarsResult<Series> {
    let mut tell = |code: &str, message: String| {
        warnings.push(DataWarning {
            code: code.into(),
            message,
            columns: vec![name.to_owned()],
            rows: Vec::new(),
            ..DataWarning::default()
        });
    };
    match series.dtype().clone() {
        DataType::Boolean | DataType::Int64 | DataType::Date | DataType::Time | DataType::String => Ok(series),
        DataType::UInt64 | DataType::Int128 | DataType::UInt128 => {
            let numbers = series.cast(&DataType::Int64)?;
            if numbers.null_count() == series.null_count() {
                return Ok(numbers);
            }
            tell("big_integers", format!("{name:?} stays text: some of its whole numbers have more than 18 digits."));
            series.cast(&DataType::String)
        }
        dtype if dtype.is_integer() => series.cast(&DataType::Int64),
        dtype if dtype.is_float() => without_nan(series.cast(&DataType::Float64)?, &mut tell, name),
        DataType::Decimal(precision, _) => {
            if precision > 15 {
                tell("decimal_as_float", format!("{name:?} holds exact decimals; they are kept with 15 digits."));
            }
            series.cast(&DataType::Float64)
        }
        DataType::Datetime(_, zone) => {
            if zone.is_some() {
                tell("time_zone", format!("{name:?}: moments with a time zone are read as UTC."));
            }
            // The physical value of a moment with a zone is UTC already.
            series
                .cast(&DataType::Datetime(TimeUnit::Microseconds, zone))?
                .cast(&DataType::Int64)?
                .cast(&DataType::Datetime(TimeUnit::Microseconds, None))
        }
        DataType::Duration(_) => series.cast(&DataType::Duration(TimeUnit::Microseconds)),
        DataType::Binary => Ok(binary_as_text(&series)?),
        DataType::Categorical(..) | DataType::Enum(..) | DataType::Null => series.cast(&DataType::String),
        _ => Ok(nested_as_json(&series)),
    }
}

/// pandas writes missing numbers as NaN.
fn without_nan(series: Series, tell: &mut dyn FnMut(&str, String), name: &str) -> PolarsResult<Series> {
    let numbers = series.f64()?;
    let n_nan = numbers.iter().flatten().filter(|value| value.is_nan()).count();
    if n_nan == 0 {
        return Ok(series);
    }
    tell("nan_values", format!("{name:?}: {n_nan} values are NaN; they are read as missing."));
    let cleaned: Float64Chunked = numbers.iter().map(|value| value.filter(|value| !value.is_nan())).collect();
    Ok(cleaned.into_series())
}

fn binary_as_text(series: &Series) -> PolarsResult<Series> {
    let text: StringChunked = series
        .binary()?
        .iter()
        .map(|bytes| bytes.map(|bytes| std::str::from_utf8(bytes).map_or_else(|_| hex(bytes), str::to_owned)))
        .collect();
    Ok(text.into_series())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Lists and structs as JSON text.
fn nested_as_json(series: &Series) -> Series {
    let text: StringChunked = series
        .iter()
        .map(|value| match value {
            AnyValue::Null => None,
            value => Some(crate::value::to_json(&value).to_string()),
        })
        .collect();
    text.into_series()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusual_types_become_plain_ones() {
        let frame = df!(
            "small" => [1i32, 2],
            "big" => [u64::MAX, 1],
            "real" => [f32::NAN, 0.5],
            "text" => ["a", "b"],
        )
        .unwrap();
        let lists = Series::new("list".into(), [Series::new("".into(), [1i64, 2]), Series::new("".into(), [3i64])]);
        let inner = df!("x" => [1i64, 2], "y" => ["p", "q"]).unwrap().into_struct("s".into()).into_series();
        let mut frame = frame;
        frame.with_column(lists.into_column()).unwrap();
        frame.with_column(inner.into_column()).unwrap();
        let mut warnings = Vec::new();
        let plain = to_plain_types(frame, &mut warnings).unwrap();
        let kinds: Vec<(String, ColumnType)> = columns_of(&plain).into_iter().map(|c| (c.name, c.kind)).collect();
        use ColumnType::{Float, Integer, Text};
        let expected =
            [("small", Integer), ("big", Text), ("real", Float), ("text", Text), ("list", Text), ("s", Text)];
        assert_eq!(kinds, expected.map(|(name, kind)| (name.to_owned(), kind)));
        assert_eq!(plain.column("real").unwrap().null_count(), 1);
        assert_eq!(plain.column("list").unwrap().str().unwrap().get(0), Some("[1,2]"));
        assert_eq!(plain.column("s").unwrap().str().unwrap().get(1), Some(r#"{"x":2,"y":"q"}"#));
        let codes: Vec<&str> = warnings.iter().map(|w| w.code.as_str()).collect();
        assert_eq!(codes, ["big_integers", "nan_values"]);
    }
}
