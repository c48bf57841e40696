//! `cargo xtask bench`: figures of the release build. Never part of the checks: a release takes half an hour to build.

use std::fs;

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
    Step::new("Measure", program::in_profile("release", "analyst-figures")).args([&path]).run()?;
    say(format_args!("\nWritten to {RESULTS}/figures.json"));
    Ok(())
}
