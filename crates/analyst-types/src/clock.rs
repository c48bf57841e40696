//! Time and ids are handed in, never taken from the air, so that a run can be replayed to the same bytes.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A moment in UTC; RFC 3339 on the wire.
pub type Timestamp = DateTime<Utc>;

/// Where the time comes from.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Always the same moment: every duration measured with it is zero.
    Fixed(Timestamp),
}

impl Clock {
    /// The present moment, to the millisecond (what the store keeps).
    pub fn now(&self) -> Timestamp {
        let now = match self {
            Self::System => Utc::now(),
            Self::Fixed(at) => *at,
        };
        DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
    }

    /// A duration that somebody else measured: what they say, or zero under a fixed clock.
    pub fn measured(&self, millis: u64) -> u64 {
        match self {
            Self::System => millis,
            Self::Fixed(_) => 0,
        }
    }

    /// Whole milliseconds since `start`; never negative, even when the machine's clock was set back.
    pub fn millis_since(&self, start: Timestamp) -> u64 {
        (self.now() - start).num_milliseconds().max(0).unsigned_abs()
    }
}

/// Where ids come from.
#[derive(Debug)]
pub enum IdSource {
    /// UUIDv7: unique, and sorted by time of making.
    Random,
    /// 1, 2, 3, …: for runs that must replay to the same bytes.
    Sequential(AtomicU64),
}

impl IdSource {
    /// An id source that counts from one.
    pub fn sequential() -> Self {
        Self::Sequential(AtomicU64::new(1))
    }

    /// The next id, as the type asked for.
    pub fn next<T: From<Uuid>>(&self) -> T {
        T::from(match self {
            Self::Random => Uuid::now_v7(),
            Self::Sequential(next) => Uuid::from_u128(u128::from(next.fetch_add(1, Ordering::Relaxed))),
        })
    }
}
