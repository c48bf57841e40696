//! What a ZIP archive says about itself before anything in it is used: is it a workbook, how large will it be, and
//! does it keep its word.

use std::io::{Cursor, Read};

use super::container::{MAX_RATIO, RATIO_MATTERS_FROM};
use crate::DataError;
use crate::source::{Source, Watch};

const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const CENTRAL_HEADER: &[u8] = b"PK\x01\x02";
const MAX_UNPACKED_BYTES: u64 = 4 << 30;
const MAX_ENTRIES: usize = 10_000;
const PROBE_BYTES: usize = 1 << 20;

/// A ZIP archive with the parts of a workbook.
pub(super) fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(LOCAL_HEADER)
        && (contains(bytes, b"xl/workbook")
            || contains(bytes, b"xl/worksheets")
            || contains(bytes, b"opendocument.spreadsheet"))
}

/// The head or tail of the archive, where the names of its parts stand, holds `word`.
pub(super) fn contains(bytes: &[u8], word: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(PROBE_BYTES)];
    let tail = &bytes[bytes.len().saturating_sub(PROBE_BYTES)..];
    [head, tail].into_iter().any(|part| memchr::memmem::find(part, word).is_some())
}

/// Refuses archives whose directory promises more than we unpack.
pub(super) fn check_size(source: &Source) -> Result<(), DataError> {
    if !source.bytes.starts_with(LOCAL_HEADER) {
        return Ok(());
    }
    let (entries, unpacked) = directory_totals(&source.bytes[..]);
    let packed = source.bytes.len() as u64;
    let swells = unpacked > RATIO_MATTERS_FROM && unpacked / packed.max(1) > MAX_RATIO;
    if entries > MAX_ENTRIES || unpacked > MAX_UNPACKED_BYTES || swells {
        let limit = format!("{MAX_ENTRIES} parts, 4 GiB unpacked, {MAX_RATIO} times its packed size");
        return Err(DataError::TooLarge { what: source.file_name.clone(), limit });
    }
    Ok(())
}

/// Deflate makes at most this much of one byte.
const MOST_PER_BYTE: u64 = 1032;
/// What may come out of an archive before it is worth checking.
const HARMLESS_BYTES: u64 = 64 << 20;

/// Unpacks every part once and throws it away, so that no reader meets a part that is larger than the directory says.
/// Costs a fraction of what reading the cells does.
pub(super) fn check_inflated(source: &Source, cancel: &dyn Watch) -> Result<(), DataError> {
    let bytes = &source.bytes[..];
    if !bytes.starts_with(LOCAL_HEADER) || bytes.len() as u64 * MOST_PER_BYTE <= HARMLESS_BYTES {
        return Ok(());
    }
    // What cannot be opened here is told by the reader that opens it next.
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return Ok(()) };
    let mut buffer = vec![0; 256 << 10];
    for index in 0..archive.len() {
        let Ok(mut part) = archive.by_index(index) else { continue };
        let declared = part.size();
        let mut unpacked = 0u64;
        loop {
            if cancel.is_cancelled() {
                return Err(DataError::Cancelled);
            }
            let Ok(n) = part.read(&mut buffer) else { break };
            unpacked += n as u64;
            if unpacked > declared {
                return Err(DataError::unreadable(format!(
                    "{} is damaged: it holds more than it says. Save it again.",
                    source.file_name
                )));
            }
            if n == 0 {
                break;
            }
        }
    }
    Ok(())
}

/// Number of parts and sum of their unpacked sizes, as the central directory has them.
fn directory_totals(bytes: &[u8]) -> (usize, u64) {
    let (mut entries, mut unpacked) = (0, 0u64);
    let Some(mut at) = directory_start(bytes) else { return (0, 0) };
    while bytes.get(at..at + 4) == Some(CENTRAL_HEADER) && entries <= MAX_ENTRIES {
        let (Some(size), Some(name), Some(extra), Some(comment)) =
            (u32_at(bytes, at + 24), u16_at(bytes, at + 28), u16_at(bytes, at + 30), u16_at(bytes, at + 32))
        else {
            break;
        };
        entries += 1;
        unpacked += u64::from(size);
        at += 46 + usize::from(name) + usize::from(extra) + usize::from(comment);
    }
    (entries, unpacked)
}

/// From the record at the end of the archive, before which only a short comment may stand.
fn directory_start(bytes: &[u8]) -> Option<usize> {
    const END_RECORD: &[u8] = b"PK\x05\x06";
    let from = bytes.len().saturating_sub((64 << 10) + 22);
    let end = (from..bytes.len().saturating_sub(21)).rev().find(|&at| bytes[at..].starts_with(END_RECORD))?;
    u32_at(bytes, end + 16).map(|at| at as usize)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2).map(|b| u16::from_le_bytes([b[0], b[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}
