//! The different values of a column, with how often each occurs.

use std::hash::Hash;

use analyst_types::{FilterTest, TopValue};
use polars::prelude::PlHashMap;
use rayon::prelude::*;

use super::order::{from_real, from_whole};
use super::table::{Cells, StoredColumn};
use super::wording::Wording;

/// Different values that are told apart: what they and their counts need stays below 100 MB.
const MAX_DISTINCT: usize = 2_000_000;
/// Rows that one thread counts at a time.
const CHUNK: usize = 1 << 20;

/// The most frequent of them, equally frequent ones in their order.
pub(crate) fn distinct(column: &StoredColumn, n_rows: usize, search: &str, limit: usize) -> Vec<TopValue> {
    let wording = (!search.is_empty()).then(|| Wording::new(search, FilterTest::Contains));
    if wording.as_ref().is_some_and(|wording| !wording.may_stand_in(column.kind())) {
        return Vec::new();
    }
    let firsts = match column.cells() {
        Cells::Text(texts) => {
            let counts = count(column, n_rows, |row| texts.get(row));
            best(column, counts, wording.as_ref(), limit)
        }
        Cells::Boolean(values) => best(column, count(column, n_rows, |row| values.value(row)), wording.as_ref(), limit),
        Cells::Integer(values) => {
            best(column, count(column, n_rows, |row| from_whole(values.value(row))), wording.as_ref(), limit)
        }
        Cells::Date(values) => best(column, count(column, n_rows, |row| values.value(row)), wording.as_ref(), limit),
        Cells::Float(values) => {
            best(column, count(column, n_rows, |row| from_real(values.value(row))), wording.as_ref(), limit)
        }
    };
    firsts.into_iter().map(|(row, count)| TopValue { value: column.json(row as usize), count }).collect()
}

/// For each different value how often it occurs and the first row it stands in.
type Counts<K> = PlHashMap<K, (u64, u32)>;

fn count<K: Hash + Eq + Send>(column: &StoredColumn, n_rows: usize, key: impl Fn(usize) -> K + Sync) -> Counts<K> {
    let chunks: Vec<usize> = (0..n_rows).step_by(CHUNK).collect();
    let count_chunk = |start: usize| {
        let mut counts = Counts::<K>::default();
        for row in start..(start + CHUNK).min(n_rows) {
            if column.is_missing(row) {
                continue;
            }
            counts.entry(key(row)).or_insert((0, row as u32)).0 += 1;
        }
        counts
    };
    let mut all = Counts::<K>::default();
    // A few chunks at a time: their counts are merged before more are made.
    for starts in chunks.chunks(rayon::current_num_threads().max(1)) {
        let counted: Vec<Counts<K>> = starts.par_iter().map(|&start| count_chunk(start)).collect();
        for counts in counted {
            if all.is_empty() {
                all = counts;
                continue;
            }
            for (key, (n, row)) in counts {
                if let Some(known) = all.get_mut(&key) {
                    known.0 += n;
                } else if all.len() < MAX_DISTINCT {
                    all.insert(key, (n, row));
                }
            }
        }
    }
    all
}

fn best<K: Ord + Hash>(
    column: &StoredColumn,
    counts: Counts<K>,
    wording: Option<&Wording>,
    limit: usize,
) -> Vec<(u32, u64)> {
    let mut counts: Vec<(K, (u64, u32))> = counts
        .into_iter()
        .filter(|(_, (_, row))| wording.is_none_or(|wording| wording.stands_in(column, *row as usize)))
        .collect();
    let order = |a: &(K, (u64, u32)), b: &(K, (u64, u32))| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(&b.0));
    if limit < counts.len() {
        counts.select_nth_unstable_by(limit, order);
        counts.truncate(limit);
    }
    counts.sort_unstable_by(order);
    counts.into_iter().map(|(_, (n, row))| (row, n)).collect()
}
