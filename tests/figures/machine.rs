//! The machine and the processes on it, as Linux tells them in `/proc`.

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

/// What a figure depends on.
pub fn description() -> Value {
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    json!({
        "processors": std::thread::available_parallelism().map_or(0, usize::from),
        "processor": after(&cpus, "model name").unwrap_or_default(),
        "memoryKb": after(&memory, "MemTotal").unwrap_or_default(),
        "loadAverage": fs::read_to_string("/proc/loadavg").unwrap_or_default().trim(),
        "build": if cfg!(debug_assertions) { "debug" } else { "release" },
        "takenAtSecs": SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
    })
}

/// Memory of the processes in MB, what they share counted once.
pub fn memory_mb(ids: &[u32]) -> f64 {
    let kb: f64 = ids
        .iter()
        .filter_map(|id| fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok())
        .filter_map(|rollup| after(&rollup, "Pss")?.split_whitespace().next()?.parse::<f64>().ok())
        .sum();
    kb / 1024.0
}

/// When a process was started, since 1970; the kernel knows it to a hundredth of a second.
pub fn started_at(id: u32) -> Option<Duration> {
    const TICKS_PER_SEC: f64 = 100.0;
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name, in parentheses, may hold anything; the 20th field after it is the start since boot.
    let ticks: f64 = stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()?;
    let uptime: f64 = fs::read_to_string("/proc/uptime").ok()?.split_whitespace().next()?.parse().ok()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    now.checked_sub(Duration::from_secs_f64(uptime - ticks / TICKS_PER_SEC))
}

fn after<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim())
    })
}
