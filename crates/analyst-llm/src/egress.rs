//! The port of the privacy ledger: what leaves this computer is told before it leaves.

use analyst_types::ModelId;
use async_trait::async_trait;

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
}

/// Keeps what leaves. Called for every try, and awaited before the connection is used.
#[async_trait]
pub trait EgressLog: Send + Sync {
    /// Keeps the request; an error (a sentence for people) keeps it from being sent.
    async fn sending(&self, request: &OutgoingRequest<'_>) -> Result<(), String>;
}
