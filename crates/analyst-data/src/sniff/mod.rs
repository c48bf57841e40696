//! Guesses how a text file is written, from its head, middle and tail: encoding and dialect.

pub(crate) mod dialect;
pub(crate) mod encoding;
