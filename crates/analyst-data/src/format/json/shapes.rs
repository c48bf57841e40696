//! The shapes that tables have in a JSON document: an array of objects, an object of arrays, records under a key (or
//! under several, which are several tables), records by key, the features of a map, and what pandas writes.

use std::borrow::Cow;
use std::collections::HashSet;

use analyst_types::DataWarning;

use super::grid::JsonGrid;
use super::scan::{Json, Scanner};
use crate::DataError;
use crate::grid::Cell;

type Fields<'t> = Vec<(Cow<'t, str>, Json<'t>)>;

/// A table of a document, under the path where it stood if it was not the whole.
pub(super) struct Part<'t> {
    /// The keys that lead to it, joined with dots.
    pub path: Option<String>,
    /// Its cells.
    pub grid: JsonGrid<'t>,
}

/// Lists of records are looked for in objects within objects down to here.
const MAX_LIST_DEPTH: usize = 4;
const MAX_TABLES: usize = 50;
/// The name of the column of keys, where records stand under keys.
const KEY: &str = "key";

/// The tables of one document.
pub(super) fn read<'t>(scanner: &mut Scanner<'t>, warnings: &mut Vec<DataWarning>) -> Result<Vec<Part<'t>>, DataError> {
    let parts = if scanner.peek() == Some(b'[') {
        let mut grid = JsonGrid::default();
        read_elements(scanner, &mut grid)?;
        vec![Part { path: None, grid }]
    } else {
        match scanner.value()? {
            Json::Object(fields) => of_object(fields, warnings)?,
            other => whole(|grid| grid.add_row(other))?,
        }
    };
    scanner.expect_end()?;
    Ok(parts)
}

fn whole<'t>(fill: impl FnOnce(&mut JsonGrid<'t>) -> Result<(), DataError>) -> Result<Vec<Part<'t>>, DataError> {
    let mut grid = JsonGrid::default();
    fill(&mut grid)?;
    Ok(vec![Part { path: None, grid }])
}

/// Takes the elements of the outermost array one by one, so that the document is never whole in memory twice.
fn read_elements<'t>(scanner: &mut Scanner<'t>, grid: &mut JsonGrid<'t>) -> Result<(), DataError> {
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
                    grid.add_list(items, header.as_deref())?;
                }
            }
            other => grid.add_row(other)?,
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

fn of_object<'t>(fields: Fields<'t>, warnings: &mut Vec<DataWarning>) -> Result<Vec<Part<'t>>, DataError> {
    if let Some((names, rows)) = split_orientation(&fields) {
        return whole(|grid| rows.into_iter().try_for_each(|row| grid.add_list(row, Some(&names))));
    }
    if column_lengths(&fields).is_some() {
        return whole(|grid| fields.into_iter().try_for_each(|(name, values)| grid.add_column(&name, items(values))));
    }
    if is_map(&fields) {
        let features = fields.into_iter().find(|(name, _)| name == "features").map(|(_, value)| items(value));
        return whole(|grid| {
            features.unwrap_or_default().into_iter().try_for_each(|feature| grid.add_feature(feature))
        });
    }
    if are_records_by_key(&fields) {
        return whole(|grid| {
            fields.into_iter().try_for_each(|(key, record)| grid.add_record((KEY, Cell::Text(key)), record))
        });
    }
    if !holds_list(&fields, 0) {
        return if fields.is_empty() { whole(|_| Ok(())) } else { whole(|grid| grid.add_row(Json::Object(fields))) };
    }
    let mut lists = Vec::new();
    let n_others = take_lists(fields, "", 0, &mut lists);
    let n_lists = lists.len();
    if n_others > 0 && n_lists == 1 {
        let name = &lists[0].0;
        let message = format!("Only the list {name:?} was read; {n_others} other entries beside it were left out.");
        warnings.push(DataWarning::new("partly_read", message));
    }
    let mut parts = Vec::with_capacity(n_lists.min(MAX_TABLES));
    for (path, list) in lists.into_iter().take(MAX_TABLES) {
        let mut grid = JsonGrid::default();
        list.into_iter().try_for_each(|item| grid.add_row(item))?;
        parts.push(Part { path: (n_lists > 1).then_some(path), grid });
    }
    if n_lists > 1 && n_others > 0 {
        let message = format!("{n_lists} lists were read; {n_others} other entries beside them were left out.");
        warnings.push(DataWarning::new("partly_read", message));
    }
    Ok(parts)
}

/// The values of a column: those of an array, or of an object whose keys are numbers of rows.
fn items<'t>(values: Json<'t>) -> Vec<Json<'t>> {
    match values {
        Json::Array(items, _) => items,
        Json::Object(items) => items.into_iter().map(|(_, value)| value).collect(),
        _ => Vec::new(),
    }
}

fn is_list_of_records(value: &Json<'_>) -> bool {
    matches!(value, Json::Array(items, _) if !items.is_empty() && items.iter().all(|item| matches!(item, Json::Object(_))))
}

fn holds_list(fields: &Fields<'_>, depth: usize) -> bool {
    fields.iter().any(|(_, value)| match value {
        Json::Object(inner) => depth < MAX_LIST_DEPTH && holds_list(inner, depth + 1),
        value => is_list_of_records(value),
    })
}

/// Takes the lists of records out of an object, and counts what else there is.
fn take_lists<'t>(fields: Fields<'t>, path: &str, depth: usize, lists: &mut Vec<(String, Vec<Json<'t>>)>) -> usize {
    let mut n_others = 0;
    for (name, value) in fields {
        let path = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
        match value {
            Json::Object(inner) if depth < MAX_LIST_DEPTH => n_others += take_lists(inner, &path, depth + 1, lists),
            value if is_list_of_records(&value) => lists.push((path, items(value))),
            _ => n_others += 1,
        }
    }
    n_others
}

/// GeoJSON.
fn is_map(fields: &Fields<'_>) -> bool {
    let get = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    matches!(get("type"), Some(Json::String(kind)) if kind == "FeatureCollection")
        && matches!(get("features"), Some(Json::Array(..)))
}

/// At least two objects under different keys that all have the same names, and no list or object in them.
fn are_records_by_key(fields: &Fields<'_>) -> bool {
    let names = |value: &Json<'_>| match value {
        Json::Object(inner) if inner.iter().all(|(_, v)| !matches!(v, Json::Object(_) | Json::Array(..))) => {
            Some(inner.iter().map(|(name, _)| name.to_string()).collect::<HashSet<_>>())
        }
        _ => None,
    };
    let Some(first) = fields.first().and_then(|(_, value)| names(value)).filter(|names| !names.is_empty()) else {
        return false;
    };
    fields.len() > 1 && !first.contains(KEY) && fields.iter().all(|(_, value)| names(value).as_ref() == Some(&first))
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
    let different = words.iter().collect::<HashSet<_>>().len() == words.len();
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
