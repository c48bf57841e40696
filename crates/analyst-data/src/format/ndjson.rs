//! One JSON object per line.

use analyst_types::{FileKind, ReadOptions};

use super::{FileFormat, Table, json};
use crate::DataError;
use crate::source::{Source, Watch};

/// Newline-delimited JSON.
pub(crate) struct Ndjson;

impl FileFormat for Ndjson {
    fn kind(&self) -> FileKind {
        FileKind::Ndjson
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["ndjson", "jsonl"]
    }

    /// Two lines that each begin an object, the first of which ends it.
    fn recognises(&self, bytes: &[u8]) -> bool {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
        let mut lines = bytes.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
        matches!((lines.next(), lines.next()), (Some([b'{', .., b'}']), Some([b'{', ..])))
    }

    fn read(&self, source: Source, options: &ReadOptions, cancel: &dyn Watch) -> Result<Vec<Table>, DataError> {
        json::read_table(source, options, FileKind::Ndjson, cancel)
    }
}
