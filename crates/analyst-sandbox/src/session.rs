//! One run in one worker, from the request to the last byte.
//!
//! Everything that can end a run early is waited for at once: the person, the clock, memory, disk, output, and the
//! worker itself. Whatever ends it, the process group is killed when the outcome is there; its memory is given back
//! behind the scenes, which takes longer than a short cell does.

use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use analyst_types::{CodeError, ExecutionOutcome, ExecutionStatus, Limits, OutputStream};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::{Interval, MissedTickBehavior, interval, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use crate::frame::Frame;
use crate::harvest::Harvest;
use crate::memory::{self, Usage};
use crate::output::OutputTap;
use crate::request::Packed;
use crate::strength::{Wall, Walls};
use crate::worker::Worker;

const WATCH_EVERY: Duration = Duration::from_millis(50);
/// The disk is looked at every so many times that memory is.
const DISK_EVERY: u32 = 2;
/// From asking code to stop to stopping it.
const SOFT_LIMIT: Duration = Duration::from_millis(30);
/// How long a person who pressed Stop waits for the process to be gone: memory is given back behind the scenes.
const CANCEL_LIMIT: Duration = Duration::from_millis(40);
/// What a dead process left in its pipes is read within this.
const DRAIN_LIMIT: Duration = Duration::from_millis(500);
/// From closing its channel, or from being killed, to being gone.
const END_LIMIT: Duration = Duration::from_millis(1_000);
const READ_BYTES: usize = 64 << 10;

/// Tells what is printed.
pub(crate) type Tell<'a> = &'a (dyn Fn(OutputStream, &str) + Send + Sync);

/// Why a run ended.
enum End {
    /// It said that it is done.
    Done(Value),
    /// It closed the channel without a word.
    Silent,
    /// It broke the rules of the channel.
    Broken(String),
    Cancelled,
    TimedOut,
    OverMemory,
    OverCpu,
    OverThreads,
    OverDisk,
    OverOutput,
}

/// What a run turned out to be.
#[expect(clippy::large_enum_variant, reason = "it is made once per run and taken apart at once")]
pub(crate) enum Finished {
    /// It ran; this came of it.
    Outcome(ExecutionOutcome),
    /// The worker was dead before the run began: another one may do it.
    DeadWorker,
}

struct Session<'a> {
    worker: Worker,
    limits: Limits,
    stdout: OutputTap<'a>,
    stderr: OutputTap<'a>,
    harvest: Harvest,
    started: bool,
    at_start: Usage,
    is_watched: bool,
    peak: u64,
    cpu_ms: u64,
}

/// Runs `packed` in `worker`; files of variables end up in `exchange_dir`.
pub(crate) async fn run(
    worker: Worker,
    packed: Packed,
    limits: Limits,
    exchange_dir: PathBuf,
    without: Walls,
    tell: Tell<'_>,
    cancel: &CancellationToken,
) -> Finished {
    let began = Instant::now();
    let now = memory::used_by(worker.pid).unwrap_or_default();
    let mut session = Session {
        worker,
        limits,
        stdout: OutputTap::new(OutputStream::Stdout, limits.output_bytes, tell),
        stderr: OutputTap::new(OutputStream::Stderr, limits.output_bytes, tell),
        harvest: Harvest::default(),
        started: false,
        at_start: now,
        is_watched: !without.has(Wall::Watch),
        peak: now.peak,
        cpu_ms: now.cpu_ms,
    };
    if now != Usage::default() && !without.has(Wall::Limits) {
        memory::limit(session.worker.pid, now, packed.mapped_bytes, &limits);
    }
    let sent = tokio::select! {
        sent = session.worker.wire.request(&packed.body, &packed.files) => sent,
        () = cancel.cancelled() => Ok(()),
    };
    if let Err(error) = sent {
        tracing::debug!(%error, "a waiting worker had died");
        return Finished::DeadWorker;
    }
    drop(packed);
    let deadline = began + Duration::from_secs(limits.timeout_secs.max(1));
    let end = session.watch(deadline, cancel).await;
    if matches!(end, End::Silent) && !session.started {
        return Finished::DeadWorker;
    }
    Finished::Outcome(session.conclude(end, began, exchange_dir).await)
}

impl Session<'_> {
    async fn watch(&mut self, deadline: Instant, cancel: &CancellationToken) -> End {
        let mut ticks = ticker();
        let mut n_ticks = 0;
        let mut out = vec![0; READ_BYTES];
        let mut err = vec![0; READ_BYTES];
        let (mut out_open, mut err_open) = (true, true);
        loop {
            tokio::select! {
                biased;
                () = cancel.cancelled() => return End::Cancelled,
                () = sleep_until(deadline.into()) => return End::TimedOut,
                _ = ticks.tick() => {
                    n_ticks += 1;
                    if let Some(end) = self.measure(n_ticks) {
                        return end;
                    }
                }
                frame = self.worker.wire.next_frame() => match frame {
                    Ok(Some(frame)) => if let Some(end) = self.take(frame) {
                        return end;
                    },
                    Ok(None) => return End::Silent,
                    Err(error) => return broken(&error),
                },
                size = read(self.worker.stdout.as_mut(), &mut out), if out_open => {
                    out_open = size > 0;
                    if !self.stdout.take(&out[..size]) {
                        return End::OverOutput;
                    }
                }
                size = read(Some(&mut self.worker.stderr), &mut err), if err_open => {
                    err_open = size > 0;
                    if !self.stderr.take(&err[..size]) {
                        return End::OverOutput;
                    }
                }
            }
        }
    }

    fn measure(&mut self, n_ticks: u32) -> Option<End> {
        if !self.is_watched {
            return None;
        }
        if n_ticks.is_multiple_of(DISK_EVERY) && self.is_over_disk() {
            return Some(End::OverDisk);
        }
        let now = memory::used_by(self.worker.pid)?;
        self.peak = self.peak.max(now.peak);
        self.cpu_ms = self.cpu_ms.max(now.cpu_ms);
        if now.own.saturating_sub(self.at_start.own) > self.limits.memory_bytes {
            Some(End::OverMemory)
        } else if self.used_up_cpu() {
            Some(End::OverCpu)
        } else {
            (now.n_threads > self.limits.threads.saturating_add(self.at_start.n_threads)).then_some(End::OverThreads)
        }
    }

    fn is_over_disk(&self) -> bool {
        let Limits { scratch_bytes, scratch_files, .. } = self.limits;
        #[cfg(target_os = "linux")]
        let hidden = {
            let longest = scratch_bytes.min(crate::confine::MAX_FILE_BYTES);
            crate::nameless::bytes(self.worker.pid, self.worker.scratch.path(), longest)
        };
        #[cfg(not(target_os = "linux"))]
        let hidden = 0;
        scratch_bytes.checked_sub(hidden).is_none_or(|left| !self.worker.scratch.is_within(left, scratch_files))
    }

    fn used_up_cpu(&self) -> bool {
        self.cpu_ms.saturating_sub(self.at_start.cpu_ms) >= self.limits.cpu_secs.max(1).saturating_mul(1_000)
    }

    fn take(&mut self, frame: Frame) -> Option<End> {
        match frame.head["type"].as_str() {
            Some("started") => self.started = true,
            Some("artifact") => {
                if let Err(notice) = self.harvest.take_artifact(&frame, self.limits.artifact_bytes) {
                    self.stderr.take(format!("{notice}\n").as_bytes());
                }
            }
            Some("variable") => self.harvest.take_variable(&frame, self.limits.artifact_bytes),
            Some("done") => return Some(End::Done(frame.head)),
            _ => return Some(End::Broken("it sent a frame of no known kind".into())),
        }
        None
    }

    /// Makes sure that the process is gone, reads what it left, and sums up.
    async fn conclude(mut self, end: End, began: Instant, exchange_dir: PathBuf) -> ExecutionOutcome {
        let elapsed = began.elapsed();
        if matches!(end, End::Cancelled) {
            self.soften().await;
        }
        if !matches!(end, End::Done(_) | End::Silent) {
            self.worker.kill();
        }
        self.drain(&end).await;
        // A crash tells by itself how it ended; whatever still lives then is killed.
        let exit = match end {
            End::Silent => timeout(END_LIMIT, self.worker.ended()).await.ok().and_then(Result::ok),
            _ => None,
        };
        self.worker.kill();
        let verdict = verdict(&end, exit, &self.limits);
        if verdict.status == ExecutionStatus::Ok {
            self.hand_over(&exchange_dir).await;
        } else {
            self.harvest.variables.clear();
            let limit = if matches!(end, End::Cancelled) { CANCEL_LIMIT } else { END_LIMIT };
            let _ = timeout(limit, self.worker.ended()).await; // killed: no system lets it live
        }
        self.worker.bury();
        ExecutionOutcome {
            status: verdict.status,
            stdout: self.stdout.finish(),
            stderr: self.stderr.finish(),
            error: verdict.error,
            artifacts: self.harvest.artifacts,
            variables: self.harvest.variables,
            duration_ms: verdict.duration_ms.unwrap_or_else(|| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)),
            peak_memory_bytes: verdict.peak_bytes.or(Some(self.peak).filter(|peak| *peak > 0)),
            notices: Vec::new(),
        }
    }

    /// Asks the code to stop, and gives it a moment to say what it has.
    async fn soften(&mut self) {
        self.worker.interrupt();
        let heard = async {
            while let Ok(Some(frame)) = self.worker.wire.next_frame().await {
                if self.take(frame).is_some() {
                    return;
                }
            }
        };
        let _ = timeout(SOFT_LIMIT, heard).await; // code that does not hear is stopped
    }

    /// Takes over the files of variables, when nobody can change them any more.
    async fn hand_over(&mut self, exchange_dir: &Path) {
        if !self.harvest.has_files() {
            return;
        }
        match timeout(END_LIMIT * 10, self.worker.ended()).await {
            Ok(_) => self.harvest.keep_files(&self.worker.scratch.out(), exchange_dir),
            Err(_) => self.harvest.variables.clear(),
        }
    }

    /// Reads what is in the pipes until they close; also frames that were sent before the end came.
    async fn drain(&mut self, end: &End) {
        let mut out = vec![0; READ_BYTES];
        let mut err = vec![0; READ_BYTES];
        let (mut out_open, mut err_open, mut frames_open) = (true, true, !matches!(end, End::Done(_) | End::Broken(_)));
        let limit = if matches!(end, End::Cancelled) { CANCEL_LIMIT } else { DRAIN_LIMIT };
        let drained = async {
            while out_open || err_open || frames_open {
                tokio::select! {
                    frame = self.worker.wire.next_frame(), if frames_open => match frame {
                        Ok(Some(frame)) => frames_open = self.take(frame).is_none(),
                        _ => frames_open = false,
                    },
                    size = read(self.worker.stdout.as_mut(), &mut out), if out_open => {
                        out_open = size > 0 && self.stdout.take(&out[..size]);
                    }
                    size = read(Some(&mut self.worker.stderr), &mut err), if err_open => {
                        err_open = size > 0 && self.stderr.take(&err[..size]);
                    }
                }
            }
        };
        let _ = timeout(limit, drained).await; // what has not come by then is not worth waiting for
    }
}

fn ticker() -> Interval {
    let mut ticks = interval(WATCH_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Bytes read; 0 at the end, however it came.
async fn read(stream: Option<&mut (impl AsyncRead + Unpin)>, buffer: &mut [u8]) -> usize {
    match stream {
        Some(stream) => stream.read(buffer).await.unwrap_or(0),
        None => 0,
    }
}

fn broken(error: &std::io::Error) -> End {
    // A worker that ended with unread bytes in its channel resets it: that is an end, not a broken rule.
    if error.kind() == std::io::ErrorKind::ConnectionReset { End::Silent } else { End::Broken(error.to_string()) }
}

struct Verdict {
    status: ExecutionStatus,
    error: Option<CodeError>,
    duration_ms: Option<u64>,
    peak_bytes: Option<u64>,
}

fn verdict(end: &End, exit: Option<ExitStatus>, limits: &Limits) -> Verdict {
    let failed = |status, kind: &str, message: String| Verdict {
        status,
        error: Some(CodeError { kind: kind.into(), message, line: None }),
        duration_ms: None,
        peak_bytes: None,
    };
    match end {
        End::Done(head) => done(head),
        End::Silent => {
            let (status, message) = how_it_died(exit);
            failed(status, if status == ExecutionStatus::Cpu { "CpuLimit" } else { "Crash" }, message)
        }
        End::Broken(what) => {
            failed(ExecutionStatus::Error, "Crash", format!("the run broke its connection to the host: {what}"))
        }
        End::Cancelled => failed(ExecutionStatus::Killed, "Cancelled", "the run was stopped".into()),
        End::TimedOut => {
            failed(ExecutionStatus::Timeout, "Timeout", format!("it took longer than {} s", limits.timeout_secs.max(1)))
        }
        End::OverMemory => {
            let megabytes = limits.memory_bytes >> 20;
            failed(ExecutionStatus::Memory, "Memory", format!("it wanted more than {megabytes} MB of memory"))
        }
        End::OverCpu => {
            let secs = limits.cpu_secs.max(1);
            failed(ExecutionStatus::Cpu, "CpuLimit", format!("it used more than {secs} s of processor time"))
        }
        End::OverThreads => {
            let threads = limits.threads;
            failed(ExecutionStatus::Killed, "ThreadLimit", format!("it started more than {threads} threads"))
        }
        End::OverDisk => failed(
            ExecutionStatus::OutputLimit,
            "DiskLimit",
            format!("it wrote more than {} MB or {} files", limits.scratch_bytes >> 20, limits.scratch_files),
        ),
        End::OverOutput => failed(
            ExecutionStatus::OutputLimit,
            "OutputLimit",
            "it printed without end; print less, or show a table with table(df)".into(),
        ),
    }
}

fn done(head: &Value) -> Verdict {
    let error = head["error"].as_object().map(|error| CodeError {
        kind: text_of(error.get("type")).unwrap_or_else(|| "Error".into()),
        message: text_of(error.get("message")).unwrap_or_default(),
        line: error.get("line").and_then(Value::as_u64).and_then(|line| u32::try_from(line).ok()),
    });
    let status = match &error {
        None => ExecutionStatus::Ok,
        Some(error) if error.kind == "MemoryError" => ExecutionStatus::Memory,
        Some(_) => ExecutionStatus::Error,
    };
    Verdict { status, error, duration_ms: head["duration_ms"].as_u64(), peak_bytes: head["peak_bytes"].as_u64() }
}

fn text_of(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}

fn how_it_died(exit: Option<ExitStatus>) -> (ExecutionStatus, String) {
    #[cfg(unix)]
    if let Some(signal) = exit.and_then(|exit| std::os::unix::process::ExitStatusExt::signal(&exit)) {
        return match signal {
            libc::SIGKILL => (ExecutionStatus::Killed, "the system ended the run; perhaps memory ran out".into()),
            libc::SIGXCPU => (ExecutionStatus::Cpu, "it used more processor time than it may".into()),
            libc::SIGSEGV | libc::SIGBUS => {
                (ExecutionStatus::Error, "the interpreter crashed (segmentation fault)".into())
            }
            libc::SIGABRT => (ExecutionStatus::Error, "the interpreter crashed (abort)".into()),
            libc::SIGSYS => (ExecutionStatus::Error, "the code made a system call that is forbidden".into()),
            other => (ExecutionStatus::Error, format!("the interpreter was ended by signal {other}")),
        };
    }
    let Some(exit) = exit else {
        return (ExecutionStatus::Error, "the run closed its connection to the host".into());
    };
    let code = exit.code().map_or(String::new(), |code| format!(" (exit code {code})"));
    (ExecutionStatus::Error, format!("the code ended the interpreter before its end{code}"))
}
