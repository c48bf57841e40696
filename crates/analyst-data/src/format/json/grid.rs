//! Rows out of JSON values: one per object, columns as they appear.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use analyst_types::DataWarning;

use super::scan::{Json, Scanner};
use crate::DataError;
use crate::grid::{Cell, Grid};

/// Columns of cells that refer to the text.
#[derive(Debug, Default)]
pub(super) struct JsonGrid<'t> {
    names: Vec<String>,
    by_name: HashMap<String, usize>,
    columns: Vec<Vec<Cell<'t>>>,
    n_rows: usize,
    /// Names that stood twice in one object, and how often that was.
    repeated: Vec<usize>,
    n_repeated: u64,
}

const MAX_REPEATED_TOLD: usize = 20;
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

    /// A row of values by position, under the names of a header if there is one.
    pub fn add_list(&mut self, items: Vec<Json<'t>>, header: Option<&[String]>) -> Result<(), DataError> {
        for (index, item) in items.into_iter().enumerate() {
            let name =
                header.and_then(|names| names.get(index)).cloned().unwrap_or_else(|| format!("column_{}", index + 1));
            self.set(&name, cell_of(item))?;
        }
        self.n_rows += 1;
        Ok(())
    }

    /// A row of any shape.
    pub fn add_row(&mut self, row: Json<'t>) -> Result<(), DataError> {
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

    /// A column of values.
    pub fn add_column(&mut self, name: &str, values: Vec<Json<'t>>) -> Result<(), DataError> {
        let column = self.column(name)?;
        self.columns[column] = values.into_iter().map(cell_of).collect();
        self.n_rows = self.n_rows.max(self.columns[column].len());
        Ok(())
    }

    /// A value that belongs to an object beside its fields: the key it stands under.
    pub fn add_record(&mut self, key: (&str, Cell<'t>), record: Json<'t>) -> Result<(), DataError> {
        self.set(key.0, key.1)?;
        self.add_row(record)
    }

    /// A feature of GeoJSON: its properties as columns, a point as two numbers, other shapes as JSON text.
    pub fn add_feature(&mut self, feature: Json<'t>) -> Result<(), DataError> {
        let Json::Object(fields) = feature else { return self.add_row(feature) };
        let mut path = String::new();
        for (name, value) in fields {
            match (name.as_ref(), value) {
                ("type", _) => {}
                ("properties", Json::Object(properties)) => self.add_fields(properties, &mut path)?,
                ("geometry", Json::Object(geometry)) => self.add_geometry(geometry)?,
                (name, Json::Object(inner)) => self.add_row_part(name, inner)?,
                (name, value) => self.set(name, cell_of(value))?,
            }
        }
        self.n_rows += 1;
        Ok(())
    }

    fn add_geometry(&mut self, geometry: Vec<(Cow<'t, str>, Json<'t>)>) -> Result<(), DataError> {
        for (name, value) in geometry {
            match (name.as_ref(), value) {
                ("coordinates", Json::Array(items, _))
                    if matches!(items[..], [Json::Number(_), Json::Number(_), ..]) =>
                {
                    for (axis, value) in ["longitude", "latitude", "altitude"].into_iter().zip(items) {
                        self.set(&format!("geometry.{axis}"), cell_of(value))?;
                    }
                }
                (name, value) => self.set(&format!("geometry.{name}"), cell_of(value))?,
            }
        }
        Ok(())
    }

    fn add_row_part(&mut self, name: &str, fields: Vec<(Cow<'t, str>, Json<'t>)>) -> Result<(), DataError> {
        let mut path = name.to_owned();
        self.add_fields(fields, &mut path)
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
        if cells.len() > self.n_rows {
            self.n_repeated += 1;
            if !self.repeated.contains(&column) && self.repeated.len() < MAX_REPEATED_TOLD {
                self.repeated.push(column);
            }
        }
        cells.resize(self.n_rows, Cell::Missing);
        cells.push(cell);
        Ok(())
    }

    /// Says that names stood twice in one object.
    pub fn repeated_keys(&self) -> Option<DataWarning> {
        if self.n_repeated == 0 {
            return None;
        }
        let columns: Vec<String> = self.repeated.iter().map(|&column| self.names[column].clone()).collect();
        let message = format!(
            "In {} places an object has the same name twice ({}); the last value was taken.",
            self.n_repeated,
            columns.join(", ")
        );
        let told = DataWarning::new("duplicate_keys", message);
        Some(DataWarning { columns, count: Some(self.n_repeated), ..told })
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

pub(super) fn cell_of(value: Json<'_>) -> Cell<'_> {
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
