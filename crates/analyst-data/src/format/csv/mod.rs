//! Delimited text: decoded, split, laid out, typed.

pub(crate) mod sample;
pub(crate) mod tokens;

use std::borrow::Cow;

use analyst_types::{DataWarning, FileKind, Format, ReadOptions};

use self::tokens::{Tokens, tokenize_while};
use super::{FileFormat, Table};
use crate::DataError;
use crate::grid::{Cell, Grid};
use crate::infer::decision::Hints;
use crate::infer::infer;
use crate::infer::tally::TextPolicy;
use crate::layout::{Layout, LayoutHints};
use crate::sniff::{dialect, encoding};
use crate::source::{Source, Watch};

/// Delimited text of any kind.
pub(crate) struct Csv;

impl FileFormat for Csv {
    fn kind(&self) -> FileKind {
        FileKind::Csv
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["csv", "tsv", "tab", "txt", "psv", "dat", "asc"]
    }

    fn recognises(&self, _bytes: &[u8]) -> bool {
        false
    }

    fn read(&self, source: Source, options: &ReadOptions, cancel: &dyn Watch) -> Result<Vec<Table>, DataError> {
        let delimiter = options.delimiter.as_deref().map(delimiter_named).transpose()?;
        let decimal = options.decimal.as_deref().map(decimal_named).transpose()?;
        let decoded = encoding::decode(source.bytes.into_vec(), options.encoding.as_deref())?;
        if decoded.text.trim().is_empty() {
            return Err(DataError::Empty { what: source.file_name });
        }
        let told = dialect::separator_line(&decoded.text);
        let text = &decoded.text[told.map_or(0, |(_, length)| length)..];
        let dialect = dialect::sniff(text, delimiter.or(told.map(|(delimiter, _)| delimiter)));
        let tokens = tokenize_while(text, dialect, usize::MAX, &mut || !cancel.is_cancelled());
        if cancel.is_cancelled() {
            return Err(DataError::Cancelled);
        }
        if tokens.truncated {
            return Err(DataError::TooLarge { what: source.file_name, limit: "4,000 million cells".into() });
        }
        let grid = CsvGrid { tokens, first_line: u64::from(told.is_some()) };
        let layout_hints = LayoutHints { header_row: options.header_row, decimal };
        let Some(layout) = Layout::of(&grid, layout_hints)? else {
            return Err(DataError::Empty { what: source.file_name });
        };
        let hints = Hints { decimal, comma_is_free: dialect.delimiter != b',', declares_types: false };
        let typed = infer(&layout.body(&grid), TextPolicy::GUESS, hints, cancel)?;
        let mut warnings = decoded.warnings;
        warnings.extend(unclosed_quotes(&grid));
        warnings.extend(layout.warnings);
        warnings.extend(typed.warnings);
        let conventions = typed.conventions;
        let format = Format {
            encoding: Some(decoded.encoding),
            delimiter: Some(char::from(dialect.delimiter).to_string()),
            quote: Some(char::from(dialect.quote).to_string()),
            header_row: layout.header_row,
            decimal: Some(char::from(conventions.decimal.unwrap_or(conventions.decimal_if_open)).to_string()),
            thousands: conventions.thousands.name().map(str::to_owned),
            date_order: conventions.date_order.map(|order| order.name().to_owned()),
            total_rows: layout.total_rows,
            ..Format::of(FileKind::Csv)
        };
        Ok(vec![Table { sheet: None, frame: typed.frame, format, warnings }])
    }
}

fn delimiter_named(name: &str) -> Result<u8, DataError> {
    let delimiter = match name {
        "\\t" | "tab" | "TAB" | "\t" => b'\t',
        "comma" => b',',
        "semicolon" => b';',
        "pipe" => b'|',
        "space" => b' ',
        other => match other.as_bytes() {
            [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b'"' | b'\n' | b'\r') => {
                *byte
            }
            _ => {
                let message = format!("{name:?} cannot be a delimiter. Use one sign such as , ; | or tab.");
                return Err(DataError::BadOption { message });
            }
        },
    };
    Ok(delimiter)
}

fn decimal_named(name: &str) -> Result<u8, DataError> {
    match name {
        "." | "," => Ok(name.as_bytes()[0]),
        _ => Err(DataError::BadOption { message: format!("{name:?} cannot be a decimal mark. Use . or ,") }),
    }
}

struct CsvGrid<'t> {
    tokens: Tokens<'t>,
    /// Lines before the text that was split.
    first_line: u64,
}

impl Grid for CsvGrid<'_> {
    fn n_rows(&self) -> usize {
        self.tokens.n_rows()
    }

    fn n_cells(&self) -> usize {
        self.tokens.n_fields()
    }

    fn width(&self, row: usize) -> usize {
        self.tokens.width(row)
    }

    fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        match self.tokens.text(row, column) {
            Cow::Borrowed("") => Cell::Missing,
            text => Cell::Text(text),
        }
    }

    fn line(&self, row: usize) -> u64 {
        self.tokens.line(row) + self.first_line
    }

    fn gap_before(&self, row: usize) -> bool {
        self.tokens.gap_before(row)
    }
}

fn unclosed_quotes(grid: &CsvGrid<'_>) -> Option<DataWarning> {
    let rows = grid.tokens.unclosed.clone();
    (!rows.is_empty()).then(|| DataWarning {
        code: "unclosed_quote".into(),
        message: "A quote opens but never closes; it was read as a letter.".to_owned(),
        columns: Vec::new(),
        rows,
        ..DataWarning::default()
    })
}
