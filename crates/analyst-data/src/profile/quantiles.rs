//! Exact quantiles without sorting: two passes find the few values that stand at the wanted places.

use analyst_types::Quantiles;

const SHARES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
/// Counters of one pass.
const BINS: usize = 1 << 14;
/// So few are sorted.
const FEW: usize = 1 << 16;

/// The quantiles by linear interpolation; `key` gives numbers in the order of the values, `value` turns them back.
pub(super) fn quantiles<T: Copy>(
    values: &[T],
    key: impl Fn(T) -> u64 + Copy,
    value: impl Fn(u64) -> f64,
) -> Option<Quantiles> {
    let n = values.len();
    let ranks: Vec<usize> = SHARES.iter().flat_map(|share| around(*share, n)).collect();
    let found = if n == 0 { return None } else { at_ranks(values, key, ranks) };
    interpolated(n, |at| value(found[at]))
}

/// The quantiles of values that were counted one by one: `counts[i]` times the value `least + i`.
pub(super) fn of_counts(least: i64, counts: &[u32], n: usize) -> Option<Quantiles> {
    if n == 0 {
        return None;
    }
    let at_rank = |rank: usize| {
        let mut passed = 0usize;
        let at = counts.iter().position(|&count| {
            passed += count as usize;
            passed > rank
        });
        (least + at.unwrap_or_default() as i64) as f64
    };
    let places: Vec<f64> = SHARES.iter().flat_map(|share| around(*share, n)).map(at_rank).collect();
    interpolated(n, |at| places[at])
}

fn around(share: f64, n: usize) -> [usize; 2] {
    let at = share * (n.saturating_sub(1)) as f64;
    [at.floor() as usize, at.ceil() as usize]
}

fn interpolated(n: usize, place: impl Fn(usize) -> f64) -> Option<Quantiles> {
    let mut results = [0.0; 5];
    for (index, share) in SHARES.into_iter().enumerate() {
        let at = share * (n - 1) as f64;
        let (low, high) = (place(index * 2), place(index * 2 + 1));
        let between = low + (high - low) * (at - at.floor());
        results[index] = if between.is_finite() { between } else { low };
    }
    let [p05, p25, p50, p75, p95] = results;
    results.iter().all(|value| value.is_finite()).then_some(Quantiles { p05, p25, p50, p75, p95 })
}

/// Keys among which places are found again are their own keys.
fn itself(key: u64) -> u64 {
    key
}

/// The keys at these places of the sorted values.
fn at_ranks<T: Copy>(values: &[T], key: impl Fn(T) -> u64 + Copy, ranks: Vec<usize>) -> Vec<u64> {
    if values.len() <= FEW {
        let mut keys: Vec<u64> = values.iter().map(|&value| key(value)).collect();
        keys.sort_unstable();
        return ranks.into_iter().map(|rank| keys[rank]).collect();
    }
    let (least, most) = values.iter().fold((u64::MAX, 0), |(least, most), &value| {
        let key = key(value);
        (least.min(key), most.max(key))
    });
    if least == most {
        return vec![least; ranks.len()];
    }
    let shift = (64 - (most - least).leading_zeros()).saturating_sub(BINS.trailing_zeros());
    let bin = |key: u64| ((key - least) >> shift) as usize;
    let mut counts = vec![0u32; BINS];
    for &value in values {
        counts[bin(key(value))] += 1;
    }
    // Which bins hold a wanted place, and how many values stand before each.
    let mut wanted = vec![u8::MAX; BINS];
    let mut groups: Vec<(usize, Vec<u64>)> = Vec::new();
    let mut group_of = Vec::with_capacity(ranks.len());
    for &rank in &ranks {
        let mut before = 0usize;
        let found = counts.iter().position(|&count| {
            let holds = before + count as usize > rank;
            before += if holds { 0 } else { count as usize };
            holds
        });
        let at = found.expect("BUG: a place is within the values");
        if wanted[at] == u8::MAX {
            wanted[at] = groups.len() as u8;
            groups.push((before, Vec::with_capacity(counts[at] as usize)));
        }
        group_of.push(wanted[at] as usize);
    }
    for &value in values {
        let key = key(value);
        if let Some((_, group)) = groups.get_mut(wanted[bin(key)] as usize) {
            group.push(key);
        }
    }
    let mut found = vec![0; ranks.len()];
    for (index, (before, group)) in groups.iter().enumerate() {
        let members: Vec<usize> = (0..ranks.len()).filter(|&at| group_of[at] == index).collect();
        let inner = members.iter().map(|&at| ranks[at] - before).collect();
        for (at, key) in members.iter().zip(at_ranks(group, itself, inner)) {
            found[*at] = key;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rows::order::from_real;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn places_found_are_those_of_sorted_values(seed in any::<u64>(), shape in 0..4) {
            let mut state = seed | 1;
            let values: Vec<f64> = (0..FEW * 2)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let unit = (state >> 11) as f64 / (1u64 << 53) as f64;
                    match shape {
                        0 => unit,
                        1 => (unit * 10.0).floor(),
                        2 => if unit > 0.9999 { 1e300 } else { unit - 0.5 },
                        _ => 7.0,
                    }
                })
                .collect();
            let ranks = vec![0, 1, FEW, FEW * 2 - 1, 77];
            let found = at_ranks(&values, from_real, ranks.clone());
            let mut sorted = values;
            sorted.sort_unstable_by(f64::total_cmp);
            let expected: Vec<u64> = ranks.into_iter().map(|rank| from_real(sorted[rank])).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn counted_values_have_the_same_quantiles() {
        let values = [3i64, 3, 4, 9, 3, 5];
        let by_value = quantiles(&values, |v| v as u64, |key| key as f64).unwrap();
        assert_eq!(of_counts(3, &[3, 1, 1, 0, 0, 0, 1], 6), Some(by_value));
        assert_eq!((by_value.p50, by_value.p75), (3.5, 4.75));
    }
}
