//! What is in each column, computed over all its values.

use std::collections::HashMap;
use std::path::Path;

use analyst_types::{ColumnProfile, DataWarning, Format, Profile, Quantiles, TopValue};
use polars::prelude::*;
use serde_json::Value;

use crate::value::to_json;
use crate::{DataError, dtype, store};

const MAX_TOP: usize = 20;

/// Profiles a stored table.
pub fn profile(
    arrow_path: &Path,
    name: &str,
    format: Format,
    warnings: Vec<DataWarning>,
) -> Result<Profile, DataError> {
    let frame = store::read_arrow(arrow_path)?;
    Ok(profile_frame(&frame, name, format, warnings))
}

/// Profiles a table.
pub(crate) fn profile_frame(frame: &DataFrame, name: &str, format: Format, warnings: Vec<DataWarning>) -> Profile {
    let columns = frame.columns();
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from).min(columns.len()).max(1);
    let mut profiles: Vec<Option<ColumnProfile>> = vec![None; columns.len()];
    std::thread::scope(|scope| {
        let per_thread = columns.len().div_ceil(n_threads).max(1);
        for (columns, profiles) in columns.chunks(per_thread).zip(profiles.chunks_mut(per_thread)) {
            scope.spawn(move || {
                for (column, profile) in columns.iter().zip(profiles) {
                    *profile = Some(column_profile(column.as_materialized_series()));
                }
            });
        }
    });
    Profile {
        dataset: name.to_owned(),
        rows: frame.height() as u64,
        format,
        columns: profiles.into_iter().flatten().collect(),
        warnings,
        duplicate_rows: None,
        keys: Vec::new(),
        correlations: Vec::new(),
        sampled_rows: None,
    }
}

fn column_profile(series: &Series) -> ColumnProfile {
    let mut profile = ColumnProfile {
        name: series.name().to_string(),
        kind: dtype::column_type(series.dtype()),
        nulls: series.null_count() as u64,
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
    match series.dtype() {
        DataType::String => profile_text(series, &mut profile),
        DataType::Boolean => profile_boolean(series, &mut profile),
        DataType::Float64 => profile_floats(series, &mut profile),
        _ => profile_ordered(series, &mut profile),
    }
    profile
}

fn profile_text(series: &Series, profile: &mut ColumnProfile) {
    let Ok(texts) = series.str() else { return };
    let mut counts: HashMap<&str, u64> = HashMap::new();
    for text in texts.iter().flatten() {
        *counts.entry(text).or_default() += 1;
    }
    let length = |text: &&str| text.chars().count() as u64;
    profile.min = counts.keys().map(length).min().map_or(Value::Null, Value::from);
    profile.max = counts.keys().map(length).max().map_or(Value::Null, Value::from);
    profile.distinct = counts.len() as u64;
    profile.top = top(counts.into_iter().collect(), |text| Value::from(*text));
}

fn profile_boolean(series: &Series, profile: &mut ColumnProfile) {
    let Ok(values) = series.bool() else { return };
    let yes = values.iter().flatten().filter(|value| *value).count() as u64;
    let no = series.len() as u64 - profile.nulls - yes;
    let counts: Vec<(bool, u64)> = [(false, no), (true, yes)].into_iter().filter(|(_, n)| *n > 0).collect();
    profile.distinct = counts.len() as u64;
    profile.min = counts.first().map_or(Value::Null, |(value, _)| Value::Bool(*value));
    profile.max = counts.last().map_or(Value::Null, |(value, _)| Value::Bool(*value));
    profile.top = top(counts, |value| Value::Bool(*value));
}

fn profile_floats(series: &Series, profile: &mut ColumnProfile) {
    let Ok(values) = series.f64() else { return };
    let mut sorted: Vec<f64> = values.iter().flatten().filter(|value| !value.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let counts = runs(&sorted, |a, b| a == b);
    profile.distinct = counts.len() as u64;
    profile.min = sorted.first().map_or(Value::Null, |value| crate::value::float(*value));
    profile.max = sorted.last().map_or(Value::Null, |value| crate::value::float(*value));
    set_moments(&sorted, profile);
    profile.top = top(counts, |value| crate::value::float(*value));
}

/// Whole numbers, dates, moments and times: all are whole numbers underneath.
fn profile_ordered(series: &Series, profile: &mut ColumnProfile) {
    let Ok(physical) = series.to_physical_repr().cast(&DataType::Int64) else { return };
    let Ok(values) = physical.i64() else { return };
    let mut sorted: Vec<i64> = values.iter().flatten().collect();
    sorted.sort_unstable();
    let shown = |value: &i64| match series.dtype() {
        DataType::Date => to_json(&AnyValue::Date(*value as i32)),
        DataType::Datetime(unit, _) => to_json(&AnyValue::Datetime(*value, *unit, None)),
        DataType::Duration(unit) => to_json(&AnyValue::Duration(*value, *unit)),
        DataType::Time => to_json(&AnyValue::Time(*value)),
        _ => to_json(&AnyValue::Int64(*value)),
    };
    let counts = runs(&sorted, |a, b| a == b);
    profile.distinct = counts.len() as u64;
    profile.min = sorted.first().map_or(Value::Null, shown);
    profile.max = sorted.last().map_or(Value::Null, shown);
    if series.dtype().is_integer() {
        let numbers: Vec<f64> = sorted.iter().map(|&value| value as f64).collect();
        set_moments(&numbers, profile);
    }
    profile.top = top(counts, shown);
}

/// Equal neighbours of a sorted list, with how many they are.
fn runs<T: Copy>(sorted: &[T], same: impl Fn(&T, &T) -> bool) -> Vec<(T, u64)> {
    sorted.chunk_by(same).map(|run| (run[0], run.len() as u64)).collect()
}

fn set_moments(sorted: &[f64], profile: &mut ColumnProfile) {
    if sorted.is_empty() {
        return;
    }
    let n = sorted.len() as f64;
    let mean = exact_sum(sorted.iter().copied()) / n;
    profile.mean = Some(mean).filter(|mean| mean.is_finite());
    if sorted.len() > 1 {
        let squares = exact_sum(sorted.iter().map(|value| (value - mean) * (value - mean)));
        profile.std = Some((squares / (n - 1.0)).sqrt()).filter(|std| std.is_finite());
    }
    let quantile = |share: f64| {
        let at = share * (n - 1.0);
        let (low, high) = (at.floor() as usize, at.ceil() as usize);
        let value = sorted[low] + (sorted[high] - sorted[low]) * (at - at.floor());
        if value.is_finite() { value } else { sorted[low] }
    };
    let all_finite = sorted[0].is_finite() && sorted[sorted.len() - 1].is_finite();
    profile.quantiles = all_finite.then(|| Quantiles {
        p05: quantile(0.05),
        p25: quantile(0.25),
        p50: quantile(0.5),
        p75: quantile(0.75),
        p95: quantile(0.95),
    });
}

/// Neumaier's compensated sum: as good as adding in twice the precision.
fn exact_sum(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0f64, 0.0f64);
    for value in values {
        let next = sum + value;
        lost += if sum.abs() >= value.abs() { (sum - next) + value } else { (value - next) + sum };
        sum = next;
    }
    if lost.is_finite() { sum + lost } else { sum }
}

fn top<T: PartialOrd>(mut counts: Vec<(T, u64)>, shown: impl Fn(&T) -> Value) -> Vec<TopValue> {
    let order = |a: &(T, u64), b: &(T, u64)| {
        b.1.cmp(&a.1).then_with(|| a.0.partial_cmp(&b.0).unwrap_or(std::cmp::Ordering::Equal))
    };
    if counts.len() > MAX_TOP {
        counts.select_nth_unstable_by(MAX_TOP, order);
        counts.truncate(MAX_TOP);
    }
    counts.sort_by(order);
    counts.iter().map(|(value, count)| TopValue { value: shown(value), count: *count }).collect()
}

#[cfg(test)]
mod tests {
    use analyst_types::FileKind;
    use serde_json::json;

    use super::*;

    #[test]
    fn statistics_are_those_of_the_textbook() {
        let frame = df!(
            "n" => [Some(4i64), Some(1), Some(3), Some(2), None],
            "x" => [1e100, 1.0, -1e100, 3.0, 0.0],
            "t" => ["b", "a", "b", "ccc", "a"],
            "ok" => [true, true, false, true, true],
        )
        .unwrap();
        let profile = profile_frame(&frame, "t", Format::of(FileKind::Csv), Vec::new());
        let [n, x, t, ok] = &profile.columns[..] else { panic!("four columns") };
        assert_eq!((n.nulls, n.distinct, n.mean), (1, 4, Some(2.5)));
        assert!((n.std.unwrap() - 1.290_994_448_735_805_6).abs() < 1e-15);
        let q = n.quantiles.unwrap();
        assert_eq!((q.p25, q.p50, q.p75), (1.75, 2.5, 3.25));
        assert_eq!(x.mean, Some(0.8));
        assert_eq!((&t.min, &t.max, t.distinct), (&json!(1), &json!(3), 3));
        assert_eq!(t.top[0], TopValue { value: json!("a"), count: 2 });
        assert_eq!(ok.top[0], TopValue { value: json!(true), count: 4 });
    }

    #[test]
    fn a_column_of_nothing_has_no_statistics() {
        let frame = df!("x" => [None::<f64>, None], "t" => [None::<&str>, None]).unwrap();
        let profile = profile_frame(&frame, "t", Format::of(FileKind::Csv), Vec::new());
        for column in &profile.columns {
            assert_eq!((column.nulls, column.distinct, column.mean, column.quantiles), (2, 0, None, None));
            assert_eq!(column.min, Value::Null);
        }
    }

    #[test]
    fn only_the_most_frequent_values_are_kept() {
        let values: Vec<i64> = (0..1000).flat_map(|n| std::iter::repeat_n(n, if n < 3 { 5 } else { 1 })).collect();
        let frame = df!("n" => values).unwrap();
        let profile = profile_frame(&frame, "t", Format::of(FileKind::Csv), Vec::new());
        let top = &profile.columns[0].top;
        assert_eq!(top.len(), MAX_TOP);
        assert_eq!(top[0], TopValue { value: json!(0), count: 5 });
        assert_eq!(top[3].count, 1);
    }
}
