//! Faults around a run: Python that is missing or not whole, a slow start, odd values, an end from outside.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use analyst_sandbox::PythonRunner;
use analyst_sandbox::runtime::PythonRuntime;
use analyst_types::ExecutionStatus;
use serde_json::json;

use crate::kit::{Results, TOKIO, cell, environment};
use crate::walls::processes_in;

/// What a cell hears in an environment at `dir`.
fn heard(dir: &Path) -> (String, String) {
    let scratch = tempfile::tempdir().unwrap();
    let outcome = TOKIO.block_on(async {
        let runner = PythonRunner::with_scratch(PythonRuntime::new(dir), scratch.path());
        cell("1 + 1").tell(&runner, |_, _| {}).await
    });
    let error = outcome.error.unwrap();
    (error.kind, error.message)
}

#[test]
fn python_that_is_missing_or_not_whole_is_said_so() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("env");
    let (kind, message) = heard(&dir);
    assert_eq!(kind, "PythonMissing", "{message}");
    // Whole by its looks, but its libraries are gone.
    fs::create_dir_all(dir.join("bin")).unwrap();
    fs::copy(environment().dir().join("environment.json"), dir.join("environment.json")).unwrap();
    let base = environment().python().canonicalize().unwrap();
    symlink(base, dir.join("bin/python")).unwrap();
    let (kind, message) = heard(&dir);
    assert_eq!(kind, "PythonBroken", "{message}");
    assert!(message.contains("numpy"), "names what is missing: {message}");
    // Another program in the place of Python.
    fs::remove_file(dir.join("bin/python")).unwrap();
    symlink("/bin/true", dir.join("bin/python")).unwrap();
    let (kind, message) = heard(&dir);
    assert!(["PythonBroken", "SandboxUnavailable"].contains(&kind.as_str()), "{kind}: {message}");
}

#[test]
fn the_time_that_libraries_take_to_load_is_not_the_cells() {
    let scratch = tempfile::tempdir().unwrap();
    let outcome = TOKIO.block_on(async {
        let runner = PythonRunner::with_scratch(environment(), scratch.path());
        cell("1 + 1").limits(|limits| limits.timeout_secs = 1).tell(&runner, |_, _| {}).await
    });
    assert_eq!(outcome.status, ExecutionStatus::Ok, "{:?}", outcome.error);
}

#[test]
fn values_that_json_or_a_window_cannot_hold_arrive_as_something_they_can() {
    let outcome = cell(
        "metric('nan', float('nan')); metric('inf', np.inf); metric('nat', pd.NaT); metric('bytes', b'\\xff')
metric('huge', 2 ** 200); metric('small', np.int8(-3)); metric('when', pd.Timestamp('2026-01-01'))
table(pd.DataFrame({'a': [1.5, np.nan, -np.inf], 'b': [pd.Timestamp('2026-01-01'), pd.NaT, pd.NaT], 'c': [2 ** 70, b'\\xff', None], 'd': [{1}, [2], (3,)]}))
show(go.Figure(go.Scattergl(x=np.arange(1_000_000), y=np.where(np.arange(1_000_000) % 2, np.nan, 1.0))))",
    )
    .ok();
    let metrics = outcome.metrics();
    assert_eq!(metrics["small"], json!(-3));
    for name in ["nan", "inf", "nat", "bytes", "huge", "when"] {
        assert!(metrics.get(name).is_some(), "{name} is lost: {metrics}");
    }
    assert_eq!((outcome.tables()[0].rows.len(), outcome.figures().len()), (3, 1));
    assert_eq!(outcome.tables()[0].rows[1][0], json!(null));
    let points = outcome.figures()[0]["data"][0]["x"].as_array().unwrap().len();
    assert!((1_000..1_000_000).contains(&points), "{points}");
    assert!(outcome.stderr.contains("1,000,000 points"), "{}", outcome.stderr);
}

#[test]
fn a_run_that_the_system_ends_is_said_so_and_goes_before_the_program() {
    let scratch = tempfile::tempdir().unwrap();
    TOKIO.block_on(async {
        let runner = PythonRunner::with_scratch(environment(), scratch.path());
        cell("1").tell(&runner, |_, _| {}).await;
        let scores = std::sync::Mutex::new(Vec::new());
        let server = runner.fork_server_pid().await.unwrap();
        let kill = |_, _: &str| {
            for pid in processes_in(scratch.path()) {
                let score = fs::read_to_string(format!("/proc/{pid}/oom_score_adj")).unwrap_or_default();
                let is_run = fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd.ends_with("home"));
                scores.lock().unwrap().push(score.trim().to_owned());
                // Every run there is, as when memory runs out; not where they come from.
                if is_run && pid != server && has_been_forked(pid) {
                    // SAFETY: a signal to a process of this test.
                    unsafe { libc::kill(pid.cast_signed(), libc::SIGKILL) };
                }
            }
        };
        let outcome = cell("print('go')\nimport time\ntime.sleep(20)").tell(&runner, kill).await;
        assert_eq!(outcome.status, ExecutionStatus::Killed, "{:?}", outcome.error);
        assert!(outcome.message().contains("memory"), "{}", outcome.message());
        let scores = scores.into_inner().unwrap();
        assert!(!scores.is_empty() && scores.iter().all(|score| score == "900"), "{scores:?}");
        let outcome = cell("40 + 2").tell(&runner, |_, _| {}).await;
        assert_eq!(outcome.metrics(), json!({"40 + 2": 42}), "{:?}", outcome.error);
    });
}

/// Whether its folder is that of a run, rather than that of the process they come from.
fn has_been_forked(pid: u32) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| {
        cwd.parent().is_some_and(|run| run.file_name().is_some_and(|name| name.to_string_lossy().starts_with("run-")))
    })
}
