//! Delimited text. A spreadsheet must never run what a cell holds: text that begins like a formula gets a leading
//! apostrophe; numbers stay as they are.

use std::borrow::Cow;
use std::io::{self, Write};

use analyst_types::TableData;
use polars::prelude::*;
use serde_json::Value;

use super::for_each_row;
use crate::value::to_json;

/// Writes the names and all rows.
pub(super) fn write(frame: &DataFrame, out: &mut impl Write, delimiter: char) -> io::Result<()> {
    let mut line = String::new();
    let is_alone = frame.width() == 1;
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
                AnyValue::Float64(value) if value.is_infinite() => Cow::Borrowed(infinity(*value)),
                value => Cow::Owned(plain(&to_json(value))),
            };
            push_field(&mut line, &text, index, delimiter);
        }
        // An empty line would be no row.
        if is_alone && line.is_empty() {
            line.push_str("\"\"");
        }
        writeln!(out, "{line}")
    })
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

/// A value as the letters of a cell.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn infinity(value: f64) -> &'static str {
    if value > 0.0 { "inf" } else { "-inf" }
}

/// Text that a spreadsheet would take for a formula, with an apostrophe before it. Blanks, quotes, encoded line breaks
/// and full-width signs before or instead of the sign do not help it. A negative number is no formula.
fn disarmed(text: &str) -> Cow<'_, str> {
    let is_trigger = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠');
    let mut start = text;
    loop {
        let rest = start.trim_start_matches([' ', '\n', '"', '\'', '\u{FEFF}', '\u{A0}', '\u{200B}', '\u{3000}']);
        let rest = ["%0A", "%0a", "%0D", "%0d", "%09"].iter().find_map(|code| rest.strip_prefix(code)).unwrap_or(rest);
        if rest.len() == start.len() {
            break;
        }
        start = rest;
    }
    if start.starts_with(is_trigger) && !is_negative_number(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// `-5`, `-0.25`: digits and one point behind the sign, and nothing that could be computed.
fn is_negative_number(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('-') else { return false };
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().filter(|&byte| byte == b'.').count() <= 1
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

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(frame: &DataFrame) -> String {
        let mut out = Vec::new();
        write(frame, &mut out, ',').unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not() {
        let frame = df!(
            "=cmd" => ["=HYPERLINK(\"x\")", "+1", "-2+3", "@SUM", "\t=1", "＝1", " =1", "plain", "a=b", "-5", "%0A=1", "-0.5"],
            "n" => [-5i64, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        )
        .unwrap();
        let expected = "'=cmd,n\n\"'=HYPERLINK(\"\"x\"\")\",-5\n'+1,1\n'-2+3,2\n'@SUM,3\n'\t=1,4\n'＝1,5\n' =1,6\nplain,7\na=b,8\n-5,9\n'%0A=1,10\n-0.5,11\n";
        assert_eq!(text_of(&frame), expected);
    }

    #[test]
    fn a_missing_value_alone_is_still_a_row() {
        assert_eq!(text_of(&df!("a" => [Some("x"), None, Some("y")]).unwrap()), "a\nx\n\"\"\ny\n");
    }
}
