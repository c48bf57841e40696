//! Our own programs as a person has them, each test with a home of its own, and nothing left running afterwards.

use std::fs;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a program may take to end when it is asked to, before it is made to.
const GRACE: Duration = Duration::from_secs(3);

/// What a test's programs may know of this machine; all else comes from the test.
const PASSED_ON: &[&str] = &["PATH", "LANG", "LD_LIBRARY_PATH", "NO_PROXY", "RUST_BACKTRACE"];

/// The command line program that was built along with the tests.
pub fn cli() -> PathBuf {
    program("auto-analyst")
}

/// The window program that was built along with the tests.
pub fn desktop() -> PathBuf {
    program("auto-analyst-desktop")
}

fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("BUG: a running test has a path");
    // A test lies in target/debug/deps, one folder below our programs; a program of this crate lies beside them.
    let found = test.ancestors().skip(1).take(2).map(|folder| folder.join(name)).find(|program| program.is_file());
    found.unwrap_or_else(|| panic!("{name} is not built; run cargo xtask test"))
}

/// A person's home folder that lives as long as the test.
pub struct Home {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Home {
    /// An empty home. Keys go into no keyring, so that tests cannot disturb one another; the Python environment is
    /// the machine's, because making one takes minutes.
    #[expect(clippy::new_without_default, reason = "it makes folders")]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("auto-analyst-test-").tempdir().expect("make a temporary folder");
        for name in ["config", "cache", "share", "state", "run", "data"] {
            fs::create_dir(folder.path().join(name)).expect("make a home");
        }
        restrict(&folder.path().join("run"));
        let python = analyst_sandbox::runtime::default_dir().display().to_string();
        let variables = [("AUTO_ANALYST_NO_KEYRING", "1".to_owned()), ("AUTO_ANALYST_PYTHON_DIR", python)];
        Self { folder, variables: variables.map(|(name, value)| (name.to_owned(), value)).to_vec() }
    }

    /// The same home, with an environment variable for all programs started in it.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the programs keep their data.
    pub fn data_dir(&self) -> PathBuf {
        self.path().join("data")
    }

    /// A file in it.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, content).expect("write a file into the home");
        path
    }

    /// A command that lives in this home and knows nothing of the machine's own.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env_clear().current_dir(self.path()).env("HOME", self.path()).stdin(Stdio::null());
        command.envs(PASSED_ON.iter().filter_map(|name| Some((*name, std::env::var_os(name)?))));
        for (name, folder) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_DATA_HOME", "share"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_RUNTIME_DIR", "run"),
            ("AUTO_ANALYST_DATA_DIR", "data"),
        ] {
            command.env(name, self.path().join(folder));
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs the command line program to its end.
    pub fn run<S: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Output {
        self.command(cli()).args(args).output().expect("start auto-analyst")
    }
}

fn restrict(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).expect("restrict a folder");
}

/// A program that ends with the test, together with all it has started.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts it as the head of a process group; what it says goes into a file of the home.
    pub fn start(name: &str, mut command: Command, home: &Home) -> Self {
        let log = home.path().join(format!("{name}.log"));
        let output = fs::File::options().create(true).append(true).open(&log).expect("make a log file");
        let errors = output.try_clone().expect("share the log file");
        command.stderr(errors).process_group(0);
        // A pipe that the caller has asked for stays one.
        if name != DISPLAY {
            command.stdout(output);
        }
        let child = command.spawn().unwrap_or_else(|error| panic!("start {name}: {error}"));
        Self { name: name.to_owned(), child, log }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has said so far.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Asks it, and what it has started, to end; then makes them.
    pub fn end(&mut self) {
        self.signal(libc::SIGTERM);
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.signal(libc::SIGKILL);
        let _ = self.child.wait();
    }

    fn signal(&self, signal: i32) {
        let group = i32::try_from(self.child.id()).expect("BUG: a process id is small");
        // SAFETY: a signal to a group that we made; when it is gone already, nothing happens.
        #[expect(unsafe_code, reason = "the standard library signals no groups")]
        unsafe {
            libc::kill(-group, signal);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
        if std::thread::panicking() {
            let said = self.said();
            let tail: Vec<&str> = said.lines().rev().take(40).collect();
            eprintln!("--- {} said:", self.name);
            tail.iter().rev().for_each(|line| eprintln!("{line}"));
        }
    }
}

const DISPLAY: &str = "display";

/// A display without a screen.
pub struct Display {
    number: u32,
    _server: Process,
}

impl Display {
    /// Starts an X server on a number that is free.
    pub fn start(home: &Home) -> Self {
        let mut command = home.command("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1440x1000x24", "-nolisten", "tcp"]).stdout(Stdio::piped());
        let mut server = Process::start(DISPLAY, command, home);
        let mut number = String::new();
        let mut stdout = server.child.stdout.take().expect("BUG: stdout was piped");
        let mut byte = [0];
        // It writes its number and a line end as soon as it is ready.
        while matches!(stdout.read(&mut byte), Ok(1)) && byte[0] != b'\n' {
            number.push(char::from(byte[0]));
        }
        let number = number.trim().parse().unwrap_or_else(|_| panic!("Xvfb did not start: {}", server.said()));
        Self { number, _server: server }
    }

    /// As `DISPLAY` wants it.
    pub fn name(&self) -> String {
        format!(":{}", self.number)
    }
}

/// A port of the loopback that nobody listens on.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("bind a port");
    listener.local_addr().expect("BUG: a bound listener has an address").port()
}

/// Ids of the processes, other than zombies, whose command line holds `text`.
pub fn processes_with(text: &str) -> Vec<u32> {
    let ids = fs::read_dir("/proc").expect("read /proc").flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| {
        fs::read(format!("/proc/{id}/cmdline")).is_ok_and(|line| String::from_utf8_lossy(&line).contains(text))
    })
    .collect()
}

/// A process and all that it has started, directly or not.
pub fn with_descendants(id: u32) -> Vec<u32> {
    let mut family = vec![id];
    let mut next = 0;
    while next < family.len() {
        let tasks = fs::read_dir(format!("/proc/{}/task", family[next])).into_iter().flatten().flatten();
        for task in tasks {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            family.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        }
        next += 1;
    }
    family
}
