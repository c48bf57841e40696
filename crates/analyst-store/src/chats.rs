//! Conversations, and which datasets they are about.

use std::collections::HashMap;

use analyst_types::{Chat, ChatId, DatasetId, Timestamp};
use sqlx::types::Text;
use sqlx::{FromRow, SqliteConnection};

use crate::columns::{Millis, signed};
use crate::{Store, StoreError};

/// Conversations. Datasets that were removed are not among a chat's.
#[derive(Debug, Clone, Copy)]
pub struct Chats<'a>(pub(crate) &'a Store);

pub(crate) const LIST: &str = "SELECT * FROM chats ORDER BY updated_at DESC, id DESC";
pub(crate) const DATASETS: &str = "
    SELECT chat_datasets.dataset_id FROM chat_datasets JOIN datasets ON datasets.id = chat_datasets.dataset_id
    WHERE chat_datasets.chat_id = $1 AND datasets.removed_at IS NULL
    ORDER BY chat_datasets.position";

impl Chats<'_> {
    /// Adds one, with its datasets.
    pub async fn create(&self, chat: &Chat) -> Result<(), StoreError> {
        let mut tx = self.0.begin().await?;
        sqlx::query("INSERT INTO chats (id, title, created_at, updated_at) VALUES ($1, $2, $3, $4)")
            .bind(Text(chat.id))
            .bind(&chat.title)
            .bind(Millis(chat.created_at))
            .bind(Millis(chat.updated_at))
            .execute(&mut *tx)
            .await?;
        link(&mut tx, chat.id, &chat.dataset_ids).await?;
        Ok(tx.commit().await?)
    }

    /// One.
    pub async fn get(&self, id: ChatId) -> Result<Chat, StoreError> {
        let row: Option<ChatRow> =
            sqlx::query_as("SELECT * FROM chats WHERE id = $1").bind(Text(id)).fetch_optional(&self.0.reader).await?;
        let row = row.ok_or_else(|| StoreError::not_found("chat", id))?;
        let dataset_ids: Vec<Text<DatasetId>> =
            sqlx::query_scalar(DATASETS).bind(Text(id)).fetch_all(&self.0.reader).await?;
        Ok(row.with_datasets(dataset_ids.into_iter().map(|Text(id)| id).collect()))
    }

    /// All, the one in which something was said last first.
    pub async fn list(&self) -> Result<Vec<Chat>, StoreError> {
        let rows: Vec<ChatRow> = sqlx::query_as(LIST).fetch_all(&self.0.reader).await?;
        let links: Vec<(Text<ChatId>, Text<DatasetId>)> = sqlx::query_as(
            "SELECT chat_datasets.chat_id, chat_datasets.dataset_id
             FROM chat_datasets JOIN datasets ON datasets.id = chat_datasets.dataset_id
             WHERE datasets.removed_at IS NULL
             ORDER BY chat_datasets.position",
        )
        .fetch_all(&self.0.reader)
        .await?;
        let mut datasets: HashMap<ChatId, Vec<DatasetId>> = HashMap::new();
        for (Text(chat_id), Text(dataset_id)) in links {
            datasets.entry(chat_id).or_default().push(dataset_id);
        }
        Ok(rows
            .into_iter()
            .map(|row| {
                let dataset_ids = datasets.remove(&row.id.0).unwrap_or_default();
                row.with_datasets(dataset_ids)
            })
            .collect())
    }

    /// Gives it another title.
    pub async fn rename(&self, id: ChatId, title: &str) -> Result<(), StoreError> {
        let done = sqlx::query("UPDATE chats SET title = $2 WHERE id = $1")
            .bind(Text(id))
            .bind(title)
            .execute(&self.0.writer)
            .await?;
        if done.rows_affected() == 0 { Err(StoreError::not_found("chat", id)) } else { Ok(()) }
    }

    /// Deletes it with its messages, runs, events, executions and artifacts. What its runs cost stays known.
    pub async fn delete(&self, id: ChatId) -> Result<(), StoreError> {
        let done = sqlx::query("DELETE FROM chats WHERE id = $1").bind(Text(id)).execute(&self.0.writer).await?;
        if done.rows_affected() == 0 { Err(StoreError::not_found("chat", id)) } else { Ok(()) }
    }

    /// Replaces its datasets.
    pub async fn set_datasets(&self, id: ChatId, dataset_ids: &[DatasetId]) -> Result<(), StoreError> {
        let mut tx = self.0.begin().await?;
        sqlx::query("DELETE FROM chat_datasets WHERE chat_id = $1").bind(Text(id)).execute(&mut *tx).await?;
        link(&mut tx, id, dataset_ids).await?;
        Ok(tx.commit().await?)
    }

    /// Puts other datasets in the place of one, in every chat it is in.
    pub async fn replace_dataset(&self, old: DatasetId, new: &[DatasetId]) -> Result<(), StoreError> {
        let mut tx = self.0.begin().await?;
        let chats: Vec<Text<ChatId>> = sqlx::query_scalar("SELECT chat_id FROM chat_datasets WHERE dataset_id = $1")
            .bind(Text(old))
            .fetch_all(&mut *tx)
            .await?;
        for Text(chat) in chats {
            let before: Vec<Text<DatasetId>> =
                sqlx::query_scalar("SELECT dataset_id FROM chat_datasets WHERE chat_id = $1 ORDER BY position")
                    .bind(Text(chat))
                    .fetch_all(&mut *tx)
                    .await?;
            let mut after = Vec::with_capacity(before.len() + new.len());
            for Text(id) in before {
                if id == old { after.extend_from_slice(new) } else { after.push(id) }
            }
            sqlx::query("DELETE FROM chat_datasets WHERE chat_id = $1").bind(Text(chat)).execute(&mut *tx).await?;
            link(&mut tx, chat, &after).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Something was said in it.
    pub async fn touch(&self, id: ChatId, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.0.begin().await?;
        touch(&mut tx, id, at).await?;
        Ok(tx.commit().await?)
    }
}

/// Never moves a chat back in time, so that a machine's clock that was set back does not shuffle the list.
pub(crate) async fn touch(conn: &mut SqliteConnection, id: ChatId, at: Timestamp) -> Result<(), StoreError> {
    let done = sqlx::query(
        "UPDATE chats SET updated_at = CASE WHEN updated_at < $2 THEN $2 ELSE updated_at END WHERE id = $1",
    )
    .bind(Text(id))
    .bind(Millis(at))
    .execute(conn)
    .await?;
    if done.rows_affected() == 0 { Err(StoreError::not_found("chat", id)) } else { Ok(()) }
}

/// A dataset named twice stands where it was named first.
async fn link(conn: &mut SqliteConnection, id: ChatId, dataset_ids: &[DatasetId]) -> Result<(), StoreError> {
    for (position, dataset_id) in (0..).zip(dataset_ids) {
        sqlx::query(
            "INSERT INTO chat_datasets (chat_id, dataset_id, position) VALUES ($1, $2, $3)
             ON CONFLICT (chat_id, dataset_id) DO NOTHING",
        )
        .bind(Text(id))
        .bind(Text(*dataset_id))
        .bind(signed(position))
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

#[derive(FromRow)]
struct ChatRow {
    id: Text<ChatId>,
    title: String,
    created_at: Millis,
    updated_at: Millis,
}

impl ChatRow {
    fn with_datasets(self, dataset_ids: Vec<DatasetId>) -> Chat {
        Chat {
            id: self.id.0,
            title: self.title,
            dataset_ids,
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
        }
    }
}
