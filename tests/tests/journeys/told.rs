//! What the command line program told: its exit code and both of its streams, read as a script and a person read them.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use analyst_tests::program::{Home, cli};
use analyst_tests::provider::TEST_KEY;
use analyst_types::{AppError, ArtifactId, Claim, ExecutionReport, RunEvent, RunEventKind, RunStatus};
use serde_json::Value;

/// What takes longer has hung, and is ended without an exit code.
const PATIENCE: Duration = Duration::from_secs(90);

/// A file that comes with the program.
pub fn sample(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../samples").join(name).canonicalize().unwrap()
}

/// All cells of a sample, by hand: no quotes, no line breaks within cells.
pub fn cells_of_sample(name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(sample(name)).unwrap();
    assert!(!text.contains('"'), "{name} needs a real CSV reader");
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// The revenue of the coffee orders, in one region or in all, in euros.
pub fn coffee_revenue(region: Option<&str>) -> f64 {
    const REGION: usize = 2;
    const REVENUE: usize = 9;
    let cents = |text: &str| text.replace('.', "").parse::<u64>().unwrap();
    let rows = cells_of_sample("coffee_orders.csv");
    let wanted = rows.iter().filter(|row| region.is_none_or(|region| row[REGION] == region));
    wanted.map(|row| cents(&row[REVENUE])).sum::<u64>() as f64 / 100.0
}

/// A command that has ended.
#[derive(Debug)]
pub struct Told {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a command to its end. Whatever happens, nobody is shown a panic or a key.
pub fn tell(home: &Home, args: &[&str]) -> Told {
    let mut command = home.command(cli());
    let child = command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let id = child.id();
    let (ended, end) = mpsc::channel::<()>();
    std::thread::spawn(move || {
        if end.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            kill(id, libc::SIGKILL);
        }
    });
    let output = child.wait_with_output().unwrap();
    drop(ended);
    Told::of(args, output)
}

fn kill(id: u32, signal: i32) {
    let id = i32::try_from(id).unwrap();
    // SAFETY: a signal to a child that has not been waited for, so its id is still its own.
    #[expect(unsafe_code, reason = "the standard library sends no signals but one")]
    unsafe {
        libc::kill(id, signal);
    }
}

/// Sends a command of the table.
pub fn call(home: &Home, name: &str, request: &Value) -> Value {
    tell(home, &["call", name, &request.to_string()]).done().json()
}

impl Told {
    fn of(args: &[&str], output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap_or_else(|error| panic!("{args:?} gave no UTF-8: {error}"));
        let told = Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) };
        for stream in [&told.stdout, &told.stderr] {
            assert!(!stream.contains("panicked at") && !stream.contains("RUST_BACKTRACE"), "{args:?}: {stream}");
            assert!(!stream.contains(TEST_KEY), "{args:?} shows the key: {stream}");
        }
        told
    }

    /// It has done what it was asked.
    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// It has not, ended with this code, and said so in these words on stderr.
    #[track_caller]
    pub fn failed(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in {:?}", self.stderr);
        }
        assert!(!self.stderr.trim().is_empty(), "it failed without a word");
        self
    }

    /// The one JSON document on stdout.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {:?}", self.stdout))
    }

    /// The run that `ask --json` told.
    #[track_caller]
    pub fn run(&self) -> TellingRun {
        TellingRun::of(self.stdout.lines())
    }
}

/// A run as its events tell it, whole and in order.
#[derive(Debug)]
pub struct TellingRun {
    pub id: String,
    pub events: Vec<RunEvent>,
    /// The lines of the numbered events.
    pub durable: Vec<String>,
}

impl TellingRun {
    /// Reads events and holds them to the rules of every run: numbered without a gap, begun once, ended once and last.
    #[track_caller]
    pub fn of<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let read = |line: &str| -> RunEvent {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{line:?} is no run event: {error}"))
        };
        let lines: Vec<&str> = lines.collect();
        let events: Vec<RunEvent> = lines.iter().map(|line| read(line)).collect();
        let durable: Vec<(u64, &str)> =
            events.iter().zip(&lines).filter_map(|(event, line)| Some((event.seq?, *line))).collect();
        let numbers: Vec<u64> = durable.iter().map(|(seq, _)| *seq).collect();
        assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "{lines:#?}");
        assert!(matches!(events[0].kind, RunEventKind::RunStarted { .. }), "{lines:#?}");
        let ends: Vec<usize> = (0..events.len()).filter(|at| events[*at].kind.is_terminal()).collect();
        assert_eq!(ends, [events.len() - 1], "{lines:#?}");
        assert!(
            events
                .iter()
                .all(|event| event.run_id == events[0].run_id && event.seq.is_none() == event.kind.is_transient())
        );
        let id = events[0].run_id.to_string();
        Self { id, durable: durable.into_iter().map(|(_, line)| line.to_owned()).collect(), events }
    }

    /// What the events of one kind hold.
    pub fn all<T>(&self, of: impl Fn(&RunEventKind) -> Option<T>) -> Vec<T> {
        self.events.iter().filter_map(|event| of(&event.kind)).collect()
    }

    /// How it ended.
    pub fn end(&self) -> (RunStatus, Option<AppError>) {
        let ends = self.all(|kind| match kind {
            RunEventKind::RunFinished { status, error } => Some((*status, error.clone())),
            _ => None,
        });
        ends.into_iter().next().unwrap()
    }

    /// The answer with its numbers and what it rests on.
    #[track_caller]
    pub fn answer(&self) -> (String, Vec<Claim>, Vec<ArtifactId>) {
        let mut answers = self.all(|kind| match kind {
            RunEventKind::AnswerReady { text, claims, artifacts } => {
                Some((text.clone(), claims.clone(), artifacts.clone()))
            }
            _ => None,
        });
        assert_eq!(answers.len(), 1, "{:#?}", self.durable);
        answers.remove(0)
    }

    /// Every attempt at every cell.
    pub fn executions(&self) -> Vec<ExecutionReport> {
        self.all(|kind| match kind {
            RunEventKind::ExecutionFinished(report) => Some(report.clone()),
            _ => None,
        })
    }

    /// The codes of its warnings.
    pub fn warnings(&self) -> Vec<String> {
        self.all(|kind| match kind {
            RunEventKind::Warning { code, .. } => Some(code.clone()),
            _ => None,
        })
    }

    /// The agents of its steps.
    pub fn agents(&self) -> Vec<String> {
        self.all(|kind| match kind {
            RunEventKind::StepStarted { agent, .. } => Some(agent.clone()),
            _ => None,
        })
    }
}

/// A command at work, whose lines are read as they come.
pub struct AtWork {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    pub seen: Vec<String>,
}

/// Starts a command and does not wait.
pub fn start(home: &Home, args: &[&str]) -> AtWork {
    let mut command = home.command(cli());
    let mut child = command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    AtWork { child, lines, seen: Vec::new() }
}

impl AtWork {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Reads on until a line holds these words.
    #[track_caller]
    pub fn wait_for(&mut self, words: &str) {
        for line in self.lines.by_ref() {
            self.seen.push(line.unwrap());
            if self.seen.last().is_some_and(|line| line.contains(words)) {
                return;
            }
        }
        panic!("it ended without saying {words:?}: {:#?}", self.seen);
    }

    /// Sends a signal and waits for the end; tells how long that took.
    pub fn signal(mut self, signal: i32) -> (Told, Duration) {
        let began = Instant::now();
        kill(self.child.id(), signal);
        let rest: Vec<String> = self.lines.by_ref().map(Result::unwrap).collect();
        self.seen.extend(rest);
        let output = self.child.wait_with_output().unwrap();
        let took = began.elapsed();
        let stdout = self.seen.iter().flat_map(|line| [line.as_bytes(), b"\n"]).flatten().copied().collect();
        (Told::of(&["(stopped)"], Output { stdout, ..output }), took)
    }
}

/// The numbers of a text, with or without thousands marks.
pub fn numbers_in(text: &str) -> Vec<f64> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')));
    words.filter_map(|word| word.trim_matches(['.', ',']).replace(',', "").parse().ok()).collect()
}

/// Whether a text says a number, rounded or not.
#[track_caller]
pub fn assert_says(text: &str, number: f64) {
    let close = |said: &f64| (said - number).abs() <= number.abs() * 5e-4;
    assert!(numbers_in(text).iter().any(close), "no {number} in: {text}");
}
