//! Writes tables where a person wants them. A spreadsheet must never run what a cell holds: in CSV, text that begins
//! like a formula gets a leading apostrophe; in workbooks, text is written as text and formulas never.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use analyst_types::TableData;
use polars::prelude::*;
use rust_xlsxwriter::{ColNum, ExcelDateTime, Format, RowNum, Workbook, Worksheet, XlsxError};
use serde_json::Value;

use crate::infer::date;
use crate::value::to_json;
use crate::{DataError, store};

/// Rows of a worksheet, the one of the names included.
const MAX_SHEET_ROWS: usize = 1_048_576;
const MAX_SHEET_COLUMNS: usize = 16_384;
const MAX_CELL_LETTERS: usize = 32_767;

/// Writes a stored table in the format that `out_path`'s extension names; returns the number of rows.
pub fn export(arrow_path: &Path, out_path: &Path) -> Result<u64, DataError> {
    export_frame(&mut store::read_arrow(arrow_path)?, out_path)
}

/// Writes a table in the format that `out_path`'s extension names; returns the number of rows. The file appears when it
/// is complete.
pub fn export_frame(frame: &mut DataFrame, out_path: &Path) -> Result<u64, DataError> {
    let extension = out_path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "csv" => buffered(out_path, |out| write_delimited(frame, out, ','))?,
        "tsv" => buffered(out_path, |out| write_delimited(frame, out, '\t'))?,
        "ndjson" | "jsonl" => buffered(out_path, |out| write_lines(frame, out))?,
        "json" => buffered(out_path, |out| write_json(frame, out))?,
        "parquet" => {
            buffered(out_path, |out| ParquetWriter::new(out).finish(frame).map(drop).map_err(std::io::Error::other))?
        }
        "arrow" | "feather" | "ipc" => store::write_arrow(frame, out_path)?,
        "xlsx" => write_workbook(frame, out_path)?,
        _ => {
            let message = format!(
                "{:?} names no format to write. Use .csv, .ndjson, .parquet, .arrow or .xlsx.",
                out_path.display()
            );
            return Err(DataError::BadOption { message });
        }
    }
    Ok(frame.height() as u64)
}

/// The rows of a shown table as CSV, as safe for spreadsheets as an export.
pub fn table_csv(table: &TableData) -> String {
    let mut csv = String::new();
    let names: Vec<Value> = table.columns.iter().map(|column| Value::from(column.name.as_str())).collect();
    for row in std::iter::once(&names).chain(&table.rows) {
        let mut line = String::new();
        for (index, value) in row.iter().enumerate() {
            let text = plain(value);
            let safe = if value.is_string() { disarmed(&text) } else { Cow::Borrowed(text.as_str()) };
            push_field(&mut line, &safe, index, ',');
        }
        csv.push_str(&line);
        csv.push('\n');
    }
    csv
}

fn buffered(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> std::io::Result<()>,
) -> Result<(), DataError> {
    store::write_atomically(path, |file| {
        let mut out = BufWriter::with_capacity(1 << 20, file);
        write(&mut out).and_then(|()| out.flush()).map_err(|error| DataError::io("write", path, error))
    })
}

fn write_delimited(frame: &DataFrame, out: &mut impl Write, delimiter: char) -> std::io::Result<()> {
    let mut line = String::new();
    for (index, name) in frame.get_column_names().into_iter().enumerate() {
        push_field(&mut line, &disarmed(name), index, delimiter);
    }
    writeln!(out, "{line}")?;
    for_each_row(frame, |values| {
        line.clear();
        for (index, value) in values.iter().enumerate() {
            let text = match value {
                AnyValue::Null => Cow::Borrowed(""),
                AnyValue::String(text) => disarmed(text),
                AnyValue::Int64(value) => Cow::Owned(value.to_string()),
                value => Cow::Owned(plain(&to_json(value))),
            };
            push_field(&mut line, &text, index, delimiter);
        }
        writeln!(out, "{line}")
    })
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Text that a spreadsheet would take for a formula, with an apostrophe before it. Blanks and full-width signs before or
/// instead of the sign do not help it.
fn disarmed(text: &str) -> Cow<'_, str> {
    let is_trigger = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠');
    let start = text.trim_start_matches([' ', '\n', '"', '\u{FEFF}', '\u{A0}']);
    if start.starts_with(is_trigger) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

fn push_field(line: &mut String, text: &str, index: usize, delimiter: char) {
    if index > 0 {
        line.push(delimiter);
    }
    let needs_quotes = text.contains(['"', '\n', '\r', delimiter]);
    if needs_quotes {
        line.push('"');
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(text);
    }
}

/// Calls `each` with the values of every row.
fn for_each_row<'f, E>(frame: &'f DataFrame, mut each: impl FnMut(&[AnyValue<'f>]) -> Result<(), E>) -> Result<(), E> {
    let mut columns: Vec<_> = frame.columns().iter().map(|column| column.as_materialized_series().iter()).collect();
    let mut values = Vec::with_capacity(columns.len());
    for _ in 0..frame.height() {
        values.clear();
        values.extend(columns.iter_mut().map(|column| column.next().unwrap_or(AnyValue::Null)));
        each(&values)?;
    }
    Ok(())
}

fn object(names: &[String], values: &[AnyValue<'_>]) -> Value {
    let exact = |value: &AnyValue<'_>| match value {
        AnyValue::Int64(value) => Value::from(*value),
        value => to_json(value),
    };
    Value::Object(names.iter().cloned().zip(values.iter().map(exact)).collect())
}

fn write_lines(frame: &DataFrame, out: &mut impl Write) -> std::io::Result<()> {
    let names: Vec<String> = frame.get_column_names().into_iter().map(ToString::to_string).collect();
    for_each_row(frame, |values| {
        serde_json::to_writer(&mut *out, &object(&names, values))?;
        out.write_all(b"\n")
    })
}

fn write_json(frame: &DataFrame, out: &mut impl Write) -> std::io::Result<()> {
    let names: Vec<String> = frame.get_column_names().into_iter().map(ToString::to_string).collect();
    let mut separator: &[u8] = b"[\n";
    for_each_row(frame, |values| {
        out.write_all(separator)?;
        separator = b",\n";
        serde_json::to_writer(&mut *out, &object(&names, values)).map_err(std::io::Error::from)
    })?;
    out.write_all(if frame.height() == 0 { b"[]\n" } else { b"\n]\n" })
}

fn write_workbook(frame: &DataFrame, path: &Path) -> Result<(), DataError> {
    if frame.height() + 1 > MAX_SHEET_ROWS || frame.width() > MAX_SHEET_COLUMNS {
        let limit = format!(
            "{} rows and {MAX_SHEET_COLUMNS} columns in a worksheet; .csv and .parquet have no limit",
            MAX_SHEET_ROWS - 1
        );
        return Err(DataError::TooLarge { what: "The table".into(), limit });
    }
    let failed = |error: XlsxError| DataError::unreadable(format!("The workbook could not be written: {error}"));
    let mut workbook = Workbook::new();
    fill_sheet(frame, workbook.add_worksheet()).map_err(failed)?;
    let bytes = workbook.save_to_buffer().map_err(failed)?;
    store::write_atomically(path, |file| file.write_all(&bytes).map_err(|error| DataError::io("write", path, error)))
}

fn fill_sheet(frame: &DataFrame, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let formats = [
        Format::new().set_num_format("yyyy-mm-dd"),
        Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        Format::new().set_num_format("hh:mm:ss"),
    ];
    for (column, name) in frame.get_column_names().into_iter().enumerate() {
        sheet.write_string_with_format(0, column as ColNum, name.as_str(), &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let mut row: RowNum = 0;
    for_each_row(frame, |values| {
        row += 1;
        values
            .iter()
            .enumerate()
            .try_for_each(|(column, value)| write_cell(sheet, row, column as ColNum, value, &formats))
    })
}

/// Whole numbers up to here are exact in a worksheet.
const MAX_EXACT: u64 = 1 << 53;

fn write_cell(
    sheet: &mut Worksheet,
    row: RowNum,
    column: ColNum,
    value: &AnyValue<'_>,
    formats: &[Format; 3],
) -> Result<(), XlsxError> {
    match value {
        AnyValue::Null => Ok(()),
        AnyValue::Boolean(value) => sheet.write_boolean(row, column, *value).map(drop),
        AnyValue::Int64(value) if value.unsigned_abs() <= MAX_EXACT => {
            sheet.write_number(row, column, *value as f64).map(drop)
        }
        AnyValue::Float64(value) if value.is_finite() => sheet.write_number(row, column, *value).map(drop),
        AnyValue::Date(days) => {
            let (year, month, day) = date::civil_from_days(*days);
            match ExcelDateTime::from_ymd(year.try_into().unwrap_or(0), month as u8, day as u8) {
                Ok(day) => sheet.write_datetime_with_format(row, column, &day, &formats[0]).map(drop),
                Err(_) => sheet.write_string(row, column, date::day_text(*days)).map(drop),
            }
        }
        AnyValue::Datetime(micros, TimeUnit::Microseconds, _) => {
            let text = date::moment_text(*micros);
            match ExcelDateTime::parse_from_str(&text) {
                Ok(moment) => sheet.write_datetime_with_format(row, column, &moment, &formats[1]).map(drop),
                Err(_) => sheet.write_string(row, column, text).map(drop),
            }
        }
        AnyValue::Time(nanos) => {
            let day_share = *nanos as f64 / (date::MICROS_PER_DAY as f64 * 1000.0);
            sheet.write_number_with_format(row, column, day_share, &formats[2]).map(drop)
        }
        AnyValue::String(text) => {
            let text: Cow<'_, str> = if text.len() > MAX_CELL_LETTERS {
                text.chars().take(MAX_CELL_LETTERS).collect()
            } else {
                Cow::Borrowed(*text)
            };
            sheet.write_string(row, column, text.as_ref()).map(drop)
        }
        other => sheet.write_string(row, column, plain(&to_json(other))).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_in_csv_and_numbers_are_not() {
        let frame = df!(
            "=cmd" => ["=HYPERLINK(\"x\")", "+1", "-2+3", "@SUM", "\t=1", "＝1", " =1", "plain", "a=b"],
            "n" => [-5i64, 1, 2, 3, 4, 5, 6, 7, 8],
        )
        .unwrap();
        let mut out = Vec::new();
        write_delimited(&frame, &mut out, ',').unwrap();
        let text = String::from_utf8(out).unwrap();
        let expected = "'=cmd,n\n\"'=HYPERLINK(\"\"x\"\")\",-5\n'+1,1\n'-2+3,2\n'@SUM,3\n'\t=1,4\n'＝1,5\n' =1,6\nplain,7\na=b,8\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn every_format_is_written_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let mut frame = df!("a" => [Some(1i64), None], "b" => ["x,y", "q\"r"]).unwrap();
        for name in ["t.csv", "t.tsv", "t.json", "t.ndjson", "t.parquet", "t.arrow", "t.xlsx"] {
            assert_eq!(export_frame(&mut frame, &dir.path().join(name)).unwrap(), 2, "{name}");
        }
        assert!(export_frame(&mut frame, &dir.path().join("t.doc")).is_err());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 7);
        assert_eq!(std::fs::read_to_string(dir.path().join("t.csv")).unwrap(), "a,b\n1,\"x,y\"\n,\"q\"\"r\"\n");
        assert_eq!(
            std::fs::read_to_string(dir.path().join("t.ndjson")).unwrap(),
            "{\"a\":1,\"b\":\"x,y\"}\n{\"a\":null,\"b\":\"q\\\"r\"}\n"
        );
    }
}
