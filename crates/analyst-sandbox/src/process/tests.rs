//! Real processes: this test program itself, started again inside the walls.

use std::fs::{self, File};
use std::io::{Read, Seek};
use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::*;

/// The test below, as a program of its own.
const ENTRY: &str = "process::tests::inside";
const MARK: &str = "confined";

fn spec(dir: &Path) -> ProcessSpec {
    ProcessSpec {
        program: std::env::current_exe().unwrap(),
        args: [ENTRY, "--exact", "--nocapture", "--", MARK].map(Into::into).to_vec(),
        readable: vec![dir.join("readable")],
        scratch_root: dir.join("scratch"),
        file_bytes: 1 << 20,
        open_files: 64,
    }
}

struct Place {
    dir: tempfile::TempDir,
    process: ConfinedProcess,
}

async fn start() -> Place {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("readable")).unwrap();
    fs::write(dir.path().join("readable/a"), "granted").unwrap();
    fs::write(dir.path().join("beside"), "secret").unwrap();
    let process = ConfinedProcess::start(&spec(dir.path())).await.unwrap();
    Place { dir, process }
}

impl Place {
    async fn ask(&mut self, what: &str, argument: impl Into<serde_json::Value>) -> Result<String, ProcessError> {
        self.ask_with(what, argument, &[]).await
    }

    async fn ask_with(
        &mut self,
        what: &str,
        argument: impl Into<serde_json::Value>,
        files: &[File],
    ) -> Result<String, ProcessError> {
        self.process.send(&json!({ "type": what, "argument": argument.into() }), b"", files).await?;
        Ok(String::from_utf8(self.process.receive().await?.body).unwrap())
    }
}

/// Not a test: what the process does. Without the mark it is nothing.
#[test]
fn inside() {
    let args: Vec<_> = std::env::args_os().collect();
    if !args.iter().any(|arg| arg == MARK) {
        return;
    }
    let inside = Inside::enter(&args).unwrap();
    while let Some(mut received) = inside.receive().unwrap() {
        let argument = received.head["argument"].clone();
        let text = || argument.as_str().unwrap_or_default();
        let answer = match received.head["type"].as_str().unwrap() {
            "read" => fs::read_to_string(text()).unwrap_or_else(|error| error.to_string()),
            "write" => fs::write(text(), "x").map_or_else(|error| error.to_string(), |()| "written".into()),
            "file" => {
                let mut content = String::new();
                received.files[0].rewind().unwrap();
                received.files[0].read_to_string(&mut content).unwrap();
                content
            }
            "take" => {
                let taken: Vec<Vec<u8>> = (0..argument.as_u64().unwrap()).map(|_| vec![1; 1 << 20]).collect();
                std::thread::sleep(Duration::from_secs(20));
                taken.len().to_string()
            }
            "refused" => {
                let taken = Vec::<u8>::with_capacity(1 << 40);
                taken.capacity().to_string()
            }
            "abort" => std::process::abort(),
            "sleep" => {
                std::thread::sleep(Duration::from_secs(60));
                String::new()
            }
            "variables" => format!("{:?}", std::env::vars().map(|(name, _)| name).collect::<Vec<_>>()),
            other => other.to_owned(),
        };
        inside.send(&Frame { head: json!({}), body: answer.into_bytes() }).unwrap();
    }
    std::process::exit(0);
}

#[tokio::test]
async fn it_reads_what_is_granted_or_handed_over_and_writes_only_its_folder() {
    let mut place = start().await;
    let path = |name: &str| place.dir.path().join(name).display().to_string();
    let (granted, secret) = (path("readable/a"), path("beside"));
    let (into_granted, own) = (path("readable/b"), place.process.scratch().join("own").display().to_string());
    assert_eq!(place.ask("read", granted).await.unwrap(), "granted");
    assert!(place.ask("read", secret.as_str()).await.unwrap().contains("denied"));
    assert!(place.ask("write", into_granted).await.unwrap().contains("denied"));
    assert_eq!(place.ask("write", own).await.unwrap(), "written");
    let handed = File::open(secret).unwrap();
    assert_eq!(place.ask_with("file", "", &[handed]).await.unwrap(), "secret");
}

#[tokio::test]
async fn its_walls_hold_when_they_are_tried() {
    let mut place = start().await;
    let tried = place.process.try_walls().await.unwrap();
    let passed: Vec<_> = tried.iter().filter(|check| !check.held).collect();
    assert!(passed.is_empty(), "{passed:?}");
    assert_eq!(tried.len(), 6);
    assert_eq!(place.process.walls().strength, crate::SandboxStrength::Strong);
}

#[tokio::test]
async fn nothing_of_the_hosts_environment_is_there() {
    let mut place = start().await;
    let names = place.ask("variables", "").await.unwrap();
    assert!(!names.contains("PATH") && !names.contains("CARGO") && names.contains("TMPDIR"), "{names}");
}

#[tokio::test]
async fn more_memory_than_it_may_have_is_its_end_with_the_reason() {
    let mut place = start().await;
    place.process.limit_memory(100 << 20);
    let died = place.ask("take", 3000).await.unwrap_err();
    assert!(
        matches!(died, ProcessError::Died(Death::Memory { limit_bytes, .. }) if limit_bytes == 100 << 20),
        "{died}"
    );
    let mut place = start().await;
    place.process.limit_memory(100 << 20);
    let died = place.ask("refused", "").await.unwrap_err();
    assert!(matches!(died, ProcessError::Died(Death::Memory { .. })), "{died}");
}

#[tokio::test]
async fn a_crash_and_a_kill_from_outside_are_told_apart_from_memory() {
    let mut place = start().await;
    let died = place.ask("abort", "").await.unwrap_err();
    assert!(matches!(&died, ProcessError::Died(Death::Crash { how, .. }) if how.contains('6')), "{died}");
    let mut place = start().await;
    place.process.limit_memory(1 << 30);
    let pid = place.process.pid().cast_signed();
    let killer = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        // SAFETY: a signal to a process that this test started and has not reaped.
        unsafe { libc::kill(pid, libc::SIGKILL) };
    });
    let died = place.ask("sleep", "").await.unwrap_err();
    killer.await.unwrap();
    assert!(matches!(&died, ProcessError::Died(Death::Crash { .. })), "{died}");
    assert!(!place.process.is_alive());
}

#[tokio::test]
async fn dropped_it_is_gone_with_its_folder() {
    let place = start().await;
    let (pid, scratch) = (place.process.pid(), place.process.scratch().to_owned());
    drop(place.process);
    all_ended().await;
    assert!(!scratch.exists());
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
}

#[tokio::test]
async fn a_program_that_is_not_there_is_said_so() {
    let dir = tempfile::tempdir().unwrap();
    let missing = ProcessSpec { program: dir.path().join("nothing"), ..spec(dir.path()) };
    let error = ConfinedProcess::start(&missing).await.unwrap_err();
    assert!(error.to_string().contains("nothing"), "{error}");
}
