//! One attack in one runner, and what came of it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use analyst_sandbox::{PythonRunner, RunnerOptions, Wall};
use analyst_types::{ExecutionOutcome, ExecutionStatus};
use serde_json::json;
use tempfile::TempDir;

use super::book::{Attack, KIT};
use super::world::{TOKEN, World};
use crate::kit::{Results, TOKIO, cell, environment};

/// Errors that mean that the attack itself is wrong.
const MISTAKES: [&str; 8] = [
    "NameError",
    "AttributeError",
    "TypeError",
    "SyntaxError",
    "IndentationError",
    "ModuleNotFoundError",
    "KeyError",
    "UnboundLocalError",
];

/// Attacks that take longer are named: together they must not be long.
const SLOW: Duration = Duration::from_millis(1_500);

/// What came of an attack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It did nothing; how it ended.
    Held(String),
    /// It did what it was made for.
    Harmed(String),
    /// It is wrong itself.
    NotTried(String),
}

impl Verdict {
    /// Whether an attack before this one harmed the process that all runs come from.
    pub fn is_of_broken_arena(&self) -> bool {
        let signs = ["PythonBroken", "SandboxUnavailable", "died before the run began"];
        matches!(self, Self::Harmed(how) if signs.iter().any(|sign| how.contains(sign)))
    }
}

/// A runner for attacks, with a folder of its own and another run's folder in it.
pub struct Arena {
    pub runner: PythonRunner,
    pub scratch: TempDir,
    pub home: PathBuf,
}

impl Arena {
    /// Without some walls. A stand-in for another run is put beside the runs as soon as there is one.
    pub fn new(without: &[Wall]) -> Self {
        let scratch = tempfile::Builder::new().prefix("analyst-arena-").tempdir().unwrap();
        fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let options = RunnerOptions {
            scratch_root: scratch.path().to_path_buf(),
            at_once: Some(2),
            without: without.to_vec(),
            skips_self_test: true,
            ..RunnerOptions::default()
        };
        let home = std::env::var_os("HOME").map_or_else(std::env::temp_dir, PathBuf::from);
        let runner = PythonRunner::with_options(environment(), options);
        TOKIO.block_on(runner.strength()).unwrap(); // the first process: its folder is there then
        Self { runner, scratch, home }
    }

    /// A file as another run would have it, in the folder of the process that all runs come from.
    fn other_run(&self) -> PathBuf {
        let server = fs::read_dir(self.scratch.path())
            .unwrap()
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.join("drawing").exists());
        let Some(server) = server else { return self.scratch.path().join("none") };
        let folder = server.join("run-of-another");
        let file = folder.join("kept.txt");
        if !file.exists() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&file, TOKEN).unwrap();
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
        }
        file
    }

    /// Makes the attack.
    pub async fn attempt(&self, attack: &Attack) -> Verdict {
        let began = std::time::Instant::now();
        let verdict = self.attempt_now(attack).await;
        let took = began.elapsed();
        if took > SLOW {
            println!("{} took {took:.1?}", attack.id);
        }
        verdict
    }

    async fn attempt_now(&self, attack: &Attack) -> Verdict {
        let mut world = World::new(&self.home, &attack.code);
        let first = self.run(attack, &attack.code, &world).await;
        let mut verdict = judge(attack, &first, &mut world);
        if let (Verdict::Held(how), Some(next)) = (&verdict, &attack.next) {
            let second = self.run(attack, next, &world).await;
            verdict = match judge(attack, &second, &mut world) {
                Verdict::Held(_) => Verdict::Held(how.clone()),
                other => other,
            };
        }
        verdict
    }

    async fn run(&self, attack: &Attack, code: &str, world: &World) -> ExecutionOutcome {
        let names = world.names(environment().dir(), &self.other_run());
        let mut run = cell(&wrapped(code, &names)).limits(|limits| *limits = attack.limits);
        if attack.has_data {
            run = run.dataset("sales", "sales.arrow");
        }
        run.tell(&self.runner, |_, _| {}).await
    }
}

/// The attack in a cell that lets it do what it likes, past the list of imports, and tells how it was barred.
fn wrapped(code: &str, names: &serde_json::Value) -> String {
    format!(
        "import sys as _sys
_own = _sys.modules['builtins']
_scope = {{'__builtins__': _own.__dict__, '__name__': '__main__', 'harm': lambda what: metric('HARM', str(what)[:300])}}
_scope.update(_sys.modules['json'].loads({}))
_own.exec(_own.compile({}, '<kit>', 'exec'), _scope)
try: _own.exec(_own.compile({}, '<attack>', 'exec'), _scope)
except BaseException as _error: metric('BARRED', f'{{type(_error).__name__}}: {{_error}}'[:300])
else: metric('BARRED', 'nothing came of it')
",
        json!(names.to_string()),
        json!(KIT),
        json!(code)
    )
}

fn judge(attack: &Attack, outcome: &ExecutionOutcome, world: &mut World) -> Verdict {
    let metrics = outcome.metrics();
    if let Some(what) = metrics["HARM"].as_str() {
        return Verdict::Harmed(what.to_owned());
    }
    let shown = format!("{:?} {} {:?}", outcome.artifacts, outcome.stdout, outcome.variables);
    if shown.contains(TOKEN) || shown.contains("HARM") {
        return Verdict::Harmed("it shows in the results".into());
    }
    if outcome.variables.iter().any(|variable| variable.name == "stolen") {
        return Verdict::Harmed("a file was handed over".into());
    }
    if outcome.artifacts.len() > 1_000 || outcome.variables.len() > 1_000 || outcome.stdout.len() > (2 << 20) {
        return Verdict::Harmed("it returned more than it may".into());
    }
    if outcome.artifacts.iter().any(|(title, _)| title.chars().count() > 500) {
        return Verdict::Harmed("a title is too long".into());
    }
    let size = shown.len() as u64;
    if size > attack.limits.artifact_bytes * 12 {
        return Verdict::Harmed(format!("it returned {} MB", size >> 20));
    }
    if let Some(damage) = world.damage() {
        return Verdict::Harmed(damage);
    }
    ended(attack, outcome, metrics["BARRED"].as_str())
}

fn ended(attack: &Attack, outcome: &ExecutionOutcome, barred: Option<&str>) -> Verdict {
    let kind = outcome.error.as_ref().map(|error| error.kind.as_str());
    let how = match (outcome.status, kind, barred) {
        (ExecutionStatus::Ok, _, Some(barred)) => {
            if MISTAKES.iter().any(|mistake| barred.starts_with(mistake)) {
                return Verdict::NotTried(barred.to_owned());
            }
            if attack.ends.contains(&"barred") {
                return Verdict::Held(barred.to_owned());
            }
            "barred"
        }
        (ExecutionStatus::Ok, ..) => "Ok",
        (_, Some(kind), _) => kind,
        _ => "Error",
    };
    let is_error =
        how != "Ok" && how != "barred" && attack.ends.contains(&"Error") && outcome.status == ExecutionStatus::Error;
    if attack.ends.contains(&how) || is_error {
        return Verdict::Held(how.to_owned());
    }
    let message = outcome.error.as_ref().map_or("", |error| error.message.as_str());
    Verdict::Harmed(format!("it ended as {how} ({message}) {}", barred.unwrap_or_default()))
}

/// Makes the attack in plain Python, in folders that are thrown away. Whether it did harm.
pub fn bare(attack: &Attack) -> Verdict {
    let place = tempfile::tempdir().unwrap();
    let (home, work) = (place.path().join("home"), place.path().join("work"));
    fs::create_dir(&home).unwrap();
    fs::create_dir(&work).unwrap();
    let mut world = World::new(&home, &attack.code);
    let names = world.names(Path::new("none"), Path::new("none"));
    let told = place.path().join("told");
    let program = format!(
        "import json, os, sys
_names = json.loads({})
def harm(what): open({}, 'a').write(str(what)[:300] + '\\n')
globals().update(_names)
exec({})
exec({})",
        json!(names.to_string()),
        json!(told),
        json!(KIT),
        json!(attack.code)
    );
    let output = std::process::Command::new("timeout")
        .arg("8")
        .arg(environment().python())
        .args(["-I", "-c", &program])
        .env("HOME", &home)
        .env("TMPDIR", place.path())
        .current_dir(&work)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    if let Ok(what) = fs::read_to_string(told)
        && !what.is_empty()
    {
        return Verdict::Harmed(what);
    }
    match world.damage() {
        Some(damage) => Verdict::Harmed(damage),
        None => Verdict::Held(String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned()),
    }
}
