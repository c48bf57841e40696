//! Libraries that read hostile files may panic; a panic must end as an error, not as the program.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};

use crate::DataError;

/// Runs `work`; a panic in it becomes [`DataError::Unreadable`].
pub(crate) fn caught<T>(what: &str, work: impl FnOnce() -> Result<T, DataError>) -> Result<T, DataError> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        tracing::warn!(what, panic = panic_text(&*payload), "a library panicked");
        Err(DataError::unreadable(format!("{what} is damaged or uses a feature that is not supported.")))
    })
}

/// What a panic said.
pub(crate) fn panic_text(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("unknown")
}
