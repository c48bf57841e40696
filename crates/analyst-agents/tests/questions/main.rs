//! The built-in analyst on questions with known answers, over tables of our own, with real Python in the real sandbox.
//!
//! The gate asks a fixed third of the questions. `AUTO_ANALYST_QUESTIONS` asks more: `all`, `tuned` (those it is worked
//! on with, each told), `held` (those it is not: totals only), or ids joined by commas.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests say best by failing where they stand")]

mod bench;
mod charts;
mod closed;
mod score;
