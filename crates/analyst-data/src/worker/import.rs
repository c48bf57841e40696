//! Looking at a file, and opening it.

use analyst_types::{DataWarning, Format, ReadOptions, TableData};
use serde::{Deserialize, Serialize};

use super::bench::{Bench, Chosen};
use super::need;
use crate::{DataError, FileInfo, ImportedTable};

/// What a file is, before it is opened.
#[derive(Debug, Serialize, Deserialize)]
pub struct Inspect {
    /// The file.
    pub file: Chosen,
}

/// The first rows of a file, before it is opened.
#[derive(Debug, Serialize, Deserialize)]
pub struct PeekFile {
    /// The file.
    pub file: Chosen,
    /// How to read it.
    pub options: ReadOptions,
    /// How many rows.
    pub n_rows: usize,
}

/// The beginning of a file's first table. See [`crate::Peek`].
#[derive(Debug, Serialize, Deserialize)]
pub struct Peeked {
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
    /// The whole file was looked at.
    pub is_complete: bool,
}

/// Opens a file: its tables are left as Arrow files in the worker's folder.
#[derive(Debug, Serialize, Deserialize)]
pub struct Open {
    /// The file.
    pub file: Chosen,
    /// How to read it.
    pub options: ReadOptions,
    /// Memory the worker may use. A file that needs more is refused before it is read.
    pub budget_bytes: u64,
}

pub(super) fn inspect(request: Inspect, bench: &mut Bench<'_>) -> Result<FileInfo, DataError> {
    crate::inspect(&bench.source(request.file)?, bench.watch())
}

pub(super) fn peek(request: PeekFile, bench: &mut Bench<'_>) -> Result<Peeked, DataError> {
    let source = bench.source(request.file)?;
    let crate::Peek { format, table, warnings, size_bytes, estimated_rows, is_complete } =
        crate::peek(&source, &request.options, request.n_rows)?;
    Ok(Peeked { format, table, warnings, size_bytes, estimated_rows, is_complete })
}

pub(super) fn open(request: Open, bench: &mut Bench<'_>) -> Result<Vec<ImportedTable>, DataError> {
    let what = request.file.file_name.clone();
    let source = bench.source(request.file)?;
    need::check(&what, &source, request.budget_bytes)?;
    crate::open(&source, &request.options, bench.folder(), bench.watch())
}
