//! Conversations.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ChatId, DatasetId, MessageId, RunId, Timestamp};

/// A conversation about some datasets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct Chat {
    /// Ours.
    pub id: ChatId,
    /// The first question, until the person renames it.
    pub title: String,
    /// The datasets it is about, in the order they were added; the first is `df` in Python.
    pub dataset_ids: Vec<DatasetId>,
    /// When it began.
    #[ts(type = "string")]
    pub created_at: Timestamp,
    /// When something was last said.
    #[ts(type = "string")]
    pub updated_at: Timestamp,
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person.
    User,
    /// Auto-Analyst.
    Assistant,
}

/// One message of a chat. The assistant's message appears when its run has ended; the run's events tell the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Ours.
    pub id: MessageId,
    /// The conversation.
    pub chat_id: ChatId,
    /// Who said it.
    pub role: Role,
    /// Markdown.
    pub text: String,
    /// The run it asked for, or that wrote it.
    pub run_id: Option<RunId>,
    /// When it was said.
    #[ts(type = "string")]
    pub at: Timestamp,
}
