//! JSON documents: an array of objects, an object of arrays, and the other shapes that tables are written in.
//! Objects within objects become columns named with dots; arrays within rows stay as JSON text.

mod grid;
mod scan;
mod shapes;

use analyst_types::{FileKind, Format, ReadOptions};

use self::grid::JsonGrid;
use self::scan::Scanner;
use self::shapes::Part;
use super::{FileFormat, Table};
use crate::DataError;
use crate::infer::decision::Hints;
use crate::infer::tally::TextPolicy;
use crate::infer::{Body, infer};
use crate::sniff::encoding;
use crate::source::{Source, Watch};

/// One JSON document.
pub(crate) struct Json;

impl FileFormat for Json {
    fn kind(&self) -> FileKind {
        FileKind::Json
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["json", "geojson"]
    }

    fn recognises(&self, bytes: &[u8]) -> bool {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
        let mut rest = bytes.iter().copied();
        match rest.next() {
            Some(b'{') => matches!(bytes[1..].trim_ascii_start().first(), Some(b'"' | b'}')),
            Some(b'[') => matches!(bytes[1..].trim_ascii_start().first(), Some(b'{' | b'[')),
            _ => false,
        }
    }

    fn read(&self, source: Source, options: &ReadOptions, cancel: &dyn Watch) -> Result<Vec<Table>, DataError> {
        read_table(source, options, FileKind::Json, cancel)
    }
}

/// Reads a document, or one object per line.
pub(super) fn read_table(
    source: Source,
    options: &ReadOptions,
    kind: FileKind,
    cancel: &dyn Watch,
) -> Result<Vec<Table>, DataError> {
    let decoded = encoding::decode(source.bytes.into_vec(), options.encoding.as_deref())?;
    if decoded.text.trim().is_empty() {
        return Err(DataError::Empty { what: source.file_name });
    }
    let mut about_file = decoded.warnings;
    let mut scanner = Scanner::new(&decoded.text, cancel);
    let parts = match kind {
        FileKind::Ndjson => JsonGrid::of_lines(&mut scanner).map(|grid| vec![Part { path: None, grid }]),
        _ => shapes::read(&mut scanner, &mut about_file),
    };
    let parts = parts.map_err(|error| match error {
        DataError::Unreadable { message } => DataError::unreadable(format!("{}: {message}", source.file_name)),
        other => other,
    })?;
    let parts = choose(parts, options)?;
    let several = parts.len() > 1;
    let mut tables = Vec::with_capacity(parts.len());
    for Part { path, grid } in parts {
        let mut warnings = std::mem::take(&mut about_file);
        warnings.extend(grid.repeated_keys());
        let names = crate::name::unique_columns(grid.names());
        let body = Body { grid: &grid, rows: grid.rows(), columns: names.into_iter().enumerate().collect() };
        if body.n_rows() == 0 {
            warnings.push(encoding::about_file("no_rows", "There are no rows in it.".to_owned()));
        }
        let hints = Hints { declares_types: true, ..Hints::default() };
        let typed = infer(&body, TextPolicy::DECLARED, hints, cancel)?;
        warnings.extend(typed.warnings);
        let format = Format { encoding: Some(decoded.encoding.clone()), table: path.clone(), ..Format::of(kind) };
        tables.push(Table { sheet: path.filter(|_| several), frame: typed.frame, format, warnings });
    }
    Ok(tables)
}

/// The list that the options name, or all of them.
fn choose<'t>(mut parts: Vec<Part<'t>>, options: &ReadOptions) -> Result<Vec<Part<'t>>, DataError> {
    let Some(wanted) = options.table.as_deref().filter(|_| parts.len() > 1) else { return Ok(parts) };
    match parts.iter().position(|part| part.path.as_deref() == Some(wanted)) {
        Some(index) => Ok(vec![parts.swap_remove(index)]),
        None => Err(DataError::NoSuchTableInFile {
            table: wanted.to_owned(),
            available: parts.into_iter().filter_map(|part| part.path).collect(),
        }),
    }
}
