//! A look at a file that is not opened yet, in a process that serves nothing else.

use std::path::Path;

use analyst_data::worker::{Inspect, PeekFile, Peeked};
use analyst_types::{AppError, ReadOptions};

use super::{DatasetDesk, choose};
use crate::commands::file::{FileInfo, FilePeek};

/// Rows of a peek.
const PEEKED_ROWS: usize = 100;

impl DatasetDesk {
    /// What a file is.
    pub(crate) async fn inspect(&self, path: &Path) -> Result<FileInfo, AppError> {
        let file = choose(path).await?;
        let (request, budget) = (Inspect { file: file.handed() }, self.budget().await?);
        let found = self.workers.once(request, Some(&file), budget, &|_| {}, async |found, _| Ok(found)).await?;
        let analyst_data::FileInfo { file_name, kind, sheets, tables, size_bytes } = found;
        Ok(FileInfo { file_name, kind, sheets, tables, size_bytes })
    }

    /// Its first rows, and how it would be read.
    pub(crate) async fn peek(&self, path: &Path, options: ReadOptions) -> Result<FilePeek, AppError> {
        let file = choose(path).await?;
        let request = PeekFile { file: file.handed(), options, n_rows: PEEKED_ROWS };
        let budget = self.budget().await?;
        let found = self.workers.once(request, Some(&file), budget, &|_| {}, async |found, _| Ok(found)).await?;
        let Peeked { format, table, warnings, size_bytes, estimated_rows, is_complete } = found;
        let explanation = format.explain();
        Ok(FilePeek { format, explanation, table, warnings, size_bytes, estimated_rows, is_complete })
    }
}
