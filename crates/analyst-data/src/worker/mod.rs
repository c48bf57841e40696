//! What a data worker does: all parsing of files and all SQL, in a process of its own.
//!
//! Polars ends its whole process when memory runs out, and hostile files crash parsers; so neither happens in the
//! process that holds the window and the database. That one asks with a [`Request`] (one struct and one line in
//! `job.rs` per thing that can be asked), and reads the answer with [`Told::parse`]; the worker itself is [`serve`].
//!
//! This module knows no process and no socket: whoever composes the program lends it a [`Channel`]. Files a person
//! chose come open; what the worker makes, it leaves in its own folder (`Bench::folder`), and its host puts it where
//! it belongs. Refuses nothing by itself: the walls are its host's work.

mod bench;
mod import;
pub(crate) mod io_error;
mod job;
#[cfg(debug_assertions)]
mod misbehaviour;
mod need;
mod serve;
mod sql;
mod table;
mod told;

pub use bench::Chosen;
pub use import::{Inspect, Open};
pub use job::{Job, Request};
#[cfg(debug_assertions)]
pub use misbehaviour::{Misbehave, Misbehaviour};
pub(crate) use need::amount;
pub use serve::{Channel, Order, serve};
pub use sql::{ExecuteSql, Executed, ExportQuery, Query};
pub use table::{Distinct, Export, Preview, ProfileTable, SampleRows, Written};
pub use told::Told;
