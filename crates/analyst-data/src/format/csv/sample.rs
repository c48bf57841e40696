//! Head, middle and tail of a text too large to look at whole.
//!
//! What is guessed about a file (encoding, dialect, types to expect) is guessed from such a sample, however the file
//! is read afterwards.

use crate::DataError;
use crate::source::SourceFile;

const HEAD_BYTES: usize = 256 << 10;
const MIDDLE_BYTES: usize = 64 << 10;
/// As long as the head, so that the middle of the sample is the middle of the file.
const TAIL_BYTES: usize = HEAD_BYTES;

/// Parts of a text, each of whole lines, one after the other.
pub(crate) struct Sample {
    /// The parts.
    pub bytes: Vec<u8>,
    /// How many of them are the beginning of the text.
    pub head_bytes: usize,
}

/// A sample of a file; `None` when the file is small enough to be read whole.
pub(crate) fn of_file(file: &SourceFile) -> Result<Option<Sample>, DataError> {
    let size = file.size_bytes();
    if size <= (HEAD_BYTES + MIDDLE_BYTES + TAIL_BYTES) as u64 {
        return Ok(None);
    }
    let window = |from: u64, length: usize| -> Result<Vec<u8>, DataError> {
        let mut bytes = vec![0; length];
        file.read_exact_at(&mut bytes, from)?;
        Ok(bytes)
    };
    let head = window(0, HEAD_BYTES)?;
    let middle = window(size / 2 - MIDDLE_BYTES as u64 / 2, MIDDLE_BYTES)?;
    let tail = window(size - TAIL_BYTES as u64, TAIL_BYTES)?;
    Ok(Some(joined(&head, &middle, &tail)))
}

/// A sample of a text in memory; `None` when it is small enough to be looked at whole.
pub(crate) fn of_text(text: &str) -> Option<Sample> {
    let (bytes, size) = (text.as_bytes(), text.len());
    if size <= HEAD_BYTES + MIDDLE_BYTES + TAIL_BYTES {
        return None;
    }
    let start = size / 2 - MIDDLE_BYTES / 2;
    Some(joined(&bytes[..HEAD_BYTES], &bytes[start..start + MIDDLE_BYTES], &bytes[size - TAIL_BYTES..]))
}

/// Cuts the parts at line ends. Text of two or four bytes per letter is represented by its head alone.
fn joined(head: &[u8], middle: &[u8], tail: &[u8]) -> Sample {
    if head.iter().take(4096).filter(|&&byte| byte == 0).count() > 16 {
        let end = head.len() & !3;
        return Sample { bytes: head[..end].to_vec(), head_bytes: end };
    }
    let mark = if head.contains(&b'\n') { b'\n' } else { b'\r' };
    let after_first = |part: &'_ [u8]| memchr::memchr(mark, part).map_or(part.len(), |at| at + 1);
    let through_last = |part: &'_ [u8]| memchr::memrchr(mark, part).map(|at| at + 1);
    let mut bytes = head[..through_last(head).unwrap_or_else(|| whole_letters(head))].to_vec();
    let head_bytes = bytes.len();
    let start = after_first(middle);
    bytes.extend_from_slice(&middle[start..through_last(middle).unwrap_or(start).max(start)]);
    bytes.extend_from_slice(&tail[after_first(tail)..]);
    Sample { bytes, head_bytes }
}

/// The length without a letter of UTF-8 that was cut at the end.
fn whole_letters(bytes: &[u8]) -> usize {
    let start = bytes.iter().rposition(|byte| !(0x80..0xC0).contains(byte)).unwrap_or(0);
    if bytes[start] < 0x80 { bytes.len() } else { start }
}
