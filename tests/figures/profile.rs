//! Profiles, against DuckDB's SUMMARIZE of the same table in the same run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use analyst_types::{FileKind, Format};
use polars::prelude::*;

use crate::{Figure, table};

const TIMES: usize = 3;
/// About what a CSV of 72 MB and one of 1 GB hold.
const SMALL: usize = 800_000;
const LARGE: usize = 11_000_000;
const WIDE: usize = 10_000;

/// Of a small, a large and a very wide table.
pub fn figures() -> Vec<Figure> {
    let folder = tempfile::tempdir().expect("make a temporary folder");
    let mut figures = Vec::new();
    let sizes = [
        (
            SMALL,
            ["profile: 0.8 million rows", "profile: peer, DuckDB SUMMARIZE", "profile: ours / peer, 0.8 million rows"],
        ),
        (
            LARGE,
            ["profile: 11 million rows", "profile: peer, DuckDB SUMMARIZE", "profile: ours / peer, 11 million rows"],
        ),
    ];
    for (n_rows, names) in sizes {
        let parquet = folder.path().join("orders.parquet");
        let arrow = {
            let mut frame = table::orders(n_rows);
            analyst_data::export_frame(&mut frame, &parquet).expect("write the table");
            table::store(&mut frame, folder.path(), "orders.arrow")
        };
        let ours = Figure::of_times(names[0], (0..TIMES).map(|_| profile(&arrow)));
        let peer = summarize(&parquet).map(|times| Figure::of_times(names[1], times));
        let ratio =
            peer.as_ref()
                .map(|peer| Figure { name: names[2], unit: "×", values: vec![ours.median() / peer.median()] });
        figures.push(ours);
        figures.extend(peer);
        figures.extend(ratio);
    }
    let columns = (0..WIDE).map(|at| {
        Column::new(format!("c{at}").into(), (0..1000i64).map(|row| row * at as i64 % 97).collect::<Vec<_>>())
    });
    let mut wide = DataFrame::new(1000, columns.collect()).expect("BUG: columns of one length");
    let wide = table::store(&mut wide, folder.path(), "wide.arrow");
    figures.push(Figure::of_times("profile: 10,000 columns of 1,000 rows", (0..TIMES).map(|_| profile(&wide))));
    figures.push(Figure::of_times("profile: read back", (0..TIMES).map(|_| again(&wide))));
    figures
}

fn profile(arrow: &Path) -> Duration {
    // Kept from the last time; that is another figure.
    let _ = std::fs::remove_file(arrow.with_extension("profile.json"));
    again(arrow)
}

fn again(arrow: &Path) -> Duration {
    let started = Instant::now();
    analyst_data::profile(arrow, "t", Format::of(FileKind::Arrow), Vec::new()).expect("the table can be profiled");
    started.elapsed()
}

/// Seconds of each run, where the peers' environment is there (`bench/requirements.txt`).
fn summarize(parquet: &Path) -> Option<Vec<Duration>> {
    let bench = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../bench");
    let python =
        std::env::var_os("AUTO_ANALYST_PEERS_PYTHON").map_or_else(|| bench.join(".venv/bin/python3"), PathBuf::from);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let output = Command::new(&python)
        .arg(bench.join("peers/duckdb_summarize.py"))
        .arg(parquet)
        .args([TIMES.to_string(), threads.to_string()])
        .output();
    let seconds: Option<Vec<f64>> = output.ok().and_then(|output| serde_json::from_slice(&output.stdout).ok());
    if seconds.is_none() {
        eprintln!("no peer, so no comparison: {} cannot run DuckDB (see bench/requirements.txt)", python.display());
    }
    Some(seconds?.into_iter().map(Duration::from_secs_f64).collect())
}
