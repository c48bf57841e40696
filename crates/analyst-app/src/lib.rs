//! The use cases of Auto-Analyst, and the one table of commands that every face dispatches from.
//!
//! This crate composes the engines (data, sandbox, models, store) with the agents. It knows no window, no terminal and
//! no HTTP: a face resolves a [`Config`], starts an [`App`], sends commands through [`dispatch`] and follows runs with
//! [`App::subscribe`].
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod app;
#[cfg(test)]
mod bindings;
mod chats;
pub mod commands;
mod config;
mod data_worker;
mod datasets;
mod doctor;
mod ledger;
pub mod logging;
mod models;
mod python;
mod remote;
mod runs;
mod samples;
mod secrets;
mod settings;
mod tasks;

pub use app::App;
pub use commands::{COMMANDS, CommandInfo, dispatch};
pub use config::Config;
pub use data_worker::{WORKER_FLAG, WorkerCommand, worker_mode};
pub use settings::{Settings, Theme};
