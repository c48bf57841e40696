//! A confined process of our own: a program re-started inside the walls, which does one kind of work for its host and
//! talks to it in frames. Files travel as open descriptors, so it needs no right to open what a person chose.
//!
//! The host's side is [`ConfinedProcess`]; the process itself finds its side with [`Inside::enter`]. What the work is,
//! neither knows. What the process sends is bounded before it is read; its death is told with a cause ([`Death`]),
//! and never takes the host along.

mod death;
mod frames;
mod host;
mod inside;
mod probe;
mod spec;

pub use death::Death;
pub use frames::Frame;
pub use host::{ConfinedProcess, all_ended, physical_memory, sweep};
pub use inside::{Inside, Received};
pub use spec::{ProcessError, ProcessSpec};

#[cfg(all(test, target_os = "linux"))]
mod tests;
