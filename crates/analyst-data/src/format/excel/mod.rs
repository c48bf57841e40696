//! Workbooks: .xlsx, .xlsm, .xlsb, .xls and .ods. Every sheet that holds something becomes a table.
//!
//! Cells are streamed and counted where the format allows it, so that a sheet with one cell in each far corner costs
//! two cells. Formulas are never evaluated, macros never looked at; hidden sheets are opened only by name.

mod archive;
mod sheet;

use std::io::Cursor;

use analyst_types::{DataWarning, FileKind, Format, ReadOptions};
use calamine::{Reader, SheetType, SheetVisible, Sheets, open_workbook_from_rs};
use tokio_util::sync::CancellationToken;

use self::sheet::SheetGrid;
use super::{FileFormat, Table};
use crate::infer::decision::Hints;
use crate::infer::infer;
use crate::infer::tally::TextPolicy;
use crate::layout::{Layout, LayoutHints};
use crate::source::Source;
use crate::{DataError, panics};

/// Workbooks of all kinds.
pub(crate) struct Excel;

type Workbook = Sheets<Cursor<Vec<u8>>>;

const COMPOUND_MAGIC: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

impl FileFormat for Excel {
    fn kind(&self) -> FileKind {
        FileKind::Excel
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["xlsx", "xlsm", "xlsb", "xls", "ods"]
    }

    fn recognises(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(COMPOUND_MAGIC) || archive::is_workbook(bytes)
    }

    fn read(&self, source: Source, options: &ReadOptions, cancel: &CancellationToken) -> Result<Vec<Table>, DataError> {
        archive::check_size(&source)?;
        let file_name = source.file_name.clone();
        panics::caught(&file_name, || {
            let mut workbook = open_workbook(source)?;
            let chosen = choose_sheets(&workbook, options)?;
            let mut tables = Vec::new();
            for name in &chosen.names {
                let grid = SheetGrid::read(&mut workbook, name, cancel)?;
                tables.extend(read_sheet(&grid, name, options, cancel)?);
            }
            if tables.is_empty() {
                let what = if options.sheet.is_some() { "The sheet".to_owned() } else { file_name.clone() };
                return Err(DataError::Empty { what });
            }
            tables[0].warnings.extend(chosen.warning);
            Ok(tables)
        })
    }
}

/// Names of all sheets that hold tables, hidden ones too.
pub(crate) fn sheet_names(source: Source) -> Result<Vec<String>, DataError> {
    archive::check_size(&source)?;
    let file_name = source.file_name.clone();
    panics::caught(&file_name, || Ok(worksheets(&open_workbook(source)?).into_iter().map(|(name, _)| name).collect()))
}

fn open_workbook(source: Source) -> Result<Workbook, DataError> {
    let Source { bytes, extension, file_name, .. } = source;
    let is_compound = bytes.starts_with(COMPOUND_MAGIC);
    let is_ods = !is_compound && archive::contains(&bytes, b"opendocument");
    let is_xlsb = !is_compound && archive::contains(&bytes, b"xl/workbook.bin");
    let input = Cursor::new(bytes);
    let opened = if is_compound && extension.starts_with("xlsx") {
        // A workbook with a password is a compound file around the real one.
        open_workbook_from_rs(input).map(Sheets::Xlsx).map_err(|error: calamine::XlsxError| error.into())
    } else if is_compound {
        open_workbook_from_rs(input).map(Sheets::Xls).map_err(|error: calamine::XlsError| error.into())
    } else if is_ods {
        open_workbook_from_rs(input).map(Sheets::Ods).map_err(|error: calamine::OdsError| error.into())
    } else if is_xlsb {
        open_workbook_from_rs(input).map(Sheets::Xlsb).map_err(|error: calamine::XlsbError| error.into())
    } else {
        open_workbook_from_rs(input).map(Sheets::Xlsx).map_err(|error: calamine::XlsxError| error.into())
    };
    opened.map_err(|error| unreadable(&file_name, &error))
}

/// What the reader says about a workbook, for a person.
pub(super) fn unreadable(what: &str, error: &calamine::Error) -> DataError {
    use calamine::{Error, OdsError, XlsError, XlsxError};
    let protected = matches!(
        error,
        Error::Xlsx(XlsxError::Password) | Error::Xls(XlsError::Password) | Error::Ods(OdsError::Password)
    );
    if protected {
        let message = format!("{what} is protected with a password. Save a copy without the password and open that.");
        return DataError::unreadable(message);
    }
    DataError::unreadable(format!(
        "{what} is damaged or not a workbook this program reads: {error}. Save it again as .xlsx."
    ))
}

struct Chosen {
    names: Vec<String>,
    warning: Option<DataWarning>,
}

fn worksheets(workbook: &Workbook) -> Vec<(String, bool)> {
    workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .collect()
}

fn choose_sheets(workbook: &Workbook, options: &ReadOptions) -> Result<Chosen, DataError> {
    let all = worksheets(workbook);
    if let Some(wanted) = &options.sheet {
        let same = |name: &String| name == wanted || name.trim().eq_ignore_ascii_case(wanted.trim());
        let found = all.iter().find(|(name, _)| name == wanted).or_else(|| all.iter().find(|(name, _)| same(name)));
        return match found {
            Some((name, _)) => Ok(Chosen { names: vec![name.clone()], warning: None }),
            None => Err(DataError::NoSuchSheet {
                sheet: wanted.clone(),
                available: all.into_iter().map(|(name, _)| name).collect(),
            }),
        };
    }
    let (visible, hidden): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, visible)| *visible);
    let names = |sheets: Vec<(String, bool)>| sheets.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    if visible.is_empty() || hidden.is_empty() {
        return Ok(Chosen { names: names(if visible.is_empty() { hidden } else { visible }), warning: None });
    }
    let message =
        format!("Hidden sheets were not opened: {}. Open one by its name if you need it.", names(hidden).join(", "));
    let warning = DataWarning {
        code: "hidden_sheets".into(),
        message,
        columns: Vec::new(),
        rows: Vec::new(),
        ..DataWarning::default()
    };
    Ok(Chosen { names: names(visible), warning: Some(warning) })
}

fn read_sheet(
    grid: &SheetGrid,
    name: &str,
    options: &ReadOptions,
    cancel: &CancellationToken,
) -> Result<Option<Table>, DataError> {
    let Some(layout) = Layout::of(grid, LayoutHints { header_row: options.header_row, ..LayoutHints::default() })? else {
        return Ok(None);
    };
    let hints = Hints { declares_types: true, ..Hints::default() };
    let typed = infer(&layout.body(grid), TextPolicy::GUESS, hints, cancel)?;
    let mut warnings = layout.warnings;
    warnings.extend(typed.warnings);
    let format = Format {
        header_row: layout.header_row,
        sheet: Some(name.to_owned()),
        total_rows: layout.total_rows,
        ..Format::of(FileKind::Excel)
    };
    Ok(Some(Table { sheet: Some(name.to_owned()), frame: typed.frame, format, warnings }))
}
