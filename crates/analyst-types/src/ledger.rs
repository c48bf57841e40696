//! The ledger: what left this computer, byte for byte, written down before it left.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ModelId, PrivacyLevel, RunId, Timestamp};

/// What a request tells of one dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Shown {
    /// The dataset's name.
    pub dataset: String,
    /// The columns that are named.
    pub columns: Vec<String>,
    /// Rows that are quoted.
    pub rows: u32,
}

/// A request that left, or was about to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct LedgerEntry {
    /// 1, 2, 3, … without a gap.
    #[ts(type = "number")]
    pub seq: u64,
    /// When it was written down, just before it was sent.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// The run it belongs to; null for a test of a key.
    pub run_id: Option<RunId>,
    /// The exact address.
    pub url: String,
    /// For which model.
    pub model: ModelId,
    /// What for: `plan`, `write_code`, `fix_code`, `answer`, `chat`, `test`.
    pub purpose: String,
    /// Which try of the call, counted from 1.
    pub attempt: u32,
    /// How much of the data the person let a model see; null where no data was involved.
    pub privacy: Option<PrivacyLevel>,
    /// What of which dataset is in it.
    pub shown: Vec<Shown>,
    /// Length of the body in bytes.
    #[ts(type = "number")]
    pub body_bytes: u64,
    /// SHA-256 of the body.
    pub body_hash: String,
    /// SHA-256 over everything above and the hash of the entry before.
    pub hash: String,
    /// How it ended; null when it is under way, or when nobody saw its end: then it may or may not have been sent.
    pub outcome: Option<LedgerOutcome>,
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct LedgerOutcome {
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// HTTP status of the answer; null when none came.
    pub status: Option<u16>,
    /// Length of the answer in bytes.
    #[ts(type = "number")]
    pub response_bytes: u64,
    /// SHA-256 of the answer as far as it came.
    pub response_hash: String,
    /// Why it failed, when it did.
    pub error: Option<String>,
}

/// What came of checking the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct LedgerCheck {
    /// Entries read.
    #[ts(type = "number")]
    pub entries: u64,
    /// The first entry that is not as it was written, and what is wrong with it; null when all are.
    pub broken: Option<LedgerBreak>,
}

/// Where the chain of the ledger breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LedgerBreak {
    /// The place in the ledger, counted from 1.
    #[ts(type = "number")]
    pub seq: u64,
    /// A sentence.
    pub reason: String,
}
