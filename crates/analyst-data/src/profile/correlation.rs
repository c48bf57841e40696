//! How numeric columns move together: Pearson's r for every pair, in blocks that stay in the cache.

use analyst_types::{ColumnProfile, Correlation};
use rayon::prelude::*;

use crate::rows::table::{Cells, Kind, StoredColumn, Table};

/// Weaker than that is not told.
const MIN_R: f64 = 0.3;
/// Pairs told.
const MAX_TOLD: usize = 50;
/// Columns compared: the first ones of a very wide table.
const MAX_COLUMNS: usize = 200;
/// Products of two values worked out in all; of a larger table, blocks spread evenly over it are taken.
const MAX_PRODUCTS: usize = 200_000_000;
/// With fewer rows, an r is chance.
const MIN_ROWS: f64 = 8.0;
const BLOCK: usize = 1024;

/// Sums over the rows where both columns have a value.
#[derive(Clone, Copy, Default)]
struct Sums {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
}

/// A column as numbers with a mean of about 0 and a spread of about 1, so that no square is too large.
struct Scaled<'t> {
    column: &'t StoredColumn,
    mean: f64,
    std: f64,
}

/// The strongest pairs first.
pub(super) fn correlations(table: &Table, profiles: &[ColumnProfile]) -> Vec<Correlation> {
    let columns: Vec<Scaled<'_>> = table.columns().iter().zip(profiles).filter_map(scaled).take(MAX_COLUMNS).collect();
    let n_pairs = columns.len() * columns.len().saturating_sub(1) / 2;
    if n_pairs == 0 {
        return Vec::new();
    }
    let n_blocks = table.n_rows().div_ceil(BLOCK);
    let n_taken = (MAX_PRODUCTS / n_pairs / BLOCK).clamp(1, n_blocks.max(1));
    let starts: Vec<usize> = (0..n_taken).map(|at| at * n_blocks / n_taken * BLOCK).collect();
    let sums = starts
        .par_chunks(64)
        .map(|starts| sums_of(&columns, n_pairs, starts, table.n_rows()))
        .reduce_with(|mut a, b| {
            a.iter_mut().zip(b).for_each(|(a, b)| a.add(b));
            a
        })
        .unwrap_or_default();
    let pairs = (0..columns.len()).flat_map(|a| (a + 1..columns.len()).map(move |b| (a, b)));
    let mut found: Vec<Correlation> = pairs
        .zip(sums)
        .filter_map(|((a, b), sums)| {
            let r = sums.r().filter(|r| r.abs() >= MIN_R)?;
            let name = |at: usize| columns[at].column.name.clone();
            Some(Correlation { a: name(a), b: name(b), r, n: sums.n as u64 })
        })
        .collect();
    found.sort_by(|a, b| b.r.abs().total_cmp(&a.r.abs()));
    found.truncate(MAX_TOLD);
    found
}

fn scaled<'t>((column, profile): (&'t StoredColumn, &ColumnProfile)) -> Option<Scaled<'t>> {
    let is_numeric = matches!(column.kind(), Kind::Integer | Kind::Float);
    let (mean, std) = (profile.mean?, profile.std?);
    (is_numeric && std > 0.0).then_some(Scaled { column, mean, std })
}

fn sums_of(columns: &[Scaled<'_>], n_pairs: usize, starts: &[usize], n_rows: usize) -> Vec<Sums> {
    let mut sums = vec![Sums::default(); n_pairs];
    let mut values = vec![0.0; columns.len() * BLOCK];
    let mut present = vec![0.0; columns.len() * BLOCK];
    let mut is_full = vec![true; columns.len()];
    let mut own = vec![(0.0, 0.0); columns.len()];
    for &start in starts {
        let n = BLOCK.min(n_rows - start);
        let blocks = values.chunks_exact_mut(BLOCK).zip(present.chunks_exact_mut(BLOCK));
        for (((column, (values, present)), is_full), own) in columns.iter().zip(blocks).zip(&mut is_full).zip(&mut own)
        {
            *is_full = column.fill(start, &mut values[..n], &mut present[..n]);
            *own = (sum(&values[..n]), dot(&values[..n], &values[..n]));
        }
        let mut pairs = sums.iter_mut();
        for a in 0..columns.len() {
            for b in a + 1..columns.len() {
                let Some(sums) = pairs.next() else { continue };
                let (x, y) = (&values[a * BLOCK..a * BLOCK + n], &values[b * BLOCK..b * BLOCK + n]);
                if is_full[a] && is_full[b] {
                    let ((x_sum, xx), (y_sum, yy)) = (own[a], own[b]);
                    sums.add(Sums { n: n as f64, x: x_sum, y: y_sum, xx, yy, xy: dot(x, y) });
                } else {
                    let (has_x, has_y) = (&present[a * BLOCK..a * BLOCK + n], &present[b * BLOCK..b * BLOCK + n]);
                    sums.add_partial(x, y, has_x, has_y);
                }
            }
        }
    }
    sums
}

impl Scaled<'_> {
    /// Writes rows from `start` on as scaled numbers, 0 where there is none. Says whether all are there.
    fn fill(&self, start: usize, values: &mut [f64], present: &mut [f64]) -> bool {
        let scale = |value: f64| (value - self.mean) / self.std;
        match self.column.cells() {
            Cells::Integer(array) => {
                let numbers = &array.values()[start..start + values.len()];
                values.iter_mut().zip(numbers).for_each(|(value, &number)| *value = scale(number as f64));
            }
            Cells::Float(array) => {
                let numbers = &array.values()[start..start + values.len()];
                values.iter_mut().zip(numbers).for_each(|(value, &number)| *value = scale(number));
            }
            _ => return false,
        }
        let valid = self.column.validity();
        let mut is_full = true;
        for (at, (value, present)) in values.iter_mut().zip(present).enumerate() {
            let is_there = value.is_finite() && valid.is_none_or(|valid| valid.get_bit(start + at));
            *present = if is_there { 1.0 } else { 0.0 };
            if !is_there {
                *value = 0.0;
                is_full = false;
            }
        }
        is_full
    }
}

/// Adds in eight lanes, which a processor does at once.
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (xs, ys) = (x.chunks_exact(8), y.chunks_exact(8));
    let rest: f64 = xs.remainder().iter().zip(ys.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in xs.zip(ys) {
        for (lane, (x, y)) in lanes.iter_mut().zip(x.iter().zip(y)) {
            *lane += x * y;
        }
    }
    lanes.iter().sum::<f64>() + rest
}

fn sum(x: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let xs = x.chunks_exact(8);
    let rest: f64 = xs.remainder().iter().sum();
    for x in xs {
        lanes.iter_mut().zip(x).for_each(|(lane, x)| *lane += x);
    }
    lanes.iter().sum::<f64>() + rest
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.n += other.n;
        self.x += other.x;
        self.y += other.y;
        self.xx += other.xx;
        self.yy += other.yy;
        self.xy += other.xy;
    }

    fn add_partial(&mut self, x: &[f64], y: &[f64], has_x: &[f64], has_y: &[f64]) {
        let squares =
            |values: &[f64], has: &[f64]| values.iter().zip(has).map(|(value, has)| value * value * has).sum();
        self.add(Self {
            n: dot(has_x, has_y),
            x: dot(x, has_y),
            y: dot(y, has_x),
            xx: squares(x, has_y),
            yy: squares(y, has_x),
            xy: dot(x, y),
        });
    }

    fn r(self) -> Option<f64> {
        let spread = |sum: f64, squares: f64| squares - sum * sum / self.n;
        let (x, y) = (spread(self.x, self.xx), spread(self.y, self.yy));
        let r = (self.xy - self.x * self.y / self.n) / (x * y).sqrt();
        (self.n >= MIN_ROWS && x > 1e-12 && y > 1e-12 && r.is_finite()).then(|| r.clamp(-1.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::*;

    fn found(frame: &DataFrame) -> Vec<Correlation> {
        let table = Table::of_frame(frame).unwrap();
        let profiles: Vec<ColumnProfile> =
            table.columns().iter().map(|column| super::super::column::profile(column, table.n_rows())).collect();
        correlations(&table, &profiles)
    }

    #[test]
    fn pairs_are_told_with_r_and_the_rows_it_rests_on() {
        let x: Vec<f64> = (0..3000).map(|at| f64::from(at * 37 % 101)).collect();
        let noise: Vec<f64> = (0..3000).map(|at| f64::from(at * 91 % 97)).collect();
        let with_gaps: Vec<Option<f64>> =
            x.iter().enumerate().map(|(at, x)| (at % 5 != 0).then_some(-2.0 * x)).collect();
        let big: Vec<f64> = x.iter().map(|x| 1e100 * (x + 500.0)).collect();
        let frame = df!("x" => &x, "noise" => &noise, "gaps" => &with_gaps, "big" => &big, "one" => vec![1i64; 3000]);
        let found = found(&frame.unwrap());
        let names: Vec<(&str, &str, u64)> = found.iter().map(|c| (c.a.as_str(), c.b.as_str(), c.n)).collect();
        assert_eq!(names.len(), 3, "{names:?}");
        assert!(names.contains(&("x", "gaps", 2400)) && names.contains(&("x", "big", 3000)));
        for one in &found {
            assert!((one.r.abs() - 1.0).abs() < 1e-9 && (one.r < 0.0) == (one.a == "gaps" || one.b == "gaps"));
        }
    }

    #[test]
    fn a_known_r_is_found() {
        let frame = df!("a" => [1i64, 2, 3, 4, 5, 6, 7, 8], "b" => [2.0, 1.0, 4.0, 3.0, 7.0, 8.0, 6.0, 5.0]).unwrap();
        assert!((found(&frame)[0].r - 0.738_095_238_095_238_1).abs() < 1e-12);
    }
}
