//! Journeys through the real programs, as a person takes them.
#![allow(clippy::unwrap_used, reason = "tests say best by failing where they stand")]

mod ask;
mod bad_input;
mod data_looking;
mod data_reopening;
mod data_worker;
mod keyring;
mod ledger;
mod local_answers;
mod model;
mod names;
mod persistence;
mod privacy;
mod provider_faults;
mod replies;
mod same_bytes;
mod script;
mod tables;
mod told;
mod window_analysis;
mod window_events;
mod window_settings;
mod window_shell;
mod window_stop;
