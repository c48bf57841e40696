//! The port of the privacy ledger: what leaves this computer is told before it leaves, and how it ended after.

use analyst_types::{ModelId, Shown};
use async_trait::async_trait;
use sha2::{Digest, Sha256};

/// A request that is about to leave.
#[derive(Debug, Clone, Copy)]
pub struct OutgoingRequest<'a> {
    /// For which model.
    pub model: &'a ModelId,
    /// What for.
    pub purpose: &'a str,
    /// To which address. Never holds a secret.
    pub url: &'a str,
    /// Which try of the call, counted from 1.
    pub attempt: u32,
    /// The exact body.
    pub body: &'a [u8],
    /// What of which dataset is in it.
    pub shown: &'a [Shown],
    /// Upper bound of the answer, for what the call can cost at most.
    pub max_output_tokens: u32,
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingResponse {
    /// HTTP status; none when no answer came.
    pub status: Option<u16>,
    /// Bytes of the body, as far as it came.
    pub bytes: u64,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
    /// Why the try failed, when it did.
    pub error: Option<String>,
}

/// Keeps what leaves. Called for every try.
#[async_trait]
pub trait EgressLog: Send + Sync {
    /// Keeps the request, and gives it a number. Awaited before the connection is used; an error (a sentence for
    /// people) keeps the request from being sent.
    async fn sending(&self, request: &OutgoingRequest<'_>) -> Result<u64, String>;

    /// Keeps how the request of this number ended. Not called for one whose caller stopped waiting.
    async fn ended(&self, number: u64, response: &IncomingResponse);
}

/// Counts and hashes what comes back.
#[derive(Debug, Default)]
pub(crate) struct Tap {
    /// What the ledger calls the request.
    pub number: Option<u64>,
    /// HTTP status.
    pub status: Option<u16>,
    bytes: u64,
    hash: Sha256,
}

impl Tap {
    pub(crate) fn take(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.hash.update(bytes);
    }

    pub(crate) fn response(self, error: Option<String>) -> IncomingResponse {
        let sha256 = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        IncomingResponse { status: self.status, bytes: self.bytes, sha256, error }
    }
}
