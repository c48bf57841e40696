//! Traps in the data itself: what makes a correct calculation give a wrong answer. Told at import, before anyone asks.

use std::collections::HashSet;

use analyst_types::DataWarning;
use polars::prelude::*;

use crate::DataError;
use crate::infer::date;

/// Looks at a table as it will be stored.
pub(crate) fn find(frame: &DataFrame) -> Vec<DataWarning> {
    let columns = frame.columns().iter().map(|column| Ok(column.as_materialized_series().clone()));
    find_by_column(frame.height(), frame.width(), columns).unwrap_or_default()
}

/// The same, one column after the other: of a large stored table no more than one is in memory at a time.
pub(crate) fn find_by_column(
    n_rows: usize,
    n_columns: usize,
    columns: impl Iterator<Item = Result<Series, DataError>>,
) -> Result<Vec<DataWarning>, DataError> {
    if n_rows < 2 {
        return Ok(Vec::new());
    }
    let mut rows = if n_columns < 2 { Vec::new() } else { vec![0u64; n_rows] };
    let (mut empty, mut constant, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for series in columns {
        let series = series?;
        if !rows.is_empty() {
            for_each_hash(&series, |row, hash| rows[row] = rows[row].rotate_left(5).wrapping_mul(MIX) ^ hash);
        }
        let name = series.name().to_string();
        if series.null_count() == series.len() {
            empty.push(name);
        } else if is_constant(&series) {
            constant.push(name);
        }
        others.extend(sentinels(&series));
        others.extend(subtotals(&series));
        others.extend(identifiers(&series));
    }
    let mut warnings: Vec<DataWarning> = duplicate_rows(rows).into_iter().collect();
    if !empty.is_empty() {
        warnings.push(about("empty_columns", format!("Nothing stands in {}.", empty.join(", ")), empty));
    }
    if !constant.is_empty() {
        let message = format!("The same value stands in every row of {}.", constant.join(", "));
        warnings.push(about("constant_columns", message, constant));
    }
    warnings.extend(others);
    Ok(warnings)
}

fn about(code: &str, message: String, columns: Vec<String>) -> DataWarning {
    DataWarning { code: code.into(), message, columns, rows: Vec::new(), ..DataWarning::default() }
}

const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
const MISSING: u64 = 0x5851_F42D_4C95_7F2D;

fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 32)).wrapping_mul(MIX);
    (value ^ (value >> 29)).wrapping_mul(MIX)
}

fn hash_text(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash = bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = mix(hash ^ u64::from_le_bytes(word));
    }
    hash
}

/// Gives `each` a hash of every value of a series; missing values have one too.
fn for_each_hash(series: &Series, mut each: impl FnMut(usize, u64)) {
    let physical = series.to_physical_repr();
    macro_rules! hashes {
        ($values:expr, $hash:expr) => {
            if let Ok(values) = $values {
                for (row, value) in values.iter().enumerate() {
                    each(row, value.map_or(MISSING, $hash));
                }
            }
        };
    }
    match physical.dtype() {
        DataType::Int64 => hashes!(physical.i64(), |value| mix(value as u64)),
        DataType::Int32 => hashes!(physical.i32(), |value| mix(value as u64)),
        DataType::Float64 => hashes!(physical.f64(), |value: f64| mix(value.to_bits())),
        DataType::Boolean => hashes!(physical.bool(), |value| mix(u64::from(value))),
        DataType::String => hashes!(physical.str(), hash_text),
        _ => {}
    }
}

fn duplicate_rows(mut rows: Vec<u64>) -> Option<DataWarning> {
    rows.sort_unstable();
    let n = rows.windows(2).filter(|pair| pair[0] == pair[1]).count();
    let message = format!("{n} rows are exact copies of another row. If each row is one case, they count twice.");
    (n > 0).then(|| about("duplicate_rows", message, Vec::new()))
}

/// In fewer rows, the same value everywhere is no surprise.
const MANY_ROWS: usize = 10;

fn is_constant(series: &Series) -> bool {
    let first = series.first();
    series.len() >= MANY_ROWS && series.null_count() == 0 && series.iter().all(|value| &value == first.value())
}

/// Numbers that stand for "unknown" more often than for a quantity.
const SENTINELS: &[f64] = &[-9.0, -99.0, -999.0, -9999.0, -99_999.0, 999.0, 9999.0, 99_999.0, 999_999.0];
/// A sentinel lies beyond this many times the distance that the other values span.
const FAR: f64 = 1.0;

fn sentinels(series: &Series) -> Option<DataWarning> {
    let name = series.name();
    let tell = |value: String, n: usize| {
        let message =
            format!("{name:?}: {value} occurs {n} times and may stand for \"unknown\". Check before averaging.");
        Some(about("sentinel_values", message, vec![name.to_string()]))
    };
    match series.dtype() {
        DataType::Date | DataType::Datetime(..) => {
            let days = series.cast(&DataType::Date).ok()?;
            let days = days.to_physical_repr();
            let days = days.i32().ok()?;
            let first_of = |text: &str| date::scan(text).and_then(|parts| parts.days(date::DateOrder::Ymd));
            ["9999-12-31", "9999-01-01", "1900-01-01", "1899-12-30", "0001-01-01"].into_iter().find_map(|text| {
                let sentinel = first_of(text)?;
                let n = days.iter().flatten().filter(|&day| day == sentinel).count();
                if n > 0 { tell(text.to_owned(), n) } else { None }
            })
        }
        DataType::Int64 | DataType::Float64 => {
            let values = series.cast(&DataType::Float64).ok()?;
            let values = values.f64().ok()?;
            // Only the least and the greatest value can be one: nothing to sort in most columns.
            let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
            for value in values.iter().flatten() {
                low = low.min(value);
                high = high.max(value);
            }
            if !SENTINELS.contains(&low) && !SENTINELS.contains(&high) {
                return None;
            }
            let mut values: Vec<f64> = values.iter().flatten().collect();
            values.sort_unstable_by(f64::total_cmp);
            let ends = [values.first().copied()?, values.last().copied()?];
            ends.into_iter().filter(|end| SENTINELS.contains(end)).find_map(|sentinel| {
                let n = values.iter().filter(|&&value| value == sentinel).count();
                let others: Vec<f64> = values.iter().copied().filter(|&value| value != sentinel).collect();
                let (low, high) = (others.first().copied()?, others.last().copied()?);
                let distance = if sentinel < low { low - sentinel } else { sentinel - high };
                let negative_alone = sentinel < 0.0 && low >= 0.0;
                let is_far = distance > FAR * (high - low).max(1.0);
                let is_strange = (negative_alone && sentinel <= -99.0) || (is_far && others.len() >= 3);
                if is_strange { tell(format!("{sentinel}"), n) } else { None }
            })
        }
        _ => None,
    }
}

const TOTAL_WORDS: &[&str] = &[
    "total",
    "totals",
    "grand total",
    "subtotal",
    "sub-total",
    "summe",
    "gesamt",
    "zwischensumme",
    "insgesamt",
    "somme",
    "totale",
];

/// Totals between the rows they add up.
fn subtotals(series: &Series) -> Option<DataWarning> {
    let texts = series.str().ok()?;
    let begins = |text: &str| {
        matches!(
            text.as_bytes().first(),
            Some(b't' | b'T' | b'g' | b'G' | b's' | b'S' | b'z' | b'Z' | b'i' | b'I' | b' ')
        )
    };
    let is_total = |text: &&str| {
        begins(text) && text.len() < 40 && {
            let lower = text.trim().to_lowercase();
            TOTAL_WORDS
                .iter()
                .any(|word| lower == *word || (lower.starts_with(word) && lower[word.len()..].starts_with(' ')))
        }
    };
    let n = texts.iter().flatten().filter(is_total).count();
    let message = format!(
        "{:?}: {n} rows are named as totals and stand among the rows they may add up. Leave them out of sums.",
        series.name()
    );
    (n > 0 && n * 2 < series.len()).then(|| about("subtotal_rows", message, vec![series.name().to_string()]))
}

fn is_identifier_name(name: &str) -> bool {
    const WORDS: &[&str] = &["id", "key", "uuid", "guid", "nr", "no", "number", "sku", "isbn"];
    is_named(name, WORDS) || name.to_lowercase().ends_with("_id") || is_shared_name(name)
}

/// Numbers that name a thing which many rows may share: two people live at one postcode.
fn is_shared_name(name: &str) -> bool {
    is_named(name, &["zip", "plz", "postcode", "phone"])
}

fn is_named(name: &str, words: &[&str]) -> bool {
    let mut lower = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() {
            lower.push('_');
        }
        lower.extend(letter.to_lowercase());
    }
    let whole = name.to_lowercase();
    let last = lower.split(|c: char| !c.is_alphanumeric()).rfind(|part| !part.is_empty()).unwrap_or_default();
    words.contains(&last) || words.contains(&whole.as_str())
}

/// Numbers that name things: adding them up means nothing. And keys that should be different but are not.
fn identifiers(series: &Series) -> Option<DataWarning> {
    let name = series.name();
    if !is_identifier_name(name) || !matches!(series.dtype(), DataType::Int64 | DataType::String) {
        return None;
    }
    let n_values = series.len() - series.null_count();
    let mut seen = HashSet::with_capacity(n_values);
    let mut repeated = HashSet::new();
    for_each_hash(&series.drop_nulls(), |_, hash| {
        if !seen.insert(hash) {
            repeated.insert(hash);
        }
    });
    let distinct = seen.len();
    if distinct == n_values && series.dtype() == &DataType::Int64 && n_values > 2 {
        let message = format!("{name:?} identifies rows; sums and means of it mean nothing.");
        return Some(about("id_like", message, vec![name.to_string()]));
    }
    let nearly_unique =
        !is_shared_name(name) && distinct < n_values && distinct * 20 >= n_values * 19 && n_values >= 20;
    let message = format!("{name:?} looks like a key, but {} of its values occur more than once.", repeated.len());
    nearly_unique.then(|| about("duplicate_keys", message, vec![name.to_string()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(frame: &DataFrame) -> Vec<String> {
        find(frame).into_iter().map(|warning| warning.code).collect()
    }

    #[test]
    fn each_trap_is_told_and_only_it() {
        let clean = df!("region" => ["a", "b", "c", "d"], "units" => [5i64, 7, 6, 9]).unwrap();
        assert!(codes(&clean).is_empty());
        let cases = [
            (df!("x" => ["a", "a", "b"], "y" => [1i64, 1, 2]).unwrap(), "duplicate_rows"),
            (df!("x" => [1i64, 2], "y" => [None::<&str>, None]).unwrap(), "empty_columns"),
            (df!("x" => (0..20i64).collect::<Vec<_>>(), "y" => vec!["k"; 20]).unwrap(), "constant_columns"),
            (df!("age" => [31i64, 45, -999, 22, 60]).unwrap(), "sentinel_values"),
            (df!("temp" => [20.5, 21.0, 999.0, 19.5, 22.0]).unwrap(), "sentinel_values"),
            (df!("g" => ["a", "b", "Total", "c"], "y" => [1i64, 2, 3, 4]).unwrap(), "subtotal_rows"),
            (df!("customer_id" => [10i64, 11, 12, 13]).unwrap(), "id_like"),
        ];
        for (frame, code) in cases {
            assert_eq!(codes(&frame), [code]);
        }
    }

    #[test]
    fn rows_may_share_a_postcode_but_not_an_order_number() {
        let nearly_unique: Vec<String> = (0..40).map(|at| format!("0{}", 1000 + at % 39)).collect();
        let named = |name: &str| DataFrame::new(40, vec![Column::new(name.into(), &nearly_unique)]).unwrap();
        assert!(codes(&named("order_id")).contains(&"duplicate_keys".to_owned()));
        assert!(!codes(&named("postcode")).contains(&"duplicate_keys".to_owned()));
    }

    #[test]
    fn ordinary_numbers_are_no_sentinels() {
        let frame =
            df!("balance" => [-999i64, -800, 300, 999, 850], "year" => [1998i64, 1999, 2000, 2001, 2002]).unwrap();
        assert!(codes(&frame).is_empty());
    }
}
