//! `rows`: the rows of a file that pass conditions, in an order.

use analyst_app::commands::grid::DatasetRows;
use analyst_types::{AppError, Dataset, ErrorCode, FilterTest, RowFilter, RowsPage, RowsQuery, SortKey};
use serde_json::Value;

use crate::args::Rows;
use crate::client::Client;
use crate::{print, table, warning};

/// Longer signs first, so that `<=` is not read as `<`.
const TESTS: [(&str, FilterTest); 7] = [
    ("!=", FilterTest::NotEquals),
    ("<=", FilterTest::AtMost),
    (">=", FilterTest::AtLeast),
    ("=", FilterTest::Equals),
    ("<", FilterTest::LessThan),
    (">", FilterTest::GreaterThan),
    ("~", FilterTest::Contains),
];

pub async fn rows(client: &Client, rows: Rows) -> Result<(), AppError> {
    let dataset = client.open_one(&rows.file, &rows.reading.into()).await?;
    warning::tell_reading(&client.global, &dataset);
    let filters = rows.conditions.iter().map(|text| condition(text, &dataset)).collect::<Result<_, _>>()?;
    let sort = rows.sort.iter().map(|text| sort_key(text, &dataset)).collect();
    let query = RowsQuery { filters, sort, offset: rows.offset, limit: rows.limit };
    let page: RowsPage = client.call("dataset::rows", DatasetRows { dataset_id: dataset.id, query }).await?;
    if client.global.json {
        print::json(&page);
    } else {
        print::result(&table::draw(&page.table));
    }
    Ok(())
}

/// `units >= 5`. The sign that stands first counts, so that a value may hold others; a column whose name holds one is
/// found by its whole name.
fn condition(text: &str, dataset: &Dataset) -> Result<RowFilter, AppError> {
    let is_column = |name: &str| dataset.columns.iter().any(|column| column.name == name);
    let parts = text.char_indices().filter_map(|(at, _)| {
        let (sign, test) = TESTS.iter().find(|(sign, _)| text[at..].starts_with(sign))?;
        Some((text[..at].trim(), *test, text[at + sign.len()..].trim()))
    });
    let parts: Vec<_> = parts.collect();
    let named = parts.iter().find(|(column, ..)| is_column(column)).or(parts.first());
    let Some((column, test, value)) = named else {
        return Err(AppError::new(ErrorCode::InvalidRequest, format!("“{text}” is not a condition"))
            .with_hint("Write a column, one of = != < <= > >= ~, and a value: --where \"units >= 5\"."));
    };
    Ok(RowFilter { column: (*column).to_owned(), test: *test, values: vec![typed(value, column, dataset)] })
}

/// A number where the column holds numbers; else the text itself.
fn typed(value: &str, column: &str, dataset: &Dataset) -> Value {
    let is_numeric = dataset.columns.iter().any(|known| known.name == column && known.kind.is_numeric());
    match value.parse::<serde_json::Number>() {
        Ok(number) if is_numeric => Value::Number(number),
        _ => Value::String(value.to_owned()),
    }
}

/// `-units`: the greatest first; a column whose own name begins with a minus is found by it.
fn sort_key(text: &str, dataset: &Dataset) -> SortKey {
    let is_column = dataset.columns.iter().any(|column| column.name == text);
    match text.strip_prefix('-') {
        Some(column) if !is_column => SortKey { column: column.to_owned(), descending: true },
        _ => SortKey { column: text.to_owned(), descending: false },
    }
}
