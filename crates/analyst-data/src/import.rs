//! Opens a file: reads it, types it, stores it as Arrow, and says what a person should know.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use analyst_types::{Column, ColumnType, DataWarning, FileKind, Format, ReadOptions};
use serde::{Deserialize, Serialize};

use crate::format::csv::stream::{self, StreamedTable};
use crate::format::{self, Table};
use crate::source::{MAX_FILE_BYTES, Source, SourceFile, Watch, check};
use crate::store;
use crate::{DataError, dtype, name, traps};

/// One table of an opened file, stored as Arrow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// BLAKE3 over names, types and values.
    pub fingerprint: String,
    /// What a person should know before trusting the numbers.
    pub warnings: Vec<DataWarning>,
    /// The Arrow IPC file in the store.
    pub arrow_path: PathBuf,
}

/// What a file is, before it is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
pub fn inspect(file: &SourceFile, watch: &dyn Watch) -> Result<FileInfo, DataError> {
    let mut source = Source::read_head(file, watch)?;
    if file.size_bytes() > source.bytes.len() as u64 && format::needs_whole_file(&source) {
        source = Source::read(file, watch)?;
    }
    let format::Described { kind, sheets, tables } = format::describe(source, watch)?;
    Ok(FileInfo { file_name: file.file_name().to_owned(), kind, sheets, tables, size_bytes: file.size_bytes() })
}

/// Imports every table of the file (or the sheet the options name) into `store_dir`. The original is only read.
///
/// Blocks for as long as the file takes; `watch` is told how far it is, and ends it between pieces of work.
pub fn open(
    file: &SourceFile,
    options: &ReadOptions,
    store_dir: &Path,
    watch: &dyn Watch,
) -> Result<Vec<ImportedTable>, DataError> {
    open_in_parts(file, options, store_dir, Parts::default(), watch)
}

/// How delimited text is read that is not taken whole into memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// The size from which on a file is read in parts.
    pub from_bytes: u64,
    /// The least size of a part.
    pub part_bytes: u64,
    /// Memory for values that are read but not yet stored.
    pub memory_bytes: u64,
}

impl Default for Parts {
    fn default() -> Self {
        Self { from_bytes: 32 << 20, part_bytes: 1 << 20, memory_bytes: 384 << 20 }
    }
}

/// Like [`open`], for callers with another amount of memory.
pub fn open_in_parts(
    file: &SourceFile,
    options: &ReadOptions,
    store_dir: &Path,
    parts: Parts,
    watch: &dyn Watch,
) -> Result<Vec<ImportedTable>, DataError> {
    check(watch)?;
    let head = Source::read_head(file, watch)?;
    let is_large = file.size_bytes() >= parts.from_bytes;
    if is_large && format::is_delimited_text(&head)? {
        refuse_sheet(options, &head.file_name)?;
        let settings = stream::Settings {
            stretch_bytes: parts.part_bytes,
            slack_bytes: parts.part_bytes.min(64 << 10),
            memory_bytes: parts.memory_bytes,
            ..stream::Settings::default()
        };
        if let Some(table) = stream::import(file, options, store_dir, &settings, watch)? {
            return Ok(vec![of_stream(table, name::identifier(&head.stem), head.file_name)?]);
        }
        if file.size_bytes() > MAX_FILE_BYTES {
            let what = format!(
                "{}, which has to be read as a whole (several tables, or no single delimiter),",
                head.file_name
            );
            return Err(DataError::TooLarge { what, limit: "4 GiB".into() });
        }
    }
    let source = Source::read(file, watch)?;
    let file_name = source.file_name.clone();
    let format::Opened { stem, tables } = format::read(source, options, watch)?;
    file.check_unchanged()?;
    let with_sheet_names = tables.len() > 1;
    let mut taken = HashSet::new();
    let mut imported = Vec::with_capacity(tables.len());
    for table in tables {
        check(watch)?;
        let wanted = match &table.sheet {
            Some(sheet) if with_sheet_names => name::identifier(&format!("{stem} {sheet}")),
            _ => name::identifier(&stem),
        };
        let name = name::unique_identifier(&wanted, &taken);
        taken.insert(name.clone());
        imported.push(keep(table, name, file_name.clone(), store_dir)?);
    }
    watch.progress(1.0);
    Ok(imported)
}

fn refuse_sheet(options: &ReadOptions, file_name: &str) -> Result<(), DataError> {
    match &options.sheet {
        Some(_) => Err(DataError::BadOption { message: format!("{file_name} is no workbook and has no sheets.") }),
        None => Ok(()),
    }
}

/// Above this many places of text, looking for traps would need more memory than reading the file did.
const MOST_TEXTS_LOOKED_AT: u64 = 50_000_000;

fn of_stream(table: StreamedTable, name: String, file_name: String) -> Result<ImportedTable, DataError> {
    let StreamedTable { fingerprint, arrow_path, columns, n_rows, format, mut warnings } = table;
    let n_text_columns = columns.iter().filter(|column| column.kind == ColumnType::Text).count() as u64;
    if n_rows * n_text_columns <= MOST_TEXTS_LOOKED_AT {
        warnings.extend(traps::find(&arrow_path, &format));
    }
    Ok(ImportedTable { name, file_name, format, n_rows, columns, fingerprint, warnings, arrow_path })
}

fn keep(table: Table, name: String, file_name: String, store_dir: &Path) -> Result<ImportedTable, DataError> {
    let Table { mut frame, format, mut warnings, .. } = table;
    let (fingerprint, arrow_path) = store::keep(&mut frame, store_dir)?;
    warnings.extend(traps::find(&arrow_path, &format));
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
