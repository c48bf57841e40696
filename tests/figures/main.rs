//! `analyst-figures`: how quick and how large the programs beside it are, on this machine, now.
//!
//! It measures what a person feels (window to first paint, memory at rest, question to answer, a cell of Python) and,
//! where another program does the same work, that program in the same run. Prints a table; with a path as its first
//! argument, also writes JSON there; `--only GROUP` measures one group.
//! It judges nothing: figures of different machines cannot be compared.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

mod grid;
mod import;
mod machine;
mod profile;
mod python;
mod question;
mod sandbox;
mod sniff;
mod table;
mod window;

use std::ffi::OsString;
use std::path::Path;
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
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let [word, file, store] = &arguments[..]
        && word == import::ONCE
    {
        return measured_once(file.as_ref(), store.as_ref());
    }
    let only = arguments.iter().position(|word| word == "--only").and_then(|at| arguments.get(at + 1));
    let is_wanted = |group: &str| only.is_none_or(|only| only == group);
    let mut figures = Vec::new();
    if is_wanted("window") {
        figures.extend(window::figures().await);
    }
    if is_wanted("question") {
        figures.extend(question::figures());
    }
    if is_wanted("python") {
        figures.extend(python::figures());
    }
    if is_wanted("import") {
        figures.extend(import::figures());
    }
    if is_wanted("sandbox") {
        figures.extend(sandbox::figures().await);
    }
    if is_wanted("grid") {
        figures.extend(grid::figures());
    }
    if is_wanted("profile") {
        figures.extend(profile::figures());
    }
    if is_wanted("sniff") {
        figures.extend(sniff::figures());
    }
    println!("| figure | median | unit | values |\n|---|---:|---|---|");
    for figure in &figures {
        let values: Vec<String> = figure.values.iter().map(|value| format!("{value:.2}")).collect();
        println!("| {} | {:.2} | {} | {} |", figure.name, figure.median(), figure.unit, values.join(" "));
    }
    let Some(path) = arguments.first().filter(|word| *word != "--only") else { return ExitCode::SUCCESS };
    let list: Vec<_> = figures
        .iter()
        .map(|figure| json!({ "name": figure.name, "unit": figure.unit, "median": figure.median(), "values": figure.values }))
        .collect();
    let report = json!({ "machine": machine::description(), "figures": list });
    match std::fs::write(path, format!("{report:#}\n")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("write {}: {error}", path.to_string_lossy());
            ExitCode::FAILURE
        }
    }
}

/// One import, measured in a process of its own for [`import::figures`].
fn measured_once(file: &Path, store: &Path) -> ExitCode {
    match import::once(file, store) {
        Ok(took) => {
            println!("{took}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
