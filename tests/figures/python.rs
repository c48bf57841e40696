//! A cell of Python, against the same interpreter started by hand with the same imports.

use std::process::Command;
use std::time::{Duration, Instant};

use analyst_tests::program::Home;
use serde_json::Value;

use crate::Figure;
use crate::question::sample;

const TIMES: usize = 5;
const CELL: &str = "import sys\nimport numpy, pandas, plotly.express\nprint(sys.base_prefix, sys.prefix, len(df))\n";

/// Whole programs (ours opens the file, sandboxes and reports), the code alone, and the peer.
pub fn figures() -> Vec<Figure> {
    let home = Home::new();
    let script = home.file("cell.py", CELL);
    let mut whole = Vec::new();
    let mut code = Vec::new();
    let mut interpreter = String::new();
    for _ in 0..TIMES {
        let started = Instant::now();
        let output = home.run(["run".as_ref(), "--json".as_ref(), sample().as_os_str(), script.as_os_str()]);
        whole.push(started.elapsed());
        let Some(result) = last_json(&output.stdout) else {
            eprintln!("no Python here, so no figures of it: {}", String::from_utf8_lossy(&output.stderr));
            return Vec::new();
        };
        code.push(Duration::from_millis(result["duration_ms"].as_u64().unwrap_or_default()));
        let printed = result["stdout"].as_str().unwrap_or_default();
        interpreter = format!("{}/bin/python3", printed.split_whitespace().nth(1).unwrap_or_default());
    }
    let peer: Vec<Duration> = (0..TIMES).filter_map(|_| by_hand(&interpreter)).collect();
    let mut figures = vec![
        Figure::of_times("python: auto-analyst run, whole program", whole),
        Figure::of_times("python: the cell alone, in the sandbox", code),
        Figure::of_times("python: peer, python -c with the same imports and read_csv", peer),
    ];
    let ratio = |name, numerator: usize| Figure {
        name,
        unit: "×",
        values: vec![figures[numerator].median() / figures[2].median()],
    };
    let ratios = [ratio("python: whole program / peer", 0), ratio("python: cell alone / peer", 1)];
    figures.extend(ratios);
    figures
}

fn by_hand(interpreter: &str) -> Option<Duration> {
    let code = format!(
        "import numpy, pandas, plotly.express; print(len(pandas.read_csv({:?})))",
        sample().display().to_string()
    );
    let started = Instant::now();
    let output = Command::new(interpreter).args(["-c", &code]).output().ok()?;
    output.status.success().then(|| started.elapsed())
}

fn last_json(stdout: &[u8]) -> Option<Value> {
    String::from_utf8_lossy(stdout).lines().rev().find_map(|line| serde_json::from_str(line).ok())
}
