//! How patient a call is: time limits, tries, and what is read at most.

use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

/// Largest answer that is read, decoded.
pub(crate) const MAX_ANSWER_BYTES: usize = 16 << 20;
/// Longest line of a stream.
pub(crate) const MAX_LINE_BYTES: usize = 1 << 20;
/// Largest error body that is read; the sentence in it is short.
pub(crate) const MAX_ERROR_BYTES: usize = 64 << 10;
/// The back-off stops doubling at this multiple of its first delay.
const MAX_BACKOFF_FACTOR: u32 = 16;

/// Limits of one call. The default is for people; tests shorten it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallPolicy {
    /// Until the connection stands.
    pub connect: Duration,
    /// Until the first token.
    pub first_token: Duration,
    /// Until the first token of a model that thinks, or that must be loaded on this machine first.
    pub first_token_slow: Duration,
    /// Between two pieces of an answer.
    pub idle: Duration,
    /// Window in which a stream must bring a whole line or `min_bytes_per_sec`.
    pub slow_window: Duration,
    /// Slowest stream that is waited for.
    pub min_bytes_per_sec: u32,
    /// Tries of one call, the first one included.
    pub max_tries: u32,
    /// First delay of the back-off; it doubles up to sixteen times this.
    pub base_delay: Duration,
    /// Delay before the only other try at a program of this machine that refuses connections.
    pub quick_retry: Duration,
    /// Longest wait a provider may ask for.
    pub max_wait: Duration,
    /// Failures within a minute after which a provider is left alone for `rest`.
    pub failures_until_rest: usize,
    /// How long a failing provider is left alone.
    pub rest: Duration,
}

impl Default for CallPolicy {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_token: Duration::from_secs(60),
            first_token_slow: Duration::from_secs(300),
            idle: Duration::from_secs(60),
            slow_window: Duration::from_secs(120),
            min_bytes_per_sec: 20,
            max_tries: 5,
            base_delay: Duration::from_secs(1),
            quick_retry: Duration::from_millis(250),
            max_wait: Duration::from_secs(300),
            failures_until_rest: 5,
            rest: Duration::from_secs(30),
        }
    }
}

impl CallPolicy {
    /// The delay before the try after `tries` tries: anything between nothing and the doubled step, so that many
    /// clients do not come back at the same moment.
    pub(crate) fn backoff(&self, tries: u32) -> Duration {
        let factor = 2u32.saturating_pow(tries.saturating_sub(1)).min(MAX_BACKOFF_FACTOR);
        (self.base_delay * factor).mul_f64(fraction())
    }
}

/// Between 0 and 1. The hasher's random seed is chance enough to spread retries.
fn fraction() -> f64 {
    let random = std::collections::hash_map::RandomState::new().build_hasher().finish();
    f64::from((random >> 32) as u32) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_to_sixteen_and_never_exceeds_its_step() {
        let policy = CallPolicy::default();
        for (tries, secs) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (9, 16)] {
            let step = Duration::from_secs(secs);
            let delays: Vec<_> = (0..200).map(|_| policy.backoff(tries)).collect();
            assert!(delays.iter().all(|delay| *delay <= step), "after {tries} tries");
            assert!(delays.iter().any(|delay| *delay > step / 2), "after {tries} tries");
            assert!(delays.iter().any(|delay| *delay < step / 2), "after {tries} tries");
        }
    }
}
