//! Ways in which hostile data brings a worker down, on demand. Only in programs built for trying, never in a release:
//! tests use it to see that nothing but the worker goes.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::bench::{Bench, Chosen};
use crate::DataError;

/// Brings the worker down.
#[derive(Debug, Serialize, Deserialize)]
pub struct Misbehave {
    /// How.
    pub how: Misbehaviour,
    /// The file that is to blame, where there is one.
    pub file: Option<Chosen>,
}

/// How a worker goes.
#[derive(Debug, Serialize, Deserialize)]
pub enum Misbehaviour {
    /// A library aborts.
    Abort,
    /// A library panics.
    Panic,
    /// A library recurses without end.
    Overflow,
    /// A library takes so many megabytes, and uses them.
    Take(usize),
    /// A library does not come back.
    Hang,
    /// The hijacked worker claims to have made this file.
    Claim(PathBuf),
}

pub(super) fn misbehave(request: Misbehave, bench: &mut Bench<'_>) -> Result<PathBuf, DataError> {
    bench.watch().progress(0.5);
    match request.how {
        Misbehaviour::Abort => std::process::abort(),
        Misbehaviour::Panic => panic!("on demand"),
        Misbehaviour::Overflow => Err(DataError::unreadable(overflow(1).to_string())),
        Misbehaviour::Take(megabytes) => {
            let taken: Vec<Vec<u8>> = (0..megabytes).map(|_| vec![1; 1 << 20]).collect();
            std::thread::sleep(Duration::from_secs(30));
            Err(DataError::unreadable(taken.len().to_string()))
        }
        Misbehaviour::Hang => loop {
            std::thread::sleep(Duration::from_secs(1));
        },
        Misbehaviour::Claim(path) => Ok(path),
    }
}

fn overflow(depth: u64) -> u64 {
    let ballast = std::hint::black_box([depth; 512]);
    if depth == 0 { 0 } else { overflow(depth + 1) + ballast[0] }
}
