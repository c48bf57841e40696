//! Rows out of JSON values: one per object, columns as they appear.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use analyst_types::DataWarning;

use super::scan::{Json, Scanner};
use crate::DataError;
use crate::grid::{Cell, Grid};
use crate::sniff::encoding::about_file;

/// Columns of cells that refer to the text.
#[derive(Debug, Default)]
pub(super) struct JsonGrid<'t> {
    names: Vec<String>,
    by_name: HashMap<String, usize>,
    columns: Vec<Vec<Cell<'t>>>,
    n_rows: usize,
}

/// The name of the only column, for a list of plain values.
const VALUE: &str = "value";
const MAX_COLUMNS: usize = 16_384;

impl<'t> JsonGrid<'t> {
    /// One object per line.
    pub fn of_lines(scanner: &mut Scanner<'t>) -> Result<Self, DataError> {
        let mut grid = Self::default();
        while scanner.peek().is_some() {
            let row = scanner.value()?;
            grid.add_row(row)?;
            let on_new_line = scanner.at_new_line();
            if scanner.peek().is_some() && !on_new_line {
                return scanner.fail("each value must stand on a line of its own");
            }
        }
        Ok(grid)
    }

    /// One document of any shape.
    pub fn of_document(scanner: &mut Scanner<'t>, warnings: &mut Vec<DataWarning>) -> Result<Self, DataError> {
        let mut grid = Self::default();
        if scanner.peek() == Some(b'[') {
            grid.add_elements(scanner)?;
        } else {
            let value = scanner.value()?;
            match value {
                Json::Object(fields) => grid.add_document(fields, warnings)?,
                other => grid.add_row(other)?,
            }
        }
        scanner.expect_end()?;
        Ok(grid)
    }

    /// Takes the elements of the outermost array one by one, so that the document is never whole in memory twice.
    fn add_elements(&mut self, scanner: &mut Scanner<'t>) -> Result<(), DataError> {
        scanner.take(b'[');
        if scanner.take(b']') {
            return Ok(());
        }
        let mut header: Option<Vec<String>> = None;
        let mut first = true;
        loop {
            let element = scanner.value()?;
            match element {
                Json::Array(items, _) => {
                    if first {
                        header = words(&items);
                    }
                    if !first || header.is_none() {
                        self.add_list(items, header.as_deref())?;
                    }
                }
                other => self.add_row(other)?,
            }
            first = false;
            if scanner.take(b']') {
                return Ok(());
            }
            if !scanner.take(b',') {
                return scanner.fail("a comma or ] was expected");
            }
        }
    }

    fn add_document(
        &mut self,
        fields: Vec<(Cow<'t, str>, Json<'t>)>,
        warnings: &mut Vec<DataWarning>,
    ) -> Result<(), DataError> {
        if let Some(fields) = split_orientation(&fields) {
            return fields.1.into_iter().try_for_each(|row| self.add_list(row, Some(&fields.0)));
        }
        if let Some(n_rows) = column_lengths(&fields) {
            return self.add_columns(fields, n_rows);
        }
        let is_rows = |value: &Json<'_>| matches!(value, Json::Array(items, _) if items.iter().all(|i| matches!(i, Json::Object(_))) && !items.is_empty());
        let lists: Vec<usize> = (0..fields.len()).filter(|&index| is_rows(&fields[index].1)).collect();
        if let [only] = lists[..] {
            let n_others = fields.len() - 1;
            let (name, value) = fields.into_iter().nth(only).unwrap_or((Cow::Borrowed(""), Json::Null));
            if n_others > 0 {
                let message =
                    format!("Only the list {name:?} was read; {n_others} other entries beside it were left out.");
                warnings.push(about_file("partly_read", message));
            }
            if let Json::Array(items, _) = value {
                return items.into_iter().try_for_each(|item| self.add_row(item));
            }
            return Ok(());
        }
        if fields.is_empty() {
            return Ok(());
        }
        self.add_row(Json::Object(fields))
    }

    /// `{"a": [1, 2], "b": [3, 4]}` and pandas' `{"a": {"0": 1, "1": 2}}`.
    fn add_columns(&mut self, fields: Vec<(Cow<'t, str>, Json<'t>)>, n_rows: usize) -> Result<(), DataError> {
        for (name, values) in fields {
            let column = self.column(&name)?;
            let values: Vec<Json<'t>> = match values {
                Json::Array(items, _) => items,
                Json::Object(items) => items.into_iter().map(|(_, value)| value).collect(),
                _ => Vec::new(),
            };
            self.columns[column] = values.into_iter().map(cell_of).collect();
        }
        self.n_rows = n_rows;
        Ok(())
    }

    fn add_list(&mut self, items: Vec<Json<'t>>, header: Option<&[String]>) -> Result<(), DataError> {
        for (index, item) in items.into_iter().enumerate() {
            let name =
                header.and_then(|names| names.get(index)).cloned().unwrap_or_else(|| format!("column_{}", index + 1));
            self.set(&name, cell_of(item))?;
        }
        self.n_rows += 1;
        Ok(())
    }

    fn add_row(&mut self, row: Json<'t>) -> Result<(), DataError> {
        match row {
            Json::Object(fields) => {
                let mut path = String::new();
                self.add_fields(fields, &mut path)?;
            }
            other => self.set(VALUE, cell_of(other))?,
        }
        self.n_rows += 1;
        Ok(())
    }

    fn add_fields(&mut self, fields: Vec<(Cow<'t, str>, Json<'t>)>, path: &mut String) -> Result<(), DataError> {
        for (name, value) in fields {
            let length = path.len();
            if length > 0 {
                path.push('.');
            }
            path.push_str(&name);
            match value {
                Json::Object(inner) if !inner.is_empty() => self.add_fields(inner, path)?,
                Json::Object(_) => self.set(path, Cell::Missing)?,
                other => self.set(path, cell_of(other))?,
            }
            path.truncate(length);
        }
        Ok(())
    }

    fn column(&mut self, name: &str) -> Result<usize, DataError> {
        if let Some(&column) = self.by_name.get(name) {
            return Ok(column);
        }
        if self.columns.len() >= MAX_COLUMNS {
            return Err(DataError::TooLarge { what: "The table".into(), limit: format!("{MAX_COLUMNS} columns") });
        }
        self.by_name.insert(name.to_owned(), self.columns.len());
        self.names.push(name.to_owned());
        self.columns.push(Vec::new());
        Ok(self.columns.len() - 1)
    }

    /// Sets a cell of the row that is being added. Of a name that occurs twice in an object the last value counts.
    fn set(&mut self, name: &str, cell: Cell<'t>) -> Result<(), DataError> {
        let column = self.column(name)?;
        let cells = &mut self.columns[column];
        cells.resize(self.n_rows, Cell::Missing);
        cells.push(cell);
        Ok(())
    }

    /// Names as they appeared.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// All rows.
    pub fn rows(&self) -> Vec<Range<usize>> {
        (self.n_rows > 0).then_some(0..self.n_rows).into_iter().collect()
    }
}

impl Grid for JsonGrid<'_> {
    fn n_rows(&self) -> usize {
        self.n_rows
    }

    fn n_cells(&self) -> usize {
        self.columns.iter().flatten().filter(|cell| **cell != Cell::Missing).count()
    }

    fn width(&self, _row: usize) -> usize {
        self.columns.len()
    }

    fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        match self.columns.get(column).and_then(|cells| cells.get(row)) {
            None => Cell::Missing,
            Some(Cell::Text(text)) => Cell::Text(Cow::Borrowed(text)),
            Some(Cell::BigNumber(text)) => Cell::BigNumber(Cow::Borrowed(text)),
            Some(other) => other.clone(),
        }
    }

    fn line(&self, row: usize) -> u64 {
        row as u64 + 1
    }

    fn gap_before(&self, _row: usize) -> bool {
        false
    }
}

fn cell_of(value: Json<'_>) -> Cell<'_> {
    match value {
        Json::Null => Cell::Missing,
        Json::Bool(value) => Cell::Bool(value),
        Json::Number(text) => number(text),
        Json::String(text) => Cell::Text(text),
        Json::Array(_, text) => Cell::Text(Cow::Borrowed(text)),
        Json::Object(fields) => Cell::Text(Cow::Owned(object_text(&fields))),
    }
}

fn number(text: &str) -> Cell<'_> {
    if let Ok(value) = text.parse::<i64>() {
        return Cell::Int(value);
    }
    let is_whole = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && !is_whole => Cell::Float(value),
        _ => Cell::BigNumber(Cow::Borrowed(text)),
    }
}

fn object_text(fields: &[(Cow<'_, str>, Json<'_>)]) -> String {
    let parts: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}: {}", quoted(name), json_text(value))).collect();
    format!("{{{}}}", parts.join(", "))
}

fn json_text(value: &Json<'_>) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => value.to_string(),
        Json::Number(text) | Json::Array(_, text) => (*text).to_owned(),
        Json::String(text) => quoted(text),
        Json::Object(fields) => object_text(fields),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

/// A list of different words: names of columns.
fn words(items: &[Json<'_>]) -> Option<Vec<String>> {
    let words: Vec<String> = items
        .iter()
        .map(|item| match item {
            Json::String(text) if !text.is_empty() => Some(text.to_string()),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let different = words.iter().collect::<std::collections::HashSet<_>>().len() == words.len();
    (different && !words.is_empty()).then_some(words)
}

/// All columns are lists (or numbered objects) of the same length.
fn column_lengths(fields: &[(Cow<'_, str>, Json<'_>)]) -> Option<usize> {
    let length = |value: &Json<'_>| match value {
        // A list of objects is a list of rows, not a column.
        Json::Array(items, _) if !items.iter().any(|item| matches!(item, Json::Object(_))) => Some(items.len()),
        Json::Object(items) if !items.is_empty() && items.iter().all(|(key, _)| key.parse::<u64>().is_ok()) => {
            Some(items.len())
        }
        _ => None,
    };
    let first = length(&fields.first()?.1)?;
    fields.iter().all(|(_, value)| length(value) == Some(first)).then_some(first)
}

type Rows<'t> = (Vec<String>, Vec<Vec<Json<'t>>>);

/// pandas' `{"columns": [...], "index": [...], "data": [[...], ...]}`.
fn split_orientation<'t>(fields: &[(Cow<'t, str>, Json<'t>)]) -> Option<Rows<'t>> {
    let get = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let (Json::Array(columns, _), Json::Array(data, _)) = (get("columns")?, get("data")?) else { return None };
    let rows = data
        .iter()
        .map(|row| match row {
            Json::Array(items, _) => Some(items.clone()),
            _ => None,
        })
        .collect::<Option<_>>()?;
    Some((words(columns)?, rows))
}
