//! Looking at an opened table, and writing it as another file.

use std::path::PathBuf;

use analyst_types::{DataWarning, Format, Profile, TableData};
use serde::{Deserialize, Serialize};

use super::bench::Bench;
use crate::DataError;

/// Rows `offset` to `offset + limit` of a table.
#[derive(Debug, Serialize, Deserialize)]
pub struct Preview {
    /// Its Arrow file.
    pub table: PathBuf,
    /// The first row, counted from 0.
    pub offset: u64,
    /// How many.
    pub limit: u64,
}

/// What is in each column.
#[derive(Debug, Serialize, Deserialize)]
pub struct ProfileTable {
    /// Its Arrow file.
    pub table: PathBuf,
    /// What it is called.
    pub name: String,
    /// How it was read.
    pub format: Format,
    /// What was said about it when it was opened.
    pub warnings: Vec<DataWarning>,
}

/// The different values of some columns, as text.
#[derive(Debug, Serialize, Deserialize)]
pub struct Distinct {
    /// The table's Arrow file.
    pub table: PathBuf,
    /// Which; the answer has one list for each.
    pub columns: Vec<String>,
    /// Most values of one column.
    pub limit: usize,
}

/// Some rows spread evenly over a table.
#[derive(Debug, Serialize, Deserialize)]
pub struct SampleRows {
    /// Its Arrow file.
    pub table: PathBuf,
    /// How many.
    pub n: usize,
}

/// A table as another file, in the worker's folder.
#[derive(Debug, Serialize, Deserialize)]
pub struct Export {
    /// Its Arrow file.
    pub table: PathBuf,
    /// The extension of the file to write, which says the format.
    pub extension: String,
}

/// A file was written.
#[derive(Debug, Serialize, Deserialize)]
pub struct Written {
    /// In the worker's folder.
    pub path: PathBuf,
    /// Its rows.
    pub n_rows: u64,
}

pub(super) fn preview(request: Preview, _: &mut Bench<'_>) -> Result<TableData, DataError> {
    crate::preview(&request.table, request.offset, request.limit)
}

pub(super) fn profile(request: ProfileTable, _: &mut Bench<'_>) -> Result<Profile, DataError> {
    crate::profile(&request.table, &request.name, request.format, request.warnings)
}

pub(super) fn distinct(request: Distinct, _: &mut Bench<'_>) -> Result<Vec<Vec<String>>, DataError> {
    let values = |column: &String| crate::distinct_values(&request.table, column, request.limit);
    request.columns.iter().map(values).collect()
}

pub(super) fn sample_rows(request: SampleRows, _: &mut Bench<'_>) -> Result<TableData, DataError> {
    crate::sample_rows(&request.table, request.n)
}

pub(super) fn export(request: Export, bench: &mut Bench<'_>) -> Result<Written, DataError> {
    let path = export_path(bench, &request.extension);
    let n_rows = crate::export(&request.table, &path)?;
    Ok(Written { path, n_rows })
}

/// Where an export is left until the host takes it.
pub(super) fn export_path(bench: &Bench<'_>, extension: &str) -> PathBuf {
    bench.folder().join("export").with_extension(extension)
}
