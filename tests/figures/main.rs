//! `analyst-figures`: how quick and how large the programs beside it are, on this machine, now.
//!
//! It measures what a person feels (window to first paint, memory at rest, question to answer, a cell of Python) and,
//! where another program does the same work, that program in the same run. Prints a table; with a path as its only
//! argument, also writes JSON there. It judges nothing: figures of different machines cannot be compared.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

mod machine;
mod python;
mod question;
mod sniff;
mod window;

use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

/// One figure.
struct Figure {
    name: &'static str,
    unit: &'static str,
    /// Each measured value, in the order measured.
    values: Vec<f64>,
}

impl Figure {
    fn of_times(name: &'static str, times: impl IntoIterator<Item = Duration>) -> Self {
        Self { name, unit: "ms", values: times.into_iter().map(|time| time.as_secs_f64() * 1000.0).collect() }
    }

    fn median(&self) -> f64 {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut figures = window::figures().await;
    figures.extend(question::figures());
    figures.extend(python::figures());
    figures.extend(sniff::figures());
    println!("| figure | median | unit | values |\n|---|---:|---|---|");
    for figure in &figures {
        let values: Vec<String> = figure.values.iter().map(|value| format!("{value:.2}")).collect();
        println!("| {} | {:.2} | {} | {} |", figure.name, figure.median(), figure.unit, values.join(" "));
    }
    let Some(path) = std::env::args_os().nth(1) else { return ExitCode::SUCCESS };
    let list: Vec<_> = figures
        .iter()
        .map(|figure| json!({ "name": figure.name, "unit": figure.unit, "median": figure.median(), "values": figure.values }))
        .collect();
    let report = json!({ "machine": machine::description(), "figures": list });
    match std::fs::write(&path, format!("{report:#}\n")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("write {}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}
