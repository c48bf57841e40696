//! Starts a Python of the managed environment inside its walls and waits until its libraries are imported.
//!
//! What starts is either the fork server, whose children run requests, or a spare that runs one request itself.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::time::timeout;

use crate::confine::{Confinement, Grants, call_numbers};
use crate::control::Control;
use crate::frame::encode;
use crate::runtime::{PythonRuntime, RuntimeStatus};
use crate::scratch::Scratch;
use crate::sources::{BOOTSTRAP, IMPORT_RULES, modules};
use crate::spawner;
use crate::strength::{Wall, Walls};
use crate::wire::Wire;

/// Longest time from start to readiness, with cold disks.
const START_LIMIT: Duration = Duration::from_secs(90);
/// How much of what a failed process printed is worth repeating.
const SAID_BYTES: usize = 2_000;

/// Why there is no process.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The managed environment is missing or broken.
    #[error("Python is not ready: {0}")]
    NoRuntime(String),
    /// The system refused the process or one of the walls it must have.
    #[error("the sandbox could not be started: {0}")]
    Refused(#[from] io::Error),
    /// It started and did not get ready.
    #[error("Python did not get ready: {0}")]
    NotReady(String),
}

/// What a process is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It forks a process for each run.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux forks a process with libraries in it"))]
    ForkServer,
    /// It runs one request.
    Spare,
}

/// A process that is ready.
pub(crate) struct Launched {
    pub child: Child,
    pub pid: u32,
    pub stdout: Option<ChildStdout>,
    pub stderr: ChildStderr,
    pub wire: Wire,
    pub walls: Walls,
    /// The user who must own what it is to write, when it is another than ours.
    pub owner: Option<u32>,
}

/// Starts a process of `runtime` with its folder in `scratch`. `filters` are the system call filters that runs add;
/// `without` are walls that are not put up.
pub(crate) async fn launch(
    runtime: &PythonRuntime,
    scratch: &Scratch,
    role: Role,
    filters: impl FnOnce(u32) -> Vec<u8>,
    without: Walls,
) -> Result<Launched, StartError> {
    match runtime.status() {
        RuntimeStatus::Ready { .. } => {}
        RuntimeStatus::Missing => return Err(StartError::NoRuntime("its environment is not set up yet".into())),
        RuntimeStatus::Broken { reason } => return Err(StartError::NoRuntime(reason)),
    }
    let mut launched = spawn(runtime, scratch, role, without).await?;
    let program = filters(launched.pid);
    match timeout(START_LIMIT, get_ready(&mut launched, role, &program, without)).await {
        Ok(Ok(())) => {
            if role == Role::Spare && !program.is_empty() {
                launched.walls = launched.walls.joined(second_filter(without));
            }
            Ok(launched)
        }
        Ok(Err(reason)) => Err(StartError::NotReady(last_words(&mut launched, reason).await)),
        Err(_) => Err(StartError::NotReady(format!("nothing came within {} s", START_LIMIT.as_secs()))),
    }
}

/// The walls that the second system call filter is.
pub(crate) fn second_filter(without: Walls) -> Walls {
    if without.has(Wall::RunCalls) {
        return Walls::default();
    }
    [Wall::RunCalls, Wall::AllowList].into_iter().collect::<Walls>().without(without)
}

async fn spawn(runtime: &PythonRuntime, scratch: &Scratch, role: Role, without: Walls) -> Result<Launched, StartError> {
    let (mut control, worker_end) = Control::pair()?;
    let python = runtime.python();
    let grants = Grants::new(runtime.dir(), &python, scratch.path());
    let mut confinement = Confinement::prepare(&grants, &worker_end, role, without)?;
    let walls = confinement.walls_reader();
    let owner = confinement.owner();
    let mut command = Command::new(&python);
    // What -I does but for ignoring the environment: there is none but ours, and the hash seed is in it.
    command.args(["-P", "-s", "-B", "-c", BOOTSTRAP]).args(worker_end.arguments());
    if !without.has(Wall::CleanEnvironment) {
        command.env_clear();
    }
    command.envs(environment(scratch)).current_dir(scratch.home());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    worker_end.set_up(&mut command);
    confinement.apply_to(&mut command);
    let mut child = spawner::spawn(command).await?;
    drop(worker_end);
    control.attach(&mut child)?;
    let pid = child.id().ok_or_else(|| io::Error::other("it ended at once"))?;
    let stderr = child.stderr.take().expect("BUG: stderr was piped");
    let ours = [Wall::CleanEnvironment].into_iter().collect::<Walls>().without(without);
    let walls = walls.read().joined(ours);
    Ok(Launched { pid, stdout: child.stdout.take(), stderr, wire: Wire::new(control), walls, owner, child })
}

async fn get_ready(launched: &mut Launched, role: Role, program: &[u8], without: Walls) -> Result<(), String> {
    let init = json!({
        "sources": modules(),
        "imports": IMPORT_RULES,
        "calls": call_numbers(),
        "is_fork_server": role != Role::Spare,
        "forks_first": launched.walls.has(Wall::ProcessNamespace),
        "dies_with_host": !without.has(Wall::DiesWithHost),
    });
    launched.wire.send(&encode(&init, program), &[]).await.map_err(|error| error.to_string())?;
    let frame = launched.wire.next_frame().await.map_err(|error| error.to_string())?;
    let frame = frame.ok_or("it ended while it was starting")?;
    match frame.head["type"].as_str() {
        Some("ready") => {
            tracing::debug!(n_threads = frame.head["n_threads"].as_u64(), "a process of Python is ready");
            Ok(())
        }
        _ => Err(frame.head["message"].as_str().unwrap_or("it answered something else").to_owned()),
    }
}

async fn last_words(launched: &mut Launched, reason: String) -> String {
    let mut said = Vec::new();
    let _ = timeout(Duration::from_millis(300), launched.stderr.read_to_end(&mut said)).await;
    let said = String::from_utf8_lossy(&said[said.len().saturating_sub(SAID_BYTES)..]).trim().to_owned();
    if said.is_empty() { reason } else { format!("{reason}\n{said}") }
}

/// All that the environment of a run holds: nothing is inherited.
fn environment(scratch: &Scratch) -> Vec<(&'static str, PathBuf)> {
    let mut variables: Vec<(&str, PathBuf)> = [
        ("PATH", ""),
        ("LANG", "C.UTF-8"),
        ("LC_ALL", "C.UTF-8"),
        ("OMP_NUM_THREADS", "1"),
        ("OPENBLAS_NUM_THREADS", "1"),
        ("MKL_NUM_THREADS", "1"),
        ("OMP_WAIT_POLICY", "PASSIVE"),
        ("JOBLIB_MULTIPROCESSING", "0"),
        ("MPLBACKEND", "module://runner.backend"),
        // The other allocators of Arrow keep a thread of their own, which no fork would survive.
        ("ARROW_DEFAULT_MEMORY_POOL", "system"),
        ("PYTHONHASHSEED", "0"),
        ("PYTHONUTF8", "1"),
    ]
    .into_iter()
    .map(|(name, value)| (name, PathBuf::from(value)))
    .collect();
    variables.extend([("HOME", scratch.home()), ("TMPDIR", scratch.home()), ("MPLCONFIGDIR", scratch.drawing())]);
    if cfg!(windows) {
        let system = std::env::var_os("SystemRoot").map(PathBuf::from);
        variables.extend(system.map(|root| ("SystemRoot", root)));
        variables.extend([("TEMP", scratch.home()), ("TMP", scratch.home()), ("USERPROFILE", scratch.home())]);
    }
    variables
}
