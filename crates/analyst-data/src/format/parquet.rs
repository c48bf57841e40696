//! Apache Parquet. Its footer is asked for the size of the data before anything is unpacked.

use std::io::Cursor;

use analyst_types::{FileKind, Format, ReadOptions};
use polars::prelude::*;

use super::arrow::damaged;
use super::{FileFormat, Table};
use crate::source::{Source, Watch};
use crate::{DataError, dtype, panics};

/// Apache Parquet.
pub(crate) struct Parquet;

const MAGIC: &[u8] = b"PAR1";
const ENCRYPTED_MAGIC: &[u8] = b"PARE";
/// Values of all columns together.
const MAX_VALUES: usize = 2_000_000_000;
/// What all row groups together become in memory, as the footer says.
const MAX_UNPACKED_BYTES: u64 = 16 << 30;

impl FileFormat for Parquet {
    fn kind(&self) -> FileKind {
        FileKind::Parquet
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["parquet", "pq"]
    }

    fn recognises(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC) || bytes.starts_with(ENCRYPTED_MAGIC)
    }

    fn read(&self, source: Source, _options: &ReadOptions, _cancel: &dyn Watch) -> Result<Vec<Table>, DataError> {
        if source.bytes.starts_with(ENCRYPTED_MAGIC) {
            return Err(DataError::unreadable(format!(
                "{} is encrypted. Save it without encryption first.",
                source.file_name
            )));
        }
        let file_name = source.file_name.clone();
        let frame = panics::caught(&file_name, || read_frame(source))?;
        let mut warnings = Vec::new();
        let frame = panics::caught(&file_name, || dtype::to_plain_types(frame, &mut warnings))?;
        Ok(vec![Table { sheet: None, frame, format: Format::of(FileKind::Parquet), warnings }])
    }
}

fn read_frame(source: Source) -> Result<DataFrame, DataError> {
    let Source { bytes, file_name, .. } = source;
    let failed = |error: PolarsError| damaged(&file_name, &error);
    let mut reader = ParquetReader::new(Cursor::new(&bytes[..]));
    let metadata = Arc::clone(reader.get_metadata().map_err(failed)?);
    // The row groups know; some writers leave the total at nought.
    let n_rows = metadata.row_groups.iter().map(|group| group.num_rows()).fold(0, usize::saturating_add);
    let n_columns = reader.schema().map_err(failed)?.len();
    if n_rows.checked_mul(n_columns.max(1)).is_none_or(|values| values > MAX_VALUES) {
        return Err(DataError::TooLarge { what: file_name, limit: "2,000 million values".into() });
    }
    let unpacked = metadata.row_groups.iter().map(|group| group.total_byte_size() as u64).fold(0, u64::saturating_add);
    if unpacked > MAX_UNPACKED_BYTES {
        return Err(DataError::TooLarge { what: file_name, limit: "16 GiB unpacked".into() });
    }
    // The reader trusts these places without looking.
    let is_within = |range: std::ops::Range<u64>| range.start <= range.end && range.end <= bytes.len() as u64;
    let mut groups = metadata.row_groups.iter();
    if !groups.all(|group| is_within(group.full_byte_range()) && group.byte_ranges_iter().all(is_within)) {
        let message = format!("{file_name} is damaged: it refers to data beyond its end. Export or download it again.");
        return Err(DataError::unreadable(message));
    }
    if metadata.num_rows != n_rows {
        let mut corrected = (*metadata).clone();
        corrected.num_rows = n_rows;
        reader.set_metadata(Arc::new(corrected));
        return complete(reader.finish().map_err(failed)?, n_rows, &file_name);
    }
    drop(reader);
    // The lazy reader knows more types than the eager one.
    let args = ScanArgsParquet { hive_options: polars::io::HiveOptions::new_disabled(), ..ScanArgsParquet::default() };
    let sources = ScanSources::Buffers(Arc::from([bytes.into_vec().into()]));
    let frame = LazyFrame::scan_parquet_sources(sources, args).and_then(LazyFrame::collect).map_err(failed)?;
    complete(frame, n_rows, &file_name)
}

/// Some shapes of nesting that the reader does not know come out as nothing.
fn complete(frame: DataFrame, n_rows: usize, file_name: &str) -> Result<DataFrame, DataError> {
    if frame.height() == n_rows {
        return Ok(frame);
    }
    let message =
        format!("{file_name} uses a kind of nesting that is not supported. Write it again with another program.");
    Err(DataError::unreadable(message))
}
