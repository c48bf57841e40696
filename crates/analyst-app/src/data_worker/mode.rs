//! This program as a data worker: what `main` asks first, before a runtime, a window or a log is there.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::process::ExitCode;

use analyst_data::worker::{Channel, Order, serve};
use analyst_sandbox::process::{Frame, Inside};
use serde_json::Value;

/// The first argument of a program that is to be a data worker.
pub const WORKER_FLAG: &str = "--data-worker";

/// When `args` (with the program's name first) ask for a data worker: is one, to its end, and gives the exit code.
#[must_use]
pub fn worker_mode(args: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let args: Vec<OsString> = args.into_iter().collect();
    if args.get(1).is_none_or(|flag| flag != WORKER_FLAG) {
        return None;
    }
    let served = Inside::enter(&args).and_then(|inside| serve(&Way(inside)));
    Some(match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE, // the host is gone, or there was none: nobody to tell
    })
}

/// Frames as the way between a worker and its host.
struct Way(Inside);

impl Channel for Way {
    fn receive(&self) -> io::Result<Option<Order>> {
        let received = self.0.receive()?;
        Ok(received.map(|received| Order { job: received.body, files: received.files as Vec<File> }))
    }

    fn send(&self, head: Value, body: Vec<u8>) -> io::Result<()> {
        self.0.send(&Frame { head, body })
    }
}
