//! A step: one command line, announced before it runs and timed after, so that a person always sees what is under way.

use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Why the task stopped.
#[derive(Debug)]
pub struct Failure {
    message: String,
    code: u8,
}

impl Failure {
    /// The work failed.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 1 }
    }

    /// The command line was wrong.
    pub fn wrong_use(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 2 }
    }

    /// Tells the person, and gives the exit code.
    pub fn report(self) -> ExitCode {
        eprintln!("\nxtask: {}", self.message);
        ExitCode::from(self.code)
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

/// What a step comes to.
pub type Outcome<T = ()> = Result<T, Failure>;

/// Prints a line. Nobody reading (a closed pipe) is not a failure.
pub fn say(text: impl Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// What a captured command left behind.
pub struct Captured {
    /// Standard output and standard error, in the order their lines arrived.
    pub text: String,
    /// Whether it exited with 0.
    pub ok: bool,
}

/// One command line with a title.
pub struct Step {
    title: String,
    command: Command,
}

impl Step {
    /// A step that runs `program` in the project's root folder.
    pub fn new(title: impl Into<String>, program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.current_dir(root());
        Self { title: title.into(), command }
    }

    /// A step that runs the cargo which runs us, in the environment a person's own call would have.
    ///
    /// `cargo run` tells a program about its package. Build scripts look at the same variables (that of `ring` does), and
    /// handed on they would make cargo compile polars and half of everything again for each folder of a checkout.
    pub fn cargo(title: impl Into<String>) -> Self {
        let mut step = Self::new(title, cargo());
        for (name, _) in std::env::vars_os() {
            let is_of_package = name.to_str().is_some_and(|name| {
                name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO_PRIMARY_PACKAGE"
            });
            if is_of_package {
                step.command.env_remove(name);
            }
        }
        step
    }

    /// Adds arguments.
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// Runs in another folder.
    pub fn within(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs it; anything but exit code 0 is a failure.
    pub fn run(mut self) -> Outcome {
        let started = self.announce();
        let status = self.command.status().map_err(|error| self.cannot_start(&error))?;
        self.conclude(started, status.success())
    }

    /// Runs it, shows its output as it comes and keeps it. Its exit code is the caller's to judge.
    pub fn run_captured(mut self) -> Outcome<Captured> {
        let started = self.announce();
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().map_err(|error| self.cannot_start(&error))?;
        let stdout = child.stdout.take().expect("BUG: stdout was piped");
        let stderr = child.stderr.take().expect("BUG: stderr was piped");
        let errors = thread::spawn(move || echo(stderr, std::io::stderr()));
        let mut text = echo(stdout, std::io::stdout());
        text.push_str(&errors.join().expect("BUG: echoing does not panic"));
        let ok = child.wait().map_err(|error| self.cannot_start(&error))?.success();
        say(format_args!("   {} {}", if ok { "done in" } else { "failed after" }, seconds(started.elapsed())));
        Ok(Captured { text, ok })
    }

    fn announce(&self) -> Instant {
        say(format_args!("\n== {}", self.title));
        Instant::now()
    }

    fn conclude(&self, started: Instant, ok: bool) -> Outcome {
        let took = seconds(started.elapsed());
        if !ok {
            return Err(Failure::new(format!("{} failed after {took}", self.title)));
        }
        say(format_args!("   done in {took}"));
        Ok(())
    }

    fn cannot_start(&self, error: &std::io::Error) -> Failure {
        let program = self.command.get_program().to_string_lossy().into_owned();
        Failure::new(format!("{}: cannot start {program}: {error}", self.title))
    }
}

/// The cargo which runs us.
pub fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Whether a command exists and exits with 0, silently.
pub fn succeeds(program: impl AsRef<OsStr>, args: &[&str]) -> bool {
    output(program, args).is_some()
}

/// What a command prints, if it exits with 0.
pub fn output(program: impl AsRef<OsStr>, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).current_dir(root()).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The project's root folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("BUG: xtask is a folder of the project")
}

/// `12.3 s`, or `4 min 05 s` when it took that long.
pub fn seconds(duration: Duration) -> String {
    let secs = duration.as_secs();
    if secs < 60 { format!("{:.1} s", duration.as_secs_f64()) } else { format!("{} min {:02} s", secs / 60, secs % 60) }
}

fn echo(from: impl Read, mut to: impl Write) -> String {
    let mut kept = String::new();
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    while matches!(reader.read_until(b'\n', &mut line), Ok(1..)) {
        let _ = to.write_all(&line);
        let _ = to.flush();
        kept.push_str(&String::from_utf8_lossy(&line));
        line.clear();
    }
    kept
}
