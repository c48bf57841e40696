//! What went wrong with a worker, in words for the person whose request it was.

use analyst_data::DataError;
use analyst_sandbox::process::{Death, ProcessError};
use analyst_types::{AppError, ErrorCode};

use super::Budget;

/// Why a worker gave no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The data, and nothing else.
    Data(DataError),
    /// A library panicked.
    Panicked,
    /// The worker, or the way to it.
    Process(ProcessError),
}

impl Failure {
    /// Whether the worker can go on with other work.
    pub(super) fn leaves_worker_well(&self) -> bool {
        matches!(self, Self::Data(_) | Self::Panicked)
    }

    /// For the person; `what` was being worked on.
    pub(super) fn tell(self, what: &str, budget: Budget) -> AppError {
        match self {
            Self::Data(error) => error.into(),
            Self::Panicked => {
                tracing::warn!(what, "a library panicked in a data worker");
                crashed(what)
            }
            Self::Process(ProcessError::Died(Death::Memory { used_bytes, .. })) => {
                let needed_bytes = used_bytes.max(budget.0 + budget.0 / 4);
                DataError::NotEnoughMemory { what: what.to_owned(), needed_bytes, budget_bytes: budget.0 }.into()
            }
            Self::Process(ProcessError::Died(Death::Processor)) => {
                AppError::new(ErrorCode::CodeFailed, format!("{what} took more processor time than it may"))
            }
            Self::Process(ProcessError::Died(Death::Crash { how, said })) => {
                tracing::warn!(what, how, said, "a data worker crashed");
                crashed(what)
            }
            Self::Process(error) => {
                tracing::warn!(what, %error, "a data worker failed");
                crashed(what)
            }
        }
    }
}

fn crashed(what: &str) -> AppError {
    AppError::new(ErrorCode::UnreadableFile, format!("{what} brought down the process that was working on it"))
        .with_hint("Nothing was changed, and everything else works on. The file may be damaged: save it again, or in another format.")
}

/// No worker can be had.
pub(super) fn not_started(error: &ProcessError) -> AppError {
    tracing::error!(%error, "no data worker can be started");
    AppError::new(ErrorCode::Internal, format!("Files cannot be read: {error}")).with_hint(
        "Files are only read in a process without rights. `auto-analyst doctor` tells what stands in its way.",
    )
}

/// The program is ending.
pub(super) fn shut_down() -> AppError {
    AppError::new(ErrorCode::Cancelled, "the program is ending")
}
