//! Opens a workbook with the reader for its kind, and says in plain words why that failed.

use std::io::Cursor;

use calamine::{Sheets, open_workbook_from_rs};

use super::{COMPOUND_MAGIC, Workbook, compound};
use crate::DataError;
use crate::format::archive;
use crate::source::Source;

/// Opens the workbook, by its bytes and not by its name.
pub(super) fn open_workbook(source: Source) -> Result<Workbook, DataError> {
    let Source { bytes, file_name, .. } = source;
    let is_compound = bytes.starts_with(COMPOUND_MAGIC);
    if is_compound {
        refuse_other_compound(&bytes[..], &file_name)?;
        compound::check(&bytes[..], &file_name)?;
    }
    let is_ods = !is_compound && archive::contains(&bytes[..], b"opendocument");
    let is_xlsb = !is_compound && archive::contains(&bytes[..], b"xl/workbook.bin");
    let input = Cursor::new(bytes.into_vec());
    let opened = if is_compound {
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

/// Other files of the same container, by a name in its directory: a workbook with a password is one around the real
/// one, and old documents are others.
fn refuse_other_compound(bytes: &[u8], file_name: &str) -> Result<(), DataError> {
    let holds = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memchr::memmem::find(bytes, &name).is_some()
    };
    if holds("EncryptedPackage") {
        return Err(protected(file_name));
    }
    if holds("Workbook") || holds("WORKBOOK") || holds("Book") {
        return Ok(());
    }
    let others = [("WordDocument", "a Word document"), ("PowerPoint Document", "a presentation")];
    match others.iter().find(|(name, _)| holds(name)) {
        Some((_, found)) => Err(DataError::WrongFormat {
            file: file_name.to_owned(),
            found: (*found).to_owned(),
            advice: "Copy the table into a spreadsheet program and save it as .xlsx.".to_owned(),
        }),
        None => Ok(()),
    }
}

fn protected(what: &str) -> DataError {
    DataError::unreadable(format!(
        "{what} is protected with a password. Save a copy without the password and open that."
    ))
}

/// What the reader says about a workbook, for a person.
pub(super) fn unreadable(what: &str, error: &calamine::Error) -> DataError {
    use calamine::{Error, OdsError, XlsError, XlsxError};
    let is_protected = matches!(
        error,
        Error::Xlsx(XlsxError::Password) | Error::Xls(XlsError::Password) | Error::Ods(OdsError::Password)
    );
    if is_protected {
        return protected(what);
    }
    DataError::unreadable(format!(
        "{what} is damaged or not a workbook this program reads: {error}. Save it again as .xlsx."
    ))
}
