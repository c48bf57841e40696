//! The dictionary of an SPSS file, walked once before it is read: the reader makes room for whatever a record promises,
//! so every record must lie within the file.

const FIRST_RECORD: usize = 176;
const VARIABLE: u32 = 2;
const LABELS: u32 = 3;
const LABELLED: u32 = 4;
const DOCUMENT: u32 = 6;
const EXTENSION: u32 = 7;
const END: u32 = 999;
const VARIABLE_BYTES: usize = 28;
const LINE_BYTES: usize = 80;

/// All records of the dictionary lie within the file, and there are as many places for values as the header says.
pub(super) fn is_sound(bytes: &[u8]) -> bool {
    let is_little = u32_at(bytes, 64, true).is_some_and(|layout| layout == 2 || layout == 3);
    let word = |at: usize| u32_at(bytes, at, is_little);
    let places = word(68).map_or(0, |places| i32::from_ne_bytes(places.to_ne_bytes()));
    if usize::try_from(places).is_ok_and(|places| places > bytes.len() / (4 + VARIABLE_BYTES)) {
        return false;
    }
    let mut at = FIRST_RECORD;
    while let Some(kind) = word(at) {
        let body = at + 4;
        let end = match kind {
            VARIABLE => variable_end(body, &word),
            LABELS => labels_end(bytes, body, word(body)),
            LABELLED => word(body).and_then(|n| (n as usize).checked_mul(4)?.checked_add(body + 4)),
            DOCUMENT => word(body).and_then(|n| (n as usize).checked_mul(LINE_BYTES)?.checked_add(body + 4)),
            EXTENSION => extension_end(body, &word),
            END => return true,
            // The reader refuses what it does not know.
            _ => return true,
        };
        match end.filter(|end| *end <= bytes.len()) {
            Some(end) => at = end,
            None => return false,
        }
    }
    false
}

fn variable_end(body: usize, word: &impl Fn(usize) -> Option<u32>) -> Option<usize> {
    let (has_label, n_missing) = (word(body + 4)?, word(body + 8)?);
    let n_missing = i32::from_ne_bytes(n_missing.to_ne_bytes()).unsigned_abs() as usize;
    let mut end = body + VARIABLE_BYTES;
    if has_label != 0 {
        end = end.checked_add(4)?.checked_add((word(end)? as usize).checked_next_multiple_of(4)?)?;
    }
    end.checked_add(n_missing.checked_mul(8)?)
}

/// Each label: the value, the length of the text, and the text, filled up to eight bytes.
fn labels_end(bytes: &[u8], body: usize, n_labels: Option<u32>) -> Option<usize> {
    let mut at = body + 4;
    for _ in 0..n_labels? {
        let length = usize::from(*bytes.get(at + 8)?);
        at += 8 + (1 + length).next_multiple_of(8);
    }
    Some(at)
}

fn extension_end(body: usize, word: &impl Fn(usize) -> Option<u32>) -> Option<usize> {
    let (size, count) = (word(body + 4)? as usize, word(body + 8)? as usize);
    size.checked_mul(count)?.checked_add(body + 12)
}

fn u32_at(bytes: &[u8], at: usize, is_little: bool) -> Option<u32> {
    let word = bytes.get(at..at.checked_add(4)?)?;
    let word = [word[0], word[1], word[2], word[3]];
    Some(if is_little { u32::from_le_bytes(word) } else { u32::from_be_bytes(word) })
}
