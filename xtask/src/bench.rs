//! `cargo xtask bench`: figures of the release build. Never part of the checks: a release takes half an hour to build.

use std::fs;
use std::path::PathBuf;

use crate::machine::Purpose;
use crate::step::{self, Failure, Outcome, Step, say};
use crate::{environment, machine, program, ui};

const RESULTS: &str = "bench/results";

/// Builds for release, measures, writes.
pub fn run() -> Outcome {
    machine::prepare(Purpose::Test)?;
    ui::prepare()?;
    program::build_release()?;
    environment::prepare(&program::in_profile("release", "auto-analyst"))?;
    let folder = step::root().join(RESULTS);
    fs::create_dir_all(&folder).map_err(|error| Failure::new(format!("make {RESULTS}: {error}")))?;
    let path = folder.join("figures.json");
    let mut measure = Step::new("Measure", program::in_profile("release", "analyst-figures")).args([&path]);
    match peers() {
        Ok(python) => measure = measure.env("ANALYST_BENCH_PYTHON", python),
        Err(failure) => say(format_args!("   {failure}\n   Going on without the programs to compare with.")),
    }
    measure.run()?;
    say(format_args!("\nWritten to {RESULTS}/figures.json"));
    Ok(())
}

/// The interpreter that runs the programs we compare with, in an environment of its own.
fn peers() -> Outcome<PathBuf> {
    let folder = program::target_dir().join("bench-python");
    let bin = if cfg!(windows) { "Scripts" } else { "bin" };
    let python = folder.join(bin).join(format!("python{}", std::env::consts::EXE_SUFFIX));
    if !python.exists() {
        Step::new("Make an environment for the peers", "python3").args(["-m", "venv"]).args([&folder]).run()?;
    }
    Step::new("Install the peers", &python)
        .args(["-m", "pip", "install", "--quiet", "--requirement", "bench/requirements.txt"])
        .run()?;
    Ok(python)
}
