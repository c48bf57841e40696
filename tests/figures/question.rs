//! A question, from the command line to the printed answer, by the built-in analyst.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use analyst_tests::program::Home;

use crate::Figure;

const TIMES: usize = 5;
const QUESTION: &str = "Which region has the highest revenue?";

/// In a new home each time, and again in the same home.
pub fn figures() -> Vec<Figure> {
    let mut first = Vec::new();
    let mut again = Vec::new();
    for _ in 0..TIMES {
        let home = Home::new();
        first.push(ask(&home));
        again.push(ask(&home));
    }
    vec![
        Figure::of_times("ask: built-in analyst, 2,000 rows, first time", first),
        Figure::of_times("ask: built-in analyst, 2,000 rows, again", again),
    ]
}

/// The sample of 2,000 rows.
pub fn sample() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../samples/coffee_orders.csv")
}

fn ask(home: &Home) -> Duration {
    let sample = sample();
    let started = Instant::now();
    let output = home.run(["ask".as_ref(), sample.as_os_str(), QUESTION.as_ref()]);
    let took = started.elapsed();
    assert!(output.status.success(), "ask: {}", String::from_utf8_lossy(&output.stderr));
    took
}
