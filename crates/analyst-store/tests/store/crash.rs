//! A process is killed in the middle of its writes, again and again: whatever it had been told was stored is there.

use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use analyst_store::Store;
use analyst_types::*;

use crate::samples::{self, at, event, finished, warning};

/// Names the folder to the process that is going to be killed.
const FOLDER: &str = "ANALYST_STORE_CRASH_FOLDER";
const ROUNDS: u64 = 10;
/// At most so many acknowledged events before the kill.
const MOST_EVENTS: u64 = 120;

#[test]
fn acknowledged_writes_survive_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut acknowledged: Vec<(RunId, u64)> = Vec::new();
    for round in 0..ROUNDS {
        let events = RandomState::new().hash_one(round) % MOST_EVENTS + 1;
        acknowledged.push(write_until_killed(dir.path(), events));
        runtime.block_on(check(dir.path(), &acknowledged));
    }
}

/// Reads what the writer says it has stored, and kills it after `events` of them, while it writes on.
fn write_until_killed(dir: &std::path::Path, events: u64) -> (RunId, u64) {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "crash::write_without_end", "--nocapture"])
        .env(FOLDER, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines().map(Result::unwrap);
    let stored = |line: String| {
        let (run_id, seq) = line.strip_prefix("stored ")?.split_once(' ')?;
        Some((run_id.parse::<RunId>().unwrap(), seq.parse::<u64>().unwrap()))
    };
    let mut last = lines.by_ref().filter_map(stored).nth(usize::try_from(events).unwrap() - 1).unwrap();
    writer.kill().unwrap();
    writer.wait().unwrap();
    // What it had said before it died counts as well.
    for line in lines {
        last = stored(line).unwrap_or(last);
    }
    last
}

async fn check(dir: &std::path::Path, acknowledged: &[(RunId, u64)]) {
    let store = Store::open(dir).await.unwrap();
    let interrupted = store.interrupt_abandoned_runs(at(9_000)).await.unwrap();
    let (killed, _) = acknowledged.last().unwrap();
    assert_eq!(interrupted.iter().map(|event| event.run_id).collect::<Vec<_>>(), [*killed]);
    for (run_id, seq) in acknowledged {
        let mut events = store.run_events().list(*run_id, 0).await.unwrap();
        let last = events.pop().unwrap();
        assert_eq!(last.kind, finished(RunStatus::Interrupted));
        assert_eq!(last.seq, Some(events.len() as u64 + 1));
        // One more may have been stored than the writer lived to say.
        assert!([*seq, *seq + 1].contains(&(events.len() as u64)), "{seq} acknowledged, {} there", events.len());
        assert!(events.iter().zip(1..).all(|(event, seq)| event.seq == Some(seq)));
    }
    store.check().await.unwrap();
    store.close().await;
}

#[test]
#[ignore = "the process that is killed; started by the test above"]
fn write_without_end() {
    let Some(dir) = std::env::var_os(FOLDER) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(dir).await.unwrap();
        let run = samples::running(&store).await;
        for seq in 2.. {
            store.run_events().append(&event(run.id, seq, warning(samples::NASTY))).await.unwrap();
            let mut stdout = std::io::stdout().lock();
            writeln!(stdout, "stored {} {seq}", run.id).unwrap();
            stdout.flush().unwrap();
        }
    });
}
