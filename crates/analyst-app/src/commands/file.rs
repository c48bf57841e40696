//! A look at a file before it is opened.

use std::path::PathBuf;
use std::sync::Arc;

use analyst_types::{AppError, DataWarning, FileKind, Format, ReadOptions, TableData};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::App;

/// Which file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct InspectFile {
    /// Its path.
    #[ts(type = "string")]
    pub path: PathBuf,
}

/// What a file is.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct FileInfo {
    /// Its own name.
    pub file_name: String,
    /// What its first bytes say.
    pub kind: FileKind,
    /// The sheets of a workbook.
    pub sheets: Vec<String>,
    /// The tables of a database, or the files of an archive, where there are several to choose from.
    pub tables: Vec<String>,
    /// Its size.
    #[ts(type = "number")]
    pub size_bytes: u64,
}

/// Which file to look into, and how.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct PeekFile {
    /// Its path.
    #[ts(type = "string")]
    pub path: PathBuf,
    /// What the sniffing should not decide.
    #[serde(default)]
    #[ts(as = "Option<ReadOptions>", optional)]
    pub options: ReadOptions,
}

/// The beginning of a file's first table, and how it would be read.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct FilePeek {
    /// How it would be read.
    pub format: Format,
    /// The same in a sentence for people.
    pub explanation: String,
    /// The first rows.
    pub table: TableData,
    /// What is known by now.
    pub warnings: Vec<DataWarning>,
    /// The file's size.
    #[ts(type = "number")]
    pub size_bytes: u64,
    /// About how many rows there are.
    #[ts(type = "number | null")]
    pub estimated_rows: Option<u64>,
    /// The whole file was looked at: opening it finds nothing else.
    pub is_complete: bool,
}

/// `file::peek`: nothing is opened or kept.
pub async fn peek(app: &Arc<App>, request: PeekFile) -> Result<FilePeek, AppError> {
    app.datasets.peek(&request.path, request.options).await
}

/// `file::inspect`
pub async fn inspect(app: &Arc<App>, request: InspectFile) -> Result<FileInfo, AppError> {
    app.datasets.inspect(&request.path).await
}
