//! Packed files: `.gz`, `.zst` and `.zip` around one table file.
//!
//! What is inside is unpacked into memory under a limit, never written to a place that a name in the archive chooses,
//! and never unpacked a second time: an archive in an archive is refused. Of a ZIP archive with several files the
//! person names one (`ReadOptions::table`).

use std::io::{self, Cursor, Read};

use analyst_types::{DataWarning, ReadOptions};
use flate2::bufread::GzDecoder;
use zip::ZipArchive;

use super::{archive, foreign};
use crate::source::{Source, Watch};
use crate::{DataError, panics};

/// What one file may hold once it is unpacked.
const MAX_UNPACKED_BYTES: u64 = (4 << 30) - 2;
/// Tables compress well, but not like this.
pub(super) const MAX_RATIO: u64 = 200;
/// Below this size the ratio does no harm.
pub(super) const RATIO_MATTERS_FROM: u64 = 64 << 20;
const CHUNK_BYTES: usize = 1 << 20;
const MAX_NAMES_SHOWN: usize = 12;

const GZIP: &[u8] = b"\x1F\x8B";
const ZSTD: &[u8] = b"\x28\xB5\x2F\xFD";
const ZIP: &[u8] = b"PK\x03\x04";
/// Packed in ways we do not unpack; refused inside another container too.
const OTHER_PACKED: &[&[u8]] = &[b"BZh", b"\xFD7zXZ", b"7z\xBC\xAF", b"Rar!"];

/// The ways of packing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Gzip,
    Zstd,
    Zip,
}

impl Packing {
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            bytes if bytes.starts_with(GZIP) => Some(Self::Gzip),
            bytes if bytes.starts_with(ZSTD) => Some(Self::Zstd),
            bytes if bytes.starts_with(ZIP) && !archive::is_workbook(bytes) => Some(Self::Zip),
            _ => None,
        }
    }

    /// As `Format::compression` has it.
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Zip => "zip",
        }
    }
}

/// The bytes begin as a container that we unpack.
pub(crate) fn is_packed(bytes: &[u8]) -> bool {
    Packing::of(bytes).is_some()
}

/// A file out of its container.
pub(crate) struct Unpacked {
    /// What was inside, under its own name; the file itself when it was not packed.
    pub source: Source,
    /// How it was packed.
    pub compression: Option<&'static str>,
    /// The file of the archive, where it holds several.
    pub entry: Option<String>,
    /// What remains of `ReadOptions::table` for the reader of the file inside.
    pub table: Option<String>,
    /// What to say.
    pub warnings: Vec<DataWarning>,
}

/// Takes a file out of its container, if it is in one.
pub(crate) fn unpack(source: Source, options: &ReadOptions, cancel: &dyn Watch) -> Result<Unpacked, DataError> {
    let table = options.table.clone();
    let Some(packing) = Packing::of(&source.bytes[..]) else {
        return Ok(Unpacked { source, compression: None, entry: None, table, warnings: Vec::new() });
    };
    let mut unpacked = match packing {
        Packing::Zip => unpack_zip(&source, table, cancel)?,
        Packing::Gzip | Packing::Zstd => {
            let (bytes, warnings) = inflate_stream(&source, packing, MAX_UNPACKED_BYTES, cancel)?;
            let source = Source::unpacked(&inner_name(&source, packing), bytes)?;
            Unpacked { source, compression: None, entry: None, table, warnings }
        }
    };
    refuse_nested(&source.file_name, &unpacked.source)?;
    unpacked.compression = Some(packing.name());
    Ok(unpacked)
}

/// The first bytes of what a `.gz` or `.zst` file holds: enough to tell what it is. Nothing for other files.
pub(crate) fn head(source: &Source, limit: u64, cancel: &dyn Watch) -> Result<Option<Source>, DataError> {
    let packing = match Packing::of(&source.bytes[..]) {
        Some(packing @ (Packing::Gzip | Packing::Zstd)) => packing,
        _ => return Ok(None),
    };
    let mut bytes = Vec::new();
    let mut reader = decoder(&source.bytes[..], packing).map_err(|error| damaged(&source.file_name, &error))?;
    // The packed head ends in the middle of the stream; what came out until then is what is wanted.
    let _ = read_limited(&mut *reader, &mut bytes, limit, cancel);
    Source::unpacked(&inner_name(source, packing), bytes).map(Some)
}

/// The files in a ZIP archive that may be tables, in its order.
pub(crate) fn entries(source: &Source) -> Result<Option<Vec<String>>, DataError> {
    if Packing::of(&source.bytes[..]) != Some(Packing::Zip) {
        return Ok(None);
    }
    archive::check_size(source)?;
    let archive = open_zip(source)?;
    Ok(Some(candidates(&archive).into_iter().map(|(_, name)| name).collect()))
}

fn decoder<'b>(bytes: &'b [u8], packing: Packing) -> io::Result<Box<dyn Read + 'b>> {
    Ok(match packing {
        Packing::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(bytes)?),
        _ => Box::new(GzDecoder::new(bytes)),
    })
}

fn inflate_stream(
    source: &Source,
    packing: Packing,
    limit: u64,
    cancel: &dyn Watch,
) -> Result<(Vec<u8>, Vec<DataWarning>), DataError> {
    let packed = &source.bytes[..];
    let guard = Guard { what: &source.file_name, packed: packed.len() as u64, limit, cancel };
    let mut bytes = Vec::new();
    let mut warnings = Vec::new();
    if packing == Packing::Zstd {
        let failed = |error: io::Error| damaged(&source.file_name, &error);
        let mut reader = zstd::stream::read::Decoder::with_buffer(packed).map_err(failed)?;
        guard.inflate(&mut reader, &mut bytes)?;
        return Ok((bytes, warnings));
    }
    // Several members may stand one after the other; the content is all of them.
    let mut rest = packed;
    while rest.starts_with(GZIP) {
        let mut member = GzDecoder::new(rest);
        guard.inflate(&mut member, &mut bytes)?;
        rest = member.into_inner();
    }
    if rest.iter().any(|&byte| byte != 0) {
        let message = format!("{} bytes after the end of the packed data were left out.", rest.len());
        warnings.push(DataWarning::new("trailing_bytes", message));
    }
    Ok((bytes, warnings))
}

/// Stops what inflates too far while it inflates.
struct Guard<'g> {
    what: &'g str,
    packed: u64,
    limit: u64,
    cancel: &'g dyn Watch,
}

impl Guard<'_> {
    fn inflate(&self, reader: &mut dyn Read, bytes: &mut Vec<u8>) -> Result<(), DataError> {
        loop {
            let wanted = bytes.len() as u64 + CHUNK_BYTES as u64;
            let is_at_end = match read_limited(reader, bytes, wanted, self.cancel) {
                Ok(is_at_end) => is_at_end,
                Err(Stopped::Cancelled) => return Err(DataError::Cancelled),
                Err(Stopped::Memory) => return Err(self.too_large()),
                Err(Stopped::Damaged(error)) => return Err(damaged(self.what, &error)),
            };
            let unpacked = bytes.len() as u64;
            let swells = unpacked > RATIO_MATTERS_FROM && unpacked / self.packed.max(1) > MAX_RATIO;
            if unpacked > self.limit || swells {
                return Err(self.too_large());
            }
            if is_at_end {
                return Ok(());
            }
        }
    }

    fn too_large(&self) -> DataError {
        DataError::TooLarge {
            what: format!("{}, unpacked,", self.what),
            limit: format!("4 GiB, and {MAX_RATIO} times its packed size"),
        }
    }
}

enum Stopped {
    Cancelled,
    Memory,
    Damaged(io::Error),
}

/// Appends to `bytes` until it is `limit` long; says whether the end was reached.
fn read_limited(reader: &mut dyn Read, bytes: &mut Vec<u8>, limit: u64, cancel: &dyn Watch) -> Result<bool, Stopped> {
    while (bytes.len() as u64) < limit {
        if cancel.is_cancelled() {
            return Err(Stopped::Cancelled);
        }
        let wanted = (limit - bytes.len() as u64).min(CHUNK_BYTES as u64);
        bytes.try_reserve(wanted as usize).map_err(|_| Stopped::Memory)?;
        if reader.take(wanted).read_to_end(bytes).map_err(Stopped::Damaged)? == 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `sales.csv` for `sales.csv.gz`, whatever else the file is called.
fn inner_name(source: &Source, packing: Packing) -> String {
    let usual: &[&str] = match packing {
        Packing::Zstd => &["zst", "zstd"],
        _ => &["gz", "gzip"],
    };
    let is_usual = usual.contains(&source.extension.as_str());
    if is_usual { source.stem.clone() } else { source.file_name.clone() }
}

fn unpack_zip(source: &Source, wanted: Option<String>, cancel: &dyn Watch) -> Result<Unpacked, DataError> {
    archive::check_size(source)?;
    let mut archive = open_zip(source)?;
    let all = (0..archive.len()).filter_map(|index| Some(archive.name_for_index(index)?.ok()?.into_owned()));
    foreign::refuse_archive(source, &all.collect::<Vec<_>>())?;
    let found = candidates(&archive);
    let (index, name, entry, table) = choose(&source.file_name, found, wanted)?;
    let mut bytes = Vec::new();
    let file_name = source.file_name.clone();
    let read = panics::caught(&file_name, || {
        let mut file = archive.by_index(index).map_err(|error| refused_zip(source, &error))?;
        let guard = Guard {
            what: &source.file_name,
            packed: file.compressed_size().min(source.bytes.len() as u64),
            limit: MAX_UNPACKED_BYTES,
            cancel,
        };
        guard.inflate(&mut file, &mut bytes)
    });
    read?;
    let source = Source::unpacked(base_name(&name), bytes)?;
    Ok(Unpacked { source, compression: None, entry, table, warnings: Vec::new() })
}

fn open_zip(source: &Source) -> Result<ZipArchive<Cursor<&[u8]>>, DataError> {
    panics::caught(&source.file_name, || {
        ZipArchive::new(Cursor::new(&source.bytes[..])).map_err(|error| refused_zip(source, &error))
    })
}

/// Everything but folders, hidden files and what systems put beside the files of a person.
fn candidates(archive: &ZipArchive<Cursor<&[u8]>>) -> Vec<(usize, String)> {
    let is_candidate = |name: &str| {
        let base = base_name(name);
        !name.ends_with(['/', '\\'])
            && !name.starts_with("__MACOSX/")
            && !base.is_empty()
            && !base.starts_with('.')
            && !base.eq_ignore_ascii_case("thumbs.db")
            && !base.eq_ignore_ascii_case("desktop.ini")
    };
    let name = |index| Some((index, archive.name_for_index(index)?.ok()?.into_owned()));
    let names = (0..archive.len()).filter_map(name);
    names.filter(|(_, name)| is_candidate(name)).collect()
}

/// The last part of a name, whatever system wrote it. It names the table; no path is ever made of it.
fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

type Choice = (usize, String, Option<String>, Option<String>);

/// The entry a person means: its number, its name, how a recipe names it, and what is left for the reader inside.
/// `archive.zip` with the database `shop.sqlite` among others: `shop.sqlite#orders` names its table `orders`.
fn choose(what: &str, found: Vec<(usize, String)>, wanted: Option<String>) -> Result<Choice, DataError> {
    let available = || found.iter().take(MAX_NAMES_SHOWN).map(|(_, name)| name.clone()).collect::<Vec<_>>();
    if let [(index, name)] = &found[..] {
        let is_name = wanted.as_deref().is_some_and(|wanted| wanted == name || wanted == base_name(name));
        return Ok((*index, name.clone(), None, wanted.filter(|_| !is_name)));
    }
    if found.is_empty() {
        return Err(DataError::Empty { what: what.to_owned() });
    }
    let Some(wanted) = wanted else {
        return Err(DataError::WhichTable { what: what.to_owned(), available: available() });
    };
    let (entry, table) = match wanted.split_once('#') {
        Some((entry, table)) if !found.iter().any(|(_, name)| *name == wanted) => (entry, Some(table.to_owned())),
        _ => (wanted.as_str(), None),
    };
    let exact = found.iter().find(|(_, name)| name == entry);
    let by_base = || found.iter().find(|(_, name)| base_name(name).eq_ignore_ascii_case(entry.trim()));
    let by_number = || entry.parse::<usize>().ok().and_then(|n| found.get(n.checked_sub(1)?));
    match exact.or_else(by_base).or_else(by_number) {
        Some((index, name)) => Ok((*index, name.clone(), Some(name.clone()), table)),
        None => Err(DataError::NoSuchTableInFile { table: wanted.clone(), available: available() }),
    }
}

fn refuse_nested(outer: &str, inner: &Source) -> Result<(), DataError> {
    let bytes = &inner.bytes[..];
    // A PDF or a picture inside is refused by what it is, further on.
    let is_packed = Packing::of(bytes).is_some() || OTHER_PACKED.iter().any(|magic| bytes.starts_with(magic));
    let is_text = std::str::from_utf8(&bytes[..bytes.len().min(16)]).is_ok_and(|text| !text.contains('\0'));
    if !is_packed || (is_text && bytes.starts_with(b"BZh")) {
        return Ok(());
    }
    Err(DataError::WrongFormat {
        file: outer.to_owned(),
        found: format!("an archive with another archive ({}) inside", inner.file_name),
        advice: "Unpack the outer one first.".to_owned(),
    })
}

fn damaged(what: &str, error: &io::Error) -> DataError {
    DataError::unreadable(format!(
        "{what} cannot be unpacked: {error}. It may be cut short: download or copy it again."
    ))
}

fn refused_zip(source: &Source, error: &zip::result::ZipError) -> DataError {
    use zip::result::ZipError;
    let file = &source.file_name;
    let message = match error {
        ZipError::UnsupportedArchive(reason) if reason.contains("assword") => {
            format!("{file} is protected with a password. Unpack it first and open the file inside.")
        }
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            format!("{file} is packed in a way this program does not unpack ({error}). Unpack it first.")
        }
        error => format!("{file} is damaged or cut short ({error}). Download or copy it again."),
    };
    DataError::unreadable(message)
}
