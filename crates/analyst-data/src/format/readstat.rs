//! Files of statistics programs: Stata (.dta), SPSS (.sav, .zsav, .por) and SAS (.sas7bdat, .xpt).
//!
//! Labelled codes become their labels where every value of the column has one; a measure with a label for "refused"
//! stays numbers. Values declared as missing are missing, and counted.

use std::collections::HashMap;
use std::sync::Arc;

use analyst_types::{DataWarning, FileKind, Format, ReadOptions, Severity};
use polars::prelude::*;
use polars_readstat_rs::{
    InMemorySource, InformativeNullColumns, InformativeNullMode, InformativeNullOpts, ReadSource, ReadStatFormat,
    ScanOptions, SpssReader, StataReader, read_por_from_source, readstat_batch_iter_from_source,
    spss_metadata_json_from_meta, stata_metadata_json_from_meta,
};

use super::arrow::damaged;
use super::{FileFormat, Table, spss};
use crate::source::{Source, Watch};
use crate::{DataError, dtype, panics};

/// Stata.
pub(crate) struct Stata;
/// SPSS.
pub(crate) struct Spss;
/// SAS.
pub(crate) struct Sas;

/// Values of all columns together.
const MAX_VALUES: usize = 2_000_000_000;
/// No name of a variable holds a control character.
const MISSING_SUFFIX: &str = "\u{1}missing";
const XPT_MAGIC: &[u8] = b"HEADER RECORD*******LIB";
const POR_WORD: &[u8] = b"SPSS PORT FILE";
const SAS_MAGIC: &[u8] = &[
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xC2, 0xEA, 0x81, 0x60, 0xB3, 0x14, 0x11, 0xCF, 0xBD, 0x92, 0x08, 0x00, 0x09,
    0xC7, 0x31, 0x8C, 0x18, 0x1F, 0x10, 0x11,
];

impl FileFormat for Stata {
    fn kind(&self) -> FileKind {
        FileKind::Stata
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["dta"]
    }

    /// By its tag, or, before Stata 13, by its version, byte order and file type, which are no letters.
    fn recognises(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(b"<stata_dta>") || matches!(bytes, [102..=115, 1 | 2, 1, 0, ..])
    }

    fn read(&self, source: Source, _options: &ReadOptions, cancel: &dyn Watch) -> Result<Vec<Table>, DataError> {
        read_table(&source, FileKind::Stata, Some(ReadStatFormat::Stata), cancel)
    }
}

impl FileFormat for Spss {
    fn kind(&self) -> FileKind {
        FileKind::Spss
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["sav", "zsav", "por"]
    }

    fn recognises(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(b"$FL2") || bytes.starts_with(b"$FL3") || is_portable(bytes)
    }

    fn read(&self, source: Source, _options: &ReadOptions, cancel: &dyn Watch) -> Result<Vec<Table>, DataError> {
        let format = (!is_portable(&source.bytes[..])).then_some(ReadStatFormat::Spss);
        if format.is_some() && !spss::is_sound(&source.bytes[..]) {
            let message = format!(
                "{} is damaged or cut short: its dictionary promises more than the file holds.",
                source.file_name
            );
            return Err(DataError::unreadable(message));
        }
        read_table(&source, FileKind::Spss, format, cancel)
    }
}

impl FileFormat for Sas {
    fn kind(&self) -> FileKind {
        FileKind::Sas
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["sas7bdat", "xpt", "xpt5", "xpt8"]
    }

    fn recognises(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(SAS_MAGIC) || bytes.starts_with(XPT_MAGIC)
    }

    fn read(&self, source: Source, _options: &ReadOptions, cancel: &dyn Watch) -> Result<Vec<Table>, DataError> {
        let is_transport = source.bytes.starts_with(XPT_MAGIC);
        let format = if is_transport { ReadStatFormat::SasXpt } else { ReadStatFormat::Sas };
        read_table(&source, FileKind::Sas, Some(format), cancel)
    }
}

/// The words stand in the first lines of 40 characters, in one of many character sets; we know them in ASCII.
fn is_portable(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(464)];
    memchr::memmem::find(head, POR_WORD).is_some() && !head.starts_with(b"$FL")
}

fn read_table(
    source: &Source,
    kind: FileKind,
    format: Option<ReadStatFormat>,
    cancel: &dyn Watch,
) -> Result<Vec<Table>, DataError> {
    let file_name = &source.file_name;
    let input: Arc<dyn ReadSource> = Arc::new(InMemorySource::new(Arc::<[u8]>::from(&source.bytes[..])));
    let mut warnings = Vec::new();
    let frame = panics::caught(file_name, || {
        let Some(format) = format else {
            let (_, frame) = read_por_from_source(&*input)
                .map_err(|error| damaged(file_name, &PolarsError::ComputeError(error.to_string().into())))?;
            return Ok(frame);
        };
        let labels = labels(&input, format);
        let frame = read_batches(file_name, input, format, cancel)?;
        let frame = take_missing_codes(frame, &mut warnings)?;
        with_labels(frame, &labels, &mut warnings)
    })?;
    let frame = panics::caught(file_name, || dtype::to_plain_types(frame, &mut warnings))?;
    Ok(vec![Table { sheet: None, frame, format: Format::of(kind), warnings }])
}

fn read_batches(
    file_name: &str,
    input: Arc<dyn ReadSource>,
    format: ReadStatFormat,
    cancel: &dyn Watch,
) -> Result<DataFrame, DataError> {
    let failed = |error: PolarsError| damaged(file_name, &error);
    let told_missing = InformativeNullOpts {
        mode: InformativeNullMode::SeparateColumn { suffix: MISSING_SUFFIX.to_owned() },
        ..InformativeNullOpts::new(InformativeNullColumns::All)
    };
    // Transport files have no such codes, and the reader refuses to look for them.
    let informative_nulls = (!matches!(format, ReadStatFormat::SasXpt)).then_some(told_missing);
    let options = ScanOptions {
        preserve_order: Some(true),
        value_labels_as_strings: Some(false),
        informative_nulls,
        ..ScanOptions::default()
    };
    let mut batches =
        readstat_batch_iter_from_source(input, format, Some(options), None, None, None).map_err(failed)?;
    let mut whole: Option<DataFrame> = None;
    for batch in &mut batches {
        if cancel.is_cancelled() {
            return Err(DataError::Cancelled);
        }
        let batch = batch.map_err(failed)?;
        match &mut whole {
            None => whole = Some(batch),
            Some(frame) => {
                frame.vstack_mut(&batch).map_err(failed)?;
            }
        }
        let n_values = whole.as_ref().map_or(0, |frame| frame.height().saturating_mul(frame.width()));
        if n_values > MAX_VALUES {
            return Err(DataError::TooLarge { what: file_name.to_owned(), limit: "2,000 million values".into() });
        }
    }
    let mut frame = whole.ok_or_else(|| DataError::Empty { what: file_name.to_owned() })?;
    frame.rechunk_mut_par();
    Ok(frame)
}

/// Takes off the columns that say why a value is missing, and tells how often one was declared so.
fn take_missing_codes(frame: DataFrame, warnings: &mut Vec<DataWarning>) -> Result<DataFrame, DataError> {
    let (mut n, mut columns, mut kept) = (0u64, Vec::new(), Vec::new());
    let height = frame.height();
    for column in frame.into_columns() {
        let Some(name) = column.name().strip_suffix(MISSING_SUFFIX) else {
            kept.push(column);
            continue;
        };
        let n_coded = (column.len() - column.null_count()) as u64;
        if n_coded > 0 {
            n += n_coded;
            columns.push(name.to_owned());
        }
    }
    if n > 0 {
        let message = format!("{n} cells hold a code that the file declares as missing; they are read as missing.");
        let told = DataWarning::new("missing_codes", message);
        warnings.push(DataWarning { severity: Severity::Info, columns, count: Some(n), ..told });
    }
    DataFrame::new(height, kept).map_err(|error| DataError::unreadable(error.to_string()))
}

/// The label of every code as the reader writes it, by column.
type Labels = HashMap<String, HashMap<String, String>>;

/// The reader keeps its types of labels to itself; what it says as JSON holds them all.
fn labels(input: &Arc<dyn ReadSource>, format: ReadStatFormat) -> Labels {
    let input = Arc::clone(input);
    let described = match format {
        ReadStatFormat::Stata => StataReader::open_source(input)
            .and_then(|reader| stata_metadata_json_from_meta(reader.metadata(), reader.header()))
            .ok(),
        ReadStatFormat::Spss => SpssReader::open_source(input)
            .and_then(|reader| spss_metadata_json_from_meta(reader.metadata(), reader.header()))
            .ok(),
        _ => None,
    };
    let described: Option<Described> = described.and_then(|text| serde_json::from_str(&text).ok());
    let variables = described.map(|described| described.variables).unwrap_or_default();
    variables.into_iter().map(|variable| (variable.name, variable.value_labels)).collect()
}

#[derive(serde::Deserialize)]
struct Described {
    variables: Vec<Variable>,
}

#[derive(serde::Deserialize)]
struct Variable {
    name: String,
    #[serde(default)]
    value_labels: HashMap<String, String>,
}

fn with_labels(mut frame: DataFrame, labels: &Labels, warnings: &mut Vec<DataWarning>) -> Result<DataFrame, DataError> {
    let names: Vec<String> = frame.get_column_names().into_iter().map(ToString::to_string).collect();
    let mut partly = Vec::new();
    for name in names {
        let Some(labels) = labels.get(&name).filter(|labels| !labels.is_empty()) else { continue };
        let column = frame.column(&name).map_err(|error| DataError::unreadable(error.to_string()))?;
        match labelled(column.as_materialized_series(), labels) {
            Some(text) => {
                frame.with_column(text.into_column()).map_err(|error| DataError::unreadable(error.to_string()))?;
            }
            None => partly.push(name),
        }
    }
    if !partly.is_empty() {
        let message = format!(
            "Only some values of {} have a label; the codes are kept as they are, without their labels.",
            partly.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
        );
        warnings.push(DataWarning { columns: partly, ..DataWarning::new("partly_labelled", message) });
    }
    Ok(frame)
}

/// The labels of a column's values; nothing when a value has none.
fn labelled(series: &Series, labels: &HashMap<String, String>) -> Option<Series> {
    let mut text = StringChunkedBuilder::new(series.name().clone(), series.len());
    if let Ok(codes) = series.str() {
        let labels: HashMap<&str, &String> = labels.iter().map(|(code, label)| (code.trim_end(), label)).collect();
        for code in codes.iter() {
            match code {
                None => text.append_null(),
                Some(code) => text.append_value(labels.get(code.trim_end())?),
            }
        }
        return Some(text.finish().into_series());
    }
    // By the bits of the number; both zeros are one code.
    let bits = |value: f64| (value + 0.0).to_bits();
    let labels: HashMap<u64, &String> =
        labels.iter().filter_map(|(code, label)| Some((bits(code.parse().ok()?), label))).collect();
    let numbers = series.cast(&DataType::Float64).ok()?;
    for code in numbers.f64().ok()?.iter() {
        match code {
            None => text.append_null(),
            Some(code) => text.append_value(labels.get(&bits(code))?),
        }
    }
    Some(text.finish().into_series())
}
