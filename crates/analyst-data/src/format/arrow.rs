//! Arrow IPC: files (also called Feather V2) and streams. The older Feather V1 is refused by name.

use std::io::Cursor;

use analyst_types::{FileKind, Format, ReadOptions};
use polars::prelude::*;
use polars_arrow::io::ipc::read::{StreamReader, StreamState, read_stream_metadata};

use super::{FileFormat, Table};
use crate::source::{Source, Watch};
use crate::{DataError, dtype, panics};

/// Arrow IPC.
pub(crate) struct Arrow;

const MAGIC: &[u8] = b"ARROW1";
/// Before every message of a stream.
const CONTINUATION: &[u8] = b"\xFF\xFF\xFF\xFF";
/// The schema, which begins a stream, is shorter than this for any table we open.
const MAX_SCHEMA_BYTES: u32 = 64 << 20;

impl FileFormat for Arrow {
    fn kind(&self) -> FileKind {
        FileKind::Arrow
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["arrow", "feather", "ipc", "arrows"]
    }

    fn recognises(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC) || is_stream(bytes)
    }

    fn read(&self, source: Source, _options: &ReadOptions, cancel: &dyn Watch) -> Result<Vec<Table>, DataError> {
        let frame = panics::caught(&source.file_name, || {
            let input = Cursor::new(&source.bytes[..]);
            let read =
                if is_stream(&source.bytes[..]) { read_stream(input, cancel) } else { IpcReader::new(input).finish() };
            read.map_err(|error| damaged(&source.file_name, &error))
        })?;
        if cancel.is_cancelled() {
            return Err(DataError::Cancelled);
        }
        let mut warnings = Vec::new();
        let frame = panics::caught(&source.file_name, || dtype::to_plain_types(frame, &mut warnings))?;
        Ok(vec![Table { sheet: None, frame, format: Format::of(FileKind::Arrow), warnings }])
    }
}

/// A continuation mark, a plausible length, and a flatbuffer whose root lies within it.
fn is_stream(bytes: &[u8]) -> bool {
    let u32_at = |at: usize| bytes.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let (Some(length), Some(root)) = (u32_at(4), u32_at(8)) else { return false };
    bytes.starts_with(CONTINUATION) && (16..MAX_SCHEMA_BYTES).contains(&length) && root < length && length % 8 == 0
}

/// Reads batch after batch. A stream that was cut between two batches has those before.
fn read_stream(mut input: Cursor<&[u8]>, cancel: &dyn Watch) -> PolarsResult<DataFrame> {
    let metadata = read_stream_metadata(&mut input)?;
    let mut whole = DataFrame::empty_with_schema(&Schema::from_arrow_schema(&metadata.schema));
    for state in StreamReader::new(input, metadata, None) {
        match state? {
            StreamState::Some(batch) => {
                whole.vstack_mut_owned(DataFrame::from(batch))?;
            }
            StreamState::Waiting => break,
        }
        if cancel.is_cancelled() {
            break;
        }
    }
    whole.rechunk_mut_par();
    Ok(whole)
}

/// What Polars says, in one line.
pub(super) fn damaged(file_name: &str, error: &PolarsError) -> DataError {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    DataError::unreadable(format!("{file_name} is damaged or uses a feature that is not supported: {line}"))
}

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;

    use super::*;

    fn stream(frame: &DataFrame) -> Vec<u8> {
        use polars_arrow::io::ipc::write::{StreamWriter, WriteOptions};
        let mut writer = StreamWriter::new(Vec::new(), WriteOptions { compression: None });
        writer.start(&frame.schema().to_arrow(CompatLevel::oldest()), None).unwrap();
        for batch in frame.iter_chunks(CompatLevel::oldest(), false) {
            writer.write(&batch, None).unwrap();
        }
        writer.finish().unwrap();
        writer.into_inner()
    }

    #[test]
    fn a_stream_is_told_from_other_bytes() {
        let frame = df!("a" => [1i64, 2], "b" => ["x", "y"]).unwrap();
        let bytes = stream(&frame);
        assert!(Arrow.recognises(&bytes));
        assert!(!Arrow.recognises(b"\xFF\xFF\xFF\xFFxxxxxxxx"));
        assert!(!Arrow.recognises(b"\xFF\xFE a\0,\0b\0"));
        let source = Source::unpacked("t.arrows", bytes).unwrap();
        let tables = Arrow.read(source, &ReadOptions::default(), &CancellationToken::new()).unwrap();
        assert!(tables[0].frame.equals(&frame));
    }
}
