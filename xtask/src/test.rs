//! `cargo xtask test`: every test there is, the window's included, and one closing line.

use crate::machine::Purpose;
use crate::program::SELECTION;
use crate::step::{self, Failure, Outcome, Step, say};
use crate::summary::Summary;
use crate::{run, ui};

/// Prepares, runs all tests, prints the sum. Arguments are handed to the Rust test runner, to choose tests.
pub fn run(chosen: &[String]) -> Outcome {
    run::setup(Purpose::Test)?;
    let mut sum = rust_tests(chosen)?;
    if ui::exists() && chosen.is_empty() {
        sum += ui_tests()?;
    }
    say(format_args!("\n{sum}"));
    if sum.failed > 0 {
        return Err(Failure::new(format!("{} tests failed", sum.failed)));
    }
    Ok(())
}

fn rust_tests(chosen: &[String]) -> Outcome<Summary> {
    // A proxy between the tests and their own loopback servers would only be in the way.
    let step = if step::succeeds(step::cargo(), &["nextest", "--version"]) {
        Step::cargo("Run the Rust tests").args(["nextest", "run", "--no-fail-fast"])
    } else {
        Step::cargo("Run the Rust tests (cargo-nextest would be faster)").args(["test", "--no-fail-fast"])
    };
    let captured = step.args(SELECTION).args(chosen).env("NO_PROXY", "127.0.0.1,localhost").run_captured()?;
    Ok(Summary::read(&captured.text, captured.ok))
}

fn ui_tests() -> Outcome<Summary> {
    let captured = Step::new("Run the UI's tests", ui::npm()).args(["test"]).within(ui::folder()).run_captured()?;
    Ok(Summary::read(&captured.text, captured.ok))
}
