//! The managed Python environment, made by our own command line program at its own default place.

use std::path::Path;

use crate::step::{Outcome, Step, say};

/// Makes sure of it. Without it the built-in analyst's SQL still works, so a failure is told and not fatal.
pub fn prepare(cli: &Path) -> Outcome {
    let step = Step::new("Make sure of the Python environment", cli).args(["doctor", "--install-python"]);
    if let Err(failure) = step.run() {
        say(format_args!("   {failure}\n   Going on without it: Python cells will say that they cannot run."));
    }
    Ok(())
}
