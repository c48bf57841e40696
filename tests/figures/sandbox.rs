//! From a cell to its first output: in a clean isolated process with all libraries imported, against a Jupyter kernel
//! that is warm, shared and unisolated, and against a `python -c` with the same imports. And what waiting costs.

use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use analyst_sandbox::PythonRunner;
use analyst_sandbox::runtime::{PythonRuntime, RuntimeStatus};
use analyst_types::{CodeRunner, ExecutionOutcome, ExecutionRequest, Limits, OutputStream};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::Figure;

const CELL: &str = "print('hi')";
const TIGHT_LOOP: &str = "x = np.ones(50_000_000)\nprint('go')\nwhile True: x.sort()";
const IMPORTS: &str = "import numpy, pandas, scipy.stats, sklearn, statsmodels.api, plotly.express, matplotlib.pyplot, seaborn; print('hi')";
const PEER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../bench/peers/jupyter_kernel.py");
const TIMES: usize = 100;
const COLD_TIMES: usize = 3;
const IN_A_ROW: usize = 60;
const CANCELS: usize = 10;
const PARALLEL: usize = 10;
/// Between two cells, as a person or a model leaves; the next process is forked meanwhile.
const PAUSE: Duration = Duration::from_millis(100);

/// All of them; none without the managed Python, and none of the kernel without the bench's own.
pub async fn figures() -> Vec<Figure> {
    let runtime = PythonRuntime::in_default_dir();
    if !matches!(runtime.status(), RuntimeStatus::Ready { .. }) {
        eprintln!("no managed Python here, so no figures of the sandbox");
        return Vec::new();
    }
    let runner = PythonRunner::new(runtime.clone());
    first_output(&runner, CELL).await; // starts everything, and tries the walls
    let mut firsts = Vec::new();
    for _ in 0..TIMES {
        tokio::time::sleep(PAUSE).await;
        firsts.extend(first_output(&runner, CELL).await);
    }
    let started = Instant::now();
    for _ in 0..IN_A_ROW {
        first_output(&runner, CELL).await;
    }
    let per_sec = IN_A_ROW as f64 / started.elapsed().as_secs_f64();
    let mut cancels = Vec::new();
    for _ in 0..CANCELS {
        cancels.extend(cancelled(&runner).await);
    }
    let mut figures = vec![
        Figure::of_times("sandbox: first output", firsts.iter().copied()),
        Figure::of_times("sandbox: first output, 95th percentile", percentile_95(&firsts)),
        Figure { name: "sandbox: runs in a row", unit: "1/s", values: vec![per_sec] },
        Figure::of_times("sandbox: Stop in a tight loop of numpy", cancels),
        Figure::of_times("sandbox: ten cells at once, from first start to each end", parallel(&runner).await),
    ];
    figures.extend(memory(&runner).await);
    figures.extend(peers(&runtime, median(&firsts)));
    figures
}

async fn execute(
    runner: &PythonRunner,
    code: &str,
    tell: &(dyn for<'t> Fn(OutputStream, &'t str) + Send + Sync),
    cancel: &CancellationToken,
) -> ExecutionOutcome {
    let request = ExecutionRequest {
        code: code.to_owned(),
        datasets: Vec::new(),
        variables: Vec::new(),
        chart: None,
        exchange_dir: std::env::temp_dir(),
        limits: Limits::default(),
    };
    runner.execute(request, tell, cancel).await
}

/// From the request to what it prints first.
async fn first_output(runner: &PythonRunner, code: &str) -> Option<Duration> {
    let (started, first) = (Instant::now(), Mutex::new(None));
    let tell = |_: OutputStream, _: &str| {
        if let Ok(mut first) = first.lock() {
            first.get_or_insert_with(|| started.elapsed());
        }
    };
    let outcome = execute(runner, code, &tell, &CancellationToken::new()).await;
    if let Some(error) = outcome.error {
        eprintln!("{}: {}", error.kind, error.message);
    }
    first.into_inner().ok().flatten()
}

/// From Stop to the outcome.
async fn cancelled(runner: &PythonRunner) -> Option<Duration> {
    let (cancel, at) = (CancellationToken::new(), Mutex::new(None));
    let tell = |_: OutputStream, _: &str| {
        if let Ok(mut at) = at.lock() {
            at.get_or_insert_with(Instant::now);
        }
        cancel.cancel();
    };
    execute(runner, TIGHT_LOOP, &tell, &cancel).await;
    at.into_inner().ok().flatten().map(|at| at.elapsed())
}

/// Ten cells that each compute for a fifth of a second: when each has ended.
async fn parallel(runner: &PythonRunner) -> Vec<Duration> {
    const BUSY: &str = "import time\nend = time.monotonic() + 0.2\nwhile time.monotonic() < end: pass";
    let started = Instant::now();
    let cells = (0..PARALLEL).map(|_| async {
        let quiet = |_: OutputStream, _: &str| {};
        execute(runner, BUSY, &quiet, &CancellationToken::new()).await;
        started.elapsed()
    });
    futures::future::join_all(cells).await
}

/// What the waiting process holds, and what a run adds: its own pages, not those it shares.
async fn memory(runner: &PythonRunner) -> Vec<Figure> {
    let Some(server) = runner.fork_server_pid().await else { return Vec::new() };
    let megabytes = |pid: u32, field: &str| {
        let about = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let line = about.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':').map(str::to_owned));
        line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).map(|kilobytes| kilobytes / 1024.0)
    };
    let family = descendants(server);
    let resident = family.iter().filter_map(|pid| megabytes(*pid, "Rss")).fold(0.0, f64::max);
    let own: Vec<f64> = family.iter().skip(2).filter_map(|pid| megabytes(*pid, "Private_Dirty")).collect();
    vec![
        Figure { name: "sandbox: memory of the waiting host", unit: "MB", values: vec![resident] },
        Figure { name: "sandbox: memory of its own of a process that waits", unit: "MB", values: own },
    ]
}

/// The process and those it started, parents before children.
fn descendants(pid: u32) -> Vec<u32> {
    let mut family = vec![pid];
    let mut at = 0;
    while let Some(parent) = family.get(at).copied() {
        let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
        family.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        at += 1;
    }
    family
}

fn peers(runtime: &PythonRuntime, ours: f64) -> Vec<Figure> {
    let cold: Vec<Duration> = (0..COLD_TIMES).filter_map(|_| cold(runtime)).collect();
    let cold = Figure::of_times("sandbox: peer, python -c with the same imports", cold);
    let ratio = Figure { name: "sandbox: first output / cold python", unit: "×", values: vec![ours / cold.median()] };
    let mut figures = vec![cold, ratio];
    if let Some(values) = kernel(runtime) {
        let kernel = Figure { name: "sandbox: peer, warm shared Jupyter kernel", unit: "ms", values };
        let ratio = ours / kernel.median();
        figures.push(kernel);
        figures.push(Figure { name: "sandbox: first output / Jupyter kernel", unit: "×", values: vec![ratio] });
    }
    figures
}

fn cold(runtime: &PythonRuntime) -> Option<Duration> {
    let started = Instant::now();
    let output = Command::new(runtime.python()).args(["-I", "-c", IMPORTS]).output().ok()?;
    output.status.success().then(|| started.elapsed())
}

fn kernel(runtime: &PythonRuntime) -> Option<Vec<f64>> {
    let python = std::env::var_os("ANALYST_BENCH_PYTHON")?;
    let code = "import numpy, os; print(os.path.dirname(os.path.dirname(numpy.__file__)))";
    let libraries = Command::new(runtime.python()).args(["-I", "-c", code]).output().ok()?;
    let libraries = String::from_utf8_lossy(&libraries.stdout).trim().to_owned();
    let output = Command::new(python).args([PEER, &libraries, CELL, &TIMES.to_string()]).output().ok()?;
    if !output.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    }
    let measured: Value = serde_json::from_slice(&output.stdout).ok()?;
    Some(measured["firstOutputMs"].as_array()?.iter().filter_map(Value::as_f64).collect())
}

fn median(times: &[Duration]) -> f64 {
    Figure::of_times("", times.iter().copied()).median()
}

fn percentile_95(times: &[Duration]) -> Option<Duration> {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted.get(sorted.len() * 95 / 100).copied()
}
