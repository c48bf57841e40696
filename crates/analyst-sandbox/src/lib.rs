//! Runs Python that a model wrote, each cell in a process of its own that has almost no rights; and makes and looks
//! after the Python environment those processes use.
//!
//! - [`runtime`] finds an interpreter and makes the managed environment from a hash-pinned lock file.
//! - [`PythonRunner`] is the `CodeRunner` for Python: a worker process waits with its libraries imported, runs one
//!   cell and ends. On Linux it is forked from a process that has imported them; elsewhere it was started ahead.
//! - [`SandboxReport`] says how strong the walls are on this machine, layer by layer; a worker is never started with
//!   fewer walls than the report says.
//!
//! It refuses to share a process between cells, to let a cell reach a network, and to trust anything a worker says:
//! what comes back is bounded before it is read and checked before it is kept.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod check;
mod confine;
mod control;
#[cfg(target_os = "linux")]
mod fork_server;
mod frame;
mod harvest;
mod launch;
mod memory;
#[cfg(target_os = "linux")]
mod nameless;
mod options;
mod output;
mod pool;
pub mod process;
mod request;
mod runner;
pub mod runtime;
mod scratch;
mod self_test;
mod session;
mod sources;
mod spawner;
mod strength;
mod wire;
mod worker;

pub use options::{ProcessSource, RunnerOptions};
pub use runner::PythonRunner;
pub use self_test::SelfCheck;
pub use strength::{Layer, SandboxReport, SandboxStrength, Wall};
