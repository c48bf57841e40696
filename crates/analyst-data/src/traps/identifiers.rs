//! Numbers that name things, and texts that are numbers.

use analyst_types::{ColumnProfile, DataWarning};

use super::naming::{ends_in, has_word};
use super::sample::{self, texts};
use super::{Look, info, warning};
use crate::rows::table::{Cells, Kind, StoredColumn};

/// Whether the name says that the column tells things apart.
pub(super) fn is_identifier_name(name: &str) -> bool {
    const WORDS: &[&str] = &["id", "key", "uuid", "guid", "nr", "no", "number", "sku", "isbn"];
    ends_in(name, WORDS) || name.to_lowercase().ends_with("_id") || is_shared_name(name)
}

/// Numbers that name a thing which many rows may share: two people live at one postcode.
pub(super) fn is_shared_name(name: &str) -> bool {
    ends_in(name, &["zip", "plz", "postcode", "phone", "zipcode", "fips"])
}

pub(super) fn find(look: &Look<'_>) -> Vec<DataWarning> {
    let mut warnings = Vec::new();
    for (column, profile) in look.columns() {
        warnings.extend(names_rows(look, column, profile));
        warnings.extend(zeros_lost(look, column));
        warnings.extend(numbers_as_text(look, column));
    }
    warnings
}

fn names_rows(look: &Look<'_>, column: &StoredColumn, profile: &ColumnProfile) -> Option<DataWarning> {
    let n_values = look.n_rows() as u64 - profile.nulls;
    let is_unique = !profile.distinct_is_estimate && profile.distinct == n_values && n_values > 2;
    let is_named = is_identifier_name(&column.name) && !is_shared_name(&column.name);
    if column.kind() != Kind::Integer || !is_unique || !is_named {
        return None;
    }
    let message = format!("{:?} identifies rows; sums and means of it mean nothing.", column.name);
    Some(info("id_like", message, "Count it or join by it, but do not calculate with it.", vec![column.name.clone()]))
}

/// Codes of a fixed number of digits, of which those are too short that began with a zero.
fn zeros_lost(look: &Look<'_>, column: &StoredColumn) -> Option<DataWarning> {
    const CODES: &[&str] =
        &["zip", "zipcode", "plz", "postcode", "postal", "postleitzahl", "ean", "gtin", "upc", "fips", "isbn", "ssn"];
    let Cells::Integer(values) = column.cells() else { return None };
    if column.kind() != Kind::Integer || !has_word(&column.name, CODES) {
        return None;
    }
    let n_digits = |row: usize| values.value(row).unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1;
    let mut counts = [0usize; 20];
    for row in (0..look.n_rows()).filter(|&row| !column.is_missing(row)) {
        counts[n_digits(row)] += 1;
    }
    let full = counts.iter().rposition(|count| *count > 0)?;
    let n_values: usize = counts.iter().sum();
    let n_short = counts[..full].iter().sum::<usize>();
    let only_a_little = counts[..full.saturating_sub(2)].iter().all(|count| *count == 0);
    if full < 4 || n_short == 0 || !only_a_little || counts[full] * 10 < n_values * 5 {
        return None;
    }
    let rows = look.rows_where(|row| !column.is_missing(row) && n_digits(row) < full);
    let message = format!(
        "{:?}: {} of its codes have fewer than {full} digits; they have probably lost leading zeros.",
        column.name, rows.count
    );
    let fix = format!("Read the column as text, or fill the codes up with zeros to {full} digits.");
    Some(warning("leading_zeros_lost", message, &fix, vec![column.name.clone()], rows))
}

/// Numbers that are texts because a few cells among them are none.
fn numbers_as_text(look: &Look<'_>, column: &StoredColumn) -> Option<DataWarning> {
    const MIN_TEXTS: usize = 20;
    if is_identifier_name(&column.name)
        || has_word(&column.name, &["code", "zip", "postal", "phone", "tel", "fax", "version", "ip"])
    {
        return None;
    }
    let (mut n, mut n_numbers) = (0usize, 0usize);
    for (_, text) in texts(column, look.n_rows())? {
        n += 1;
        n_numbers += usize::from(is_plain_number(text));
        // Most columns of texts are told by their first values.
        if n == MIN_TEXTS && n_numbers * 2 < n {
            return None;
        }
    }
    if n < MIN_TEXTS || n_numbers * 10 < n * 9 || n_numbers == n {
        return None;
    }
    let texts = sample::all(column)?;
    let is_odd = |row: usize| !column.is_missing(row) && !is_plain_number(texts.get(row));
    // Among 224 and 225, 224B is no accident: they are the numbers of rooms.
    let names_things = |row: usize| is_odd(row) && texts.get(row).contains(|c: char| c.is_ascii_digit());
    if (0..look.n_rows()).any(names_things) {
        return None;
    }
    let rows = look.rows_where(is_odd);
    let message =
        format!("{:?} is text because {} of its cells are no numbers; the others are.", column.name, rows.count);
    let fix = "Read the column as numbers: the cells that are none become missing.";
    Some(warning("numbers_as_text", message, fix, vec![column.name.clone()], rows))
}

fn is_plain_number(text: &str) -> bool {
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let has_zero_in_front = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    digits.starts_with(|c: char| c.is_ascii_digit())
        && !has_zero_in_front
        && digits.len() < 16
        && text.parse::<f64>().is_ok()
}
