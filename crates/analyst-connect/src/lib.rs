//! Tables that live in a database: listed, looked at, profiled and queried where they are. Filters, sorts, aggregates
//! and limits are done by the server; only results come back, and never more than was asked for.
//!
//! [`SqlEngine`] is what the rest of the program knows; another database is one more implementation of it, in a folder
//! of its own beside [`postgres`]. Everything is read-only twice over: a statement passes a guard that knows which
//! functions are harmless, and runs in a transaction that the server itself keeps from writing.
//!
//! Refuses to send a password without encryption to another machine, and to trust a server that cannot prove its name.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod engine;
mod error;
pub mod postgres;

pub use engine::{BoundTable, RemoteRows, ServerInfo, SqlEngine};
pub use error::ConnectError;
