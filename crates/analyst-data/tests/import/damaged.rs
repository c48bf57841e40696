//! Damaged files: pieces of the corpus cut, doubled, mixed and overwritten. Whatever they hold, opening them ends, does
//! not panic, and keeps within bounds. `AUTO_ANALYST_FUZZ_SECS` makes it go on for that long.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use analyst_types::{RaggedRows, ReadOptions};

use super::Desk;
use super::messy::corpus;

/// Files tried when nobody says for how long.
const ROUNDS: u64 = 250;
/// Far beyond what the largest of these files takes on a busy machine.
const HANG: Duration = Duration::from_secs(60);
const LARGEST: usize = 64 << 10;
const MEMORY_LIMIT_KB: u64 = 3 << 20;

/// A small generator whose numbers are the same on every run (xorshift).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// What breaks readers, by experience.
const PIECES: &[&[u8]] = &[
    b"\"",
    b"'",
    b"\n",
    b"\r",
    b"\r\n",
    b",",
    b";",
    b"\t",
    b"|",
    b"||",
    b"\\",
    b"\0",
    b"\xFF\xFE",
    b"\xEF\xBB\xBF",
    b"\xC3",
    b"\x1f",
    b"----",
    b"+--+",
    b"| |",
    b"   ",
    b"#",
    b"sep=;\n",
    b"1e999",
    b"-",
    b"99999999999999999999",
    b"31.02.2024",
    b"\n\n",
    b"Total",
    b"\xE2\x80\xAE",
    b"2024-01-01T00:00:00Z",
    b"1,2.3,4",
    b"(",
    b"%",
    b"=1+1",
    b"\x1b$B",
    b"\x81\x40",
];

fn mutate(dice: &mut Dice, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(6) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(8) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..(at + dice.below(40)).min(bytes.len()))),
            2 | 3 => drop(bytes.splice(at..at, dice.one_of(PIECES).iter().copied())),
            4 if at < bytes.len() => bytes[at] = dice.next() as u8,
            5 => {
                let piece: Vec<u8> = bytes[at..(at + dice.below(200)).min(bytes.len())].to_vec();
                (0..=dice.below(20)).for_each(|_| bytes.extend_from_slice(&piece));
            }
            6 => {
                let other = &seeds[dice.below(seeds.len())];
                let from = dice.below(other.len() + 1);
                drop(bytes.splice(at..at, other[from..].iter().copied()));
            }
            // `at` is at most the length.
            _ => bytes.rotate_left(at),
        }
        bytes.truncate(LARGEST);
    }
    bytes
}

fn options(dice: &mut Dice) -> ReadOptions {
    let mut said = |list: &[&str]| (dice.below(8) == 0).then(|| list[dice.below(list.len())].to_owned());
    ReadOptions {
        delimiter: said(&[",", ";", "\t", "|", " ", "||", "fixed", "fixed:0,3,9", "\u{1f}"]),
        encoding: said(&["utf-8", "utf-16", "utf-32", "shift_jis", "windows-1252", "ibm850", "iso-2022-jp"]),
        quote: said(&["\"", "'", ""]),
        decimal: said(&[".", ","]),
        thousands: said(&["", " ", "'"]),
        date_order: said(&["dmy", "mdy", "ymd"]),
        comment: said(&["#", "//", ""]),
        table: said(&["1", "2"]),
        header_row: (dice.below(8) == 0).then(|| dice.below(9) as u32),
        keep_totals: (dice.below(8) == 0).then_some(true),
        ragged: (dice.below(6) == 0).then(|| dice.one_of(&[RaggedRows::Pad, RaggedRows::Skip, RaggedRows::Refuse])),
        ..ReadOptions::default()
    }
}

/// The most memory this process ever had, where the system tells.
fn peak_memory_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

fn try_one(desk: &Desk, path: &Path, options: &ReadOptions, size: usize) -> Result<(), String> {
    let started = Instant::now();
    let opened = catch_unwind(AssertUnwindSafe(|| desk.open(path, options)));
    let took = started.elapsed();
    if took > HANG {
        return Err(format!("took {took:?}"));
    }
    match opened {
        Err(_) => Err("panicked".into()),
        Ok(Err(error)) if error.to_string().is_empty() => Err("refused without a word".into()),
        Ok(Err(_)) => Ok(()),
        Ok(Ok(tables)) => {
            let n_rows: u64 = tables.iter().map(|table| table.n_rows).sum();
            let is_bounded = n_rows <= size as u64 + 1;
            if is_bounded { Ok(()) } else { Err(format!("{n_rows} rows of {size} bytes")) }
        }
    }
}

#[test]
fn damaged_files_neither_panic_nor_hang() {
    let seeds: Vec<Vec<u8>> = corpus().iter().map(|(path, _)| std::fs::read(path).unwrap()).collect();
    let until =
        std::env::var("AUTO_ANALYST_FUZZ_SECS").ok().and_then(|secs| secs.parse().ok()).map(Duration::from_secs);
    let (desk, started) = (Desk::new(), Instant::now());
    // A long search starts elsewhere each time, and says where.
    let seed =
        until.map_or(0x9E37_79B9_7F4A_7C15, |_| u64::from(std::process::id()).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut dice = Dice(seed);
    let mut n = 0u64;
    while until.map_or(n < ROUNDS, |until| started.elapsed() < until) {
        n += 1;
        let bytes = mutate(&mut dice, &seeds);
        let options = options(&mut dice);
        let path = desk.write("damaged.csv", &bytes);
        if let Err(what) = try_one(&desk, &path, &options, bytes.len()) {
            let kept = std::env::temp_dir().join(format!("auto-analyst-fuzz-{seed:x}-{n}.csv"));
            std::fs::write(&kept, &bytes).unwrap();
            panic!("round {n} of seed {seed:#x} {what}; kept as {}; {options:?}", kept.display());
        }
        // The tables of thousands of rounds would fill the disk.
        let _ = std::fs::remove_dir_all(desk.dir.path().join("store"));
    }
    let peak = peak_memory_kb().unwrap_or(0);
    println!("{n} damaged files in {:?}, peak memory {peak} kB", started.elapsed());
    assert!(peak < MEMORY_LIMIT_KB, "{peak} kB");
}
