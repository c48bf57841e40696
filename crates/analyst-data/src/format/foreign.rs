//! Files that are no tables, known by their first bytes: each is refused with a word on what to do instead.

use analyst_types::FileKind;

use crate::DataError;
use crate::sniff::encoding;
use crate::source::Source;

/// First bytes, what they mean, what to do.
const MAGIC: &[(&[u8], &str, &str)] = &[
    (b"%PDF", "a PDF document", "Export the table from where the PDF was made, or copy it as text."),
    (b"BZh", "compressed with bzip2", UNPACK),
    (b"\xFD7zXZ", "compressed with xz", UNPACK),
    (b"7z\xBC\xAF", "a 7-Zip archive", UNPACK),
    (b"Rar!", "a RAR archive", UNPACK),
    (b"\x04\x22\x4D\x18", "compressed with LZ4", UNPACK),
    (b"\xFF\x06\0\0sNaPpY", "compressed with Snappy", UNPACK),
    (b"PK\x05\x06", "an empty ZIP archive", "Check where it comes from."),
    (b"\x89PNG", "a PNG picture", PICTURE),
    (b"\xFF\xD8\xFF", "a JPEG picture", PICTURE),
    (b"GIF8", "a GIF picture", PICTURE),
    (b"II*\0", "a TIFF picture", PICTURE),
    (b"MM\0*", "a TIFF picture", PICTURE),
    (b"\x7FELF", "a program", "Choose a data file."),
    (b"MZ", "a Windows program", "Choose a data file."),
    (
        b"\x89HDF",
        "an HDF5 file",
        "Export the table as Parquet or CSV, in Python with pandas.read_hdf(…).to_parquet(…).",
    ),
    (b"CDF\x01", "a NetCDF file", "Export the variables you need as CSV."),
    (b"CDF\x02", "a NetCDF file", "Export the variables you need as CSV."),
    (b"\x93NUMPY", "a NumPy array", "Save it as CSV, in Python with numpy.savetxt, or as Parquet."),
    (b"FEA1", "an old Feather file (version 1)", "Write it again with a newer version of pyarrow or arrow."),
    (b"RDX", "data of R", R),
    (b"RDA", "data of R", R),
    (b"X\n\0\0\0", "data of R", R),
    (b"ORC", "an ORC file", "Export the table as Parquet."),
];

/// Words that stand a few bytes behind the beginning.
const LATER: &[(usize, &[u8], &str, &str)] = &[
    (4, b"Standard Jet DB", "an Access database", "Export the table you need as Excel or CSV."),
    (4, b"Standard ACE DB", "an Access database", "Export the table you need as Excel or CSV."),
    (8, b"DUCK", "a DuckDB database", "Export the table you need as Parquet or CSV."),
];

const UNPACK: &str = "Unpack it first.";
const PICTURE: &str = "Open the table itself, not a picture of it.";
const R: &str = "In R, save the table with write.csv or arrow::write_parquet.";
const PICKLE: &str = "a Python pickle (.pkl, .joblib), which may run code when opened";
const PICKLE_ADVICE: &str = "In Python, save the table with to_parquet or to_csv.";

/// Entries of ZIP archives that are documents or saved objects rather than packed tables, and what to do.
const ARCHIVES: &[(&[u8], &str, &str)] = &[
    (b"word/document", "a Word document", "Copy the table into a spreadsheet program and save it as .xlsx."),
    (b"ppt/presentation", "a PowerPoint presentation", "Copy the table into a spreadsheet and save it as .xlsx."),
    (b"opendocument.text", "a text document", "Copy the table into a spreadsheet and save it as .ods or .xlsx."),
    (b"opendocument.presentation", "a presentation", "Copy the table into a spreadsheet and save it as .xlsx."),
    (b"Index/Document.iwa", "an Apple iWork document", "Export it from Numbers as Excel or CSV."),
    (b"data.pkl", "a saved PyTorch model, which may run code when opened", PICKLE_ADVICE),
    (b".npy", "a collection of NumPy arrays", "Save them as CSV or Parquet."),
    (b"META-INF/MANIFEST.MF", "a Java program", "Choose a data file."),
    (b"application/epub", "an electronic book", "Choose a data file."),
];

/// Refuses ZIP archives that are something else than packed files; `names` are those of their entries.
pub(super) fn refuse_archive(source: &Source, names: &[String]) -> Result<(), DataError> {
    // Short words may occur by chance between the names.
    const LEAST_WORD: usize = 12;
    let holds = |part: &[u8]| {
        names.iter().any(|name| memchr::memmem::find(name.as_bytes(), part).is_some())
            || (part.len() > LEAST_WORD && super::archive::contains(&source.bytes[..], part))
    };
    match ARCHIVES.iter().find(|(part, ..)| holds(part)) {
        Some((_, found, advice)) => Err(wrong(source, found, advice)),
        None => Ok(()),
    }
}

fn wrong(source: &Source, found: &str, advice: &str) -> DataError {
    DataError::WrongFormat { file: source.file_name.clone(), found: found.to_owned(), advice: advice.to_owned() }
}

/// Protocols 2 to 5 begin with two bytes of which the second is their number; older ones are told by their name.
fn is_pickle(source: &Source) -> bool {
    const EXTENSIONS: &[&str] = &["pkl", "pickle", "joblib", "pt", "pth"];
    let bytes = &source.bytes[..];
    let is_framed =
        matches!(bytes, [0x80, 2..=5, b'\x95' | b'}' | b']' | b'(' | b'c' | b'K' | b'X' | b'M' | b'\x8A', ..]);
    is_framed || EXTENSIONS.contains(&source.extension.as_str())
}

/// Refuses files of known other kinds, and bytes that are no text.
pub(super) fn refuse(source: &Source) -> Result<(), DataError> {
    let bytes = &source.bytes[..];
    let wrong = |found: &str, advice: &str| Err(wrong(source, found, advice));
    if is_pickle(source) {
        return wrong(PICKLE, PICKLE_ADVICE);
    }
    let by_magic = MAGIC
        .iter()
        .find(|(magic, ..)| bytes.starts_with(magic) && !is_text_after_all(bytes, magic))
        .map(|(_, found, advice)| (found, advice));
    let by_later_word = LATER
        .iter()
        .find(|(at, word, ..)| {
            let is_there = bytes.get(*at..).is_some_and(|rest| rest.starts_with(word));
            is_there && (encoding::is_binary(bytes) || bytes[..*at].contains(&0))
        })
        .map(|(_, _, found, advice)| (found, advice));
    if let Some((found, advice)) = by_magic.or(by_later_word) {
        return wrong(found, advice);
    }
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let begins = |tag: &[u8]| start.get(..tag.len()).is_some_and(|text| text.eq_ignore_ascii_case(tag));
    if begins(b"MIME-Version:") {
        return wrong("a saved web page (MHTML)", "Open it in a spreadsheet program and save it as .xlsx.");
    }
    if begins(b"{\\rtf") {
        return wrong("a text document (RTF)", "Copy the table into a spreadsheet program and save it as .xlsx.");
    }
    if begins(b"<?xml") {
        let is_spreadsheet = super::archive::contains(bytes, b"urn:schemas-microsoft-com:office:spreadsheet");
        if is_spreadsheet {
            let advice = "Open it in a spreadsheet program and save it as .xlsx.";
            return wrong("an XML spreadsheet of Excel 2003", advice);
        }
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
        && !bytes.iter().take(64).any(|&byte| byte == 0)
}

/// A file named as a workbook, Parquet or Arrow file whose bytes say otherwise: text is read as text, anything else is
/// damaged.
pub(super) fn refuse_damaged(source: &Source, kind: FileKind) -> Result<(), DataError> {
    let looks_like_text =
        std::str::from_utf8(&source.bytes[..source.bytes.len().min(4096)]).is_ok_and(|text| text.contains('\n'));
    if matches!(kind, FileKind::Excel | FileKind::Sqlite) && looks_like_text {
        return Ok(());
    }
    let name = match kind {
        FileKind::Excel => "workbook",
        FileKind::Parquet => "Parquet file",
        FileKind::Avro => "Avro file",
        FileKind::Sqlite => "database",
        FileKind::Stata => "Stata file",
        FileKind::Spss => "SPSS file",
        FileKind::Sas => "SAS file",
        _ => "Arrow file",
    };
    Err(DataError::WrongFormat {
        file: source.file_name.clone(),
        found: format!("named as a {name} but does not begin as one"),
        advice: "It may be damaged or cut short: export or download it again.".to_owned(),
    })
}
