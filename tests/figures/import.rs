//! From a CSV file to a dataset with its profile, against DuckDB's `read_csv` and `SUMMARIZE` in the same run.
//!
//! The files are made here, the same ones every time, and removed afterwards. Each measurement is a process of its
//! own, so that memory is counted from nothing; ours and the peer's take turns.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use analyst_data::{SourceFile, open, peek, profile};
use analyst_types::ReadOptions;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::Figure;

/// The word that makes this program measure one import and print what it took.
pub const ONCE: &str = "--import-once";

const TIMES: usize = 3;
const FIRST_ROWS: usize = 100;
const PEER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../bench/peers/import_duckdb.py");

/// What is measured of a file of one size.
struct Names {
    bytes: u64,
    ours: [&'static str; 4],
    peer: [&'static str; 2],
    ratios: [&'static str; 2],
}

const SMALL: Names = Names {
    bytes: 72_000_000,
    ours: [
        "import: 72 MB CSV, first rows",
        "import: 72 MB CSV, stored",
        "import: 72 MB CSV, stored and profiled",
        "import: 72 MB CSV, peak memory",
    ],
    peer: ["import: 72 MB CSV, peer, read_csv", "import: 72 MB CSV, peer, read_csv and SUMMARIZE"],
    ratios: ["import: 72 MB CSV, stored / peer", "import: 72 MB CSV, stored and profiled / peer"],
};

const LARGE: Names = Names {
    bytes: 1_000_000_000,
    ours: [
        "import: 1 GB CSV, first rows",
        "import: 1 GB CSV, stored",
        "import: 1 GB CSV, stored and profiled",
        "import: 1 GB CSV, peak memory",
    ],
    peer: ["import: 1 GB CSV, peer, read_csv", "import: 1 GB CSV, peer, read_csv and SUMMARIZE"],
    ratios: ["import: 1 GB CSV, stored / peer", "import: 1 GB CSV, stored and profiled / peer"],
};

/// Both sizes. Without the bench's Python there are no figures of the peer.
pub fn figures() -> Vec<Figure> {
    [SMALL, LARGE].into_iter().flat_map(of_size).collect()
}

fn of_size(names: Names) -> Vec<Figure> {
    let Ok(folder) = tempfile::tempdir() else { return Vec::new() };
    let file = folder.path().join("orders.csv");
    if let Err(error) = write_orders(&file, names.bytes) {
        eprintln!("no file to import: {error}");
        return Vec::new();
    }
    let mut ours: [Vec<f64>; 4] = Default::default();
    let mut peer: [Vec<f64>; 2] = Default::default();
    for turn in 0..TIMES {
        let store = folder.path().join(format!("store-{turn}"));
        if let Some(took) = in_a_process(&file, &store) {
            for (values, key) in ours.iter_mut().zip(["peekMs", "importMs", "totalMs", "peakMb"]) {
                values.extend(took[key].as_f64());
            }
        }
        let _ = fs::remove_dir_all(&store);
        if let Some(took) = python().and_then(|python| by_peer(&python, &file)) {
            for (values, key) in peer.iter_mut().zip(["importMs", "totalMs"]) {
                values.extend(took[key].as_f64());
            }
        }
    }
    let units = ["ms", "ms", "ms", "MB"];
    let figure = |name, unit, values| Figure { name, unit, values };
    let ours: Vec<Figure> =
        names.ours.into_iter().zip(units).zip(ours).map(|((name, unit), values)| figure(name, unit, values)).collect();
    let peer: Vec<Figure> = names.peer.into_iter().zip(peer).map(|(name, values)| figure(name, "ms", values)).collect();
    let ratios: Vec<Figure> = names
        .ratios
        .into_iter()
        .enumerate()
        .map(|(at, name)| figure(name, "×", vec![ours[at + 1].median() / peer[at].median()]))
        .collect();
    ours.into_iter().chain(peer).chain(ratios).collect()
}

/// The bench's own interpreter, made by `cargo xtask bench`.
fn python() -> Option<PathBuf> {
    std::env::var_os("ANALYST_BENCH_PYTHON").map(PathBuf::from)
}

fn in_a_process(file: &Path, store: &Path) -> Option<Value> {
    let output = Command::new(std::env::current_exe().ok()?).arg(ONCE).arg(file).arg(store).output().ok()?;
    json_of(&output)
}

fn by_peer(python: &Path, file: &Path) -> Option<Value> {
    json_of(&Command::new(python).arg(PEER).arg(file).output().ok()?)
}

fn json_of(output: &std::process::Output) -> Option<Value> {
    if !output.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    }
    serde_json::from_slice(&output.stdout).ok()
}

/// One import in this process; what it took, as JSON.
pub fn once(file: &Path, store: &Path) -> Result<Value, analyst_data::DataError> {
    let (options, watch) = (ReadOptions::default(), CancellationToken::new());
    let source = SourceFile::at(file)?;
    let started = Instant::now();
    peek(&source, &options, FIRST_ROWS)?;
    let peeked = started.elapsed();
    let started = Instant::now();
    let table = open(&source, &options, store, &watch)?.swap_remove(0);
    let imported = started.elapsed();
    let imported_mb = peak_mb();
    profile(&table.arrow_path, &table.name, table.format.clone(), table.warnings.clone())?;
    let total = started.elapsed();
    let ms = |time: std::time::Duration| time.as_secs_f64() * 1000.0;
    Ok(json!({
        "peekMs": ms(peeked),
        "importMs": ms(imported),
        "totalMs": ms(total),
        "peakMb": imported_mb,
        "peakWithProfileMb": peak_mb(),
        "rows": table.n_rows,
    }))
}

/// The most memory this process had.
fn peak_mb() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).map_or(f64::NAN, |kb| kb / 1024.0)
}

/// Numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

const CITIES: [&str; 8] = ["Berlin", "Hamburg", "München", "Köln", "Frankfurt am Main", "Paris", "London", "New York"];
const WORDS: [&str; 12] =
    ["lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit", "sed", "do", "eiusmod", "tempor"];

/// Orders: identifiers, amounts, days and moments, categories, text with quotes, true and false.
fn write_orders(path: &Path, bytes: u64) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let header = "id,customer,amount,quantity,price,day,created_at,category,city,note,active\n";
    out.write_all(header.as_bytes())?;
    let (mut numbers, mut written, mut id) = (Numbers(7), header.len() as u64, 0u64);
    let mut line = String::new();
    while written < bytes {
        id += 1;
        line.clear();
        let mut words = String::new();
        for at in 0..=numbers.below(6) {
            words.push_str(if at > 0 { " " } else { "" });
            words.push_str(WORDS[numbers.below(12) as usize]);
        }
        let note = match id % 10 {
            3 => format!("\"{words}, and more\""),
            7 => format!("\"say \"\"{words}\"\"\""),
            9 => String::new(),
            _ => words,
        };
        let (month, day) = (id % 12 + 1, id % 28 + 1);
        let _ = writeln!(
            line,
            "{id},C{:05},{}.{:02},{},{}.{:04},202{}-{month:02}-{day:02},2024-{month:02}-{day:02} {:02}:{:02}:{:02},{},{},{note},{}",
            numbers.below(100_000),
            numbers.below(1000),
            numbers.below(100),
            numbers.below(20) + 1,
            numbers.below(100),
            numbers.below(10_000),
            id % 5,
            id % 24,
            id % 60,
            id * 7 % 60,
            ["A", "B", "C", "D", "E"][(id % 5) as usize],
            CITIES[numbers.below(8) as usize],
            if id.is_multiple_of(3) { "false" } else { "true" },
        );
        out.write_all(line.as_bytes())?;
        written += line.len() as u64;
    }
    out.flush()
}
