//! Journeys through the real programs, as a person takes them.
#![allow(clippy::unwrap_used, reason = "tests say best by failing where they stand")]

mod window_analysis;
mod window_events;
mod window_settings;
mod window_shell;
mod window_stop;
