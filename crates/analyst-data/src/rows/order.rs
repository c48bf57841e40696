//! Orders of rows: stable, by several keys, missing values last in either direction.
//!
//! Texts are ordered by code point, as SQL's `ORDER BY` here and Python's `sorted` do, so that a table sorted in the
//! window and the same table sorted by code look alike. A key becomes a number whose order is that of the values; the
//! number and the row are sorted together, in one word where both fit. Of a text, the number holds the first eight
//! bytes, and only texts that are equal in those are compared.

use rayon::prelude::*;

use analyst_types::SortKey;

use super::table::{Cells, StoredColumn, Table, Texts};
use crate::DataError;

/// Rows from which on it pays to use both processors.
const MANY: usize = 50_000;
const PREFIX: usize = 8;

/// One key of an order.
struct Level<'t> {
    column: &'t StoredColumn,
    descending: bool,
}

/// Brings `rows`, which are in the table's order, into the order of the keys.
pub(crate) fn sort(table: &Table, keys: &[SortKey], mut rows: Vec<u32>) -> Result<Vec<u32>, DataError> {
    let levels: Vec<Level<'_>> = keys
        .iter()
        .map(|key| Ok(Level { column: table.column(&key.column)?, descending: key.descending }))
        .collect::<Result<_, DataError>>()?;
    sort_by(&levels, &mut rows);
    Ok(rows)
}

fn sort_by(levels: &[Level<'_>], rows: &mut [u32]) {
    let Some((level, further)) = levels.split_first() else { return };
    if rows.len() < 2 {
        return;
    }
    let n_present = missing_last(level.column, rows);
    let (present, missing) = rows.split_at_mut(n_present);
    sort_by(further, missing);
    let keys = level.keys(present);
    let runs = sort_together(keys, present);
    let texts = match level.column.cells() {
        Cells::Text(texts) => Some(texts),
        _ => None,
    };
    if texts.is_none() && further.is_empty() {
        return;
    }
    for_each_run(present, &runs, |run| match texts {
        Some(texts) => sort_texts(texts, level.descending, further, run),
        None => sort_by(further, run),
    });
}

/// Moves rows without a value to the end; within both parts the order stays. Says how many have one.
fn missing_last(column: &StoredColumn, rows: &mut [u32]) -> usize {
    let Some(valid) = column.validity() else { return rows.len() };
    let mut missing = Vec::new();
    let mut n_present = 0;
    for at in 0..rows.len() {
        let row = rows[at];
        if valid.get_bit(row as usize) {
            rows[n_present] = row;
            n_present += 1;
        } else {
            missing.push(row);
        }
    }
    rows[n_present..].copy_from_slice(&missing);
    n_present
}

impl Level<'_> {
    /// For each row a number whose order is that of the values.
    fn keys(&self, rows: &[u32]) -> Vec<u64> {
        match self.column.cells() {
            Cells::Boolean(values) => self.collect(rows, |row| u64::from(values.value(row))),
            Cells::Integer(values) => {
                let values = values.values();
                self.collect(rows, |row| from_whole(values[row]))
            }
            Cells::Date(values) => {
                let values = values.values();
                self.collect(rows, |row| from_whole(i64::from(values[row])))
            }
            Cells::Float(values) => {
                let values = values.values();
                self.collect(rows, |row| from_real(values[row]))
            }
            Cells::Text(texts) => self.collect(rows, |row| prefix(texts.get(row))),
        }
    }

    fn collect(&self, rows: &[u32], key: impl Fn(usize) -> u64 + Sync) -> Vec<u64> {
        let flip = if self.descending { u64::MAX } else { 0 };
        if rows.len() < MANY {
            return rows.iter().map(|&row| key(row as usize) ^ flip).collect();
        }
        rows.par_iter().with_min_len(MANY / 4).map(|&row| key(row as usize) ^ flip).collect()
    }
}

/// A whole number in an order without a sign.
pub(crate) fn from_whole(value: i64) -> u64 {
    (value as u64) ^ (1 << 63)
}

/// A real number in that order; both zeros are one.
pub(crate) fn from_real(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    bits ^ if bits >> 63 == 1 { u64::MAX } else { 1 << 63 }
}

fn prefix(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut word = [0; PREFIX];
    let n = bytes.len().min(PREFIX);
    word[..n].copy_from_slice(&bytes[..n]);
    u64::from_be_bytes(word)
}

/// Sorts rows by their keys, equal ones by row; gives the ends of the runs of equal keys.
fn sort_together(keys: Vec<u64>, rows: &mut [u32]) -> Vec<u32> {
    let (least, most) = keys.iter().fold((u64::MAX, 0), |(least, most), &key| (least.min(key), most.max(key)));
    if rows.is_empty() || least == most {
        return vec![rows.len() as u32];
    }
    let last_row = rows.iter().copied().max().unwrap_or_default();
    let row_bits = 32 - last_row.leading_zeros();
    if (most - least).leading_zeros() >= row_bits {
        let mut packed: Vec<u64> =
            keys.iter().zip(rows.iter()).map(|(&key, &row)| ((key - least) << row_bits) | u64::from(row)).collect();
        drop(keys);
        sort_words(&mut packed);
        let mask = (1u64 << row_bits) - 1;
        unpack(&packed, rows, |word| (word & mask) as u32, |word| word >> row_bits)
    } else {
        let mut packed: Vec<(u64, u32)> = keys.into_iter().zip(rows.iter().copied()).collect();
        if packed.len() < MANY {
            packed.sort_unstable()
        } else {
            packed.par_sort_unstable()
        }
        unpack(&packed, rows, |pair| pair.1, |pair| pair.0)
    }
}

fn sort_words(words: &mut [u64]) {
    if words.len() < MANY { words.sort_unstable() } else { words.par_sort_unstable() }
}

fn unpack<P: Copy, K: PartialEq>(
    packed: &[P],
    rows: &mut [u32],
    row: impl Fn(P) -> u32,
    key: impl Fn(P) -> K,
) -> Vec<u32> {
    let mut ends = Vec::new();
    for (at, &one) in packed.iter().enumerate() {
        rows[at] = row(one);
        if packed.get(at + 1).is_none_or(|&next| key(next) != key(one)) {
            ends.push(at as u32 + 1);
        }
    }
    ends
}

/// Gives `each` the runs that hold more than one row, large tables on both processors.
fn for_each_run(rows: &mut [u32], ends: &[u32], each: impl Fn(&mut [u32]) + Send + Sync) {
    if ends.len() == rows.len() {
        return;
    }
    let is_large = rows.len() >= MANY;
    let mut runs = Vec::new();
    let mut rest = rows;
    let mut start = 0;
    for &end in ends {
        let (run, after) = rest.split_at_mut((end - start) as usize);
        (rest, start) = (after, end);
        if run.len() > 1 {
            runs.push(run);
        }
    }
    if is_large {
        runs.into_par_iter().for_each(each);
    } else {
        runs.into_iter().for_each(each);
    }
}

/// Sorts rows whose texts are equal in the first eight bytes (as bytes: a shorter text ends in zeros).
fn sort_texts(texts: Texts<'_>, descending: bool, further: &[Level<'_>], rows: &mut [u32]) {
    let first = texts.get(rows[0] as usize);
    if rows.iter().any(|&row| texts.get(row as usize) != first) {
        rows.sort_unstable_by(|&a, &b| {
            let order = texts.get(a as usize).cmp(texts.get(b as usize));
            (if descending { order.reverse() } else { order }).then(a.cmp(&b))
        });
    }
    if !further.is_empty() {
        for run in rows.chunk_by_mut(|&a, &b| texts.get(a as usize) == texts.get(b as usize)) {
            sort_by(further, run);
        }
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;
    use proptest::prelude::*;

    use super::*;

    fn key(column: &str, descending: bool) -> SortKey {
        SortKey { column: column.into(), descending }
    }

    fn order(frame: &DataFrame, keys: &[SortKey]) -> Vec<u32> {
        sort(&Table::of_frame(frame).unwrap(), keys, (0..frame.height() as u32).collect()).unwrap()
    }

    #[test]
    fn missing_values_come_last_in_both_directions() {
        let frame = df!("n" => [Some(2i64), None, Some(-1), None, Some(2)]).unwrap();
        assert_eq!(order(&frame, &[key("n", false)]), [2, 0, 4, 1, 3]);
        assert_eq!(order(&frame, &[key("n", true)]), [0, 4, 2, 1, 3]);
    }

    #[test]
    fn texts_are_in_the_order_of_code_points() {
        let frame = df!("t" => ["abcdefghz", "b", "abcdefgha", "abcdefgh", "Z", "ä", "", "abcdefgha"]).unwrap();
        assert_eq!(order(&frame, &[key("t", false)]), [6, 4, 3, 2, 7, 0, 1, 5]);
        assert_eq!(order(&frame, &[key("t", true)]), [5, 1, 0, 2, 7, 3, 4, 6]);
    }

    #[test]
    fn zeros_are_equal_and_infinities_at_the_ends() {
        let frame = df!("x" => [0.0, f64::INFINITY, -0.0, -1e-300, f64::NEG_INFINITY, 1e-300]).unwrap();
        assert_eq!(order(&frame, &[key("x", false)]), [4, 3, 0, 2, 5, 1]);
    }

    proptest! {
        #[test]
        fn any_order_is_that_of_a_stable_sort(
            values in proptest::collection::vec((proptest::option::of(-2i64..2), "[ab]{0,10}", any::<f64>()), 0..60),
            descending in any::<[bool; 3]>(),
        ) {
            let n: Vec<Option<i64>> = values.iter().map(|v| v.0).collect();
            let t: Vec<&str> = values.iter().map(|v| v.1.as_str()).collect();
            let x: Vec<f64> = values.iter().map(|v| v.2).collect();
            prop_assume!(x.iter().all(|x| !x.is_nan()));
            let frame = df!("n" => &n, "t" => &t, "x" => &x).unwrap();
            let mut expected: Vec<u32> = (0..values.len() as u32).collect();
            let turned = |order: std::cmp::Ordering, at: usize| if descending[at] { order.reverse() } else { order };
            expected.sort_by(|&a, &b| {
                let (a, b) = (a as usize, b as usize);
                n[a].is_none().cmp(&n[b].is_none()).then(turned(n[a].cmp(&n[b]), 0))
                    .then(turned(t[a].cmp(t[b]), 1)).then(turned(x[a].partial_cmp(&x[b]).unwrap(), 2))
            });
            let keys = [key("n", descending[0]), key("t", descending[1]), key("x", descending[2])];
            prop_assert_eq!(order(&frame, &keys), expected);
        }
    }
}
