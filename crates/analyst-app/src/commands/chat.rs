//! Conversations.

use std::sync::Arc;

use analyst_types::{AppError, Chat, ChatId, Dataset, DatasetId, Message, Run};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::App;

/// A new chat.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct CreateChat {
    /// What it is about.
    #[ts(as = "Option<Vec<DatasetId>>", optional)]
    pub dataset_ids: Vec<DatasetId>,
}

/// All chats.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct Chats {
    /// The one with the newest message first.
    pub chats: Vec<Chat>,
}

/// Which chat.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChatRef {
    /// Its id.
    pub chat_id: ChatId,
}

/// A chat with everything in it; what happened in its runs is told by `run::events`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct ChatView {
    /// The chat.
    pub chat: Chat,
    /// Its datasets, in its order.
    pub datasets: Vec<Dataset>,
    /// Its messages, oldest first.
    pub messages: Vec<Message>,
    /// Its runs, oldest first.
    pub runs: Vec<Run>,
}

/// A new title.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct RenameChat {
    /// Whose.
    pub chat_id: ChatId,
    /// The title, 1 to 200 characters.
    pub title: String,
}

/// Other datasets for a chat.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetDatasets {
    /// Whose.
    pub chat_id: ChatId,
    /// The datasets in their order; the first is `df`.
    pub dataset_ids: Vec<DatasetId>,
}

/// `chat::create`
pub async fn create(app: &Arc<App>, request: CreateChat) -> Result<Chat, AppError> {
    app.chats.create(request.dataset_ids).await
}

/// `chat::list`
pub async fn list(app: &Arc<App>, _: Nothing) -> Result<Chats, AppError> {
    app.chats.list().await.map(|chats| Chats { chats })
}

/// `chat::get`
pub async fn get(app: &Arc<App>, request: ChatRef) -> Result<ChatView, AppError> {
    app.chats.view(request.chat_id).await
}

/// `chat::rename`
pub async fn rename(app: &Arc<App>, request: RenameChat) -> Result<Chat, AppError> {
    app.chats.rename(request.chat_id, &request.title).await
}

/// `chat::set_datasets`
pub async fn set_datasets(app: &Arc<App>, request: SetDatasets) -> Result<Chat, AppError> {
    app.chats.set_datasets(request.chat_id, request.dataset_ids).await
}

/// `chat::delete`: with its messages and runs; what the models cost is kept.
pub async fn delete(app: &Arc<App>, request: ChatRef) -> Result<Nothing, AppError> {
    app.runs.cancel_all_of(request.chat_id).await;
    app.chats.delete(request.chat_id).await.map(|()| Nothing {})
}
