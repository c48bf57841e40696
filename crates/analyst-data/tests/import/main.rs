//! Files as people have them, imported through the crate's front door.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop at the first surprise, and tells figures"
)]

mod csv;
mod damaged;
mod databases;
mod formats;
mod fuzz;
mod messy;
mod packed;
mod pairs;
mod parts;
mod refused;
mod statistics;
mod workbooks;

use std::path::{Path, PathBuf};

use analyst_data::{DataError, ImportedTable, SourceFile, open, preview};
use analyst_types::ReadOptions;
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// A folder with a file in it and a store beside it.
struct Desk {
    dir: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn open(&self, path: &Path, options: &ReadOptions) -> Result<Vec<ImportedTable>, DataError> {
        open(&SourceFile::at(path)?, options, &self.dir.path().join("store"), &CancellationToken::new())
    }

    fn open_one(&self, name: &str, bytes: impl AsRef<[u8]>) -> ImportedTable {
        let mut tables = self.open(&self.write(name, bytes), &ReadOptions::default()).unwrap();
        assert_eq!(tables.len(), 1, "{name}");
        tables.remove(0)
    }
}

/// `name:type` of every column.
fn columns(table: &ImportedTable) -> String {
    let kind = |kind| serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned();
    table.columns.iter().map(|column| format!("{}:{}", column.name, kind(column.kind))).collect::<Vec<_>>().join(" ")
}

/// All rows as JSON.
fn rows(table: &ImportedTable) -> String {
    let data = preview(&table.arrow_path, 0, 1000).unwrap();
    assert_eq!(data.n_rows, table.n_rows);
    Value::from(data.rows.into_iter().map(Value::from).collect::<Vec<_>>()).to_string()
}

/// The codes of all warnings, sorted.
fn warnings(table: &ImportedTable) -> String {
    let mut codes: Vec<&str> = table.warnings.iter().map(|warning| warning.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.join(" ")
}
