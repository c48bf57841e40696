//! The one error every face shows: what happened, and what to do next.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A code exists only if a face branches on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request itself is wrong: a missing field, an unknown command, a value out of range.
    InvalidRequest,
    /// What the request names does not exist.
    NotFound,
    /// The file cannot be read as data.
    UnreadableFile,
    /// The SQL or Python was refused or failed.
    CodeFailed,
    /// The Python environment is missing or broken.
    PythonUnavailable,
    /// The model provider wants a valid key.
    KeyRejected,
    /// The model provider did not answer, or not in a usable way.
    ModelUnavailable,
    /// The person, or a limit, stopped the work.
    Cancelled,
    /// The work needs more memory than it may have.
    NotEnoughMemory,
    /// The person's disk, permissions or keyring stand in the way.
    Storage,
    /// A fault of ours.
    Internal,
}

/// What a face tells a person when something did not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct AppError {
    /// What kind of failure, for a face to branch on.
    pub code: ErrorCode,
    /// What happened, in a sentence. Never holds a secret or a stack trace.
    pub message: String,
    /// What was kept and what to do next; empty when the message says it all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
    /// Seconds after which trying again makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(as = "Option<u32>", optional)]
    pub retry_after_secs: Option<u64>,
}

impl AppError {
    /// An error without a hint.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: String::new(), retry_after_secs: None }
    }

    /// The same error, with what to do next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}
