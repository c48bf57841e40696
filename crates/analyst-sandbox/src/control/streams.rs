//! Frames over the worker's standard input and output, for systems without socket pairs. What a run prints then
//! arrives on the error stream alone (the worker turns its output there), and files are named rather than passed.

use std::fs::File;
use std::io;
use std::process::Stdio;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

const READ_AHEAD: usize = 64 << 10;

/// The worker's end: its standard streams.
pub(crate) struct WorkerEnd;

impl WorkerEnd {
    /// What the worker is told about its channel: standard input and output.
    pub fn arguments(&self) -> [String; 2] {
        ["0".into(), "1".into()]
    }

    /// Frames come in by standard input.
    pub fn set_up(&self, command: &mut Command) {
        command.stdin(Stdio::piped());
    }
}

/// The host's end.
pub(crate) struct Control {
    to_worker: Option<ChildStdin>,
    from_worker: Option<ChildStdout>,
}

impl Control {
    /// Both ends.
    pub fn pair() -> io::Result<(Self, WorkerEnd)> {
        Ok((Self { to_worker: None, from_worker: None }, WorkerEnd))
    }

    /// Takes the streams of the started worker.
    pub fn attach(&mut self, child: &mut Child) -> io::Result<()> {
        self.to_worker = child.stdin.take();
        self.from_worker = child.stdout.take();
        Ok(())
    }

    /// Sends a frame. Files are never passed here.
    pub async fn send(&mut self, frame: &[u8], _files: &[File]) -> io::Result<()> {
        let stream = self.to_worker.as_mut().expect("BUG: a channel is attached before it is used");
        stream.write_all(frame).await?;
        stream.flush().await
    }

    /// Takes what has come into `buffer`; 0 when the other end is closed. Nothing is lost when it is cancelled.
    pub async fn fill(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        buffer.reserve(READ_AHEAD);
        self.from_worker.as_mut().expect("BUG: a channel is attached before it is used").read_buf(buffer).await
    }
}
