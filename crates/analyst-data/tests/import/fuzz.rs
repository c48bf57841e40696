//! Broken files of every format: whatever the bytes are, the caller gets a table or an error, soon and in bounds.
//!
//! Short in the gate. `AUTO_ANALYST_FUZZ_SECS` makes it longer, `AUTO_ANALYST_FUZZ_SEEDS` names a folder of further
//! seeds, `AUTO_ANALYST_FUZZ_CASE` a file that always holds the case being tried, should the process die of it.

use std::io::Write;
use std::time::{Duration, Instant};

use analyst_data::{DataError, SourceFile, export_frame, inspect, open};
use analyst_types::ReadOptions;
use polars::prelude::*;
use polars_readstat_rs::{PorWriteOptions, SpssWriter, StataWriter, XptWriter, write_por};
use tokio_util::sync::CancellationToken;

use super::Desk;

const SHORT: Duration = Duration::from_millis(2500);
/// A broken file that is looked at for longer hangs.
const LONGEST_CASE: Duration = Duration::from_secs(60);
const MAX_RESIDENT_KB: u64 = 4 << 20;

/// A small generator of numbers; the same ones every time.
struct Noise(u64);

impl Noise {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

fn frame() -> DataFrame {
    df!(
        "id" => [1i64, 2, 3, 4],
        "name" => ["Ann", "Bob", "Cy", "Ann"],
        "score" => [Some(1.5), None, Some(-2.0), Some(1e9)],
        "ok" => [true, false, true, true],
    )
    .unwrap()
}

fn seeds(desk: &Desk) -> Vec<(String, Vec<u8>)> {
    let at = |name: &str| desk.dir.path().join(name);
    let mut frame = frame();
    let mut names = Vec::new();
    for extension in ["csv", "tsv", "json", "ndjson", "parquet", "arrow", "xlsx"] {
        names.push(format!("seed.{extension}"));
        export_frame(&mut frame, &at(&names[names.len() - 1])).unwrap();
    }
    let reals = frame.clone().lazy().select([col("id").cast(DataType::Float64), col("name"), col("score")]);
    let reals = reals.collect().unwrap();
    StataWriter::new(at("seed.dta")).write_df(&reals).unwrap();
    SpssWriter::new(at("seed.sav")).write_df(&reals).unwrap();
    XptWriter::new(at("seed.xpt")).write_df(&reals).unwrap();
    write_por(&reals, at("seed.por"), PorWriteOptions::default()).unwrap();
    names.extend(["seed.dta", "seed.sav", "seed.xpt", "seed.por"].map(str::to_owned));
    let mut seeds: Vec<(String, Vec<u8>)> =
        names.into_iter().map(|name| (name.clone(), std::fs::read(at(&name)).unwrap())).collect();
    let mut avro = Vec::new();
    polars::io::avro::AvroWriter::new(&mut avro).finish(&mut frame).unwrap();
    seeds.push(("seed.avro".into(), avro));
    seeds.push(("seed.db".into(), super::databases::database(super::databases::SHOP)));
    let page = "<html><table><tr><td>a</td><td colspan=2>b</td></tr><tr><td>1</td><td>&euro; 2</td></tr></table>";
    seeds.push(("seed.xls".into(), page.as_bytes().to_vec()));
    let csv = seeds[0].1.clone();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(&csv).unwrap();
    seeds.push(("seed.csv.gz".into(), gz.finish().unwrap()));
    seeds.push(("seed.csv.zst".into(), zstd::encode_all(&csv[..], 3).unwrap()));
    seeds.push(("seed.zip".into(), super::packed::zipped(&[("a.csv", &csv)])));
    if let Some(dir) = std::env::var_os("AUTO_ANALYST_FUZZ_SEEDS") {
        for entry in std::fs::read_dir(dir).unwrap().flatten().filter(|entry| entry.path().is_file()) {
            seeds.push((entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap()));
        }
    }
    seeds
}

/// Changes a few bytes, takes some out, repeats some, or puts a number there that is too large.
fn mutated(seed: &[u8], noise: &mut Noise) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..1 + noise.below(6) {
        if bytes.is_empty() {
            break;
        }
        let at = noise.below(bytes.len());
        let end = (at + 1 + noise.below(64)).min(bytes.len());
        match noise.below(9) {
            0 | 1 => bytes[at] = noise.below(256) as u8,
            2 => bytes[at] ^= 1 << noise.below(8),
            3 => drop(bytes.drain(at..end)),
            4 => {
                let piece = bytes[at..end].to_vec();
                let to = noise.below(bytes.len());
                drop(bytes.splice(to..to, piece));
            }
            5 => {
                let number = [u32::MAX, 0, i32::MAX as u32, 1 << 31, 0x7FFF_FFF0, 65_535][noise.below(6)];
                bytes.iter_mut().skip(at).zip(number.to_le_bytes()).for_each(|(old, new)| *old = new);
            }
            6 => bytes.iter_mut().skip(at).zip([0xFF; 8]).for_each(|(old, new)| *old = new),
            7 => bytes.truncate(bytes.len() - noise.below(bytes.len() / 2 + 1)),
            _ => bytes[at..end].fill(noise.below(256) as u8),
        }
    }
    bytes
}

/// The greatest amount of memory this process ever held, where the system tells.
fn most_resident_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

#[test]
fn broken_files_of_every_format_end_in_a_table_or_an_error() {
    let seconds = std::env::var("AUTO_ANALYST_FUZZ_SECS").ok().and_then(|text| text.parse().ok());
    let time = seconds.map_or(SHORT, Duration::from_secs);
    let record = std::env::var_os("AUTO_ANALYST_FUZZ_CASE");
    let desk = Desk::new();
    let seeds = seeds(&desk);
    for (name, bytes) in seeds.iter().take(18) {
        assert!(desk.open(&desk.write(name, bytes), &ReadOptions::default()).is_ok(), "the seed {name} itself");
    }
    let mut noise = Noise(seconds.unwrap_or(1));
    let (started, cancel, store) = (Instant::now(), CancellationToken::new(), desk.dir.path().join("store"));
    let (mut n_cases, mut n_tables, mut slowest) = (0u64, 0u64, Duration::ZERO);
    while started.elapsed() < time {
        let (name, seed) = &seeds[noise.below(seeds.len())];
        let broken = mutated(seed, &mut noise);
        if let Some(path) = &record {
            std::fs::write(path, [name.as_bytes(), b"\n", &broken].concat()).unwrap();
        }
        let path = desk.write(name, &broken);
        let case = Instant::now();
        let told = inspect(&SourceFile::at(&path).unwrap(), &cancel);
        match open(&SourceFile::at(&path).unwrap(), &ReadOptions::default(), &store, &cancel) {
            Ok(tables) => n_tables += tables.len() as u64,
            Err(DataError::Io { action, source }) => panic!("{name}: {action}: {source}"),
            Err(error) => assert!(!error.to_string().contains("BUG"), "{name}: {error}"),
        }
        drop(told);
        let spent = case.elapsed();
        slowest = slowest.max(spent);
        assert!(spent < LONGEST_CASE, "{name} took {spent:?}");
        n_cases += 1;
        if n_cases.is_multiple_of(64) {
            let _ = std::fs::remove_dir_all(&store);
        }
    }
    if let Some(most) = most_resident_kb() {
        assert!(most < MAX_RESIDENT_KB, "{most} kB were held at once");
    }
    assert!(n_cases > 0 && n_tables > 0);
    if seconds.is_some() {
        let summary =
            format!("{n_cases} cases, {n_tables} tables, slowest {slowest:?}, most {:?} kB", most_resident_kb());
        std::io::stderr().write_all(summary.as_bytes()).unwrap();
    }
}

#[test]
fn no_byte_of_a_parquet_footer_is_trusted() {
    let desk = Desk::new();
    let path = desk.dir.path().join("t.parquet");
    export_frame(&mut frame(), &path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let length = whole.len();
    let footer = u32::from_le_bytes(whole[length - 8..length - 4].try_into().unwrap()) as usize;
    for at in (length - 8 - footer..length - 4).step_by(2) {
        let mut broken = whole.clone();
        broken[at] ^= 0xFF;
        drop(desk.open(&desk.write("broken.parquet", &broken), &ReadOptions::default()));
    }
}
