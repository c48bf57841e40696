//! The fork server as seen from here: a Python process with its libraries imported that forks one process per run.
//!
//! It is told where the run's folder is and given the ends of the run's pipes; it answers with a descriptor of the
//! process, by which that is killed and never another one that got its number. It hears nothing of the run itself.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::net::unix::pipe;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::confine::{Grants, PID_MARK, give_to, run_filter, run_ruleset};
use crate::control::{Control, WorkerEnd};
use crate::frame::{Frame, encode};
use crate::launch::{Launched, Role, StartError, launch, second_filter};
use crate::runtime::PythonRuntime;
use crate::scratch::Scratch;
use crate::strength::{Wall, Walls};
use crate::wire::Wire;
use crate::worker::{Process, Worker};

/// From the order to a process that waits; forking takes milliseconds.
const FORK_LIMIT: Duration = Duration::from_secs(10);
const ORDERS_AHEAD: usize = 32;

/// A running fork server. It ends when nobody holds it any more, and no run of it works.
pub(crate) struct ForkServer {
    orders: mpsc::Sender<Order>,
    runtime: PythonRuntime,
    python: PathBuf,
    owner: Option<u32>,
    walls: Walls,
    without: Walls,
    n_runs: AtomicU64,
    pid: u32,
    /// After `orders`: its folder is removed when it has been told to end.
    scratch: Scratch,
}

struct Order {
    run: u64,
    frame: Vec<u8>,
    files: Vec<File>,
    answer: oneshot::Sender<Result<Forked, String>>,
}

/// One forked process.
pub(crate) struct Forked {
    process: OwnedFd,
    exit: Exit,
    /// Keeps the server, whose end would be its own.
    server: Option<Arc<ForkServer>>,
}

enum Exit {
    Awaited(oneshot::Receiver<ExitStatus>),
    Known(ExitStatus),
    Lost,
}

impl ForkServer {
    /// Starts one and waits until it is ready.
    pub async fn start(
        runtime: &PythonRuntime,
        scratch_root: &std::path::Path,
        without: Walls,
    ) -> Result<Arc<Self>, StartError> {
        let scratch = Scratch::new(scratch_root, runtime.font_list().as_deref())?;
        let launched = launch(runtime, &scratch, Role::ForkServer, |_| run_filter(PID_MARK, without), without).await?;
        let (orders, waiting) = mpsc::channel(ORDERS_AHEAD);
        let server = Self {
            orders,
            runtime: runtime.clone(),
            python: runtime.python(),
            owner: launched.owner,
            walls: launched.walls,
            without,
            n_runs: AtomicU64::new(0),
            pid: launched.pid,
            scratch,
        };
        tokio::spawn(attend(launched, waiting));
        Ok(Arc::new(server))
    }

    /// Whether it still takes orders.
    pub fn is_alive(&self) -> bool {
        !self.orders.is_closed()
    }

    /// A process of it that waits for its request, inside walls of its own.
    pub async fn fork(self: &Arc<Self>) -> Result<Worker, StartError> {
        let scratch = Scratch::of_run(&self.scratch)?;
        if let Some(owner) = self.owner {
            give_to(scratch.path(), owner)?;
        }
        let (mut control, worker_end) = Control::pair()?;
        control.connect()?;
        let (out_writer, stdout) = pipe::pipe()?;
        let (err_writer, stderr) = pipe::pipe()?;
        let mut files = vec![
            File::from(worker_end.into_descriptor()),
            File::from(out_writer.into_blocking_fd()?),
            File::from(err_writer.into_blocking_fd()?),
        ];
        files.extend(self.file_rules(&scratch)?);
        let run = self.n_runs.fetch_add(1, Ordering::Relaxed);
        let (answer, forked) = oneshot::channel();
        let order = Order { run, frame: self.order(run, &scratch), files, answer };
        let gone = || StartError::NotReady("the process that forks others has ended".into());
        self.orders.send(order).await.map_err(|_| gone())?;
        let forked = timeout(FORK_LIMIT, forked).await;
        let forked = forked.map_err(|_| StartError::NotReady("no process was forked in time".into()))?;
        let mut forked = forked.map_err(|_| gone())?.map_err(StartError::NotReady)?;
        forked.server = Some(Arc::clone(self));
        let mut worker = Worker {
            pid: forked.pid()?,
            stdout: Some(Box::new(stdout)),
            stderr: Box::new(stderr),
            scratch,
            walls: self.walls,
            wire: Wire::new(control),
            process: Process::Forked(forked),
        };
        let settled = timeout(FORK_LIMIT, settled(&mut worker.wire)).await;
        let walls = settled.map_err(|_| StartError::NotReady("a forked process did not get ready".into()))?;
        worker.walls = worker.walls.joined(walls.map_err(StartError::NotReady)?);
        Ok(worker)
    }

    fn file_rules(&self, scratch: &Scratch) -> Result<Option<File>, StartError> {
        if self.without.has(Wall::RunFiles) {
            return Ok(None);
        }
        let grants = Grants::new(self.runtime.dir(), &self.python, scratch.path());
        let rules = run_ruleset(&grants, !self.without.has(Wall::NetworkRules)).map_err(io::Error::other)?;
        Ok(rules.map(File::from))
    }

    fn order(&self, run: u64, scratch: &Scratch) -> Vec<u8> {
        let order = json!({
            "run": run,
            "home": scratch.home(),
            "file_wall": Wall::RunFiles as u32,
            "calls_wall": second_filter(self.without).0,
            "pid_mark": PID_MARK,
            "dies_with_host": !self.without.has(Wall::DiesWithHost),
            "closes_descriptors": !self.without.has(Wall::CleanDescriptors),
        });
        encode(&order, b"")
    }

    /// The process that forks: what its memory is measured by.
    pub fn pid(&self) -> u32 {
        self.pid
    }
}

/// What a forked process says when it has given up its rights: the walls it has.
async fn settled(wire: &mut Wire) -> Result<Walls, String> {
    let frame = wire.next_frame().await.map_err(|error| error.to_string())?;
    let frame = frame.ok_or("a forked process ended while it gave up its rights")?;
    match (frame.head["type"].as_str(), frame.head["walls"].as_u64()) {
        (Some("ready"), Some(walls)) => Ok(Walls(u32::try_from(walls).unwrap_or_default())),
        _ => Err(frame.head["message"].as_str().unwrap_or("it answered something else").to_owned()),
    }
}

/// Carries orders to the server and its answers back, until nobody orders any more or it ends.
async fn attend(mut launched: Launched, mut orders: mpsc::Receiver<Order>) {
    let mut asked: HashMap<u64, oneshot::Sender<Result<Forked, String>>> = HashMap::new();
    let mut exits: HashMap<u64, oneshot::Sender<ExitStatus>> = HashMap::new();
    loop {
        tokio::select! {
            order = orders.recv() => {
                let Some(order) = order else { break };
                if launched.wire.send(&order.frame, &order.files).await.is_err() {
                    break;
                }
                asked.insert(order.run, order.answer);
            }
            frame = launched.wire.next_frame_with_files() => {
                let Ok(Some(frame)) = frame else { break };
                if heed(&frame, &mut launched.wire, &mut asked, &mut exits).is_none() {
                    tracing::warn!(answer = %frame.head, "the fork server answered something else");
                }
            }
        }
    }
    orders.close();
    let _ = launched.child.start_kill(); // it may have ended by itself
    let _ = launched.child.wait().await;
}

fn heed(
    frame: &Frame,
    wire: &mut Wire,
    asked: &mut HashMap<u64, oneshot::Sender<Result<Forked, String>>>,
    exits: &mut HashMap<u64, oneshot::Sender<ExitStatus>>,
) -> Option<()> {
    let run = frame.head["run"].as_u64()?;
    match frame.head["type"].as_str()? {
        "forked" => {
            let (exit, awaited) = oneshot::channel();
            exits.insert(run, exit);
            let forked = Forked { process: wire.next_file()?, exit: Exit::Awaited(awaited), server: None };
            let _ = asked.remove(&run)?.send(Ok(forked)); // nobody waits any more: it is killed as it is dropped
        }
        "refused" => {
            let message = frame.head["message"].as_str()?.to_owned();
            let _ = asked.remove(&run)?.send(Err(message));
        }
        "exited" => {
            let status = i32::try_from(frame.head["status"].as_i64()?).ok()?;
            let _ = exits.remove(&run)?.send(ExitStatus::from_raw(status));
        }
        _ => return None,
    }
    Some(())
}

impl Forked {
    /// Its number as seen from here, whatever it is called in its own namespace.
    fn pid(&self) -> io::Result<u32> {
        let about = std::fs::read_to_string(format!("/proc/self/fdinfo/{}", self.process.as_raw_fd()))?;
        let number = about.lines().find_map(|line| line.strip_prefix("Pid:")?.trim().parse().ok());
        number.ok_or_else(|| io::Error::other("a forked process ended at once"))
    }

    /// Sends it a signal, unless it has ended.
    pub fn signal(&self, signal: libc::c_int) {
        // SAFETY: a system call on a descriptor we own; no information goes with the signal.
        unsafe {
            libc::syscall(
                libc::SYS_pidfd_send_signal,
                self.process.as_raw_fd(),
                signal,
                std::ptr::null::<libc::siginfo_t>(),
                0u32,
            )
        };
    }

    /// Waits until it has ended. An error when the fork server went first, and with it all that it forked.
    pub async fn ended(&mut self) -> io::Result<ExitStatus> {
        if let Exit::Awaited(awaited) = &mut self.exit {
            self.exit = awaited.await.map_or(Exit::Lost, Exit::Known);
        }
        match self.exit {
            Exit::Known(status) => Ok(status),
            Exit::Awaited(_) | Exit::Lost => Err(io::Error::other("the process that forks others has ended")),
        }
    }
}

impl Drop for Forked {
    fn drop(&mut self) {
        self.signal(libc::SIGKILL);
    }
}

impl WorkerEnd {
    /// The descriptor itself.
    pub fn into_descriptor(self) -> OwnedFd {
        self.into_stream().into()
    }
}
