//! The processes that read files: killed, out of memory, stopped; the program and the data stay as they were.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use analyst_tests::program::{Home, Process, cli, processes_with, with_descendants};

use crate::told::tell;

/// Enough rows that a program built for trying reads them for seconds.
fn long_file(home: &Home) -> String {
    let rows: String = (0..400_000).map(|n| format!("{n},name {n},{n}.25,2024-01-{:02}\n", n % 28 + 1)).collect();
    home.file("long.csv", format!("id,name,amount,day\n{rows}")).display().to_string()
}

fn workers_of(program: u32) -> Vec<u32> {
    let workers = processes_with("--data-worker");
    with_descendants(program).into_iter().filter(|id| workers.contains(id)).collect()
}

fn wait_for_workers(program: u32) -> Vec<u32> {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let workers = workers_of(program);
        if !workers.is_empty() {
            return workers;
        }
        assert!(Instant::now() < deadline, "no worker was started");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn signal(id: u32, signal: i32) {
    let id = i32::try_from(id).unwrap();
    // SAFETY: a signal to a process that this test has started.
    #[expect(unsafe_code, reason = "the standard library signals no processes")]
    unsafe {
        libc::kill(id, signal);
    }
}

fn begin(home: &Home, args: &[&str]) -> (Process, u32) {
    let mut command = home.command(cli());
    command.args(args);
    let process = Process::start("auto-analyst", command, home);
    let id = process.id();
    (process, id)
}

fn ended(process: &Process) -> bool {
    !Path::new(&format!("/proc/{}", process.id())).exists()
        || std::fs::read_to_string(format!("/proc/{}/stat", process.id()))
            .is_ok_and(|stat| stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')))
}

fn wait(process: &Process) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !ended(process) {
        assert!(Instant::now() < deadline, "the program does not end");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Arrow files and workers' folders in the store.
fn in_store(home: &Home) -> usize {
    let count = |folder: &Path| {
        std::fs::read_dir(folder).map_or(0, |entries| entries.flatten().filter(|e| e.path().is_file()).count())
    };
    let store = home.data_dir().join("datasets");
    let workers = std::fs::read_dir(store.join("workers")).map_or(0, Iterator::count);
    count(&store) + workers
}

#[test]
fn a_worker_that_is_killed_is_an_error_that_names_the_file() {
    let home = Home::new();
    let file = long_file(&home);
    let (process, id) = begin(&home, &["profile", &file]);
    for worker in wait_for_workers(id) {
        signal(worker, libc::SIGKILL);
    }
    wait(&process);
    let said = process.said();
    assert!(said.contains("long.csv brought down the process") && said.contains("Nothing was changed"), "{said}");
    assert_eq!(in_store(&home), 0);
    let small = home.file("small.csv", "a\n1\n").display().to_string();
    tell(&home, &["preview", &small]).done();
}

#[test]
fn ctrl_c_ends_a_long_import_and_leaves_nothing() {
    let home = Home::new();
    let file = long_file(&home);
    let mut command: Command = home.command(cli());
    command.args(["convert", &file, "out.parquet"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let workers = wait_for_workers(child.id());
    std::thread::sleep(Duration::from_millis(300));
    signal(child.id(), libc::SIGINT);
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(130));
    assert!(workers.iter().all(|id| !processes_with("--data-worker").contains(id)), "a worker is left");
    assert_eq!(in_store(&home), 0);
    assert!(!home.path().join("out.parquet").exists());
}

#[test]
fn no_worker_outlives_a_program_that_is_killed_and_the_next_one_cleans_up() {
    let home = Home::new();
    let file = long_file(&home);
    let (process, id) = begin(&home, &["profile", &file]);
    let workers = wait_for_workers(id);
    signal(id, libc::SIGKILL);
    wait(&process);
    let deadline = Instant::now() + Duration::from_secs(5);
    while workers.iter().any(|id| processes_with("--data-worker").contains(id)) {
        assert!(Instant::now() < deadline, "a worker outlives its program");
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(process); // reaped: its number is gone
    let small = home.file("small.csv", "a\n1\n").display().to_string();
    tell(&home, &["call", "dataset::open", &serde_json::json!({ "path": small }).to_string()]).done();
    let left = std::fs::read_dir(home.data_dir().join("datasets/workers")).map_or(0, Iterator::count);
    assert_eq!(left, 0);
}

#[test]
fn a_file_beyond_the_memory_limit_is_refused_with_numbers_and_others_open() {
    let home = Home::new();
    let change = serde_json::json!({ "settings": { "memoryMb": 128 } }).to_string();
    tell(&home, &["call", "settings::update", &change]).done();
    let path = home.path().join("huge.csv");
    std::fs::File::create(&path).unwrap().set_len(600 << 20).unwrap();
    let huge = path.display().to_string();
    tell(&home, &["profile", &huge]).failed(1, &["huge.csv needs about", "128 MB may be used"]);
    let small = home.file("small.csv", "a\n1\n").display().to_string();
    tell(&home, &["preview", &small]).done();
}
