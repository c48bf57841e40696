//! What happened in runs: stored before anybody is told, numbered without a gap for the reader to find, and closed for
//! ever by the last event.

use analyst_types::{RunEvent, RunEventKind, RunId, RunStatus};
use sqlx::types::{Json, Text};
use sqlx::{FromRow, SqliteConnection};

use crate::columns::{Millis, Word, signed};
use crate::{Store, StoreError, runs};

/// What happened in runs.
#[derive(Debug, Clone, Copy)]
pub struct RunEvents<'a>(pub(crate) &'a Store);

pub(crate) const LIST: &str = "SELECT * FROM run_events WHERE run_id = $1 AND seq > $2 ORDER BY seq";
/// Into a run at work only.
const INSERT: &str = "
    INSERT INTO run_events (run_id, seq, at, kind)
    SELECT id, $2, $3, $4 FROM runs WHERE id = $1 AND status = 'running'";

impl RunEvents<'_> {
    /// Adds one. The last event of a run ends the run as well; with an answer, use [`Runs::finish`](crate::Runs::finish).
    /// Refuses transient events, numbers that are taken, and runs that have ended.
    pub async fn append(&self, event: &RunEvent) -> Result<(), StoreError> {
        self.append_all(std::slice::from_ref(event)).await
    }

    /// Adds several as a whole.
    pub async fn append_all(&self, events: &[RunEvent]) -> Result<(), StoreError> {
        let mut tx = self.0.begin().await?;
        for event in events {
            if event.kind.is_terminal() {
                runs::finish(&mut tx, event).await?;
            } else {
                insert(&mut tx, event).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// Those of a run after the number `after`, in order; all of them after 0.
    pub async fn list(&self, run_id: RunId, after: u64) -> Result<Vec<RunEvent>, StoreError> {
        let rows: Vec<EventRow> =
            sqlx::query_as(LIST).bind(Text(run_id)).bind(signed(after)).fetch_all(&self.0.reader).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

pub(crate) async fn insert(conn: &mut SqliteConnection, event: &RunEvent) -> Result<(), StoreError> {
    let Some(seq) = event.seq.filter(|_| !event.kind.is_transient()) else {
        return Err(StoreError::other("a transient event is not stored"));
    };
    let done = sqlx::query(INSERT)
        .bind(Text(event.run_id))
        .bind(signed(seq))
        .bind(Millis(event.at))
        .bind(Json(&event.kind))
        .execute(&mut *conn)
        .await?;
    if done.rows_affected() == 0 { Err(refusal(conn, event.run_id).await?) } else { Ok(()) }
}

/// Why a run takes no events.
async fn refusal(conn: &mut SqliteConnection, run_id: RunId) -> Result<StoreError, StoreError> {
    let status: Option<Word<RunStatus>> =
        sqlx::query_scalar("SELECT status FROM runs WHERE id = $1").bind(Text(run_id)).fetch_optional(conn).await?;
    Ok(match status {
        Some(_) => StoreError::other(format!("run {run_id} has already ended")),
        None => StoreError::not_found("run", run_id),
    })
}

#[derive(FromRow)]
struct EventRow {
    run_id: Text<RunId>,
    seq: u64,
    at: Millis,
    kind: Json<RunEventKind>,
}

impl From<EventRow> for RunEvent {
    fn from(row: EventRow) -> Self {
        Self { run_id: row.run_id.0, seq: Some(row.seq), at: row.at.0, kind: row.kind.0 }
    }
}
