//! The file formats we open, in one list. To add one: a file with a [`FileFormat`], and a line in [`FORMATS`].

pub(crate) mod archive;
pub(crate) mod arrow;
pub(crate) mod avro;
mod columns;
pub(crate) mod container;
pub(crate) mod csv;
pub(crate) mod excel;
pub(crate) mod foreign;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod ndjson;
pub(crate) mod parquet;
pub(crate) mod readstat;
mod spss;
pub(crate) mod sqlite;

use analyst_types::{DataWarning, FileKind, Format, ReadOptions};
use polars::prelude::DataFrame;

use crate::DataError;
use crate::source::{MAX_FILE_BYTES, Source, Watch};

/// One table of a file, typed.
pub(crate) struct Table {
    /// The sheet's or the table's name, in a file that has several.
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
pub(crate) static FORMATS: &[&dyn FileFormat] = &[
    &parquet::Parquet,
    &arrow::Arrow,
    &avro::Avro,
    &sqlite::Sqlite,
    &readstat::Stata,
    &readstat::Spss,
    &readstat::Sas,
    &excel::Excel,
    &html::Html,
    &ndjson::Ndjson,
    &json::Json,
    &csv::Csv,
];

/// The tables of a file.
pub(crate) struct Opened {
    /// The file's name without its extensions, from which the tables get theirs.
    pub stem: String,
    /// At least one.
    pub tables: Vec<Table>,
}

/// Reads every table of a file (or the one the options name), out of its container if it is in one.
pub(crate) fn read(source: Source, options: &ReadOptions, cancel: &dyn Watch) -> Result<Opened, DataError> {
    let unpacked = container::unpack(source, options, cancel)?;
    let source = unpacked.source;
    let stem = source.stem.clone();
    let format = detect(&source)?;
    if options.sheet.is_some() && format.kind() != FileKind::Excel {
        let message = format!("{} is no workbook and has no sheets.", source.file_name);
        return Err(DataError::BadOption { message });
    }
    let is_text =
        matches!(format.kind(), FileKind::Csv | FileKind::Json | FileKind::Ndjson) || html::is_page(&source.bytes[..]);
    if is_text && source.bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(DataError::TooLarge { what: source.file_name, limit: "4 GiB".into() });
    }
    let inner = ReadOptions { table: unpacked.table, ..options.clone() };
    let mut tables = format.read(source, &inner, cancel)?;
    for table in &mut tables {
        table.format.compression = unpacked.compression.map(str::to_owned);
        if let Some(entry) = &unpacked.entry {
            // So that the recipe finds the entry of the archive again, and the table in it.
            let within = table.format.table.take().map(|name| format!("#{name}"));
            table.format.table = Some(format!("{entry}{}", within.unwrap_or_default()));
        }
    }
    if let Some(first) = tables.first_mut() {
        first.warnings.splice(0..0, unpacked.warnings);
    }
    Ok(Opened { stem, tables })
}

/// What a file is, before it is read.
pub(crate) struct Described {
    /// Its format, or that of the file packed in it.
    pub kind: FileKind,
    /// The sheets of a workbook.
    pub sheets: Vec<String>,
    /// The tables of a database, or the files of an archive, where there are several.
    pub tables: Vec<String>,
}

/// The first bytes are not enough to describe the file.
pub(crate) fn needs_whole_file(head: &Source) -> bool {
    let bytes = &head.bytes[..];
    // What a ZIP archive holds stands at its end; sheets and tables stand anywhere.
    bytes.starts_with(b"PK")
        || FORMATS
            .iter()
            .any(|format| matches!(format.kind(), FileKind::Excel | FileKind::Sqlite) && format.recognises(bytes))
}

/// The file is a container around another: its own bytes say nothing of a format, and cannot be read in parts.
pub(crate) fn is_packed(head: &Source) -> bool {
    container::is_packed(&head.bytes[..])
}

/// It is text that can be read from any line on, as far as its first bytes tell.
pub(crate) fn is_delimited_text(head: &Source) -> Result<bool, DataError> {
    Ok(!needs_whole_file(head) && !is_packed(head) && kind_of(head)? == FileKind::Csv)
}

/// Says what a file is; `source` is its beginning, or all of it where [`needs_whole_file`].
pub(crate) fn describe(source: Source, cancel: &dyn Watch) -> Result<Described, DataError> {
    if is_packed(&source) {
        return describe_packed(source, cancel);
    }
    let kind = kind_of(&source)?;
    let (mut sheets, mut tables) = (Vec::new(), Vec::new());
    match kind {
        FileKind::Excel if !html::is_page(&source.bytes[..]) => sheets = excel::sheet_names(source)?,
        FileKind::Sqlite => tables = sqlite::table_names(&source, cancel)?,
        _ => {}
    }
    Ok(Described { kind, sheets, tables })
}

fn describe_packed(source: Source, cancel: &dyn Watch) -> Result<Described, DataError> {
    const HEAD_BYTES: u64 = 256 << 10;
    if let Some(inner) = container::head(&source, HEAD_BYTES, cancel)? {
        return Ok(Described { kind: kind_of(&inner)?, sheets: Vec::new(), tables: Vec::new() });
    }
    let tables = container::entries(&source)?.unwrap_or_default();
    let first = ReadOptions { table: tables.first().cloned(), ..ReadOptions::default() };
    let inner = container::unpack(source, &first, cancel)?.source;
    if tables.len() > 1 {
        return Ok(Described { kind: kind_of(&inner)?, sheets: Vec::new(), tables });
    }
    describe(inner, cancel)
}

/// The format of a file: by its first bytes, then by its extension, then delimited text.
pub(crate) fn detect(source: &Source) -> Result<&'static dyn FileFormat, DataError> {
    if let Some(format) = FORMATS.iter().find(|format| format.recognises(&source.bytes[..])) {
        return Ok(*format);
    }
    foreign::refuse(source)?;
    let by_extension = FORMATS.iter().find(|format| format.extensions().contains(&source.extension.as_str()));
    match by_extension {
        Some(format) if !matches!(format.kind(), FileKind::Csv | FileKind::Json | FileKind::Ndjson) => {
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
