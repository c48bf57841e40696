//! The channel between host and worker: a socket pair where there are such, else the worker's standard streams.

#[cfg(unix)]
mod socket;
#[cfg(not(unix))]
mod streams;

#[cfg(unix)]
pub(crate) use socket::{Control, WorkerEnd};
#[cfg(not(unix))]
pub(crate) use streams::{Control, WorkerEnd};
