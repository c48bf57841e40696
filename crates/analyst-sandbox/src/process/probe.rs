//! Tries, from inside a confined process, what its walls are for. A wall that is reported is also tried.

use std::fs;
use std::net::{TcpStream, UdpSocket};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{ConfinedProcess, ProcessError};
use crate::self_test::{SelfCheck, canary};

/// The frames of a probe.
pub(super) const TYPE: &str = "probe";

/// What is tried, and what that would reach.
const WAYS_OUT: [(&str, &str); 6] = [
    ("network", "a connection to this machine"),
    ("datagrams", "a datagram to this machine"),
    ("files", "a file in the home folder"),
    ("writing", "writing outside its own folder"),
    ("environment", "the environment of the program"),
    ("programs", "another program"),
];

impl ConfinedProcess {
    /// Has it try to get out, and tells for each way whether it was barred. It must be idle.
    ///
    /// # Errors
    /// `Died` when it is gone; `NotStarted` when there is nothing to try on.
    pub async fn try_walls(&mut self) -> Result<Vec<SelfCheck>, ProcessError> {
        let nothing = |source| ProcessError::NotStarted { program: std::path::PathBuf::from("the probe"), source };
        let listener = std::net::TcpListener::bind("127.0.0.1:0").map_err(nothing)?;
        let port = listener.local_addr().map_err(nothing)?.port();
        let canary = canary().map_err(nothing)?;
        fs::write(canary.path(), "canary").map_err(nothing)?;
        let host = std::process::id();
        let head = json!({ "type": TYPE, "port": port, "canary": canary.path(), "host": host });
        self.send(&head, &[], &[]).await?;
        let answer = self.receive().await?.head;
        Ok(WAYS_OUT.iter().map(|&(name, what)| check(name, what, &answer["found"][name])).collect())
    }
}

fn check(name: &'static str, what: &str, answer: &Value) -> SelfCheck {
    match (answer["barred"].as_bool(), answer["how"].as_str()) {
        (Some(true), Some(how)) => SelfCheck { name, held: true, detail: format!("{what} is out of reach ({how})") },
        (Some(false), _) => SelfCheck { name, held: false, detail: format!("{what} is within reach") },
        _ => SelfCheck { name, held: false, detail: format!("{what} was not tried") },
    }
}

/// Inside: tries every way out, and tells for each how it was barred.
pub(super) fn try_walls(request: &Value) -> Value {
    let port = request["port"].as_u64().and_then(|port| u16::try_from(port).ok()).unwrap_or_default();
    let canary = Path::new(request["canary"].as_str().unwrap_or_default());
    let beside = canary.with_extension("written");
    let datagram = || UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.send_to(b"x", ("127.0.0.1", port)));
    json!({
        "network": told(TcpStream::connect(("127.0.0.1", port))),
        "datagrams": told(datagram()),
        "files": told(fs::read(canary)),
        "writing": told(fs::write(&beside, "x").inspect(|()| drop(fs::remove_file(&beside)))),
        "environment": told(fs::read(format!("/proc/{}/environ", request["host"]))),
        "programs": told(Command::new(if cfg!(windows) { "whoami.exe" } else { "/bin/true" }).status()),
    })
}

fn told<T>(attempt: std::io::Result<T>) -> Value {
    match attempt {
        Ok(_) => json!({ "barred": false }),
        Err(error) => json!({ "barred": true, "how": error.to_string() }),
    }
}
