//! How much memory a worker may use: half of the machine's, or what the person allows, whichever is less.

use analyst_sandbox::process;

use crate::Settings;

/// Bytes of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Budget(pub u64);

impl Budget {
    /// As the settings and the machine say.
    pub(crate) fn of(settings: &Settings) -> Self {
        Self::within(settings.limits().memory_bytes)
    }

    /// At most `bytes`, and at most half of the machine's memory.
    pub(crate) fn within(bytes: u64) -> Self {
        Self(process::physical_memory().map_or(bytes, |all| bytes.min(all / 2)))
    }
}
