//! Looking at a file, and opening it.

use analyst_types::ReadOptions;
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

pub(super) fn open(request: Open, bench: &mut Bench<'_>) -> Result<Vec<ImportedTable>, DataError> {
    let what = request.file.file_name.clone();
    let source = bench.source(request.file)?;
    need::check(&what, &source, request.budget_bytes)?;
    crate::open(&source, &request.options, bench.folder(), bench.watch())
}
