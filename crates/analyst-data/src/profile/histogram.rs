//! Histograms: at most 40 bins of one width, with bounds a person would choose.

use analyst_types::Bin;
use serde_json::Value;

use crate::infer::date::MICROS_PER_DAY;

const MAX_BINS: usize = 40;

/// Widths of bins over days.
const DAYS: &[i64] = &[1, 2, 7, 14, 28, 91, 182, 365, 730, 1826, 3652, 7305, 18_262, 36_524, 73_049, 182_622];
/// Widths of bins below a day, in microseconds.
const WITHIN_A_DAY: &[i64] = &[
    1,
    10,
    100,
    1000,
    10_000,
    100_000,
    1_000_000,
    2_000_000,
    5_000_000,
    15_000_000,
    30_000_000,
    60_000_000,
    120_000_000,
    300_000_000,
    900_000_000,
    1_800_000_000,
    3_600_000_000,
    7_200_000_000,
    10_800_000_000,
    21_600_000_000,
    43_200_000_000,
];

/// Bins of whole numbers: where they begin, how wide they are, how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Whole {
    first: i64,
    width: i64,
    n_bins: usize,
}

impl Whole {
    /// Over whole numbers.
    pub fn over_numbers(least: i64, most: i64) -> Self {
        let widths = (0..19u32).flat_map(|power| [1, 2, 5].map(|digit| 10i64.checked_pow(power)?.checked_mul(digit)));
        Self::choose(least, most, widths.flatten(), 0)
    }

    /// Over days.
    pub fn over_days(least: i64, most: i64) -> Self {
        // Weeks begin on Mondays; 1970-01-05 was one.
        Self::choose(least, most, DAYS.iter().copied(), 4)
    }

    /// Over microseconds.
    pub fn over_moments(least: i64, most: i64) -> Self {
        let days = DAYS.iter().map(|days| days * MICROS_PER_DAY);
        Self::choose(least, most, WITHIN_A_DAY.iter().copied().chain(days), 4 * MICROS_PER_DAY)
    }

    fn choose(least: i64, most: i64, widths: impl Iterator<Item = i64>, origin: i64) -> Self {
        if least == most {
            return Self { first: least, width: 0, n_bins: 1 };
        }
        let (low, high) = (i128::from(least), i128::from(most));
        let bins_of = |width: i64| {
            let first = low - (low - i128::from(origin)).rem_euclid(width.into());
            let n_bins = usize::try_from((high - first) / i128::from(width) + 1).ok()?;
            let first = i64::try_from(first).ok()?;
            (n_bins <= MAX_BINS).then_some(Self { first, width, n_bins })
        };
        // Numbers from one end of all whole numbers to the other need a width of their own.
        let widest = (high - low) / (MAX_BINS as i128 - 1) + 1;
        let fallback = Self { first: least, width: i64::try_from(widest).unwrap_or(i64::MAX), n_bins: MAX_BINS };
        widths.filter(|&width| width > 0).find_map(bins_of).unwrap_or(fallback)
    }

    /// The bin of a value.
    #[inline]
    pub fn bin(self, value: i64) -> usize {
        if self.width == 0 {
            return 0;
        }
        (value.wrapping_sub(self.first) as u64 / self.width as u64) as usize
    }

    /// As counted, with `shown` for the bounds.
    pub fn bins(self, counts: &[u64], shown: impl Fn(i64) -> Value) -> Vec<Bin> {
        let bound = |at: usize| shown(self.first.saturating_add(self.width.saturating_mul(at as i64)));
        let bin = |(at, &count): (usize, &u64)| Bin { from: bound(at), to: bound(at + 1), count };
        counts.iter().enumerate().map(bin).collect()
    }

    /// Counts values.
    pub fn count(self, values: &[i64]) -> Vec<u64> {
        let mut counts = vec![0; self.n_bins];
        for &value in values {
            counts[self.bin(value)] += 1;
        }
        counts
    }

    /// Counts values that were counted one by one: `counted[i]` times `least + i`.
    pub fn count_counted(self, least: i64, counted: &[u32]) -> Vec<u64> {
        let mut counts = vec![0; self.n_bins];
        for (at, &count) in counted.iter().enumerate().filter(|(_, count)| **count > 0) {
            counts[self.bin(least + at as i64)] += u64::from(count);
        }
        counts
    }
}

/// Bins of finite real numbers.
pub(super) fn of_real_numbers(values: &[f64], least: f64, most: f64) -> Vec<Bin> {
    if !(least.is_finite() && most.is_finite()) || values.is_empty() {
        return Vec::new();
    }
    let number = crate::value::float;
    let bounds = real_bounds(least, most);
    let Some(width) = bounds.get(1).map(|second| second - bounds[0]).filter(|width| *width > 0.0) else {
        return vec![Bin { from: number(least), to: number(most), count: values.len() as u64 }];
    };
    let last = bounds.len() - 2;
    let mut counts = vec![0u64; last + 1];
    let (first, per_width) = (bounds[0], 1.0 / width);
    for &value in values {
        // The quotient may be off by a rounding; the bounds decide.
        let mut at = (((value - first) * per_width) as usize).min(last);
        if value < bounds[at] {
            at -= 1;
        } else if at < last && value >= bounds[at + 1] {
            at += 1;
        }
        counts[at] += 1;
    }
    let bin = |(at, &count): (usize, &u64)| Bin { from: number(bounds[at]), to: number(bounds[at + 1]), count };
    counts.iter().enumerate().map(bin).collect()
}

/// Multiples of 1, 2 or 5 times a power of ten around all values.
fn real_bounds(least: f64, most: f64) -> Vec<f64> {
    let wanted = (most - least) / (MAX_BINS - 1) as f64;
    if least == most || !wanted.is_finite() || wanted < 1e-290 {
        return vec![least, most];
    }
    let power = wanted.log10().floor() as i32;
    for (digit, power) in (power..power + 3).flat_map(|power| [1.0, 2.0, 5.0].map(|digit| (digit, power))) {
        // Dividing by a power of ten keeps 0.3 what it is; multiplying by 0.1 does not.
        let multiple = |k: f64| if power < 0 { k * digit / 10f64.powi(-power) } else { k * digit * 10f64.powi(power) };
        let width = multiple(1.0);
        if width < wanted || !width.is_finite() {
            continue;
        }
        let (mut first, mut last) = ((least / width).floor(), (most / width).ceil());
        first -= f64::from(u8::from(multiple(first) > least));
        last += f64::from(u8::from(multiple(last) < most));
        let n_bins = (last - first) as usize;
        if (1..=MAX_BINS).contains(&n_bins) {
            let bounds: Vec<f64> = (0..=n_bins).map(|at| multiple(first + at as f64)).collect();
            let is_ordered = bounds.windows(2).all(|pair| pair[0] < pair[1]);
            return if is_ordered { bounds } else { vec![least, most] };
        }
    }
    vec![least, most]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn bounds_are_those_a_person_would_choose() {
        let ages = Whole::over_numbers(18, 93);
        assert_eq!((ages.first, ages.width), (18, 2));
        let days = Whole::over_days(19_723, 19_723 + 365);
        assert_eq!((days.width, (days.first - 4) % 7), (14, 0));
        let hours = Whole::over_moments(0, MICROS_PER_DAY - 1);
        assert_eq!((hours.width, hours.n_bins), (3_600_000_000, 24));
        let bins = of_real_numbers(&[0.1, 0.25, 0.3, 0.3, 1.0], 0.1, 1.0);
        assert_eq!((&bins[0].from, bins.len()), (&json!(0.1), 18));
        assert_eq!(bins.iter().find(|bin| bin.from == json!(0.3)).unwrap().count, 2);
        assert_eq!(of_real_numbers(&[2.5, 2.5], 2.5, 2.5).len(), 1);
    }

    proptest! {
        #[test]
        fn every_value_is_in_one_of_at_most_40_bins(
            values in proptest::collection::vec(proptest::num::f64::NORMAL | proptest::num::f64::ZERO, 1..50),
            wholes in proptest::collection::vec(any::<i64>(), 1..50), shift in 0..64u32,
        ) {
            let (least, most) = values.iter().fold((f64::MAX, f64::MIN), |(a, b), &v| (a.min(v), b.max(v)));
            let bins = of_real_numbers(&values, least, most);
            prop_assert!(bins.len() <= MAX_BINS);
            prop_assert_eq!(bins.iter().map(|bin| bin.count).sum::<u64>(), values.len() as u64);
            let wholes: Vec<i64> = wholes.into_iter().map(|value| value >> shift).collect();
            let (least, most) = (*wholes.iter().min().unwrap(), *wholes.iter().max().unwrap());
            for bins in [Whole::over_numbers(least, most), Whole::over_days(least, most), Whole::over_moments(least, most)] {
                prop_assert!(bins.n_bins <= MAX_BINS);
                prop_assert_eq!(bins.count(&wholes).iter().sum::<u64>(), wholes.len() as u64);
            }
        }
    }
}
