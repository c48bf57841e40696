//! The store from outside: real files, several stores on one folder, processes that die.

#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod agents;
mod chats;
mod concurrency;
mod crash;
mod ledger;
mod opening;
mod owners;
mod round_trips;
mod runs;
mod samples;
mod schema;
mod search;
