//! A Polars table as the store writes it: missing values as zeros, texts one after the other.

use polars::prelude::*;

use super::assemble::ColumnWriter;
use super::ipc::{ColumnShape, Part, StoredType};
use crate::DataError;

const BLOCK: usize = 64 << 10;

/// Name, type and sizes of every column.
pub(super) fn shapes(frame: &DataFrame) -> Result<Vec<ColumnShape>, DataError> {
    frame.columns().iter().map(|column| shape(column.as_materialized_series())).collect()
}

fn shape(series: &Series) -> Result<ColumnShape, DataError> {
    let kind = match series.dtype() {
        DataType::Boolean => StoredType::Boolean,
        DataType::Int64 => StoredType::Integer,
        DataType::Float64 => StoredType::Float,
        DataType::Date => StoredType::Date,
        DataType::Datetime(TimeUnit::Microseconds, None) => StoredType::Datetime,
        DataType::Time => StoredType::Time,
        DataType::Duration(TimeUnit::Microseconds) => StoredType::Duration,
        DataType::String => StoredType::Text,
        other => return Err(DataError::unreadable(format!("A column of the type {other} cannot be stored."))),
    };
    let text_bytes = match kind {
        StoredType::Text => texts(series)?.iter().flatten().map(|text| text.len() as u64).sum(),
        _ => 0,
    };
    Ok(ColumnShape { name: series.name().to_string(), kind, nulls: series.null_count() as u64, text_bytes })
}

fn texts(series: &Series) -> Result<&StringChunked, DataError> {
    series.str().map_err(internal)
}

fn internal(error: PolarsError) -> DataError {
    DataError::unreadable(error.to_string())
}

/// Writes the values of a column.
pub(super) fn fill(series: &Series, out: &mut ColumnWriter<'_>) -> Result<(), DataError> {
    if series.null_count() > 0 {
        let valid = series.is_not_null();
        put_bits(valid.iter().map(|bit| bit == Some(true)), Part::Validity, out)?;
    }
    let physical = series.to_physical_repr();
    match physical.dtype() {
        DataType::Int64 => put_values(physical.i64().map_err(internal)?.iter(), i64::to_le_bytes, out),
        DataType::Int32 => put_values(physical.i32().map_err(internal)?.iter(), i32::to_le_bytes, out),
        DataType::Float64 => put_values(physical.f64().map_err(internal)?.iter(), f64::to_le_bytes, out),
        DataType::Boolean => {
            put_bits(physical.bool().map_err(internal)?.iter().map(|bit| bit == Some(true)), Part::Values, out)
        }
        _ => put_texts(texts(&physical)?, out),
    }
}

fn put_values<T: Default, const N: usize>(
    values: impl Iterator<Item = Option<T>>,
    bytes: fn(T) -> [u8; N],
    out: &mut ColumnWriter<'_>,
) -> Result<(), DataError> {
    let mut block = Vec::with_capacity(BLOCK);
    for value in values {
        block.extend_from_slice(&bytes(value.unwrap_or_default()));
        if block.len() + N > BLOCK {
            out.put(Part::Values, &block)?;
            block.clear();
        }
    }
    out.put(Part::Values, &block)
}

fn put_bits(bits: impl Iterator<Item = bool>, part: Part, out: &mut ColumnWriter<'_>) -> Result<(), DataError> {
    let mut packed = super::bits::Bits::default();
    bits.for_each(|bit| packed.push(bit));
    out.put(part, packed.bytes())
}

fn put_texts(texts: &StringChunked, out: &mut ColumnWriter<'_>) -> Result<(), DataError> {
    let mut block = Vec::with_capacity(BLOCK);
    let mut end = 0i64;
    out.put(Part::Offsets, &end.to_le_bytes())?;
    for text in texts.iter() {
        end += text.map_or(0, |text| text.len() as i64);
        block.extend_from_slice(&end.to_le_bytes());
        if block.len() + 8 > BLOCK {
            out.put(Part::Offsets, &block)?;
            block.clear();
        }
    }
    out.put(Part::Offsets, &block)?;
    texts.iter().flatten().try_for_each(|text| out.put(Part::Values, text.as_bytes()))
}
