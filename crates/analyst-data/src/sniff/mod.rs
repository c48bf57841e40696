//! Finds out how a text file is written: its encoding and its dialect.

pub(crate) mod charset;
pub(crate) mod columns;
pub(crate) mod dialect;
pub(crate) mod encoding;
pub(crate) mod prepared;
pub(crate) mod ruled;
pub(crate) mod told;
