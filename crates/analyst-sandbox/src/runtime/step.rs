//! One program of an installation: run, listened to line by line, ended with all it started when it is cancelled.

use std::collections::VecDeque;
use std::process::Stdio;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

use super::InstallError;

/// Lines that are worth repeating when it fails.
const TAIL_LINES: usize = 30;
/// Variables that would lead an installer elsewhere. Those for proxies and mirrors stay: the hashes decide.
const MISLEADING: [&str; 8] = [
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "VIRTUAL_ENV",
    "PIP_USER",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_REQUIRE_VIRTUALENV",
];

/// Runs `command` to its end. `on_line` hears what it prints.
pub(super) async fn run(
    mut command: Command,
    mut on_line: impl FnMut(&str) + Send,
    cancel: &CancellationToken,
) -> Result<(), InstallError> {
    for name in MISLEADING {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let mut child = command
        .spawn()
        .map_err(|error| InstallError::InstallFailed { tail: format!("{program} does not start: {error}") })?;
    let mut out = BufReader::new(child.stdout.take().expect("BUG: stdout was piped")).lines();
    let mut err = BufReader::new(child.stderr.take().expect("BUG: stderr was piped")).lines();
    let mut tail = VecDeque::new();
    let (mut out_open, mut err_open) = (true, true);
    while out_open || err_open {
        let line = tokio::select! {
            biased;
            () = cancel.cancelled() => {
                end(&mut child).await;
                return Err(InstallError::Cancelled);
            }
            line = next(&mut out), if out_open => { out_open = line.is_some(); line }
            line = next(&mut err), if err_open => { err_open = line.is_some(); line }
        };
        if let Some(line) = line {
            on_line(&line);
            tail.push_back(line);
            if tail.len() > TAIL_LINES {
                tail.pop_front();
            }
        }
    }
    let status = child.wait().await?;
    if status.success() {
        return Ok(());
    }
    Err(InstallError::InstallFailed { tail: tail.into_iter().collect::<Vec<_>>().join("\n") })
}

async fn next(lines: &mut Lines<impl AsyncBufRead + Unpin>) -> Option<String> {
    lines.next_line().await.ok().flatten()
}

async fn end(child: &mut Child) {
    #[cfg(unix)]
    if let Some(pid) = child.id() {
        // SAFETY: a system call; the child is not reaped, so the group is still its own.
        unsafe { libc::killpg(pid.cast_signed(), libc::SIGKILL) };
    }
    let _ = child.kill().await; // it may have ended by itself
}
