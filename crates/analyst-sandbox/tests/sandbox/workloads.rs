//! Real work after the fork: every library that cells use, with threads of its own kind, and an asserted result.
//!
//! Polars is not among them: it is not in the managed environment (see `requirements.in`).

use analyst_types::{ArtifactContent, ExecutionStatus};

use crate::kit::{Results, cell};

/// One piece of work: its name, what it shows, its code.
fn pieces(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    text.split("#@ id: ").skip(1).map(|part| {
        let (head, code) = part.split_once('\n').unwrap();
        let (name, shows) = head.split_once(" | ").unwrap_or((head, ""));
        (name, shows, code)
    })
}

fn all_work(text: &'static str, at_least: usize) {
    let mut failed = Vec::new();
    let mut n_made = 0;
    for (name, shows, code) in pieces(text) {
        n_made += 1;
        let outcome = cell(code).limits(|limits| limits.timeout_secs = 60).run();
        let images = outcome.artifacts.iter().filter(|(_, content)| matches!(content, ArtifactContent::Image { .. }));
        let shown = match shows {
            "figures: 1" => outcome.figures().len() == 1,
            "images: 1" => images.count() == 1,
            _ => true,
        };
        println!("{name}: {} ms", outcome.duration_ms);
        if outcome.status != ExecutionStatus::Ok || !shown {
            failed.push(format!("{name}: {:?} {:?}\n{}", outcome.status, outcome.error, outcome.stderr));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(n_made >= at_least, "only {n_made}");
}

#[test]
fn numbers_and_statistics_work_after_the_fork() {
    all_work(include_str!("../workloads/numbers.py"), 13);
}

#[test]
fn learning_works_after_the_fork() {
    all_work(include_str!("../workloads/learning.py"), 18);
}

#[test]
fn tables_work_after_the_fork() {
    all_work(include_str!("../workloads/tables.py"), 19);
}

#[test]
fn figures_work_after_the_fork() {
    all_work(include_str!("../workloads/figures.py"), 8);
}
