//! `cargo xtask check`: what can be judged by reading. Every check runs, also after one has failed; the findings of all
//! are told at the end.

mod layers;
mod requirements;
mod tracked_files;

use crate::program::SELECTION;
use crate::step::{self, Failure, Outcome, Step, say};
use crate::ui;

/// Something that is not as it should be: where, and what.
type Finding = String;

/// Runs all checks. It builds what clippy needs, and the UI, which is part of the window's program.
pub fn run() -> Outcome {
    ui::prepare()?;
    add_components()?;
    let mut failed = Vec::new();
    for check in [formatting, lints, ui_check] {
        if let Err(failure) = check() {
            failed.push(failure.to_string());
        }
    }
    failed.extend(read("layers", layers::findings));
    failed.extend(read("tracked files", tracked_files::findings));
    failed.extend(read("requirements", requirements::findings));
    if failed.is_empty() {
        say("\nAll checks passed.");
        return Ok(());
    }
    Err(Failure::new(format!("{} findings:\n  {}", failed.len(), failed.join("\n  "))))
}

/// A toolchain installed with as little as possible has neither.
fn add_components() -> Outcome {
    let is_there = |tool| step::succeeds(step::cargo(), &[tool, "--version"]);
    if is_there("fmt") && is_there("clippy") {
        return Ok(());
    }
    Step::new("Add rustfmt and clippy to the toolchain", "rustup").args(["component", "add", "rustfmt", "clippy"]).run()
}

fn formatting() -> Outcome {
    Step::cargo("Check the formatting").args(["fmt", "--all", "--check"]).run()
}

fn lints() -> Outcome {
    Step::cargo("Run clippy").args(["clippy", "--keep-going"]).args(SELECTION).args(["--", "-D", "warnings"]).run()
}

fn ui_check() -> Outcome {
    if !ui::exists() {
        return Ok(());
    }
    Step::new("Check the UI", ui::npm()).args(["run", "check"]).within(ui::folder()).run()
}

fn read(title: &str, findings: fn() -> Outcome<Vec<Finding>>) -> Vec<Finding> {
    say(format_args!("\n== Read the {title}"));
    let found = findings().unwrap_or_else(|failure| vec![failure.to_string()]);
    say(format_args!("   {} findings", found.len()));
    found
}
