//! Runs that would not end, print too much or write too much; and what is left of them.

use std::time::{Duration, Instant};

use analyst_types::ExecutionStatus::{Error, Killed, Timeout};
use serde_json::json;

use crate::kit::{Results, TOKIO, cell, runner};

/// A cell that says its process number and whether that process is there.
fn is_gone(pid: u64) -> bool {
    !std::path::Path::new(&format!("/proc/{pid}")).exists()
}

#[test]
fn an_endless_loop_ends_at_its_time_with_its_process() {
    let began = Instant::now();
    let outcome = cell("import os\nmetric('pid', os.getpid())\nwhile True: pass")
        .limits(|limits| limits.timeout_secs = 1)
        .fails(Timeout, "Timeout");
    assert!(outcome.duration_ms >= 1_000 && outcome.duration_ms < 2_000, "{}", outcome.duration_ms);
    assert!(began.elapsed() < Duration::from_secs(60));
    #[cfg(target_os = "linux")]
    assert!(is_gone(outcome.metrics()["pid"].as_u64().unwrap()));
}

#[test]
fn a_cancelled_run_is_gone_within_a_second() {
    for code in ["while True: pass", "import time\ntime.sleep(60)", "x = np.ones(100_000_000)\nwhile True: x.sort()"] {
        let run = cell(&format!("import os\nmetric('pid', os.getpid())\nprint('go')\n{code}"));
        let cancel = run.cancel.clone();
        let (outcome, waited) = TOKIO.block_on(async move {
            let watch = cancel.clone();
            let stop = tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(6_000)).await; // at the latest, should no worker be warm
                watch.cancel();
            });
            runner().warm_up();
            let began = Instant::now();
            let execution = tokio::spawn(run.execute());
            tokio::time::sleep(Duration::from_millis(3_500)).await;
            cancel.cancel();
            let cancelled_at = Instant::now();
            let outcome = execution.await.unwrap().0;
            stop.abort();
            assert!(began.elapsed() > Duration::from_secs(3));
            (outcome, cancelled_at.elapsed())
        });
        assert!(waited < Duration::from_secs(1), "{code}: {waited:?}");
        assert_eq!((outcome.status, outcome.error.unwrap().kind.as_str()), (Killed, "Cancelled"), "{code}");
    }
}

#[test]
fn endless_output_is_cut_and_then_ended() {
    let began = Instant::now();
    let outcome = cell("print('start')\nfor _ in range(1000): print('x' * 1_000_000)").fails(Error, "OutputLimit");
    assert!(began.elapsed() < Duration::from_secs(60));
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
    TOKIO.block_on(async {
        let one =
            || cell("import time\nb = time.time()\ntime.sleep(1)\nmetric('span', f'{b} {time.time()}')").execute();
        let (first, second) = tokio::join!(one(), one());
        let span = |outcome: &analyst_types::ExecutionOutcome| {
            let text = outcome.metrics()["span"].as_str().unwrap().to_owned();
            let (from, to) = text.split_once(' ').unwrap();
            (from.parse::<f64>().unwrap(), to.parse::<f64>().unwrap())
        };
        let (first, second) = (span(&first.0), span(&second.0));
        println!("{first:?} {second:?}");
    });
}

/// Measures, for people: `cargo test -- --ignored --nocapture measure`.
#[test]
#[ignore = "a measurement"]
fn measure() {
    TOKIO.block_on(async {
        let runner = analyst_sandbox::PythonRunner::new(crate::kit::environment());
        let request = || {
            use analyst_types::{ExecutionRequest, Limits};
            ExecutionRequest {
                code: "print('hi')".into(),
                datasets: Vec::new(),
                variables: Vec::new(),
                chart: None,
                exchange_dir: std::env::temp_dir(),
                limits: Limits::default(),
            }
        };
        let cancel = tokio_util::sync::CancellationToken::new();
        let mut warm = Vec::new();
        for n in 0..12 {
            use analyst_types::CodeRunner;
            if n > 0 {
                runner.warm_up();
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
            let began = Instant::now();
            let first = std::sync::Mutex::new(None);
            let tell = |_, _: &str| {
                first.lock().unwrap().get_or_insert(began.elapsed());
            };
            let outcome = runner.execute(request(), &tell, &cancel).await;
            let took = (first.into_inner().unwrap().unwrap(), began.elapsed());
            assert!(outcome.error.is_none(), "{:?}", outcome.error);
            if n == 0 { println!("cold: first output, end {took:?}") } else { warm.push(took) }
        }
        warm.sort();
        println!("warm p50 {:?}, worst {:?}", warm[warm.len() / 2], warm.last().unwrap());
        println!("strength {:#?}", runner.strength().await);
    });
}
