//! Runners that are set up otherwise: spares, walls left out, what is refused then, and what comes back after a death.
//!
//! This is the seam for attacks: `RunnerOptions { without: vec![Wall::…], .. }` gives a runner without those walls, in
//! debug builds only, and `kit::cell(code).tell(&runner, …)` runs an attack in it.
#![cfg(target_os = "linux")]

use std::time::Duration;

use analyst_sandbox::{ProcessSource, PythonRunner, RunnerOptions, SandboxStrength, Wall};
use analyst_types::{ExecutionOutcome, ExecutionStatus};
use serde_json::json;

use crate::kit::{Results, TOKIO, cell, environment};

/// Runs `code` in a runner of its own.
fn run_with(options: RunnerOptions, code: &str) -> (ExecutionOutcome, Result<SandboxStrength, String>) {
    let scratch = tempfile::tempdir().unwrap();
    let options = RunnerOptions { scratch_root: scratch.path().to_path_buf(), ..options };
    TOKIO.block_on(async {
        let runner = PythonRunner::with_options(environment(), options);
        let outcome = cell(code).tell(&runner, |_, _| {}).await;
        (outcome, runner.strength().await.map(|report| report.strength))
    })
}

const TRIED: &str = "import sys, os
def attempt(name, action):
    try: metric(name, f'DONE {action()}')
    except BaseException as e: metric(name, type(e).__name__)
socket = sys.modules['socket']; o = sys.modules['os']
attempt('socket', lambda: socket.socket(socket.AF_INET))
attempt('root', lambda: len(os.listdir('/')))
attempt('fork', lambda: o.fork() or os._exit(0))
attempt('others', lambda: len([n for n in os.listdir('/proc') if n.isdigit()]))
attempt('chmod', lambda: os.chmod('.', 0o777))";

#[test]
fn a_wall_that_is_left_out_is_missed_and_the_others_stand() {
    let tried = |without: &[Wall]| {
        let options = RunnerOptions { without: without.to_vec(), skips_self_test: true, ..RunnerOptions::default() };
        let (outcome, _) = run_with(options, TRIED);
        assert_eq!(outcome.status, ExecutionStatus::Ok, "{without:?}: {:?} {}", outcome.error, outcome.stderr);
        done(&outcome)
    };
    let first = [Wall::SystemCalls, Wall::Files, Wall::Namespaces, Wall::Limits, Wall::CleanDescriptors];
    assert_eq!(tried(&first), Vec::<String>::new(), "the walls of the run hold alone");
    assert_eq!(tried(&[Wall::RunCalls, Wall::RunFiles]), ["chmod", "fork", "others"], "as far as the first walls go");
}

/// What of [`TRIED`] was possible.
fn done(outcome: &ExecutionOutcome) -> Vec<String> {
    let metrics = outcome.metrics();
    let done = metrics.as_object().unwrap().iter().filter(|(_, value)| value.as_str().unwrap().starts_with("DONE"));
    let mut done: Vec<String> = done.map(|(name, _)| name.clone()).collect();
    done.sort();
    done
}

#[test]
fn python_is_refused_where_something_gets_out_unless_the_person_accepts() {
    let open = vec![Wall::Files, Wall::RunFiles, Wall::SystemCalls, Wall::RunCalls, Wall::MountNamespace];
    let options = RunnerOptions { without: open.clone(), ..RunnerOptions::default() };
    let (outcome, _) = run_with(options, "1 + 1");
    assert_eq!(outcome.error.as_ref().unwrap().kind, "SandboxUnavailable", "{}", outcome.message());
    assert!(outcome.message().contains("within reach"), "{}", outcome.message());
    let accepted = RunnerOptions { without: open, accepts_no_walls: true, ..RunnerOptions::default() };
    let (outcome, strength) = run_with(accepted, TRIED);
    assert_eq!(done(&outcome), ["chmod", "fork", "others", "root", "socket"]);
    assert_eq!(strength, Ok(SandboxStrength::Partial));
}

#[test]
fn no_wall_at_all_is_refused_with_the_reason() {
    let options = RunnerOptions { without: Wall::ALL.to_vec(), ..RunnerOptions::default() };
    let (outcome, strength) = run_with(options, "1 + 1");
    assert!(outcome.message().contains("no wall"), "{}", outcome.message());
    assert_eq!(strength, Ok(SandboxStrength::None));
}

#[test]
fn spares_run_the_same_cells_behind_the_same_walls() {
    let options = RunnerOptions { processes: ProcessSource::Spares, ..RunnerOptions::default() };
    let (outcome, strength) = run_with(options, &format!("{TRIED}\npx.bar(x=[1], y=[2])"));
    assert_eq!(outcome.status, ExecutionStatus::Ok, "{:?} {}", outcome.error, outcome.stderr);
    assert_eq!((done(&outcome), outcome.figures().len()), (Vec::new(), 1));
    assert_eq!(strength, Ok(SandboxStrength::Strong));
}

#[test]
fn a_fork_server_that_dies_takes_its_run_with_it_and_is_replaced() {
    let scratch = tempfile::tempdir().unwrap();
    TOKIO.block_on(async {
        let runner = PythonRunner::with_scratch(environment(), scratch.path());
        cell("1").tell(&runner, |_, _| {}).await;
        let server = runner.fork_server_pid().await.unwrap();
        let n_open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
        let before = n_open();
        for n in 0..40 {
            let code = ["import os\nos.abort()", "import os\nos._exit(3)", "1 / 0", "print('x' * 100_000)"][n % 4];
            let outcome = cell(code).tell(&runner, |_, _| {}).await;
            assert_eq!(outcome.status == ExecutionStatus::Ok, n % 4 == 3, "{outcome:?}");
        }
        assert_eq!(runner.fork_server_pid().await, Some(server), "crashes cost it nothing");
        assert!(n_open() <= before + 100, "{before} open files became {}", n_open());
        let kill = |_, _: &str| {
            std::process::Command::new("kill").args(["-9", &server.to_string()]).status().unwrap();
        };
        let outcome = cell("print('go')\nimport time\ntime.sleep(20)").tell(&runner, kill).await;
        assert_eq!((outcome.stdout.as_str(), outcome.error.unwrap().kind.as_str()), ("go\n", "Crash"));
        let outcome = cell("40 + 2").tell(&runner, |_, _| {}).await;
        assert_eq!(outcome.metrics(), json!({"40 + 2": 42}), "{:?}", outcome.error);
        assert_ne!(runner.fork_server_pid().await, Some(server));
        runner.cool_down();
        for _ in 0..100 {
            if crate::walls::processes_in(scratch.path()).is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("processes are left");
    });
}
