//! Files that are no tables, known by their first bytes: each is refused with a word on what to do instead.

use analyst_types::FileKind;

use crate::DataError;
use crate::sniff::encoding;
use crate::source::Source;

/// First bytes, what they mean, what to do.
const MAGIC: &[(&[u8], &str, &str)] = &[
    (b"%PDF", "a PDF document", "Export the table from where the PDF was made, or copy it as text."),
    (b"\x1F\x8B", "compressed with gzip", "Unpack it first."),
    (b"BZh", "compressed with bzip2", "Unpack it first."),
    (b"\xFD7zXZ", "compressed with xz", "Unpack it first."),
    (b"\x28\xB5\x2F\xFD", "compressed with zstd", "Unpack it first."),
    (b"7z\xBC\xAF", "a 7-Zip archive", "Unpack it first."),
    (b"Rar!", "a RAR archive", "Unpack it first."),
    (b"PK\x03\x04", "a ZIP archive, but no workbook", "Unpack it and open the file inside."),
    (b"PK\x05\x06", "an empty ZIP archive", "Check where it comes from."),
    (b"SQLite format 3\0", "an SQLite database", "Export the table you need as CSV."),
    (b"\x89PNG", "a PNG picture", "Open the table itself, not a picture of it."),
    (b"\xFF\xD8\xFF", "a JPEG picture", "Open the table itself, not a picture of it."),
    (b"GIF8", "a GIF picture", "Open the table itself, not a picture of it."),
    (b"\x7FELF", "a program", "Choose a data file."),
    (b"MZ", "a Windows program", "Choose a data file."),
    (b"\x89HDF", "an HDF5 file", "Export the table as Parquet or CSV."),
    (b"\x93NUMPY", "a NumPy array", "Save it as CSV or Parquet."),
    (b"FEA1", "an old Feather file", "Write it again with a newer version (Feather V2)."),
    (b"Obj\x01", "an Avro file", "Export it as Parquet or CSV."),
    (b"\x80\x04\x95", "a Python pickle, which may run code when opened", "Save the table as CSV or Parquet."),
    (b"\x80\x05\x95", "a Python pickle, which may run code when opened", "Save the table as CSV or Parquet."),
];

/// Refuses files of known other kinds, and bytes that are no text.
pub(super) fn refuse(source: &Source) -> Result<(), DataError> {
    let bytes = &source.bytes;
    let wrong = |found: &str, advice: &str| {
        let file = source.file_name.clone();
        Err(DataError::WrongFormat { file, found: found.to_owned(), advice: advice.to_owned() })
    };
    if let Some((_, found, advice)) =
        MAGIC.iter().find(|(magic, ..)| bytes.starts_with(magic) && !is_text_after_all(bytes, magic))
    {
        return wrong(found, advice);
    }
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let begins = |tag: &[u8]| start.get(..tag.len()).is_some_and(|text| text.eq_ignore_ascii_case(tag));
    if begins(b"<!doctype html") || begins(b"<html") || begins(b"<table") || begins(b"<head") {
        let advice = "Perhaps a web page was saved instead of the file, or an export wrote HTML under another name: open it in a \
                      spreadsheet program and save it as .xlsx or .csv.";
        return wrong("a web page (HTML)", advice);
    }
    if begins(b"<?xml") {
        return wrong("an XML document", "Export the table as CSV, Excel or JSON.");
    }
    if encoding::is_binary(bytes) {
        return wrong(
            "binary data of an unknown kind",
            "Check that it is the right file, and that it was transferred completely.",
        );
    }
    Ok(())
}

/// `MZ` and `BZh` may begin a column name.
fn is_text_after_all(bytes: &[u8], magic: &[u8]) -> bool {
    magic.is_ascii()
        && magic.len() <= 4
        && !magic.starts_with(b"PK")
        && !magic.starts_with(b"%PDF")
        && !encoding::is_binary(bytes)
}

/// A file named as a workbook, Parquet or Arrow file whose bytes say otherwise: text is read as text, anything else is
/// damaged.
pub(super) fn refuse_damaged(source: &Source, kind: FileKind) -> Result<(), DataError> {
    let looks_like_text =
        std::str::from_utf8(&source.bytes[..source.bytes.len().min(4096)]).is_ok_and(|text| text.contains('\n'));
    if kind == FileKind::Excel && looks_like_text {
        return Ok(());
    }
    let name = match kind {
        FileKind::Excel => "workbook",
        FileKind::Parquet => "Parquet file",
        _ => "Arrow file",
    };
    Err(DataError::WrongFormat {
        file: source.file_name.clone(),
        found: format!("named as a {name} but does not begin as one"),
        advice: "It may be damaged or cut short: export or download it again.".to_owned(),
    })
}
