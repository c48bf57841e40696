//! A real PostgreSQL server on loopback, made for these tests and thrown away after them.
#![allow(clippy::unwrap_used, reason = "tests")]

mod looking;
mod querying;
mod server;
mod trust;
