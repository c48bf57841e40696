//! Workbooks: .xlsx, .xlsm, .xlsb, .xls and .ods. Every sheet that holds something becomes a table, or several.
//!
//! Cells are streamed and counted where the format allows it, so that a sheet with one cell in each far corner costs
//! two cells. Formulas are never evaluated, macros never looked at, links never followed; hidden sheets are opened
//! only by name.

mod compound;
mod merged;
mod open;
pub(super) mod sheet;
pub(super) mod tables;
mod values;

use std::io::Cursor;

use analyst_types::{DataWarning, FileKind, ReadOptions, Severity};
use calamine::{Reader, SheetType, SheetVisible, Sheets};

use self::open::{open_workbook, unreadable};
use self::sheet::{Sheet, SheetGrid};
use super::{FileFormat, Table, archive};
use crate::source::{Source, Watch};
use crate::{DataError, panics};

/// Workbooks of all kinds.
pub(crate) struct Excel;

type Workbook = Sheets<Cursor<Vec<u8>>>;

const COMPOUND_MAGIC: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// Nobody makes more sheets than this by hand.
const MAX_SHEETS: usize = 1000;
/// Cells of all sheets together.
const MAX_CELLS: usize = 60_000_000;
const MAX_ROWS_TOLD: usize = 5;

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

    fn read(&self, source: Source, options: &ReadOptions, cancel: &dyn Watch) -> Result<Vec<Table>, DataError> {
        let file_name = source.file_name.clone();
        archive::check_size(&source)?;
        archive::check_inflated(&source, cancel)?;
        let mut about_file = active_content(&source.bytes[..]);
        panics::caught(&file_name, || {
            let mut workbook = open_workbook(source)?;
            let chosen = choose_sheets(&workbook, &file_name, options)?;
            about_file.extend(chosen.warning);
            let mut tables = Vec::new();
            let mut n_cells = 0;
            for name in &chosen.names {
                let mut sheet = Sheet::read(&mut workbook, name, cancel)?;
                n_cells += sheet.cells.len();
                if n_cells > MAX_CELLS {
                    return Err(DataError::TooLarge { what: file_name.clone(), limit: "60 million cells".into() });
                }
                tables.extend(read_sheet(&mut workbook, &mut sheet, name, options, cancel)?);
            }
            match tables.first_mut() {
                Some(first) => first.warnings.append(&mut about_file),
                None => {
                    let what = if options.sheet.is_some() { "The sheet".to_owned() } else { file_name.clone() };
                    return Err(DataError::Empty { what });
                }
            }
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

fn choose_sheets(workbook: &Workbook, file_name: &str, options: &ReadOptions) -> Result<Chosen, DataError> {
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
    if all.len() > MAX_SHEETS {
        let limit = format!("{MAX_SHEETS} sheets at once; open one by its name");
        return Err(DataError::TooLarge { what: file_name.to_owned(), limit });
    }
    let (visible, hidden): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, visible)| *visible);
    let names = |sheets: Vec<(String, bool)>| sheets.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    if hidden.is_empty() {
        return Ok(Chosen { names: names(visible), warning: None });
    }
    if visible.is_empty() {
        let told = DataWarning::new("hidden_sheets", "All sheets of the workbook are hidden; they were opened.");
        return Ok(Chosen { names: names(hidden), warning: Some(told) });
    }
    let message =
        format!("Hidden sheets were not opened: {}. Open one by its name if you need it.", names(hidden).join(", "));
    Ok(Chosen { names: names(visible), warning: Some(DataWarning::new("hidden_sheets", message)) })
}

fn read_sheet(
    workbook: &mut Workbook,
    sheet: &mut Sheet,
    name: &str,
    options: &ReadOptions,
    cancel: &dyn Watch,
) -> Result<Vec<Table>, DataError> {
    let merged = merged::fill(workbook, name, sheet);
    let uncomputed = uncomputed(&sheet.uncomputed);
    let grid = SheetGrid::of_cells(std::mem::take(&mut sheet.cells));
    let mut tables = tables::read_all(grid, name, options, true, cancel)?;
    if let Some(first) = tables.first_mut() {
        first.warnings.extend(merged.into_iter().chain(uncomputed));
    }
    Ok(tables)
}

/// Formulas without a stored result: the program that wrote the file never computed them, and we do not either.
fn uncomputed(positions: &[sheet::Position]) -> Option<DataWarning> {
    if positions.is_empty() {
        return None;
    }
    let n = positions.len() as u64;
    let mut rows: Vec<u64> = positions.iter().map(|(row, _)| u64::from(*row) + 1).collect();
    rows.sort_unstable();
    rows.dedup();
    rows.truncate(MAX_ROWS_TOLD);
    let message = format!("{n} formulas have no stored result; they are read as missing.");
    let fix = "Open the file in a spreadsheet program, save it, and open it here again.".to_owned();
    let told = DataWarning::new("uncomputed_formulas", message);
    Some(DataWarning { rows, count: Some(n), fix: Some(fix), ..told })
}

/// What a spreadsheet program would run or fetch; here it is only told.
fn active_content(bytes: &[u8]) -> Vec<DataWarning> {
    let mut warnings = Vec::new();
    let mut tell = |code: &str, message: &str| {
        warnings.push(DataWarning { severity: Severity::Info, ..DataWarning::new(code, message) });
    };
    if archive::contains(bytes, b"xl/vbaProject.bin") {
        tell("macros", "The workbook holds macros. They were not run.");
    }
    if archive::contains(bytes, b"xl/externalLinks/") || archive::contains(bytes, b"xl/connections.xml") {
        let message = "The workbook refers to other files or to data connections. Nothing was fetched; the values are \
                       those stored when it was last saved.";
        tell("external_links", message);
    }
    warnings
}
