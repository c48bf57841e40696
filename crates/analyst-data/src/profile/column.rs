//! What is in one column.

use std::borrow::Cow;

use analyst_types::{ColumnProfile, Quantiles, TextLengths, TopValue};
use polars_arrow::array::PrimitiveArray;
use polars_arrow::types::NativeType;
use serde_json::Value;

use super::histogram::{self, Whole};
use super::tally::{Slot, Tally};
use super::{gaps, hash, moments, quantiles};
use crate::rows::order::from_real;
use crate::rows::table::{Cells, Kind, StoredColumn, Texts};
use crate::value::float;

/// Most frequent values kept.
pub(super) const MAX_TOP: usize = 20;
/// Whole numbers that lie so close are counted one by one.
const MAX_COUNTERS: u64 = 1 << 20;

/// Profiles a column.
pub(super) fn profile(column: &StoredColumn, n_rows: usize) -> ColumnProfile {
    let mut profile = ColumnProfile {
        name: column.name.clone(),
        kind: column.kind().column_type(),
        nulls: column.nulls() as u64,
        distinct: 0,
        min: Value::Null,
        max: Value::Null,
        mean: None,
        std: None,
        quantiles: None,
        top: Vec::new(),
        distinct_is_estimate: false,
        histogram: Vec::new(),
        lengths: None,
        gaps: None,
    };
    if column.nulls() < n_rows {
        match column.cells() {
            Cells::Text(texts) => of_texts(column, texts, n_rows, &mut profile),
            Cells::Boolean(values) => {
                let yes = (0..n_rows).filter(|&row| !column.is_missing(row) && values.value(row)).count() as u64;
                of_truths(n_rows as u64 - profile.nulls - yes, yes, &mut profile);
            }
            Cells::Float(values) => of_real_numbers(&present(values), &mut profile),
            Cells::Integer(values) => of_whole_numbers(column.kind(), &present(values), &mut profile),
            Cells::Date(values) => {
                let days: Vec<i64> = present(values).iter().map(|&day| i64::from(day)).collect();
                of_whole_numbers(Kind::Date, &days, &mut profile);
            }
        }
    }
    profile
}

/// The values there are, without a copy where all rows have one.
fn present<T: NativeType>(array: &PrimitiveArray<T>) -> Cow<'_, [T]> {
    let values = array.values();
    match array.validity() {
        Some(valid) if valid.unset_bits() > 0 => {
            let kept = values.iter().zip(valid.iter()).filter(|(_, valid)| *valid).map(|(&value, _)| value);
            Cow::Owned(kept.collect())
        }
        _ => Cow::Borrowed(values),
    }
}

fn of_truths(no: u64, yes: u64, profile: &mut ColumnProfile) {
    let mut counts: Vec<(bool, u64)> = [(false, no), (true, yes)].into_iter().filter(|(_, n)| *n > 0).collect();
    profile.distinct = counts.len() as u64;
    profile.min = counts.first().map_or(Value::Null, |(value, _)| Value::Bool(*value));
    profile.max = counts.last().map_or(Value::Null, |(value, _)| Value::Bool(*value));
    counts.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    profile.top = counts.into_iter().map(|(value, count)| TopValue { value: Value::Bool(value), count }).collect();
}

fn of_texts(column: &StoredColumn, texts: Texts<'_>, n_rows: usize, profile: &mut ColumnProfile) {
    let is_ascii = texts.is_ascii();
    let mut tally = Tally::new();
    let (mut shortest, mut longest, mut total) = (u64::MAX, 0u64, 0u64);
    let valid = column.validity();
    for row in 0..n_rows {
        if valid.is_some_and(|valid| !valid.get_bit(row)) {
            continue;
        }
        let text = texts.get(row);
        let hash = hash::text(text);
        tally.add(hash, hash::number(hash), row as u32);
        let length = if is_ascii { text.len() } else { text.chars().count() } as u64;
        shortest = shortest.min(length);
        longest = longest.max(length);
        total += length;
    }
    let n_values = (n_rows as u64 - profile.nulls) as f64;
    profile.lengths = Some(TextLengths { min: shortest, max: longest, mean: total as f64 / n_values });
    (profile.min, profile.max) = (Value::from(shortest), Value::from(longest));
    (profile.distinct, profile.distinct_is_estimate) = tally.distinct();
    profile.top = top(
        tally.counted(),
        |a, b| texts.get(a.at as usize).cmp(texts.get(b.at as usize)),
        |slot| Value::from(texts.get(slot.at as usize)),
    );
}

fn of_real_numbers(values: &[f64], profile: &mut ColumnProfile) {
    let numbers: Vec<f64>;
    let values = if values.iter().any(|value| value.is_nan()) {
        numbers = values.iter().copied().filter(|value| !value.is_nan()).collect();
        &numbers
    } else {
        values
    };
    if values.is_empty() {
        return;
    }
    let (least, most) =
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), &v| (v.min(least), v.max(most)));
    (profile.min, profile.max) = (float(least), float(most));
    (profile.mean, profile.std) = moments::mean_and_std(values, |value| value);
    let mut tally = Tally::new();
    for (at, &value) in values.iter().enumerate() {
        let key = from_real(value);
        tally.add(key, hash::number(key), at as u32);
    }
    (profile.distinct, profile.distinct_is_estimate) = tally.distinct();
    profile.top = top(tally.counted(), |a, b| a.key.cmp(&b.key), |slot| float(to_real(slot.key)));
    profile.quantiles = quantiles::quantiles(values, from_real, to_real);
    profile.histogram = histogram::of_real_numbers(values, least, most);
}

/// The other way round than [`from_real`].
fn to_real(key: u64) -> f64 {
    f64::from_bits(key ^ if key >> 63 == 1 { 1 << 63 } else { u64::MAX })
}

/// Whole numbers, dates, moments, times and spans: all are whole numbers underneath.
fn of_whole_numbers(kind: Kind, values: &[i64], profile: &mut ColumnProfile) {
    let (least, most) = values.iter().fold((i64::MAX, i64::MIN), |(least, most), &v| (v.min(least), v.max(most)));
    (profile.min, profile.max) = (kind.json_of(least), kind.json_of(most));
    let bins = match kind {
        Kind::Integer => Some(Whole::over_numbers(least, most)),
        Kind::Date => Some(Whole::over_days(least, most)),
        Kind::Moment => Some(Whole::over_moments(least, most)),
        _ => None,
    };
    let show = |bins: Whole, counts: &[u64]| bins.bins(counts, |bound| kind.json_of(bound));
    if kind == Kind::Integer {
        (profile.mean, profile.std) = moments::mean_and_std(values, |value| value as f64);
    }
    let span = most.wrapping_sub(least) as u64;
    if span < MAX_COUNTERS.min(4 * values.len() as u64 + 1024) {
        let mut counts = vec![0u32; span as usize + 1];
        for &value in values {
            counts[(value - least) as usize] += 1;
        }
        profile.distinct = counts.iter().filter(|count| **count > 0).count() as u64;
        profile.histogram = bins.map(|bins| show(bins, &bins.count_counted(least, &counts))).unwrap_or_default();
        profile.quantiles = of_integers(kind, || quantiles::of_counts(least, &counts, values.len()));
        let counted = counts.iter().enumerate().filter(|(_, count)| **count > 0);
        let slots: Vec<Slot> = counted.map(|(at, &count)| Slot { key: at as u64, at: at as u32, count }).collect();
        profile.gaps = gaps(kind, slots.iter().map(|slot| least + slot.key as i64).collect());
        profile.top = top(slots, |a, b| a.key.cmp(&b.key), |slot| kind.json_of(least + slot.key as i64));
        return;
    }
    let mut tally = Tally::new();
    for (at, &value) in values.iter().enumerate() {
        tally.add(value as u64, hash::number(value as u64), at as u32);
    }
    (profile.distinct, profile.distinct_is_estimate) = tally.distinct();
    let slots = tally.counted();
    if !profile.distinct_is_estimate && slots.len() <= gaps::MAX_VALUES {
        let mut different: Vec<i64> = slots.iter().map(|slot| slot.key as i64).collect();
        different.sort_unstable();
        profile.gaps = gaps(kind, different);
    }
    profile.top = top(slots, |a, b| (a.key as i64).cmp(&(b.key as i64)), |slot| kind.json_of(slot.key as i64));
    profile.histogram = bins.map(|bins| show(bins, &bins.count(values))).unwrap_or_default();
    let key = |value: i64| (value as u64) ^ (1 << 63);
    profile.quantiles = of_integers(kind, || quantiles::quantiles(values, key, |key| (key ^ (1 << 63)) as i64 as f64));
}

fn of_integers(kind: Kind, quantiles: impl FnOnce() -> Option<Quantiles>) -> Option<Quantiles> {
    if kind == Kind::Integer { quantiles() } else { None }
}

fn gaps(kind: Kind, different: Vec<i64>) -> Option<analyst_types::DateGaps> {
    match kind {
        Kind::Date => gaps::of_days(&different),
        Kind::Moment => gaps::of_moments(&different),
        _ => None,
    }
}

/// The most frequent, equally frequent ones in their order.
fn top(
    mut slots: Vec<Slot>,
    order: impl Fn(&Slot, &Slot) -> std::cmp::Ordering,
    shown: impl Fn(&Slot) -> Value,
) -> Vec<TopValue> {
    if slots.len() > MAX_TOP {
        // By count alone first: nearly all of many values occur once, and comparing texts is slow.
        let (_, bound, _) = slots.select_nth_unstable_by_key(MAX_TOP - 1, |slot| std::cmp::Reverse(slot.count));
        let bound = bound.count;
        slots.retain(|slot| slot.count >= bound);
    }
    let order = |a: &Slot, b: &Slot| b.count.cmp(&a.count).then_with(|| order(a, b));
    if slots.len() > MAX_TOP {
        slots.select_nth_unstable_by(MAX_TOP, order);
        slots.truncate(MAX_TOP);
    }
    slots.sort_unstable_by(order);
    slots.iter().map(|slot| TopValue { value: shown(slot), count: slot.count.into() }).collect()
}
