//! Arrow IPC files, also called Feather V2.

use std::io::Cursor;

use analyst_types::{FileKind, Format, ReadOptions};
use polars::prelude::*;

use super::{FileFormat, Table};
use crate::source::{Source, Watch};
use crate::{DataError, dtype, panics};

/// Arrow IPC.
pub(crate) struct Arrow;

const MAGIC: &[u8] = b"ARROW1";

impl FileFormat for Arrow {
    fn kind(&self) -> FileKind {
        FileKind::Arrow
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["arrow", "feather", "ipc"]
    }

    fn recognises(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }

    fn read(&self, source: Source, _options: &ReadOptions, _cancel: &dyn Watch) -> Result<Vec<Table>, DataError> {
        let frame = panics::caught(&source.file_name, || {
            IpcReader::new(Cursor::new(&source.bytes[..])).finish().map_err(|error| damaged(&source.file_name, &error))
        })?;
        let mut warnings = Vec::new();
        let frame = dtype::to_plain_types(frame, &mut warnings)?;
        Ok(vec![Table { sheet: None, frame, format: Format::of(FileKind::Arrow), warnings }])
    }
}

/// What Polars says, in one line.
pub(super) fn damaged(file_name: &str, error: &PolarsError) -> DataError {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    DataError::unreadable(format!("{file_name} is damaged or uses a feature that is not supported: {line}"))
}
