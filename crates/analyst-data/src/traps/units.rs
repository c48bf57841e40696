//! Units and currencies that differ from row to row: sums of them are sums of nothing.

use std::collections::BTreeMap;

use analyst_types::{ColumnProfile, ColumnType, DataWarning};

use super::naming::{AMOUNTS, ends_in, has_word};
use super::sample::texts;
use super::{Look, Rows, warning};
use crate::rows::table::StoredColumn;

/// Units that measure the same thing, each family with the spellings of its units.
const FAMILIES: &[&[&[&str]]] = &[
    &[
        &["kg", "kgs", "kilo", "kilogram"],
        &["g", "gr", "gram", "grams"],
        &["mg"],
        &["t", "ton", "tons", "tonne"],
        &["lb", "lbs", "pound", "pounds"],
        &["oz"],
    ],
    &[
        &["km"],
        &["m", "meter", "metre"],
        &["cm"],
        &["mm"],
        &["in", "inch", "inches"],
        &["ft", "feet"],
        &["yd"],
        &["mi", "mile", "miles"],
    ],
    &[&["l", "liter", "litre"], &["ml"], &["cl"], &["gal", "gallon", "gallons"], &["floz"], &["pt"]],
    &[&["°c", "c", "celsius"], &["°f", "f", "fahrenheit"], &["k"]],
    &[&["b", "byte", "bytes"], &["kb", "kib"], &["mb", "mib"], &["gb", "gib"], &["tb", "tib"]],
    &[
        &["ms"],
        &["s", "sec", "secs", "second", "seconds"],
        &["min", "mins", "minute", "minutes"],
        &["h", "hr", "hrs", "hour", "hours"],
        &["day", "days", "d"],
    ],
    &[&["kwh"], &["mwh"], &["wh"], &["kj"], &["kcal"], &["cal"]],
    &[&["kmh", "km/h", "kph"], &["mph"], &["m/s"], &["kn", "knots"]],
];
const CURRENCIES: &[(&str, &str)] = &[
    ("€", "EUR"),
    ("$", "USD"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("₹", "INR"),
    ("₽", "RUB"),
    ("₩", "KRW"),
    ("₺", "TRY"),
    ("₴", "UAH"),
];
const CURRENCY_CODES: &[&str] = &[
    "EUR", "USD", "GBP", "JPY", "INR", "RUB", "KRW", "TRY", "UAH", "CHF", "CAD", "AUD", "NZD", "CNY", "SEK", "NOK",
    "DKK", "PLN", "CZK", "HUF", "BRL", "MXN", "ZAR", "SGD", "HKD", "ILS", "AED", "SAR", "THB",
];
/// So many of the values must be numbers with a unit.
const MOSTLY: f64 = 0.8;
const MIN_VALUES: usize = 5;

pub(super) fn find(look: &Look<'_>) -> Vec<DataWarning> {
    look.columns()
        .filter_map(|(column, profile)| in_cells(look, column).or_else(|| in_a_column(look, column, profile)))
        .collect()
}

fn told(
    code: &str,
    what: &str,
    columns: Vec<String>,
    kinds: &BTreeMap<String, Vec<usize>>,
    look: &Look<'_>,
) -> DataWarning {
    let listed: Vec<String> = kinds.keys().cloned().collect();
    let message = format!(
        "{:?} mixes {what}: {}. Adding or comparing its numbers as they are means nothing.",
        columns[0],
        listed.join(", ")
    );
    // Those that are fewest are those to look at.
    let fewest = kinds.values().min_by_key(|rows| rows.len()).map_or(&[][..], Vec::as_slice);
    let first = fewest.iter().take(super::MAX_ROWS).map(|&row| look.first_line + row as u64).collect();
    let fix = format!("Convert to one of the {what}, or calculate for each on its own.");
    warning(code, message, &fix, columns, Rows { first, count: 0 })
}

/// "12 kg" and "3 lb", "€ 5" and "$ 7".
fn in_cells(look: &Look<'_>, column: &StoredColumn) -> Option<DataWarning> {
    let cells = texts(column, look.n_rows())?;
    let mut units: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut currencies: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut n = 0usize;
    let mut n_measured = 0usize;
    for (row, text) in cells {
        n += 1;
        if let Some(unit) = unit_of(text) {
            n_measured += 1;
            match currency(unit) {
                Some(code) => currencies.entry(code.to_owned()).or_default().push(row),
                None => units.entry(unit.to_lowercase()).or_default().push(row),
            }
        }
        if n == 50 && n_measured * 2 < n {
            return None;
        }
    }
    let is_measured = n >= MIN_VALUES && n_measured as f64 >= MOSTLY * n as f64;
    if is_measured && currencies.len() > 1 {
        return Some(told("mixed_currencies", "currencies", vec![column.name.clone()], &currencies, look));
    }
    let kinds = one_family(&units)?;
    (is_measured && kinds.len() > 1).then(|| told("mixed_units", "units", vec![column.name.clone()], &kinds, look))
}

/// A column of units or currencies beside a column of amounts.
fn in_a_column(look: &Look<'_>, column: &StoredColumn, profile: &ColumnProfile) -> Option<DataWarning> {
    if profile.kind != ColumnType::Text || !(2..=20).contains(&profile.distinct) || profile.distinct_is_estimate {
        return None;
    }
    let amounts: Vec<String> = look
        .found
        .columns
        .iter()
        .filter(|other| {
            other.kind.is_numeric() && has_word(&other.name, &[AMOUNTS, &["value", "total", "wert"]].concat())
        })
        .map(|other| other.name.clone())
        .collect();
    if amounts.is_empty() {
        return None;
    }
    let mut kinds: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (row, text) in texts(column, look.n_rows())? {
        kinds.entry(text.trim().to_owned()).or_default().push(row);
    }
    let columns = amounts.into_iter().chain([column.name.clone()]).collect();
    if ends_in(&column.name, &["currency", "curr", "ccy", "währung", "waehrung", "devise"]) {
        let known = kinds.keys().all(|text| currency(text).is_some());
        return (known && kinds.len() > 1).then(|| told("mixed_currencies", "currencies", columns, &kinds, look));
    }
    if !ends_in(&column.name, &["unit", "units", "uom", "einheit"]) {
        return None;
    }
    let kinds = one_family(&kinds.into_iter().map(|(unit, rows)| (unit.to_lowercase(), rows)).collect())?;
    (kinds.len() > 1).then(|| told("mixed_units", "units", columns, &kinds, look))
}

/// The units by their first spelling, if all measure the same thing.
fn one_family(units: &BTreeMap<String, Vec<usize>>) -> Option<BTreeMap<String, Vec<usize>>> {
    FAMILIES.iter().find_map(|family| {
        let mut kinds: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (unit, rows) in units {
            let kind = family.iter().find(|spellings| spellings.contains(&unit.trim_end_matches('.')))?;
            kinds.entry(kind[0].to_owned()).or_default().extend(rows);
        }
        (!kinds.is_empty()).then_some(kinds)
    })
}

fn currency(text: &str) -> Option<&'static str> {
    let upper = text.to_uppercase();
    let by_sign = CURRENCIES.iter().find(|(sign, _)| *sign == text).map(|(_, code)| *code);
    by_sign.or_else(|| CURRENCY_CODES.iter().copied().find(|code| *code == upper))
}

/// What stands before or after the number, if a number and one word is all there is.
fn unit_of(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_number = |part: &str| {
        part.contains(|c: char| c.is_ascii_digit())
            && part.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | ' ' | '-' | '+' | '\u{a0}'))
    };
    if text.len() > 30 || text.is_empty() {
        return None;
    }
    let last_digit = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let first_digit = text.find(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+'))?;
    let (before, number, after) = if first_digit < last_digit {
        (&text[..first_digit], &text[first_digit..last_digit], &text[last_digit..])
    } else {
        return None;
    };
    let (before, after) = (before.trim(), after.trim());
    let unit = match (before.is_empty(), after.is_empty()) {
        (true, false) => after,
        (false, true) => before,
        _ => return None,
    };
    let is_word = unit.chars().count() <= 10 && !unit.contains(char::is_whitespace);
    (is_number(number) && is_word).then_some(unit)
}
