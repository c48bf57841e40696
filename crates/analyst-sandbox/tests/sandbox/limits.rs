//! Runs that would not end, print too much or write too much; and what is left of them.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use analyst_types::ExecutionStatus::{Error, Killed, Timeout};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::kit::{Results, TOKIO, cell, runner};

#[cfg(target_os = "linux")]
fn is_gone(pid: u64) -> bool {
    !std::path::Path::new(&format!("/proc/{pid}")).exists()
}

#[test]
fn an_endless_loop_ends_at_its_time_with_its_process() {
    let outcome = cell("import os\nmetric('pid', os.getpid())\nwhile True: pass")
        .limits(|limits| limits.timeout_secs = 1)
        .fails(Timeout, "Timeout");
    assert!((1_000..4_000).contains(&outcome.duration_ms), "{}", outcome.duration_ms);
    #[cfg(target_os = "linux")]
    assert!(is_gone(outcome.metrics()["pid"].as_u64().unwrap()));
}

#[test]
#[cfg(target_os = "linux")]
fn a_finished_process_is_gone_and_leaves_no_zombie() {
    let outcome = cell("import os\nmetric('pid', os.getpid())").ok();
    let pid = outcome.metrics()["pid"].as_u64().unwrap();
    TOKIO.block_on(async {
        for _ in 0..100 {
            if is_gone(pid) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("process {pid} is still there");
    });
}

#[test]
fn a_cancelled_run_is_gone_within_a_second() {
    for code in ["while True: pass", "import time\ntime.sleep(60)", "x = np.ones(100_000_000)\nwhile True: x.sort()"] {
        let run = cell(&format!("print('go')\n{code}"));
        let cancel = run.cancel.clone();
        let cancelled_at = OnceLock::new();
        let outcome = TOKIO.block_on(run.tell(runner(), |_, _| {
            cancelled_at.get_or_init(Instant::now);
            cancel.cancel();
        }));
        let waited = cancelled_at.get().unwrap().elapsed();
        assert!(waited < Duration::from_secs(1), "{code}: {waited:?}");
        assert_eq!((outcome.status, outcome.stdout.as_str()), (Killed, "go\n"), "{code}");
        assert_eq!(outcome.error.unwrap().kind, "Cancelled");
    }
}

#[test]
fn a_run_that_is_cancelled_before_it_begins_does_nothing() {
    let run = cell("print('go')");
    run.cancel.cancel();
    let outcome = run.run();
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Killed, ""));
}

#[test]
fn endless_output_is_cut_and_then_ended() {
    let outcome = cell("print('start')\nfor _ in range(1000): print('x' * 1_000_000)").fails(Error, "OutputLimit");
    assert!(outcome.duration_ms < 20_000, "{} ms", outcome.duration_ms);
    assert!(outcome.stdout.starts_with("start\nxxx") && outcome.stdout.len() < (1 << 20) + 100);
    assert!(outcome.stdout.contains("\n… output cut: "));
    let outcome = cell("import sys\nfor i in range(3000): print('y' * 1000)\nprint('z' * 5000, file=sys.stderr)")
        .limits(|limits| limits.output_bytes = 2_000)
        .ok();
    assert!(outcome.stdout.ends_with("\n… output cut: 3001000 bytes not shown\n"), "{}", outcome.stdout);
    assert!(outcome.stderr.ends_with("\n… output cut: 3001 bytes not shown\n"));
}

#[test]
fn files_fill_no_disk() {
    let outcome = cell("import os\ntry:\n    with open('big', 'wb') as f:\n        for _ in range(600): f.write(b'x' * (1 << 20))\nexcept OSError as e: metric('errno', e.errno)").ok();
    assert_eq!(outcome.metrics(), json!({"errno": 27}));
    cell("import time\nfor i in range(6000): open(str(i), 'w').close()\ntime.sleep(20)").fails(Error, "DiskLimit");
}

#[test]
fn two_cells_run_at_the_same_time() {
    let (first, second) = (cell("print('go')\nwhile True: pass"), cell("print('go')\nwhile True: pass"));
    let stops = [first.cancel.clone(), second.cancel.clone()];
    let n_running = AtomicUsize::new(0);
    let tell = |_, _: &str| {
        if n_running.fetch_add(1, Ordering::SeqCst) == 1 {
            stops.iter().for_each(CancellationToken::cancel);
        }
    };
    let outcomes = TOKIO.block_on(async { tokio::join!(first.tell(runner(), tell), second.tell(runner(), tell)) });
    assert_eq!((outcomes.0.status, outcomes.1.status), (Killed, Killed)); // and not Timeout: each saw the other
}

#[test]
#[cfg(target_os = "linux")]
fn a_waiting_process_that_was_killed_is_replaced() {
    let scratch = tempfile::tempdir().unwrap();
    let ours = || crate::walls::processes_in(scratch.path());
    TOKIO.block_on(async {
        let runner = analyst_sandbox::PythonRunner::with_scratch(crate::kit::environment(), scratch.path());
        runner.warm_up();
        let mut waiting = ours();
        while waiting.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
            waiting = ours();
        }
        for pid in waiting {
            assert!(std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
        }
        let outcome = cell("40 + 2").tell(&runner, |_, _| {}).await;
        assert_eq!(outcome.metrics(), json!({"40 + 2": 42}), "{:?}", outcome.error);
    });
}

/// Measures, for people: `cargo test -- --ignored --nocapture measure`.
#[test]
#[ignore = "a measurement"]
fn measure() {
    TOKIO.block_on(async {
        let scratch = tempfile::tempdir().unwrap();
        let runner = analyst_sandbox::PythonRunner::with_scratch(crate::kit::environment(), scratch.path());
        let mut warm = Vec::new();
        for n in 0..12 {
            if n > 0 {
                runner.warm_up();
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
            let began = Instant::now();
            let first = std::sync::Mutex::new(None);
            let tell = |_, _: &str| {
                first.lock().unwrap().get_or_insert(began.elapsed());
            };
            let outcome = cell("print('hi')").tell(&runner, tell).await;
            let took = (first.into_inner().unwrap().unwrap(), began.elapsed());
            assert!(outcome.error.is_none(), "{:?}", outcome.error);
            if n == 0 { println!("cold: first output, end {took:?}") } else { warm.push(took) }
        }
        warm.sort();
        println!("warm p50 {:?}, worst {:?}", warm[warm.len() / 2], warm.last().unwrap());
        tokio::time::sleep(Duration::from_secs(5)).await;
        for pid in crate::walls::processes_in(scratch.path()) {
            println!("waiting: {}", std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap());
        }
    });
}
