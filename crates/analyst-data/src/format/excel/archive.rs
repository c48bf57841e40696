//! What a ZIP archive says about itself before anything in it is unpacked: is it a workbook, and how large will it be.

use crate::DataError;
use crate::source::Source;

const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const CENTRAL_HEADER: &[u8] = b"PK\x01\x02";
const MAX_UNPACKED_BYTES: u64 = 4 << 30;
/// Tables compress well, but not like this.
const MAX_RATIO: u64 = 200;
/// Below this size the ratio does no harm.
const RATIO_MATTERS_FROM: u64 = 64 << 20;
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
    [head, tail].into_iter().any(|part| find(part, word).is_some())
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    let first = word[0];
    let mut at = 0;
    while let Some(step) = bytes[at..].iter().position(|&byte| byte == first) {
        at += step;
        if bytes[at..].starts_with(word) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Refuses archives whose directory promises more than we unpack.
pub(super) fn check_size(source: &Source) -> Result<(), DataError> {
    if !source.bytes.starts_with(LOCAL_HEADER) {
        return Ok(());
    }
    let (entries, unpacked) = directory_totals(&source.bytes);
    let packed = source.bytes.len() as u64;
    let swells = unpacked > RATIO_MATTERS_FROM && unpacked / packed.max(1) > MAX_RATIO;
    if entries > MAX_ENTRIES || unpacked > MAX_UNPACKED_BYTES || swells {
        let limit = format!("{MAX_ENTRIES} parts, 4 GiB unpacked, {MAX_RATIO} times its packed size");
        return Err(DataError::TooLarge { what: source.file_name.clone(), limit });
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
