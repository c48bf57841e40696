//! A run is one question, or one cell run again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{AppError, ChatId, PrivacyLevel, RunId, Timestamp};

/// One question being answered, or one cell being run again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// Ours.
    pub id: RunId,
    /// The conversation it belongs to.
    pub chat_id: ChatId,
    /// What it does.
    pub kind: RunKind,
    /// The question as typed; for a cell, empty.
    pub question: String,
    /// `provider/name` of the model that was asked for.
    pub model: String,
    /// How much of the data that model could see.
    pub privacy: PrivacyLevel,
    /// How it stands.
    pub status: RunStatus,
    /// Why it failed, when it did.
    pub error: Option<AppError>,
    /// When it began.
    #[ts(type = "string")]
    pub started_at: Timestamp,
    /// When it ended.
    #[ts(type = "string | null")]
    pub finished_at: Option<Timestamp>,
}

/// What a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// Answers a question.
    Question,
    /// Runs one cell again, as the person edited it.
    Cell,
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// At work.
    Running,
    /// Done. Single steps may have failed; the answer says so.
    Completed,
    /// Nothing useful came out.
    Failed,
    /// The person stopped it.
    Cancelled,
    /// The program ended while it was at work.
    Interrupted,
}
