//! Runs that would not end, print too much or write too much; and what is left of them.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use analyst_types::ExecutionStatus::{Cpu, Killed, OutputLimit, Timeout};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::kit::{Results, TOKIO, cell, runner};

#[cfg(target_os = "linux")]
fn is_gone(home: &serde_json::Value) -> bool {
    // By its folder: the number that it knows is that of its own namespace.
    crate::walls::processes_in(std::path::Path::new(home.as_str().unwrap())).is_empty()
}

#[test]
fn an_endless_loop_ends_at_its_time_with_its_process() {
    let outcome = cell("import os\nmetric('home', os.getcwd())\nwhile True: pass")
        .limits(|limits| limits.timeout_secs = 1)
        .fails(Timeout, "Timeout");
    assert!((1_000..4_000).contains(&outcome.duration_ms), "{}", outcome.duration_ms);
    #[cfg(target_os = "linux")]
    assert!(is_gone(&outcome.metrics()["home"]));
}

#[test]
#[cfg(target_os = "linux")]
fn a_finished_process_is_gone_and_leaves_no_zombie() {
    let outcome = cell("import os\nmetric('home', os.getcwd())").ok();
    let home = outcome.metrics()["home"].clone();
    TOKIO.block_on(async {
        for _ in 0..100 {
            if is_gone(&home) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the process in {home} is still there");
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
    let outcome =
        cell("print('start')\nfor _ in range(1000): print('x' * 1_000_000)").fails(OutputLimit, "OutputLimit");
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
    cell("import time\nfor i in range(11_000): open(str(i), 'w').close()\ntime.sleep(20)")
        .fails(OutputLimit, "DiskLimit");
}

#[test]
fn every_limit_is_told_by_its_name() {
    cell("while True: pass").limits(|limits| limits.cpu_secs = 1).fails(Cpu, "CpuLimit");
    let ignored = "import sys\nsys.modules['importlib'].import_module('signal').signal(24, 1)\nwhile True: pass";
    cell(ignored).limits(|limits| limits.cpu_secs = 1).fails(Cpu, "CpuLimit");
    let threads = "import sys, time\nthreading = sys.modules['threading']
for _ in range(40): threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
time.sleep(20)";
    cell(threads).limits(|limits| limits.threads = 10).fails(Killed, "ThreadLimit");
    cell(
        "import time\nopen('x', 'wb').write(b'x' * (9 << 20))\nopen('y', 'wb').write(b'x' * (9 << 20))\ntime.sleep(20)",
    )
    .limits(|limits| limits.scratch_bytes = 10 << 20)
    .fails(OutputLimit, "DiskLimit");
    let outcome = cell("files = []\ntry:\n    for i in range(200): files.append(open(str(i), 'w'))\nexcept OSError as e: metric('errno', e.errno)\nfiles = None")
        .limits(|limits| limits.open_files = 40)
        .ok();
    assert_eq!(outcome.metrics(), json!({"errno": 24}));
}

#[test]
fn of_ten_cells_at_once_none_starves() {
    let cells = (0..10)
        .map(|n| cell(&format!("import time\nend = time.monotonic() + 0.2\nwhile time.monotonic() < end: pass\n{n}")));
    let outcomes = TOKIO.block_on(futures_of(cells.map(|cell| cell.tell(runner(), |_, _| {})).collect()));
    assert!(outcomes.iter().all(|outcome| outcome.status == analyst_types::ExecutionStatus::Ok), "{outcomes:?}");
}

/// All of them, at the same time.
async fn futures_of<T>(futures: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, done) in futures.iter_mut().zip(&mut done).filter(|(_, done)| done.is_none()) {
            if let std::task::Poll::Ready(value) = future.as_mut().poll(context) {
                *done = Some(value);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
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
        let began = Instant::now();
        cell("1").tell(&runner, |_, _| {}).await;
        println!("cold: {:?}", began.elapsed());
        let (mut first_output, mut ends) = (Vec::new(), Vec::new());
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(150)).await;
            let began = Instant::now();
            let first = std::sync::Mutex::new(None);
            let tell = |_, _: &str| {
                first.lock().unwrap().get_or_insert(began.elapsed());
            };
            let outcome = cell("print('hi')").tell(&runner, tell).await;
            ends.push(began.elapsed());
            assert!(outcome.error.is_none(), "{:?}", outcome.error);
            first_output.push(first.into_inner().unwrap().unwrap());
        }
        for times in [&mut first_output, &mut ends] {
            times.sort();
            println!("p50 {:?}, p95 {:?}, worst {:?}", times[50], times[95], times[99]);
        }
        let began = Instant::now();
        for _ in 0..60 {
            cell("print('hi')").tell(&runner, |_, _| {}).await;
        }
        println!("{:.1} runs/s", 60.0 / began.elapsed().as_secs_f64());
        for code in ["x = np.ones(100_000_000)\nprint('go')\nwhile True: x.sort()", "print('go')\nwhile True: pass"] {
            let mut waits = Vec::new();
            for _ in 0..10 {
                let run = cell(code);
                let (cancel, at) = (run.cancel.clone(), OnceLock::new());
                run.tell(&runner, |_, _| {
                    at.get_or_init(Instant::now);
                    cancel.cancel();
                })
                .await;
                waits.push(at.get().unwrap().elapsed());
            }
            waits.sort();
            println!("cancel p50 {:?}, worst {:?}", waits[5], waits[9]);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        println!("fork server {:?}", runner.fork_server_pid().await);
        for pid in crate::walls::processes_in(scratch.path()) {
            let about = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
            let lines: Vec<_> = about
                .lines()
                .filter(|line| ["Rss", "Pss:", "Private_Dirty", "Anonymous"].iter().any(|name| line.starts_with(name)))
                .collect();
            println!("{pid}: {lines:?}");
        }
    });
}
