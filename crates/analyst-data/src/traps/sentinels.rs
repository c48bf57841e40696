//! Values that stand for "unknown".

use analyst_types::{ColumnProfile, DataWarning};

use super::naming::has_word;
use super::sample::numbers;
use super::{Look, warning};
use crate::infer::date::{MICROS_PER_DAY, days_from_civil};
use crate::rows::table::{Cells, Kind, StoredColumn};

/// Numbers that stand for "unknown" more often than for a quantity.
const SENTINELS: &[f64] = &[
    -1.0,
    -9.0,
    -99.0,
    -999.0,
    -9999.0,
    -99_999.0,
    -999_999.0,
    999.0,
    9999.0,
    99_999.0,
    999_999.0,
    9_999_999.0,
    99_999_999.0,
    999_999_999.0,
];
/// A sentinel lies beyond this many times the distance that the other values span.
const FAR: f64 = 1.5;
/// Days that stand for "unknown" or "never": year, month, day.
const DAYS: &[(i32, u32, u32)] = &[
    (9999, 12, 31),
    (9999, 1, 1),
    (9999, 12, 30),
    (2999, 12, 31),
    (1900, 1, 1),
    (1899, 12, 30),
    (1899, 12, 31),
    (1, 1, 1),
    (1970, 1, 1),
];
/// A day that may be honest stands for "unknown" when the next one is so far.
const LONELY_DAYS: i64 = 5 * 365;

pub(super) fn find(look: &Look<'_>) -> Vec<DataWarning> {
    look.columns()
        .filter_map(|(column, profile)| in_numbers(look, column, profile).or_else(|| in_days(look, column)))
        .collect()
}

fn told(look: &Look<'_>, column: &StoredColumn, shown: &str, is_it: impl Fn(usize) -> bool) -> DataWarning {
    let rows = look.rows_where(|row| !column.is_missing(row) && is_it(row));
    let times = if rows.count == 1 { "once".to_owned() } else { format!("{} times", rows.count) };
    let message =
        format!("{:?}: {shown} occurs {times} and may stand for \"unknown\". Check before averaging.", column.name);
    warning("sentinel_values", message, "Treat the value as missing.", vec![column.name.clone()], rows)
}

fn in_numbers(look: &Look<'_>, column: &StoredColumn, profile: &ColumnProfile) -> Option<DataWarning> {
    let (least, most) = (profile.min.as_f64()?, profile.max.as_f64()?);
    let number = numbers(column)?;
    let sentinel = [least, most].into_iter().filter(|end| SENTINELS.contains(end)).find(|&sentinel| {
        let (mut low, mut high, mut n_others, mut n_it) = (f64::INFINITY, f64::NEG_INFINITY, 0usize, 0usize);
        for value in (0..look.n_rows()).filter_map(&number) {
            if value == sentinel {
                n_it += 1;
            } else {
                (low, high, n_others) = (low.min(value), high.max(value), n_others + 1);
            }
        }
        if n_others < 3 || n_others < n_it {
            return false;
        }
        let distance = if sentinel < low { low - sentinel } else { sentinel - high };
        let is_far = distance > FAR * (high - low).max(1.0);
        match sentinel {
            -1.0 => {
                low >= 0.0
                    && high >= 10.0
                    && profile.distinct > 5
                    && n_it * 2 < n_others
                    && !may_be_negative(&column.name)
            }
            -9.0 => is_far,
            value if value < 0.0 => low >= 0.0 || is_far,
            _ => is_far,
        }
    })?;
    Some(told(look, column, &format!("{sentinel}"), |row| number(row) == Some(sentinel)))
}

fn may_be_negative(name: &str) -> bool {
    has_word(
        name,
        &[
            "change",
            "delta",
            "diff",
            "difference",
            "balance",
            "profit",
            "temperature",
            "temp",
            "lat",
            "lon",
            "latitude",
            "longitude",
            "x",
            "y",
            "z",
            "score",
            "offset",
            "return",
            "growth",
            "margin",
            "elevation",
            "saldo",
        ],
    )
}

fn in_days(look: &Look<'_>, column: &StoredColumn) -> Option<DataWarning> {
    let day: Box<dyn Fn(usize) -> i64 + '_> = match (column.kind(), column.cells()) {
        (Kind::Date, Cells::Date(values)) => Box::new(move |row| i64::from(values.value(row))),
        (Kind::Moment, Cells::Integer(values)) => Box::new(move |row| values.value(row).div_euclid(MICROS_PER_DAY)),
        _ => return None,
    };
    let days = || (0..look.n_rows()).filter(|&row| !column.is_missing(row)).map(&day);
    let (least, most) = (days().min()?, days().max()?);
    DAYS.iter().find_map(|&(year, month, of_month)| {
        let sentinel = i64::from(days_from_civil(year, month, of_month)?);
        if sentinel != least && sentinel != most {
            return None;
        }
        let nearest = days().filter(|&day| day != sentinel).map(|day| (day - sentinel).abs()).min()?;
        (nearest >= LONELY_DAYS)
            .then(|| told(look, column, &format!("{year:04}-{month:02}-{of_month:02}"), |row| day(row) == sentinel))
    })
}
