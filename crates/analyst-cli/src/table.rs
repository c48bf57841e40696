//! A table as text: columns side by side, numbers to the right.

use analyst_types::TableData;
use serde_json::Value;

/// Characters of one cell that are shown.
const MAX_CELL_CHARS: usize = 40;

/// Draws a table; says how many rows are not shown.
pub fn draw(table: &TableData) -> String {
    let header: Vec<String> = table.columns.iter().map(|column| shorten(&column.name)).collect();
    let rows: Vec<Vec<String>> = table.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    let widths: Vec<usize> = (0..header.len())
        .map(|at| rows.iter().map(|row| width(&row[at])).chain([width(&header[at])]).max().unwrap_or_default())
        .collect();
    let numeric: Vec<bool> = table.columns.iter().map(|column| column.kind.is_numeric()).collect();
    let mut text = line(&header, &widths, &numeric);
    text.push_str(&widths.iter().map(|width| "─".repeat(*width)).collect::<Vec<_>>().join("  "));
    text.push('\n');
    for row in &rows {
        text.push_str(&line(row, &widths, &numeric));
    }
    let shown = table.rows.len() as u64;
    if shown < table.n_rows {
        text.push_str(&format!("({shown} of {} rows)\n", table.n_rows));
    }
    text
}

fn line(cells: &[String], widths: &[usize], right: &[bool]) -> String {
    let padded: Vec<String> = cells
        .iter()
        .zip(widths)
        .zip(right)
        .map(|((cell, most), right)| {
            let gap = " ".repeat(most - width(cell));
            if *right { format!("{gap}{cell}") } else { format!("{cell}{gap}") }
        })
        .collect();
    format!("{}\n", padded.join("  ").trim_end())
}

/// A JSON value as a person reads it.
pub fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => shorten(text),
        other => other.to_string(),
    }
}

fn shorten(text: &str) -> String {
    // Cells are of unknown origin: a terminal must not obey them.
    let one_line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if one_line.chars().count() <= MAX_CELL_CHARS {
        return one_line;
    }
    one_line.chars().take(MAX_CELL_CHARS - 1).chain(['…']).collect()
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use analyst_types::{Column, ColumnType};
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_stand_right_and_missing_rows_are_told() {
        let column = |name: &str, kind| Column { name: name.to_owned(), kind };
        let table = TableData {
            columns: vec![column("region", ColumnType::Text), column("n", ColumnType::Integer)],
            rows: vec![vec![json!("North"), json!(12)], vec![json!(null), json!(3)]],
            offset: 0,
            n_rows: 7,
        };
        assert_eq!(draw(&table), "region   n\n──────  ──\nNorth   12\n         3\n(2 of 7 rows)\n");
    }
}
