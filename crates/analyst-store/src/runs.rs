//! Questions being answered, and cells run again. A run begins and ends in one transaction each: with its first event
//! and the person's message, with its last event and the answer.

use analyst_types::{
    AppError, ChatId, ExecutionStatus, Message, PrivacyLevel, Run, RunEvent, RunEventKind, RunId, RunKind, RunStatus,
};
use sqlx::types::{Json, Text};
use sqlx::{FromRow, SqliteConnection};

use crate::columns::{Millis, Word};
use crate::{Store, StoreError, chats, messages, run_events};

/// Questions being answered, and cells run again.
#[derive(Debug, Clone, Copy)]
pub struct Runs<'a>(pub(crate) &'a Store);

pub(crate) const LIST: &str = "SELECT * FROM runs WHERE chat_id = $1 ORDER BY started_at, id";

impl Runs<'_> {
    /// Adds one that this process is at work on.
    pub async fn insert(&self, run: &Run) -> Result<(), StoreError> {
        let mut tx = self.0.begin().await?;
        insert(&mut tx, run, self.0.owner.id()).await?;
        Ok(tx.commit().await?)
    }

    /// Begins one: the run, what the person asked, and the first event, as a whole.
    pub async fn start(&self, run: &Run, question: Option<&Message>, first: &RunEvent) -> Result<(), StoreError> {
        let mut tx = self.0.begin().await?;
        insert(&mut tx, run, self.0.owner.id()).await?;
        match question {
            Some(message) => messages::insert(&mut tx, message).await?,
            None => chats::touch(&mut tx, run.chat_id, run.started_at).await?,
        }
        run_events::insert(&mut tx, first).await?;
        Ok(tx.commit().await?)
    }

    /// Ends one: its last event, how it ended, and the answer, as a whole. A run ends once; a second time is an error.
    pub async fn finish(&self, last: &RunEvent, answer: Option<&Message>) -> Result<(), StoreError> {
        let mut tx = self.0.begin().await?;
        finish(&mut tx, last).await?;
        if let Some(message) = answer {
            messages::insert(&mut tx, message).await?;
        }
        Ok(tx.commit().await?)
    }

    /// One.
    pub async fn get(&self, id: RunId) -> Result<Run, StoreError> {
        let row: Option<RunRow> =
            sqlx::query_as("SELECT * FROM runs WHERE id = $1").bind(Text(id)).fetch_optional(&self.0.reader).await?;
        row.map(Into::into).ok_or_else(|| StoreError::not_found("run", id))
    }

    /// Those of a chat, in the order they began.
    pub async fn list(&self, chat_id: ChatId) -> Result<Vec<Run>, StoreError> {
        let rows: Vec<RunRow> = sqlx::query_as(LIST).bind(Text(chat_id)).fetch_all(&self.0.reader).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

async fn insert(conn: &mut SqliteConnection, run: &Run, owner: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO runs
         (id, chat_id, kind, question, model, privacy, status, error, owner, started_at, finished_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(Text(run.id))
    .bind(Text(run.chat_id))
    .bind(Word(run.kind))
    .bind(&run.question)
    .bind(&run.model)
    .bind(Word(run.privacy))
    .bind(Word(run.status))
    .bind(run.error.as_ref().map(Json))
    .bind(owner)
    .bind(Millis(run.started_at))
    .bind(run.finished_at.map(Millis))
    .execute(conn)
    .await?;
    Ok(())
}

/// Stores the last event of a run with all that follows from it. Attempts still open cannot end any more: they count
/// as killed.
pub(crate) async fn finish(conn: &mut SqliteConnection, last: &RunEvent) -> Result<(), StoreError> {
    let RunEventKind::RunFinished { status, error } = &last.kind else {
        return Err(StoreError::other("a run ends with RunFinished only"));
    };
    run_events::insert(conn, last).await?;
    sqlx::query("UPDATE runs SET status = $2, error = $3, finished_at = $4 WHERE id = $1")
        .bind(Text(last.run_id))
        .bind(Word(*status))
        .bind(error.as_ref().map(Json))
        .bind(Millis(last.at))
        .execute(&mut *conn)
        .await?;
    sqlx::query("UPDATE executions SET status = $2, finished_at = $3 WHERE run_id = $1 AND status IS NULL")
        .bind(Text(last.run_id))
        .bind(Word(ExecutionStatus::Killed))
        .bind(Millis(last.at))
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(FromRow)]
struct RunRow {
    id: Text<RunId>,
    chat_id: Text<ChatId>,
    kind: Word<RunKind>,
    question: String,
    model: String,
    privacy: Word<PrivacyLevel>,
    status: Word<RunStatus>,
    error: Option<Json<AppError>>,
    started_at: Millis,
    finished_at: Option<Millis>,
}

impl From<RunRow> for Run {
    fn from(row: RunRow) -> Self {
        Self {
            id: row.id.0,
            chat_id: row.chat_id.0,
            kind: row.kind.0,
            question: row.question,
            model: row.model,
            privacy: row.privacy.0,
            status: row.status.0,
            error: row.error.map(|Json(error)| error),
            started_at: row.started_at.0,
            finished_at: row.finished_at.map(|Millis(at)| at),
        }
    }
}
