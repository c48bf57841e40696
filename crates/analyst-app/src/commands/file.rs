//! A look at a file before it is opened.

use std::path::PathBuf;
use std::sync::Arc;

use analyst_types::{AppError, FileKind};
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

/// `file::inspect`
pub async fn inspect(app: &Arc<App>, request: InspectFile) -> Result<FileInfo, AppError> {
    app.datasets.inspect(&request.path).await
}
