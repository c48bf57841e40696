//! How much memory a file needs to be opened, told before it is read. The factors are measured (a table that is read,
//! typed, checked and written takes several times its text); a file of which we know nothing is tried, and ended when
//! it takes too much.

use crate::{DataError, SourceFile};

/// Bytes of memory for every byte of text, at the least.
const LEAST_PER_BYTE: f64 = 1.2;
/// Bytes of memory for every byte of text, as it usually is.
const USUAL_PER_BYTE: f64 = 3.0;

/// Refuses a file that cannot be opened within `budget_bytes`.
pub(super) fn check(what: &str, source: &SourceFile, budget_bytes: u64) -> Result<(), DataError> {
    let size = source.size_bytes() as f64;
    if size * LEAST_PER_BYTE <= budget_bytes as f64 {
        return Ok(());
    }
    let needed_bytes = (size * USUAL_PER_BYTE) as u64;
    Err(DataError::NotEnoughMemory { what: what.to_owned(), needed_bytes, budget_bytes })
}

/// `1.5 GB`, `200 MB`.
pub(crate) fn amount(bytes: u64) -> String {
    if bytes >= 1 << 30 {
        format!("{:.1} GB", bytes as f64 / f64::from(1u32 << 30))
    } else {
        format!("{} MB", bytes.div_ceil(1 << 20))
    }
}
