//! Apache Avro container files. Nested records become JSON text, enumerations text.

use std::io::Cursor;

use analyst_types::{FileKind, Format, ReadOptions};
use polars::io::SerReader;
use polars::io::avro::AvroReader;

use super::arrow::damaged;
use super::{FileFormat, Table};
use crate::source::{Source, Watch};
use crate::{DataError, dtype, panics};

/// Apache Avro.
pub(crate) struct Avro;

const MAGIC: &[u8] = b"Obj\x01";

impl FileFormat for Avro {
    fn kind(&self) -> FileKind {
        FileKind::Avro
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["avro"]
    }

    fn recognises(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }

    fn read(&self, source: Source, _options: &ReadOptions, _cancel: &dyn Watch) -> Result<Vec<Table>, DataError> {
        let file_name = source.file_name.clone();
        let frame = panics::caught(&file_name, || {
            AvroReader::new(Cursor::new(&source.bytes[..])).finish().map_err(|error| damaged(&file_name, &error))
        })?;
        let mut warnings = Vec::new();
        let frame = panics::caught(&file_name, || dtype::to_plain_types(frame, &mut warnings))?;
        Ok(vec![Table { sheet: None, frame, format: Format::of(FileKind::Avro), warnings }])
    }
}
