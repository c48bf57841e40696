//! Looking at an opened table, and writing it as another file.

use std::path::{Path, PathBuf};

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
    /// From its first rows only, unless all is known already.
    pub is_quick: bool,
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

/// Where the profile of a stored table is kept: beside it.
pub fn profile_beside(arrow_path: &Path) -> PathBuf {
    arrow_path.with_extension("profile.json")
}

pub(super) fn preview(request: Preview, _: &mut Bench<'_>) -> Result<TableData, DataError> {
    crate::preview(&request.table, request.offset, request.limit)
}

pub(super) fn profile(request: ProfileTable, bench: &mut Bench<'_>) -> Result<Profile, DataError> {
    let ProfileTable { table, name, format, warnings, is_quick } = request;
    if is_quick {
        return crate::quick_profile(&table, &name, format, warnings);
    }
    let watch = bench.watch();
    let goes_on = |done| {
        watch.progress(done);
        !watch.is_cancelled()
    };
    crate::profile_watched(&table, &name, format, warnings, &goes_on)
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
