//! Workbooks (.xlsx): one sheet, types kept, text always as text. No formula and no link is ever written from data.

use std::borrow::Cow;
use std::io::Write;

use polars::prelude::*;
use rust_xlsxwriter::{ColNum, ExcelDateTime, Format, RowNum, Workbook, Worksheet, XlsxError};

use super::delimited::plain;
use super::{Failed, for_each_row};
use crate::DataError;
use crate::infer::date;
use crate::value::to_json;

/// Rows of a worksheet, the one of the names included.
const MAX_SHEET_ROWS: usize = 1_048_576;
const MAX_SHEET_COLUMNS: usize = 16_384;
/// Letters of a cell, counted as UTF-16 does.
const MAX_CELL_LETTERS: usize = 32_767;
/// Whole numbers up to here are exact in a worksheet.
const MAX_EXACT: u64 = 1 << 53;
/// Before March 1900 the calendar of worksheets has a day that never was.
const FIRST_SAFE_DAY: i32 = -25_508;
const MICROS_PER_MILLI: i64 = 1000;

/// Writes the table as the only sheet of a workbook.
pub(super) fn write(frame: &DataFrame, out: &mut impl Write) -> Result<(), Failed> {
    if frame.height() + 1 > MAX_SHEET_ROWS || frame.width() > MAX_SHEET_COLUMNS {
        let limit = format!(
            "{} rows and {MAX_SHEET_COLUMNS} columns in a worksheet; .csv and .parquet have no limit",
            MAX_SHEET_ROWS - 1
        );
        return Err(DataError::TooLarge { what: "The table".into(), limit }.into());
    }
    let failed = |error: XlsxError| match error {
        XlsxError::IoError(error) => Failed::System(error),
        other => Failed::Data(DataError::unreadable(format!("The workbook could not be written: {other}"))),
    };
    let mut workbook = Workbook::new();
    fill_sheet(frame, workbook.add_worksheet()).map_err(failed)?;
    let bytes = workbook.save_to_buffer().map_err(failed)?;
    Ok(out.write_all(&bytes)?)
}

struct Formats {
    day: Format,
    moment: Format,
    moment_with_millis: Format,
    time: Format,
    time_with_millis: Format,
    span: Format,
}

fn fill_sheet(frame: &DataFrame, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let formats = Formats {
        day: Format::new().set_num_format("yyyy-mm-dd"),
        moment: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        moment_with_millis: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss.000"),
        time: Format::new().set_num_format("hh:mm:ss"),
        time_with_millis: Format::new().set_num_format("hh:mm:ss.000"),
        span: Format::new().set_num_format("[h]:mm:ss"),
    };
    for (column, name) in frame.get_column_names().into_iter().enumerate() {
        sheet.write_string_with_format(0, column as ColNum, shortened(name), &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let mut row: RowNum = 0;
    for_each_row(frame, |values| {
        row += 1;
        values
            .iter()
            .enumerate()
            .try_for_each(|(column, value)| write_cell(sheet, row, column as ColNum, value, &formats))
    })
}

fn write_cell(
    sheet: &mut Worksheet,
    row: RowNum,
    column: ColNum,
    value: &AnyValue<'_>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match value {
        AnyValue::Null => Ok(()),
        AnyValue::Boolean(value) => sheet.write_boolean(row, column, *value).map(drop),
        AnyValue::Int64(value) if value.unsigned_abs() <= MAX_EXACT => {
            sheet.write_number(row, column, *value as f64).map(drop)
        }
        AnyValue::Float64(value) if value.is_finite() => sheet.write_number(row, column, *value).map(drop),
        AnyValue::Date(days) => match excel_day(*days) {
            Some(day) => sheet.write_datetime_with_format(row, column, &day, &formats.day).map(drop),
            None => sheet.write_string(row, column, date::day_text(*days)).map(drop),
        },
        AnyValue::Datetime(micros, TimeUnit::Microseconds, _) => match excel_moment(*micros) {
            Some((moment, true)) => sheet.write_datetime_with_format(row, column, &moment, &formats.moment).map(drop),
            Some((moment, false)) => {
                sheet.write_datetime_with_format(row, column, &moment, &formats.moment_with_millis).map(drop)
            }
            None => sheet.write_string(row, column, date::moment_text(*micros)).map(drop),
        },
        AnyValue::Time(nanos) => {
            let format = if nanos % 1_000_000_000 == 0 { &formats.time } else { &formats.time_with_millis };
            sheet.write_number_with_format(row, column, share_of_day(*nanos as f64 / 1000.0), format).map(drop)
        }
        // A worksheet shows no negative span.
        AnyValue::Duration(micros, TimeUnit::Microseconds) if *micros >= 0 => {
            sheet.write_number_with_format(row, column, share_of_day(*micros as f64), &formats.span).map(drop)
        }
        AnyValue::String(text) => sheet.write_string(row, column, shortened(text)).map(drop),
        other => sheet.write_string(row, column, plain(&to_json(other))).map(drop),
    }
}

fn share_of_day(micros: f64) -> f64 {
    micros / date::MICROS_PER_DAY as f64
}

fn excel_day(days: i32) -> Option<ExcelDateTime> {
    let (year, month, day) = date::civil_from_days(days);
    (days >= FIRST_SAFE_DAY)
        .then(|| ExcelDateTime::from_ymd(year.try_into().ok()?, month as u8, day as u8).ok())
        .flatten()
}

/// The moment in milliseconds, which is as fine as a worksheet is, and whether it is a whole second.
fn excel_moment(micros: i64) -> Option<(ExcelDateTime, bool)> {
    let day = excel_day(i32::try_from(micros.div_euclid(date::MICROS_PER_DAY)).ok()?)?;
    let millis = micros.rem_euclid(date::MICROS_PER_DAY) / MICROS_PER_MILLI;
    let (seconds, millis) = (millis / 1000, (millis % 1000) as u16);
    let (hour, minute, second) = ((seconds / 3600) as u16, (seconds / 60 % 60) as u8, (seconds % 60) as u8);
    let moment = day.and_hms_milli(hour, minute, second, millis).ok()?;
    Some((moment, millis == 0))
}

fn shortened(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_CELL_LETTERS || text.encode_utf16().count() <= MAX_CELL_LETTERS {
        return Cow::Borrowed(text);
    }
    let mut room = MAX_CELL_LETTERS;
    let fits = |c: &char| {
        let after = room.checked_sub(c.len_utf16());
        room = after.unwrap_or(0);
        after.is_some()
    };
    Cow::Owned(text.chars().take_while(fits).collect())
}
