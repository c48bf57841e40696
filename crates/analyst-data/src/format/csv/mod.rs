//! Delimited text: decoded, split, laid out, typed.

pub(crate) mod sample;
pub(crate) mod stream;
pub(crate) mod tokens;

use std::borrow::Cow;

use analyst_types::{DataWarning, FileKind, Format, ReadOptions};

use self::tokens::{Tokens, tokenize_while};
use super::{FileFormat, Table};
use crate::DataError;
use crate::grid::{Cell, Grid};
use crate::infer::decision::{Conventions, Hints};
use crate::infer::infer;
use crate::infer::tally::TextPolicy;
use crate::layout::{Layout, LayoutHints};
use crate::sniff::dialect::{self, Dialect};
use crate::sniff::encoding;
use crate::source::{Source, Watch, check};

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
        let told = Told::of(options)?;
        let decoded = encoding::decode(source.bytes.into_vec(), options.encoding.as_deref())?;
        if decoded.text.trim().is_empty() {
            return Err(DataError::Empty { what: source.file_name });
        }
        let split = match sample::of_text(&decoded.text) {
            Some(sample) => Split::of(&String::from_utf8_lossy(&sample.bytes), &told),
            None => Split::of(&decoded.text, &told),
        };
        let text = &decoded.text[split.skip..];
        let tokens = tokenize_while(text, split.dialect, usize::MAX, &mut || !cancel.is_cancelled());
        check(cancel)?;
        if tokens.truncated {
            return Err(DataError::TooLarge { what: source.file_name, limit: "4,000 million cells".into() });
        }
        let grid = CsvGrid { tokens, first_line: split.first_line };
        let Some(layout) = Layout::of(&grid, told.layout_hints())? else {
            return Err(DataError::Empty { what: source.file_name });
        };
        let typed = infer(&layout.body(&grid), TextPolicy::GUESS, told.hints(&split), cancel)?;
        let mut warnings = decoded.warnings;
        warnings.extend(unclosed_quotes(grid.tokens.unclosed.iter().map(|line| line + split.first_line).collect()));
        let format = format_of(decoded.encoding, &split, &layout, &typed.conventions);
        warnings.extend(layout.warnings);
        warnings.extend(typed.warnings);
        Ok(vec![Table { sheet: None, frame: typed.frame, format, warnings }])
    }
}

/// What a person says about a text.
struct Told {
    delimiter: Option<u8>,
    decimal: Option<u8>,
    header_row: Option<u32>,
}

impl Told {
    fn of(options: &ReadOptions) -> Result<Self, DataError> {
        Ok(Self {
            delimiter: options.delimiter.as_deref().map(delimiter_named).transpose()?,
            decimal: options.decimal.as_deref().map(decimal_named).transpose()?,
            header_row: options.header_row,
        })
    }

    fn layout_hints(&self) -> LayoutHints {
        LayoutHints { header_row: self.header_row, decimal: self.decimal }
    }

    fn hints(&self, split: &Split) -> Hints {
        Hints { decimal: self.decimal, comma_is_free: split.dialect.delimiter != b',', declares_types: false }
    }
}

/// How a text is split into fields.
struct Split {
    /// Bytes before the first row: a line that names the delimiter.
    skip: usize,
    /// Lines before the first row.
    first_line: u64,
    dialect: Dialect,
}

impl Split {
    /// Guesses from a text, or from a sample of one.
    fn of(text: &str, told: &Told) -> Self {
        let named = dialect::separator_line(text);
        let skip = named.map_or(0, |(_, length)| length);
        let delimiter = told.delimiter.or(named.map(|(delimiter, _)| delimiter));
        Self { skip, first_line: u64::from(named.is_some()), dialect: dialect::sniff(&text[skip..], delimiter) }
    }
}

/// The recipe.
fn format_of(encoding: String, split: &Split, layout: &Layout, conventions: &Conventions) -> Format {
    Format {
        encoding: Some(encoding),
        delimiter: Some(char::from(split.dialect.delimiter).to_string()),
        quote: Some(char::from(split.dialect.quote).to_string()),
        header_row: layout.header_row,
        decimal: Some(char::from(conventions.decimal.unwrap_or(conventions.decimal_if_open)).to_string()),
        thousands: conventions.thousands.name().map(str::to_owned),
        date_order: conventions.date_order.map(|order| order.name().to_owned()),
        total_rows: layout.total_rows,
        ..Format::of(FileKind::Csv)
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

fn unclosed_quotes(rows: Vec<u64>) -> Option<DataWarning> {
    (!rows.is_empty()).then(|| DataWarning {
        code: "unclosed_quote".into(),
        message: "A quote opens but never closes; it was read as a letter.".to_owned(),
        columns: Vec::new(),
        rows,
        ..DataWarning::default()
    })
}
