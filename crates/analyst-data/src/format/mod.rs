//! The file formats we open, in one list. To add one: a file with a [`FileFormat`], and a line in [`FORMATS`].

pub(crate) mod arrow;
pub(crate) mod csv;
pub(crate) mod excel;
pub(crate) mod foreign;
pub(crate) mod json;
pub(crate) mod ndjson;
pub(crate) mod parquet;

use analyst_types::{DataWarning, FileKind, Format, ReadOptions};
use polars::prelude::DataFrame;

use crate::DataError;
use crate::source::{Source, Watch};

/// One table of a file, typed.
pub(crate) struct Table {
    /// The sheet's name, in a workbook.
    pub sheet: Option<String>,
    /// The rows.
    pub frame: DataFrame,
    /// How it was read.
    pub format: Format,
    /// What to say.
    pub warnings: Vec<DataWarning>,
}

/// A file format: how to recognise it and how to read it.
pub(crate) trait FileFormat: Sync {
    /// Which one.
    fn kind(&self) -> FileKind;
    /// Extensions in lower case.
    fn extensions(&self) -> &'static [&'static str];
    /// Its first bytes say so, whatever the name is.
    fn recognises(&self, bytes: &[u8]) -> bool;
    /// Reads every table of the file (or the one the options name).
    fn read(&self, source: Source, options: &ReadOptions, cancel: &dyn Watch) -> Result<Vec<Table>, DataError>;
}

/// Every format we open. Those with magic bytes come first; delimited text, which has none, comes last.
pub(crate) static FORMATS: &[&dyn FileFormat] =
    &[&parquet::Parquet, &arrow::Arrow, &excel::Excel, &ndjson::Ndjson, &json::Json, &csv::Csv];

/// The format of a file: by its first bytes, then by its extension, then delimited text.
pub(crate) fn detect(source: &Source) -> Result<&'static dyn FileFormat, DataError> {
    if let Some(format) = FORMATS.iter().find(|format| format.recognises(&source.bytes)) {
        return Ok(*format);
    }
    foreign::refuse(source)?;
    let by_extension = FORMATS.iter().find(|format| format.extensions().contains(&source.extension.as_str()));
    match by_extension {
        Some(format) if matches!(format.kind(), FileKind::Excel | FileKind::Parquet | FileKind::Arrow) => {
            // The name promises what the first bytes do not hold.
            foreign::refuse_damaged(source, format.kind())?;
            Ok(&csv::Csv)
        }
        Some(format) => Ok(*format),
        None => Ok(&csv::Csv),
    }
}

/// What kind of file it is, without reading it as a table.
pub(crate) fn kind_of(source: &Source) -> Result<FileKind, DataError> {
    detect(source).map(FileFormat::kind)
}
