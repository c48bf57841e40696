//! The test kit: a home, our programs, a window, and a model provider that says what a test wants.
//!
//! Journeys start the programs as a person has them; only what lies outside the machine is played: the model provider,
//! which speaks the real wires on loopback. Nothing here is linked into a program.

pub mod program;
pub mod provider;
pub mod window;
