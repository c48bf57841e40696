//! What names a row: rows that repeat another one, and the columns whose values never repeat.

use analyst_types::ColumnProfile;
use rayon::prelude::*;

use super::hash;
use crate::rows::table::{Kind, StoredColumn, Table};

/// Rows that one thread hashes at a time: their hashes stay in the cache from column to column.
const CHUNK: usize = 1 << 14;
/// Pairs of columns that are tried as a key of two.
const MAX_PAIRS: usize = 24;
/// Columns that may be part of a key of two.
const MAX_PARTS: usize = 12;
/// Rows on which a pair is tried first.
const TRIED: usize = 20_000;

/// Rows that repeat an earlier one in every column.
pub(crate) fn duplicate_rows(table: &Table, profiles: &[ColumnProfile]) -> u64 {
    let n_rows = table.n_rows() as u64;
    let names_rows = |profile: &ColumnProfile| is_unique(profile, n_rows) && !profile.distinct_is_estimate;
    if table.columns().is_empty() || profiles.iter().any(names_rows) {
        return 0;
    }
    let columns: Vec<&StoredColumn> = table.columns().iter().collect();
    repeated(row_hashes(&columns, table.n_rows()))
}

/// A hash of each row over the columns.
pub(crate) fn row_hashes(columns: &[&StoredColumn], n_rows: usize) -> Vec<u64> {
    let mut rows = vec![0u64; n_rows];
    rows.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, rows)| {
        for column in columns {
            hash::mix_rows(column, chunk * CHUNK, rows);
        }
    });
    rows
}

/// How many repeat another.
fn repeated(mut hashes: Vec<u64>) -> u64 {
    hashes.par_sort_unstable();
    hashes.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64
}

fn is_unique(profile: &ColumnProfile, n_rows: u64) -> bool {
    n_rows > 0 && profile.nulls == 0 && profile.distinct == n_rows
}

/// Single columns that name a row; where there is none, pairs.
pub(super) fn keys(table: &Table, profiles: &[ColumnProfile], duplicate_rows: u64) -> Vec<Vec<String>> {
    let n_rows = table.n_rows();
    if n_rows < 2 || duplicate_rows > 0 {
        return Vec::new();
    }
    let columns: Vec<(&StoredColumn, &ColumnProfile)> =
        table.columns().iter().zip(profiles).filter(|(column, profile)| may_name(column, profile)).collect();
    let is_key = |(column, profile): &&(&StoredColumn, &ColumnProfile)| {
        let nearly = profile.distinct.abs_diff(n_rows as u64) < n_rows as u64 / 30;
        if profile.distinct_is_estimate {
            nearly && are_unique(&[column], n_rows)
        } else {
            is_unique(profile, n_rows as u64)
        }
    };
    let single: Vec<Vec<String>> = columns.iter().filter(is_key).map(|(column, _)| vec![column.name.clone()]).collect();
    if single.is_empty() { pairs(&columns, n_rows) } else { single }
}

/// Measurements name nothing, even where no two are alike.
fn may_name(column: &StoredColumn, profile: &ColumnProfile) -> bool {
    let is_short = profile.lengths.is_none_or(|lengths| lengths.max <= 200);
    !matches!(column.kind(), Kind::Float | Kind::Boolean | Kind::Span) && profile.nulls == 0 && is_short
}

fn pairs(columns: &[(&StoredColumn, &ColumnProfile)], n_rows: usize) -> Vec<Vec<String>> {
    let mut parts: Vec<&(&StoredColumn, &ColumnProfile)> =
        columns.iter().filter(|(_, profile)| profile.distinct > 1).collect();
    parts.sort_by_key(|(_, profile)| std::cmp::Reverse(profile.distinct));
    parts.truncate(MAX_PARTS);
    let mut found = Vec::new();
    let mut n_tried = 0;
    for (at, (first, first_profile)) in parts.iter().enumerate() {
        for (second, second_profile) in &parts[at + 1..] {
            let enough = u128::from(first_profile.distinct) * u128::from(second_profile.distinct) >= n_rows as u128;
            if !enough || n_tried == MAX_PAIRS {
                continue;
            }
            n_tried += 1;
            let pair = [*first, *second];
            if are_unique(&pair, n_rows.min(TRIED)) && (n_rows <= TRIED || are_unique(&pair, n_rows)) {
                found.push(pair.map(|column| column.name.clone()).to_vec());
            }
        }
    }
    found
}

fn are_unique(columns: &[&StoredColumn], n_rows: usize) -> bool {
    repeated(row_hashes(columns, n_rows)) == 0
}
