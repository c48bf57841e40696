//! JSON: one object per line, or one document. Whole numbers are written with all their digits.

use std::io::{self, Write};

use polars::prelude::*;
use serde_json::Value;

use super::for_each_row;
use crate::value::to_json;

/// One object per line.
pub(super) fn write_lines(frame: &DataFrame, out: &mut impl Write) -> io::Result<()> {
    let names = names(frame);
    for_each_row(frame, |values| {
        serde_json::to_writer(&mut *out, &object(&names, values))?;
        out.write_all(b"\n")
    })
}

/// One array of objects.
pub(super) fn write_document(frame: &DataFrame, out: &mut impl Write) -> io::Result<()> {
    let names = names(frame);
    let mut separator: &[u8] = b"[\n";
    for_each_row(frame, |values| {
        out.write_all(separator)?;
        separator = b",\n";
        serde_json::to_writer(&mut *out, &object(&names, values)).map_err(io::Error::from)
    })?;
    out.write_all(if frame.height() == 0 { b"[]\n" } else { b"\n]\n" })
}

fn names(frame: &DataFrame) -> Vec<String> {
    frame.get_column_names().into_iter().map(ToString::to_string).collect()
}

fn object(names: &[String], values: &[AnyValue<'_>]) -> Value {
    let exact = |value: &AnyValue<'_>| match value {
        AnyValue::Int64(value) => Value::from(*value),
        value => to_json(value),
    };
    Value::Object(names.iter().cloned().zip(values.iter().map(exact)).collect())
}
