//! `cargo xtask doctor`: what works on this machine, as the program itself sees it.

use crate::machine::Purpose;
use crate::step::{Outcome, Step};
use crate::{program, run};

/// Prepares, then asks.
pub fn run() -> Outcome {
    run::setup(Purpose::Run)?;
    Step::new("Ask the program what works here", program::cli()).args(["doctor"]).run()
}
