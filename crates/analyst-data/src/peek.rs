//! The first rows of a file of any size, at once: from a sample of its head, middle and tail.
//!
//! The recipe and the types are those of the sample. The import that follows looks at everything and may decide
//! otherwise; a peek therefore says whether it has seen the whole file.

use analyst_types::{DataWarning, Format, ReadOptions, TableData};
use tokio_util::sync::CancellationToken;

use crate::format;
use crate::source::{Source, SourceFile};
use crate::{DataError, value};

/// The beginning of a table, before it is imported.
#[derive(Debug, Clone, PartialEq)]
pub struct Peek {
    /// How it would be read.
    pub format: Format,
    /// The first rows.
    pub table: TableData,
    /// What is known by now.
    pub warnings: Vec<DataWarning>,
    /// The file's size.
    pub size_bytes: u64,
    /// About how many rows there are.
    pub estimated_rows: Option<u64>,
    /// The whole file was looked at: nothing will change when it is imported.
    pub is_complete: bool,
}

/// Looks at the first `n_rows` rows of the file's first table.
pub fn peek(file: &SourceFile, options: &ReadOptions, n_rows: usize) -> Result<Peek, DataError> {
    let watch = CancellationToken::new();
    let head = Source::read_head(file, &watch)?;
    let size_bytes = file.size_bytes();
    let sample = if format::is_delimited_text(&head)? { format::csv::sample::of_file(file)? } else { None };
    let (source, head_bytes) = match sample {
        Some(sample) => (Source::of(file.file_name(), sample.bytes.into())?, Some(sample.head_bytes)),
        None => (Source::read(file, &watch)?, None),
    };
    let seen_bytes = source.bytes.len() as u64;
    let table = format::read(source, options, &watch)?.tables.swap_remove(0);
    let n_seen = table.frame.height() as u64;
    let is_complete = head_bytes.is_none();
    let estimate = if is_complete { n_seen } else { (n_seen as f64 * size_bytes as f64 / seen_bytes as f64) as u64 };
    let mut data = value::table_data(&table.frame, 0, n_rows as u64);
    data.n_rows = estimate;
    // Lines beyond the head are counted from another place than the file's beginning.
    let mut warnings = table.warnings;
    if !is_complete {
        warnings.iter_mut().for_each(|warning| warning.rows.clear());
    }
    Ok(Peek { format: table.format, table: data, warnings, size_bytes, estimated_rows: Some(estimate), is_complete })
}
