//! Hashes of values: 64 bits, so that two different values of a table practically never share one.

use polars_arrow::bitmap::Bitmap;

use crate::rows::table::{Cells, StoredColumn};

const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
const TEXT: u64 = 0xA076_1D64_78BD_642F;
const MISSING: u64 = 0x5851_F42D_4C95_7F2D;

/// Multiplies to twice the width and folds: each bit of the result depends on each of both.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Of a number's bits. Folded twice: after one, numbers that follow each other are spread too evenly for a sketch.
#[inline]
pub(crate) fn number(bits: u64) -> u64 {
    fold(fold(bits ^ MIX, TEXT) ^ MISSING, MIX)
}

/// Of a text.
#[inline]
pub(crate) fn text(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let n = bytes.len();
    let mut hash = TEXT ^ n as u64;
    let word = |at: usize| {
        let mut word = [0; 8];
        word.copy_from_slice(&bytes[at..at + 8]);
        u64::from_le_bytes(word)
    };
    if n >= 8 {
        let mut at = 0;
        while at + 8 < n {
            hash = fold(hash ^ word(at), MIX);
            at += 8;
        }
        // The last eight bytes, some of them perhaps again.
        return fold(hash ^ word(n - 8), TEXT);
    }
    let mut last = 0u64;
    for &byte in bytes {
        last = last << 8 | u64::from(byte);
    }
    fold(hash ^ last, MIX) ^ hash
}

/// Mixes the hashes of a column's rows `first..` into those of the rows so far.
pub(crate) fn mix_rows(column: &StoredColumn, first: usize, rows: &mut [u64]) {
    let valid = column.validity();
    match column.cells() {
        Cells::Boolean(values) => mix(valid, first, rows, |row| number(u64::from(values.value(row)))),
        Cells::Integer(values) => {
            let values = values.values();
            mix(valid, first, rows, |row| number(values[row] as u64));
        }
        Cells::Date(values) => {
            let values = values.values();
            mix(valid, first, rows, |row| number(values[row] as u64));
        }
        Cells::Float(values) => {
            let values = values.values();
            mix(valid, first, rows, |row| number((values[row] + 0.0).to_bits()));
        }
        Cells::Text(texts) => mix(valid, first, rows, |row| text(texts.get(row))),
    }
}

fn mix(valid: Option<&Bitmap>, first: usize, rows: &mut [u64], hash: impl Fn(usize) -> u64) {
    for (at, row) in rows.iter_mut().enumerate() {
        let at = first + at;
        let hash = if valid.is_none_or(|valid| valid.get_bit(at)) { hash(at) } else { MISSING };
        *row = fold(row.rotate_left(23) ^ hash, MIX);
    }
}
