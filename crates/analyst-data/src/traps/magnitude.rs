//! Numbers of another order than the others: a slipped decimal point, percent among fractions, a lost sign.

use analyst_types::{ColumnProfile, DataWarning};

use super::identifiers::is_identifier_name;
use super::naming::{AMOUNTS, has_word};
use super::sample::numbers;
use super::{Look, warning};
use crate::rows::table::{Kind, StoredColumn};

const MIN_ROWS: usize = 30;
/// So few of the values may be slips.
const FEW: f64 = 0.01;
/// A column in which the greatest common values are this many times the smallest holds many orders anyway.
const NARROW: f64 = 20.0;

pub(super) fn find(look: &Look<'_>) -> Vec<DataWarning> {
    look.columns()
        .filter(|(column, _)| matches!(column.kind(), Kind::Integer | Kind::Float))
        .filter_map(|(column, profile)| {
            percent_and_fraction(look, column, profile)
                .or_else(|| slipped(look, column, profile))
                .or_else(|| negative(look, column, profile))
        })
        .collect()
}

/// Some values are a hundred or a thousand times what they should be, and nothing lies between.
fn slipped(look: &Look<'_>, column: &StoredColumn, profile: &ColumnProfile) -> Option<DataWarning> {
    let quantiles = profile.quantiles?;
    let (least, most) = (profile.min.as_f64()?, profile.max.as_f64()?);
    let (low, high) = (quantiles.p05, quantiles.p95);
    let n_values = look.n_rows() as u64 - profile.nulls;
    if n_values < MIN_ROWS as u64
        || low <= 0.0
        || least <= 0.0
        || high / low > NARROW
        || is_identifier_name(&column.name)
    {
        return None;
    }
    if most < 20.0 * high && least > low / 20.0 {
        return None;
    }
    let number = numbers(column)?;
    let is_common = |value: f64| (0.8 * low..=1.2 * high).contains(&value);
    let is_slip = |value: f64| {
        let too_large = value >= 20.0 * high && (is_common(value / 100.0) || is_common(value / 1000.0));
        let too_small = value <= low / 20.0 && (is_common(value * 100.0) || is_common(value * 1000.0));
        too_large || too_small
    };
    // A long tail is no slip: between it and the other values there is no gap.
    let is_tail = |value: f64| !is_slip(value) && (value > 4.0 * high || value < low / 4.0);
    let values = || (0..look.n_rows()).filter_map(&number);
    let n_slips = values().filter(|&value| is_slip(value)).count() as f64;
    if n_slips == 0.0 || n_slips > (FEW * n_values as f64).max(1.0) || values().any(is_tail) {
        return None;
    }
    let rows = look.rows_where(|row| number(row).is_some_and(is_slip));
    let message = format!(
        "{:?}: {} values are about a hundred or a thousand times larger or smaller than all others.",
        column.name, rows.count
    );
    let fix = "Check the decimal point and the unit of these rows.";
    Some(warning("decimal_slips", message, fix, vec![column.name.clone()], rows))
}

/// 0.35 and 35 in one column of shares.
fn percent_and_fraction(look: &Look<'_>, column: &StoredColumn, profile: &ColumnProfile) -> Option<DataWarning> {
    const SHARES: &[&str] = &[
        "rate",
        "pct",
        "percent",
        "percentage",
        "share",
        "ratio",
        "anteil",
        "quote",
        "prozent",
        "margin",
        "discount",
        "ctr",
        "conversion",
        "occupancy",
        "utilization",
        "completion",
        "attendance",
        "growth",
        "yield",
        "vat",
        "tax",
        "rabatt",
    ];
    let (least, most) = (profile.min.as_f64()?, profile.max.as_f64()?);
    if column.kind() != Kind::Float || !has_word(&column.name, SHARES) || least < 0.0 || most > 100.0 || most <= 1.0 {
        return None;
    }
    let number = numbers(column)?;
    let (mut small, mut large, mut n_small, mut n_large) = (0.0f64, f64::INFINITY, 0u64, 0u64);
    for value in (0..look.n_rows()).filter_map(&number).filter(|value| *value > 0.0) {
        if value <= 1.0 {
            (small, n_small) = (small.max(value), n_small + 1);
        } else {
            (large, n_large) = (large.min(value), n_large + 1);
        }
    }
    let both = n_small.min(n_large) * 20 >= n_small + n_large && n_small + n_large >= 20;
    if !both || large < 4.0 * small {
        return None;
    }
    let small_is_rare = n_small <= n_large;
    let rows = look.rows_where(|row| number(row).is_some_and(|value| value > 0.0 && (value <= 1.0) == small_is_rare));
    let message = format!("{:?} seems to mix fractions (up to {small}) and percent (from {large} on).", column.name);
    let fix = "Bring all values to one of the two before averaging.";
    Some(warning("percent_and_fraction", message, fix, vec![column.name.clone()], rows))
}

/// A few negative amounts among positive ones.
fn negative(look: &Look<'_>, column: &StoredColumn, profile: &ColumnProfile) -> Option<DataWarning> {
    const SIGNED: &[&str] = &[
        "change",
        "delta",
        "diff",
        "difference",
        "net",
        "balance",
        "profit",
        "adjustment",
        "variance",
        "growth",
        "margin",
    ];
    let least = profile.min.as_f64()?;
    let n_values = look.n_rows() as u64 - profile.nulls;
    let is_amount = has_word(&column.name, AMOUNTS) && !has_word(&column.name, SIGNED);
    // -999 has a warning of its own.
    let is_sentinel = [-1.0, -9.0, -99.0, -999.0, -9999.0, -99_999.0].contains(&least);
    if least >= 0.0 || !is_amount || n_values < 20 || is_sentinel {
        return None;
    }
    let number = numbers(column)?;
    let rows = look.rows_where(|row| number(row).is_some_and(|value| value < 0.0));
    let message = format!("{:?}: {} amounts are negative, all others are not.", column.name, rows.count);
    let fix = "Find out whether they are refunds or corrections before adding them up.";
    (rows.count * 20 <= n_values).then(|| warning("negative_amounts", message, fix, vec![column.name.clone()], rows))
}
