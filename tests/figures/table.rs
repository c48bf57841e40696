//! A large table with columns of every kind, the same one every time.

use std::path::{Path, PathBuf};

use polars::prelude::*;

/// Numbers that look random and are the same every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 16
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

const REGIONS: [&str; 8] = ["North", "South", "East", "West", "Centre", "Islands", "Coast", "Highlands"];

/// `n_rows` rows of ten columns: a key, a date, a moment, categories, names, counts, amounts with gaps.
pub fn orders(n_rows: usize) -> DataFrame {
    let mut random = Random(n_rows as u64);
    let mut numbers = |bound: u64| -> Vec<i64> { (0..n_rows).map(|_| random.below(bound) as i64).collect() };
    let days: Vec<i32> = numbers(3650).into_iter().map(|day| 16_000 + day as i32).collect();
    let moments: Vec<i64> =
        numbers(300_000_000).into_iter().map(|second| (1_400_000_000 + second) * 1_000_000).collect();
    let regions: Vec<&str> = numbers(8).into_iter().map(|at| REGIONS[at as usize]).collect();
    let customers: Vec<String> = numbers(50_000).into_iter().map(|at| format!("Customer {at:05}")).collect();
    let references: Vec<String> = numbers(1 << 40).into_iter().map(|at| format!("R{at:011x}")).collect();
    let units = numbers(40);
    let prices: Vec<f64> = numbers(1_000_000).into_iter().map(|cents| cents as f64 / 100.0).collect();
    let weights: Vec<Option<f64>> =
        numbers(1 << 40).into_iter().map(|w| (w % 20 != 0).then_some(w as f64 / 1e9)).collect();
    let is_paid: Vec<bool> = numbers(5).into_iter().map(|at| at > 0).collect();
    df!(
        "order_id" => (1..=n_rows as i64).collect::<Vec<_>>(),
        "ordered_on" => Series::new("".into(), days).cast(&DataType::Date).expect("BUG: days are dates"),
        "shipped_at" => Series::new("".into(), moments)
            .cast(&DataType::Datetime(TimeUnit::Microseconds, None))
            .expect("BUG: microseconds are moments"),
        "region" => regions, "customer" => customers, "reference" => references, "units" => units, "price" => prices,
        "weight_kg" => weights, "is_paid" => is_paid,
    )
    .expect("BUG: columns of one length")
}

/// Writes the table as the store does.
pub fn store(frame: &mut DataFrame, folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    analyst_data::write_arrow(frame, &path).expect("write the table");
    path
}
