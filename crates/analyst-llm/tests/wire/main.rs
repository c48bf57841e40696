//! The contract of the client, over real HTTP on loopback: a small server here speaks each provider's wire byte by
//! byte, so that it can also cut, drip, hang and lie.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod anthropic;
mod ask;
mod corpus;
mod egress;
mod faults;
mod local;
mod openai;
mod retries;
mod server;
