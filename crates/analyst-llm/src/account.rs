//! What calls with the same key share: a pause the provider asked for, and a rest when it keeps failing.
//!
//! Without it, parallel agents would each run into the same limit on their own.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::policy::CallPolicy;

/// Failures older than this are forgotten.
const MEMORY: Duration = Duration::from_secs(60);

/// One key at one address.
#[derive(Debug, Default)]
pub(crate) struct Account {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    closed_until: Option<Instant>,
    failures: VecDeque<Instant>,
}

impl Account {
    /// How long the next call has to wait; `None` when it may go.
    pub(crate) fn wait(&self, now: Instant) -> Option<Duration> {
        let until = self.lock().closed_until?;
        until.checked_duration_since(now).filter(|wait| !wait.is_zero())
    }

    /// The provider asked to be left alone.
    pub(crate) fn pause(&self, until: Instant) {
        let mut state = self.lock();
        state.closed_until = state.closed_until.max(Some(until));
    }

    /// A call failed for the provider's own reasons.
    pub(crate) fn failed(&self, now: Instant, policy: &CallPolicy) {
        let mut state = self.lock();
        state.failures.retain(|failure| now.duration_since(*failure) < MEMORY);
        state.failures.push_back(now);
        if state.failures.len() >= policy.failures_until_rest {
            state.failures.clear();
            state.closed_until = state.closed_until.max(Some(now + policy.rest));
        }
    }

    /// A call was answered.
    pub(crate) fn answered(&self) {
        self.lock().failures.clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // The state is plain data: a panic elsewhere cannot leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provider_rests_after_five_failures_within_a_minute() {
        let (account, policy, start) = (Account::default(), CallPolicy::default(), Instant::now());
        for second in 0..4 {
            account.failed(start + Duration::from_secs(second), &policy);
        }
        assert_eq!(account.wait(start), None);
        account.failed(start + Duration::from_secs(4), &policy);
        assert_eq!(account.wait(start + Duration::from_secs(4)), Some(policy.rest));
        assert_eq!(account.wait(start + Duration::from_secs(40)), None);
    }

    #[test]
    fn old_failures_and_failures_before_an_answer_do_not_count() {
        let (account, policy, start) = (Account::default(), CallPolicy::default(), Instant::now());
        for minute in 0..9 {
            account.failed(start + Duration::from_secs(minute * 61), &policy);
        }
        account.answered();
        for _ in 0..4 {
            account.failed(start + Duration::from_secs(600), &policy);
        }
        assert_eq!(account.wait(start + Duration::from_secs(600)), None);
    }

    #[test]
    fn the_longest_pause_holds() {
        let (account, start) = (Account::default(), Instant::now());
        account.pause(start + Duration::from_secs(9));
        account.pause(start + Duration::from_secs(3));
        assert_eq!(account.wait(start), Some(Duration::from_secs(9)));
    }
}
