//! What an attack is after, made anew for each: a private file, the program's database, listeners, another program.

use std::fs;
use std::io::{ErrorKind, Read};
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use tempfile::{NamedTempFile, TempDir};

/// What no run may ever show.
pub const TOKEN: &str = "TOKEN-9c41f6d0";
static N_WORLDS: AtomicU32 = AtomicU32::new(0);

pub struct World {
    outside: TempDir,
    in_home: NamedTempFile,
    tcp: TcpListener,
    udp: UdpSocket,
    paths: [UnixListener; 2],
    abstract_name: String,
    other: Option<Child>,
    before: Vec<String>,
}

impl World {
    /// `home` is where the person keeps files; `code` tells whether another program is needed.
    pub fn new(home: &Path, code: &str) -> Self {
        let outside = tempfile::Builder::new().prefix("analyst-outside-").tempdir().unwrap();
        let at = |name: &str| outside.path().join(name);
        let keep = |name: &str, content: &[u8]| {
            fs::write(at(name), content).unwrap();
            fs::set_permissions(at(name), fs::Permissions::from_mode(0o600)).unwrap();
        };
        keep("canary.txt", format!("{TOKEN}\n").as_bytes());
        keep("canary.txt.so", b"no library");
        keep("auto-analyst.db", &super::database());
        keep("attacker.py", format!("loaded = '{TOKEN}'\n").as_bytes());
        keep("data.arrow", &[b"ARROW1\0\0".as_slice(), TOKEN.as_bytes()].concat());
        let mut in_home = tempfile::Builder::new().prefix(".canary-").tempfile_in(home).unwrap();
        std::io::Write::write_all(&mut in_home, TOKEN.as_bytes()).unwrap();
        let abstract_name =
            format!("analyst-attack-{}-{}", std::process::id(), N_WORLDS.fetch_add(1, Ordering::Relaxed));
        let abstract_address = SocketAddr::from_abstract_name(&abstract_name).unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let paths = [UnixListener::bind(at("socket")).unwrap(), UnixListener::bind_addr(&abstract_address).unwrap()];
        tcp.set_nonblocking(true).unwrap();
        udp.set_nonblocking(true).unwrap();
        paths.iter().for_each(|listener| listener.set_nonblocking(true).unwrap());
        let other = code
            .contains("VICTIM")
            .then(|| Command::new("sleep").arg("60").stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap());
        let mut world = Self { outside, in_home, tcp, udp, paths, abstract_name, other, before: Vec::new() };
        world.before = world.look();
        world
    }

    /// The names that attacks know things by.
    pub fn names(&self, runtime: &Path, other_run: &Path) -> Value {
        let at = |name: &str| self.outside.path().join(name);
        let known = ["PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "PWD"];
        let environment: Vec<String> = std::env::vars()
            .map(|(name, _)| name)
            .filter(|name| !known.contains(&name.as_str()) && !name.starts_with("PYTHON"))
            .collect();
        json!({
            "CANARY": at("canary.txt"), "OUT": at("written"), "OUTSIDE": self.outside.path(), "STORE": at("auto-analyst.db"),
            "DATASET": at("data.arrow"), "HOME_CANARY": self.in_home.path(), "OTHER_RUN": other_run, "RUNTIME": runtime,
            "TCP": self.tcp.local_addr().unwrap().port(), "UDP": self.udp.local_addr().unwrap().port(),
            "UNIX": at("socket"), "ABSTRACT": self.abstract_name, "HOST": std::process::id(),
            "VICTIM": self.other.as_ref().map_or(0, Child::id), "HOST_ENV": environment,
        })
    }

    /// What was done to it, if anything.
    pub fn damage(&mut self) -> Option<String> {
        let after = self.look();
        if let Some(changed) = after.iter().find(|line| !self.before.contains(line)) {
            return Some(format!("changed: {changed}"));
        }
        if after.len() != self.before.len() {
            return Some("a file is gone".into());
        }
        let untouched =
            |error: Option<std::io::Error>| error.is_some_and(|error| error.kind() == ErrorKind::WouldBlock);
        if !untouched(self.tcp.accept().err()) {
            return Some("the TCP listener was reached".into());
        }
        if !untouched(self.udp.recv(&mut [0; 8]).err()) {
            return Some("a datagram came".into());
        }
        if !self.paths.iter().all(|listener| untouched(listener.accept().err())) {
            return Some("a local socket was reached".into());
        }
        let other = self.other.as_mut()?;
        if other.try_wait().unwrap().is_some() {
            return Some("another program was ended".into());
        }
        let stat = fs::read_to_string(format!("/proc/{}/stat", other.id())).unwrap();
        let state = stat.rsplit_once(") ")?.1.chars().next()?;
        matches!(state, 'T' | 't').then(|| "another program was stopped".to_owned())
    }

    /// The state of the files: names, rights, times, contents.
    fn look(&self) -> Vec<String> {
        let mut seen = vec![describe(self.in_home.path())];
        let entries = self.outside.path().read_dir().unwrap().flatten();
        seen.extend(entries.map(|entry| describe(&entry.path())));
        seen
    }
}

fn describe(path: &Path) -> String {
    let Ok(about) = fs::symlink_metadata(path) else { return format!("{} is gone", path.display()) };
    let content = if about.is_file() { read(path) } else { Vec::new() };
    let digest = content.iter().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
    format!("{} {:o} {} {} {digest}", path.display(), about.mode(), about.uid(), about.mtime())
}

fn read(path: &Path) -> Vec<u8> {
    let mut content = Vec::new();
    let _ = fs::File::open(path).and_then(|mut file| file.read_to_end(&mut content));
    content
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(other) = &mut self.other {
            let _ = other.kill();
            let _ = other.wait();
        }
    }
}
