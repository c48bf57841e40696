//! Opens a file: reads it, types it, stores it as Arrow, and says what a person should know.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use analyst_types::{Column, DataWarning, FileKind, Format, ReadOptions};
use tokio_util::sync::CancellationToken;

use crate::format::{self, Table};
use crate::source::Source;
use crate::{DataError, dtype, name, store, traps};

/// One table of an opened file, stored as Arrow.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedTable {
    /// A valid identifier: the file's stem, with the sheet's name where a workbook has several.
    pub name: String,
    /// The file's own name.
    pub file_name: String,
    /// How it was read.
    pub format: Format,
    /// Number of rows.
    pub n_rows: u64,
    /// Names and types.
    pub columns: Vec<Column>,
    /// SHA-256 over names, types and values.
    pub fingerprint: String,
    /// What a person should know before trusting the numbers.
    pub warnings: Vec<DataWarning>,
    /// The Arrow IPC file in the store.
    pub arrow_path: PathBuf,
}

/// What a file is, before it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileInfo {
    /// The file's own name.
    pub file_name: String,
    /// Its format.
    pub kind: FileKind,
    /// The sheets of a workbook.
    pub sheets: Vec<String>,
    /// The tables of a database, or the files of an archive, where there are several to choose from.
    pub tables: Vec<String>,
    /// Its size.
    pub size_bytes: u64,
}

/// Says what a file is and, for a workbook, which sheets it has.
pub fn inspect(path: &Path, cancel: &CancellationToken) -> Result<FileInfo, DataError> {
    let (mut source, size_bytes) = Source::read_head(path, cancel)?;
    let file_name = source.file_name.clone();
    if size_bytes > source.bytes.len() as u64 && format::needs_whole_file(&source) {
        source = Source::read(path, cancel)?;
    }
    let format::Described { kind, sheets, tables } = format::describe(source, cancel)?;
    Ok(FileInfo { file_name, kind, sheets, tables, size_bytes })
}

/// Imports every table of the file (or the sheet the options name) into `store_dir`. The original is only read.
///
/// Blocks for as long as the file takes; `cancel` ends it between pieces of work.
pub fn open(
    path: &Path,
    options: &ReadOptions,
    store_dir: &Path,
    cancel: &CancellationToken,
) -> Result<Vec<ImportedTable>, DataError> {
    let source = Source::read(path, cancel)?;
    let file_name = source.file_name.clone();
    let format::Opened { stem, tables } = format::read(source, options, cancel)?;
    let with_sheet_names = tables.len() > 1;
    let mut taken = HashSet::new();
    let mut imported = Vec::with_capacity(tables.len());
    for table in tables {
        if cancel.is_cancelled() {
            return Err(DataError::Cancelled);
        }
        let wanted = match &table.sheet {
            Some(sheet) if with_sheet_names => name::identifier(&format!("{stem} {sheet}")),
            _ => name::identifier(&stem),
        };
        let name = name::unique_identifier(&wanted, &taken);
        taken.insert(name.clone());
        imported.push(keep(table, name, file_name.clone(), store_dir)?);
    }
    Ok(imported)
}

fn keep(table: Table, name: String, file_name: String, store_dir: &Path) -> Result<ImportedTable, DataError> {
    let Table { mut frame, format, mut warnings, .. } = table;
    warnings.extend(traps::find(&frame));
    let (fingerprint, arrow_path) = store::keep(&mut frame, store_dir)?;
    let columns = dtype::columns_of(&frame);
    Ok(ImportedTable {
        name,
        file_name,
        format,
        n_rows: frame.height() as u64,
        columns,
        fingerprint,
        warnings,
        arrow_path,
    })
}
