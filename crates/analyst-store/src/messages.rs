//! What was said in chats, and the search over it.

use analyst_types::{ChatId, Message, MessageId, Role, RunId};
use sqlx::types::Text;
use sqlx::{FromRow, SqliteConnection};

use crate::columns::{Millis, Word};
use crate::{Store, StoreError, chats};

/// What was said in chats.
#[derive(Debug, Clone, Copy)]
pub struct Messages<'a>(pub(crate) &'a Store);

pub(crate) const LIST: &str = "SELECT * FROM messages WHERE chat_id = $1 ORDER BY at, number";
pub(crate) const SEARCH: &str = "
    SELECT messages.* FROM message_search JOIN messages ON messages.number = message_search.rowid
    WHERE message_search MATCH $1
    ORDER BY message_search.rank, messages.at DESC
    LIMIT $2";

impl Messages<'_> {
    /// Adds one; its chat moves to the top of the list.
    pub async fn insert(&self, message: &Message) -> Result<(), StoreError> {
        let mut tx = self.0.begin().await?;
        insert(&mut tx, message).await?;
        Ok(tx.commit().await?)
    }

    /// Those of a chat, in the order they were said.
    pub async fn list(&self, chat_id: ChatId) -> Result<Vec<Message>, StoreError> {
        let rows: Vec<MessageRow> = sqlx::query_as(LIST).bind(Text(chat_id)).fetch_all(&self.0.reader).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Those of all chats that hold every word of `text`, or words that begin so; best match first, at most `limit`.
    pub async fn search(&self, text: &str, limit: u32) -> Result<Vec<Message>, StoreError> {
        let Some(query) = search_query(text) else { return Ok(Vec::new()) };
        let rows: Vec<MessageRow> = sqlx::query_as(SEARCH).bind(query).bind(limit).fetch_all(&self.0.reader).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

pub(crate) async fn insert(conn: &mut SqliteConnection, message: &Message) -> Result<(), StoreError> {
    chats::touch(conn, message.chat_id, message.at).await?;
    sqlx::query("INSERT INTO messages (id, chat_id, role, text, run_id, at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(Text(message.id))
        .bind(Text(message.chat_id))
        .bind(Word(message.role))
        .bind(&message.text)
        .bind(message.run_id.map(Text))
        .bind(Millis(message.at))
        .execute(conn)
        .await?;
    Ok(())
}

/// Each word in quotes, so that nothing a person types is an operator; `*` lets it go on. None without a word.
fn search_query(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split(|c: char| c.is_whitespace() || c == '"' || c == '\0')
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(|word| format!("\"{word}\"*"))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[derive(FromRow)]
struct MessageRow {
    id: Text<MessageId>,
    chat_id: Text<ChatId>,
    role: Word<Role>,
    text: String,
    run_id: Option<Text<RunId>>,
    at: Millis,
}

impl From<MessageRow> for Message {
    fn from(row: MessageRow) -> Self {
        Self {
            id: row.id.0,
            chat_id: row.chat_id.0,
            role: row.role.0,
            text: row.text,
            run_id: row.run_id.map(|Text(id)| id),
            at: row.at.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_the_search() {
        let check = |text, expected: Option<&str>| assert_eq!(search_query(text).as_deref(), expected, "{text:?}");
        check("mean price", Some("\"mean\"* \"price\"*"));
        check("  übung  ", Some("\"übung\"*"));
        check("a\"b OR c*", Some("\"a\"* \"b\"* \"OR\"* \"c*\"*"));
        check("NEAR(x y)", Some("\"NEAR(x\"* \"y)\"*"));
        check("-- * ) \" ^", None);
        check("", None);
    }
}
