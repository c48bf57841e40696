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
use crate::infer::decision::Conventions;
use crate::infer::infer;
use crate::infer::tally::TextPolicy;
use crate::layout::Layout;
use crate::sniff::encoding;
use crate::sniff::prepared::{self, Prepared};
use crate::sniff::told::Told;
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
        let sample = sample::of_text(&decoded.text).map(|sample| String::from_utf8_lossy(&sample.bytes).into_owned());
        let prepared = prepared::prepare(&decoded.text, sample.as_deref().unwrap_or(&decoded.text), &told);
        let tokens = tokenize_while(&prepared.text, prepared.dialect, usize::MAX, &mut || !cancel.is_cancelled());
        check(cancel)?;
        if tokens.truncated {
            return Err(DataError::TooLarge { what: source.file_name, limit: "4,000 million cells".into() });
        }
        let grid = CsvGrid { tokens, prepared: &prepared };
        let layouts = Layout::all(&grid, told.layout_hints())?;
        if layouts.is_empty() {
            return Err(DataError::Empty { what: source.file_name });
        }
        told.check_types(layouts.iter().flat_map(|layout| &layout.columns).map(|(_, name)| name.as_str()))?;
        let unclosed = unclosed_quotes(grid.tokens.unclosed.iter().map(|&line| prepared.line(line)).collect());
        let mut tables = Vec::with_capacity(layouts.len());
        for layout in layouts {
            let typed = infer(&layout.body(&grid), TextPolicy::GUESS, told.hints(prepared.comma_is_free()), cancel)?;
            let format = format_of(decoded.encoding.clone(), &prepared, &layout, &typed.conventions);
            let mut warnings = decoded.warnings.clone();
            warnings.extend(prepared.warnings.iter().cloned());
            warnings.extend(unclosed.clone());
            warnings.extend(layout.warnings);
            warnings.extend(typed.warnings);
            tables.push(Table { sheet: None, frame: typed.frame, format, warnings });
        }
        Ok(tables)
    }
}

struct CsvGrid<'t> {
    tokens: Tokens<'t>,
    prepared: &'t Prepared<'t>,
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
        self.prepared.line(self.tokens.line(row))
    }

    fn gap_before(&self, row: usize) -> bool {
        self.tokens.gap_before(row)
    }
}

/// The recipe.
fn format_of(encoding: String, prepared: &Prepared<'_>, layout: &Layout, conventions: &Conventions) -> Format {
    let mut format = Format { encoding: Some(encoding), ..Format::of(FileKind::Csv) };
    prepared.describe(&mut format);
    conventions.describe(&mut format);
    layout.describe(&mut format);
    format
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
