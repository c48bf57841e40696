//! The worker's main loop: one job at a time, one answer each.

use std::fs::File;
use std::io;

use polars::prelude::{IntoLazy, col, df};
use serde_json::Value;

use super::bench::{Bench, Teller};
use super::{Job, Told};
use crate::DataError;

/// Deep expressions recurse in the planner of queries.
const STACK_BYTES: usize = 64 << 20;

/// What a worker is sent.
#[derive(Debug)]
pub struct Order {
    /// A [`Job`] as JSON.
    pub job: Vec<u8>,
    /// The files that go with it, open.
    pub files: Vec<File>,
}

/// The way to a worker's host.
pub trait Channel: Sync {
    /// Waits for the next order; none when there will be no more.
    ///
    /// # Errors
    /// When the host is gone.
    fn receive(&self) -> io::Result<Option<Order>>;

    /// Sends a head and a body.
    ///
    /// # Errors
    /// When the host is gone, or the body is longer than it takes.
    fn send(&self, head: Value, body: Vec<u8>) -> io::Result<()>;
}

/// Does one job after the other until the host wants no more. The worker's folder is the system's temporary one.
///
/// # Errors
/// When the host is gone.
pub fn serve(channel: &dyn Channel) -> io::Result<()> {
    warm_up();
    let teller = Teller::new(|done| drop(send(channel, Told::Progress(done))));
    let mut bench = Bench::new(std::env::temp_dir(), &teller);
    while let Some(order) = channel.receive()? {
        bench.lay_out(order.files);
        let told = on_large_stack(|| perform(&order.job, &mut bench));
        if let Err(error) = send(channel, told) {
            // What is too long for an answer is no reason to end; a host that is gone is.
            let message = format!("The result is too large to be shown: {error}. Write it to a file instead.");
            send(channel, Told::Failed(DataError::unreadable(message)))?;
        }
    }
    Ok(())
}

fn send(channel: &dyn Channel, told: Told) -> io::Result<()> {
    let (head, body) = told.write();
    channel.send(head, body)
}

fn perform(job: &[u8], bench: &mut Bench<'_>) -> Told {
    let done = serde_json::from_slice::<Job>(job)
        .map_err(|error| DataError::unreadable(format!("The request could not be read: {error}")))
        .and_then(|job| job.perform(bench));
    match done {
        Ok(reply) => Told::Done(reply),
        Err(error) => Told::Failed(error),
    }
}

fn on_large_stack(work: impl FnOnce() -> Told + Send) -> Told {
    std::thread::scope(|scope| {
        let spawned = std::thread::Builder::new().name("job".into()).stack_size(STACK_BYTES).spawn_scoped(scope, work);
        match spawned {
            Ok(thread) => thread.join().unwrap_or(Told::Panicked),
            Err(error) => Told::Failed(DataError::unreadable(format!("The work could not be started: {error}"))),
        }
    })
}

/// Starts the threads and fills the tables that the first query would wait for.
fn warm_up() {
    let frame = df!("a" => [1i64, 2], "b" => ["x", "y"]);
    let grouped = frame.map(|frame| frame.lazy().group_by([col("b")]).agg([col("a").sum()]).collect());
    if !matches!(grouped, Ok(Ok(_))) {
        tracing::debug!("the engine did not warm up");
    }
}
