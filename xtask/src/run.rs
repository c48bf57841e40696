//! `cargo xtask run`: from a fresh checkout to the open window.

use crate::machine::{self, Purpose};
use crate::step::{self, Outcome, Step, say};
use crate::{environment, program, ui};

const SAMPLE: &str = "samples/coffee_orders.csv";
const QUESTION: &str = "Which region has the highest revenue?";

/// Which programs could be built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Built {
    /// Both.
    All,
    /// Only the command line: the window's libraries are missing.
    CommandLine,
}

/// Opens the window with the sample; without a display, asks a question on the command line instead.
pub fn run() -> Outcome {
    let built = setup(Purpose::Run)?;
    if built == Built::All && has_display() {
        return Step::new("Open the window", program::desktop()).args([sample()]).run();
    }
    if built == Built::All {
        say("\nThere is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open.");
    }
    Step::new(format!("Ask the built-in analyst: {QUESTION}"), program::cli()).args(["ask", SAMPLE, QUESTION]).run()
}

/// Packages, UI, programs, Python environment.
pub fn setup(purpose: Purpose) -> Outcome<Built> {
    let built = match machine::prepare(purpose) {
        Ok(()) => {
            ui::prepare()?;
            program::build()?;
            Built::All
        }
        Err(failure) if purpose == Purpose::Run => {
            say(format_args!("\n{failure}\n\nGoing on with the command line only."));
            program::build_cli()?;
            Built::CommandLine
        }
        Err(failure) => return Err(failure),
    };
    environment::prepare(&program::cli())?;
    Ok(built)
}

fn sample() -> std::path::PathBuf {
    step::root().join(SAMPLE)
}

fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}
