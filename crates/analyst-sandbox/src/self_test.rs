//! Tries, from inside, what the walls are for. For the doctor: a wall that is reported is also tried.

use std::io::Write;
use std::net::TcpListener;
use std::path::PathBuf;

use analyst_types::{ArtifactContent, ExecutionRequest, ExecutionStatus, Limits, OutputStream};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::request::Origin;
use crate::runner::PythonRunner;

const PROBE: &str = include_str!("../python/self_test.py");
const TIMEOUT_SECS: u64 = 20;
/// What the probe tries, and what that would reach.
const CHECKS: [(&str, &str); 10] = [
    ("network", "a connection to this machine"),
    ("datagrams", "a datagram to this machine"),
    ("sockets", "a socket of another program"),
    ("files", "a file in the home folder"),
    ("writing", "writing to the home folder"),
    ("environment", "the environment of the program"),
    ("other processes", "the other processes of this machine"),
    ("tracing", "the memory of the program"),
    ("processes", "a new process"),
    ("programs", "another program"),
];

/// One thing that was tried from inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SelfCheck {
    /// What was tried: `network`, `files`, …
    pub name: &'static str,
    /// Whether the walls held.
    pub held: bool,
    /// What happened, for people.
    pub detail: String,
}

impl PythonRunner {
    /// Runs a cell that tries to get out, and tells for each way whether it was barred. An error is a sentence on why
    /// nothing could be tried.
    pub async fn self_test(&self) -> Result<Vec<SelfCheck>, String> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| format!("no listener to try: {error}"))?;
        let port = listener.local_addr().map_err(|error| error.to_string())?.port();
        let mut canary = canary().map_err(|error| format!("no file to try: {error}"))?;
        canary.write_all(b"canary").map_err(|error| error.to_string())?;
        let place = format!(
            "PORT = {port}\nHOST = {}\nCANARY = {}\n",
            std::process::id(),
            serde_json::json!(canary.path().display().to_string())
        );
        let request = ExecutionRequest {
            code: place + PROBE,
            datasets: Vec::new(),
            variables: Vec::new(),
            chart: None,
            exchange_dir: std::env::temp_dir(),
            limits: Limits { timeout_secs: TIMEOUT_SECS, ..Limits::default() },
        };
        let quiet = |_: OutputStream, _: &str| {};
        let outcome = self.run(request, Origin::SelfTest, &quiet, &CancellationToken::new()).await;
        if outcome.status != ExecutionStatus::Ok {
            return Err(outcome.error.map_or_else(String::new, |error| error.message));
        }
        Ok(CHECKS.iter().map(|&(name, what)| check(name, what, &outcome.artifacts)).collect())
    }
}

fn check(name: &'static str, what: &str, artifacts: &[(String, ArtifactContent)]) -> SelfCheck {
    let answer = artifacts.iter().find_map(|(_, content)| match content {
        ArtifactContent::Metric { name: found, value } if found == name => value.as_str(),
        _ => None,
    });
    match answer {
        Some(answer) => match answer.strip_prefix("barred: ") {
            Some(how) => SelfCheck { name, held: true, detail: format!("{what} is out of reach ({how})") },
            None => SelfCheck { name, held: false, detail: format!("{what} is within reach: {answer}") },
        },
        None => SelfCheck { name, held: false, detail: format!("{what} was not tried") },
    }
}

/// A file where a person keeps theirs; gone when it is dropped.
pub(crate) fn canary() -> std::io::Result<tempfile::NamedTempFile> {
    let home = directories::BaseDirs::new().map_or_else(std::env::temp_dir, |dirs| PathBuf::from(dirs.home_dir()));
    let prefix = ".auto-analyst-canary-";
    let in_home = tempfile::Builder::new().prefix(prefix).tempfile_in(home);
    in_home.or_else(|_| tempfile::Builder::new().prefix(prefix).tempfile())
}
