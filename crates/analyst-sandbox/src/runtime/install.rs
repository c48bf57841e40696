//! Makes the environment: a virtual environment filled from the lock file, compiled, tried, stamped.
//!
//! Every hash is checked by the installer, so mirrors and proxies of the person may be used. Two installers never
//! work on the same folder. What is interrupted is made anew the next time; downloads are kept by the installer's
//! own cache.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use super::interpreter::{self, Interpreter, OLDEST_MINOR};
use super::{DRAWING, LOCK, PythonRuntime, RuntimeStatus, STAMP, Stamp, lock_hash, step};

/// Names a folder of wheels, for machines without a network.
const WHEELS_VARIABLE: &str = "AUTO_ANALYST_WHEELS";
/// Marks a folder that is ours while it is not whole.
const UNFINISHED: &str = "environment.unfinished";
const LOCK_FILE: &str = "requirements.lock";
const ASK_LOCK_EVERY: Duration = Duration::from_millis(200);

const COMPILE: &str = "import compileall, sys; compileall.compile_dir(sys.argv[1], quiet=2, workers=0)";
/// Imports what every cell will want, makes the list of fonts, and says what is there.
const TRY: &str = "\
import importlib.metadata as m, json, platform
import numpy, pandas, scipy.stats, sklearn.linear_model, statsmodels.api, plotly.express, pyarrow, openpyxl
import matplotlib.font_manager, seaborn
packages = {d.metadata['Name']: d.version for d in m.distributions()}
print('STAMP ' + json.dumps({'python': platform.python_version(), 'packages': packages}))
";

/// Why an environment was not made.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// There is no Python to make it with.
    #[error("no Python was found; install Python 3.{OLDEST_MINOR} or newer, or name one with AUTO_ANALYST_PYTHON")]
    NoPython,
    /// The Python that was found is not one the libraries are built for.
    #[error("Python {found} was found, but the libraries need 3.11 to 3.14; name another with AUTO_ANALYST_PYTHON")]
    PythonTooOld {
        /// Its version.
        found: String,
    },
    /// The Python that was found cannot make environments.
    #[error("this Python cannot make environments; install the package `python3-venv`")]
    VenvMissing,
    /// The folder holds something that is not ours.
    #[error("the folder {0:?} holds something else; choose an empty one")]
    NotOurs(PathBuf),
    /// A step failed.
    #[error("the installation failed:\n{tail}")]
    InstallFailed {
        /// The end of what it printed.
        tail: String,
    },
    /// The person stopped it.
    #[error("the installation was stopped")]
    Cancelled,
    /// Files could not be written.
    #[error("the environment could not be written: {0}")]
    Io(#[from] io::Error),
}

/// How far an installation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What is being done, for people.
    pub phase: String,
    /// How much is done of 100.
    pub percent: u8,
}

type Tell<'a> = &'a (dyn Fn(Progress) + Send + Sync);

impl PythonRuntime {
    /// Makes the environment, or repairs it; does nothing when it is ready. May take minutes.
    pub async fn install(
        &self,
        on_progress: &(dyn Fn(Progress) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<(), InstallError> {
        let _lock = self.lock(on_progress, cancel).await?;
        if matches!(self.status(), RuntimeStatus::Ready { .. }) {
            return Ok(());
        }
        tell(on_progress, "Looking for Python", 1);
        let interpreter = blocking(interpreter::find).await?;
        let uv = blocking(has_uv).await;
        match self.build(&interpreter, uv, on_progress, cancel).await {
            // An uv that cannot do it (too old, set up for something else) is no reason not to have Python.
            Err(InstallError::InstallFailed { .. }) if uv && interpreter.has_venv => {
                self.build(&interpreter, false, on_progress, cancel).await?;
            }
            built => built?,
        }
        tell(on_progress, "Compiling", 78);
        let mut compile = self.python_command();
        compile.args(["-c", COMPILE]).arg(self.dir());
        step::run(compile, |_| {}, cancel).await?;
        let stamp = self.try_out(on_progress, cancel).await?;
        self.finish(&stamp)?;
        tell(on_progress, "Ready", 100);
        Ok(())
    }

    /// Waits until no other installer works on the folder.
    async fn lock(&self, on_progress: Tell<'_>, cancel: &CancellationToken) -> Result<File, InstallError> {
        let path = self.dir().with_extension("lock");
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(error)) => return Err(error.into()),
                Err(TryLockError::WouldBlock) => tell(on_progress, "Waiting for another installation", 0),
            }
            tokio::select! {
                () = cancel.cancelled() => return Err(InstallError::Cancelled),
                () = tokio::time::sleep(ASK_LOCK_EVERY) => {}
            }
        }
    }

    async fn build(
        &self,
        interpreter: &Interpreter,
        uv: bool,
        on_progress: Tell<'_>,
        cancel: &CancellationToken,
    ) -> Result<(), InstallError> {
        let dir = self.dir().to_path_buf();
        blocking(move || clear(&dir)).await?;
        self.make_venv(interpreter, uv, on_progress, cancel).await?;
        fs::write(self.dir().join(UNFINISHED), "")?;
        self.fill(uv, on_progress, cancel).await
    }

    async fn make_venv(
        &self,
        interpreter: &Interpreter,
        uv: bool,
        on_progress: Tell<'_>,
        cancel: &CancellationToken,
    ) -> Result<(), InstallError> {
        tell(on_progress, "Making the environment", 3);
        let mut command;
        if uv {
            command = Command::new("uv");
            command.args(["venv", "--no-project", "--allow-existing", "--python"]).arg(&interpreter.path);
        } else if interpreter.has_venv {
            command = Command::new(&interpreter.path);
            command.args(["-I", "-m", "venv"]);
        } else {
            return Err(InstallError::VenvMissing);
        }
        command.arg(self.dir());
        step::run(command, |_| {}, cancel).await
    }

    async fn fill(&self, uv: bool, on_progress: Tell<'_>, cancel: &CancellationToken) -> Result<(), InstallError> {
        let lock = self.dir().join(LOCK_FILE);
        fs::write(&lock, LOCK)?;
        let mut command;
        if uv {
            command = Command::new("uv");
            command.args(["pip", "install", "--python"]).arg(self.python());
        } else {
            command = self.python_command();
            command.args(["-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--no-compile"]);
            command.args(["--progress-bar", "off", "--no-warn-script-location"]);
        }
        command.args(["--require-hashes", "--only-binary", ":all:", "--no-deps", "-r"]).arg(&lock);
        if let Some(wheels) = std::env::var_os(WHEELS_VARIABLE).filter(|folder| !folder.is_empty()) {
            command.args(["--no-index", "--find-links"]).arg(wheels);
        }
        let mut meter = Meter::default();
        let on_line = |line: &str| {
            if let Some(progress) = meter.hear(line) {
                on_progress(progress);
            }
        };
        tell(on_progress, "Fetching the libraries", 5);
        step::run(command, on_line, cancel).await
    }

    async fn try_out(&self, on_progress: Tell<'_>, cancel: &CancellationToken) -> Result<Stamp, InstallError> {
        tell(on_progress, "Trying it out", 92);
        let mut command = self.python_command();
        command.args(["-c", TRY]).env("MPLCONFIGDIR", self.dir().join(DRAWING)).env("MPLBACKEND", "Agg");
        let mut answer = None;
        step::run(command, |line| answer = line.strip_prefix("STAMP ").map(str::to_owned).or(answer.take()), cancel)
            .await?;
        read_stamp(answer.as_deref().unwrap_or_default())
    }

    fn finish(&self, stamp: &Stamp) -> Result<(), InstallError> {
        let text = serde_json::to_vec_pretty(stamp).map_err(io::Error::other)?;
        let unfinished = self.dir().join(UNFINISHED);
        fs::write(&unfinished, text)?;
        File::open(&unfinished)?.sync_all()?;
        fs::rename(unfinished, self.dir().join(STAMP))?;
        Ok(())
    }

    fn python_command(&self) -> Command {
        let mut command = Command::new(self.python());
        command.arg("-I");
        command
    }
}

fn read_stamp(answer: &str) -> Result<Stamp, InstallError> {
    #[derive(serde::Deserialize)]
    struct Found {
        python: String,
        packages: BTreeMap<String, String>,
    }
    let found: Found = serde_json::from_str(answer).map_err(|error| InstallError::InstallFailed {
        tail: format!("the environment did not say what it is: {error}"),
    })?;
    Ok(Stamp { lock: lock_hash(), python: found.python, packages: found.packages })
}

/// Empties a folder that is ours; refuses one that is not.
fn clear(dir: &Path) -> Result<(), InstallError> {
    let is_empty = dir.read_dir().map_or(true, |mut entries| entries.next().is_none());
    let is_ours = ["pyvenv.cfg", STAMP, UNFINISHED].iter().any(|name| dir.join(name).is_file());
    if !is_empty && !is_ours {
        return Err(InstallError::NotOurs(dir.to_path_buf()));
    }
    if dir.exists() {
        fs::remove_dir_all(dir)?;
    }
    fs::create_dir_all(dir)?;
    Ok(())
}

fn has_uv() -> bool {
    use std::process::{Command, Stdio};
    let mut uv = Command::new("uv");
    uv.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    uv.status().is_ok_and(|status| status.success())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("BUG: looking at files does not panic")
}

fn tell(on_progress: Tell<'_>, phase: &str, percent: u8) {
    on_progress(Progress { phase: phase.into(), percent });
}

/// How far an installer is, from the lines that it prints.
#[derive(Debug, Default)]
struct Meter {
    n_packages: usize,
}

impl Meter {
    const FIRST_PERCENT: usize = 5;
    const FETCHED_PERCENT: usize = 65;

    fn hear(&mut self, line: &str) -> Option<Progress> {
        let line = line.trim();
        if line.starts_with("Installing collected packages") || line.starts_with("Prepared ") {
            return Some(Progress { phase: "Unpacking the libraries".into(), percent: 68 });
        }
        let package = line.strip_prefix("Collecting ").or_else(|| line.strip_prefix("Downloading "))?;
        let name = package.split(['=', ' ', '-', '(']).next().filter(|name| !name.is_empty())?;
        self.n_packages += 1;
        let total = LOCK.lines().filter(|line| line.contains("==") && !line.starts_with('#')).count() * 2;
        let done = (Self::FETCHED_PERCENT - Self::FIRST_PERCENT) * self.n_packages.min(total) / total;
        let percent = u8::try_from(Self::FIRST_PERCENT + done).unwrap_or(100);
        Some(Progress { phase: format!("Fetching {name}"), percent })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_follows_what_installers_print() {
        let check = |line: &str, expect: Option<(&str, u8)>| {
            let heard = Meter::default().hear(line).map(|progress| (progress.phase, progress.percent));
            assert_eq!(heard, expect.map(|(phase, percent)| (phase.to_owned(), percent)), "{line}");
        };
        check("Collecting numpy==2.4.6 (from -r requirements.lock (line 9))", Some(("Fetching numpy", 5)));
        check("  Downloading scipy-1.17.1-cp311.whl (33.7 MB)", Some(("Fetching scipy", 5)));
        check("Installing collected packages: pytz, numpy", Some(("Unpacking the libraries", 68)));
        check("Requirement already satisfied", None);
    }

    #[test]
    fn only_folders_that_are_ours_are_emptied() {
        let place = tempfile::tempdir().unwrap();
        let dir = place.path().join("env");
        clear(&dir).unwrap();
        fs::write(dir.join("letter.txt"), "dear").unwrap();
        assert!(matches!(clear(&dir), Err(InstallError::NotOurs(_))));
        fs::write(dir.join(UNFINISHED), "").unwrap();
        clear(&dir).unwrap();
        assert_eq!(dir.read_dir().unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_cancelled_step_is_ended_and_a_failed_one_tells_why() {
        let cancel = CancellationToken::new();
        let mut fails = Command::new("sh");
        fails.args(["-c", "echo one; echo two >&2; exit 3"]);
        match step::run(fails, |_| {}, &cancel).await {
            Err(InstallError::InstallFailed { tail }) => {
                assert!(tail.contains("one") && tail.contains("two"), "{tail}")
            }
            other => panic!("{other:?}"),
        }
        let mut waits = Command::new("sh");
        waits.args(["-c", "echo started; sleep 60"]);
        let began = std::time::Instant::now();
        let stopped = step::run(waits, |_| cancel.cancel(), &cancel).await;
        assert!(matches!(stopped, Err(InstallError::Cancelled)));
        assert!(began.elapsed() < Duration::from_secs(5));
    }
}
