//! Runs whose process has died: each gets the last event it could not write itself, exactly once.

use analyst_types::{RunEvent, RunEventKind, RunId, RunStatus, Timestamp};
use sqlx::SqliteConnection;
use sqlx::types::Text;

use crate::store::off_thread;
use crate::{Store, StoreError, owner, runs};

pub(crate) const OWNERS_AT_WORK: &str = "SELECT DISTINCT owner FROM runs WHERE status = 'running' AND owner <> $1";
pub(crate) const RUNS_AT_WORK: &str =
    "SELECT id FROM runs WHERE status = 'running' AND owner = $1 ORDER BY started_at, id";

impl Store {
    /// Closes the runs of processes that have ended, as interrupted at `now`, and tells their last events. To be called
    /// once at start. Runs of living processes, this one included, are left alone; when several call it at the same
    /// time, each run is told by one of them.
    pub async fn interrupt_abandoned_runs(&self, now: Timestamp) -> Result<Vec<RunEvent>, StoreError> {
        let Some(folder) = self.folder.clone() else { return Ok(Vec::new()) };
        let owners: Vec<String> =
            sqlx::query_scalar(OWNERS_AT_WORK).bind(self.owner.id()).fetch_all(&self.reader).await?;
        let dead = off_thread(move || {
            let gate = folder.enter()?;
            let mut dead = Vec::new();
            for id in owners {
                if owner::is_dead(&folder, &gate, &id)? {
                    dead.push(id);
                }
            }
            owner::sweep(&folder, &gate)?;
            Ok(dead)
        })
        .await?;
        if dead.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.begin().await?;
        let mut events = Vec::new();
        for owner in dead {
            events.extend(interrupt_runs_of(&mut tx, &owner, now).await?);
        }
        tx.commit().await?;
        Ok(events)
    }
}

async fn interrupt_runs_of(
    conn: &mut SqliteConnection,
    owner: &str,
    now: Timestamp,
) -> Result<Vec<RunEvent>, StoreError> {
    let ids: Vec<Text<RunId>> = sqlx::query_scalar(RUNS_AT_WORK).bind(owner).fetch_all(&mut *conn).await?;
    let mut events = Vec::new();
    for Text(run_id) in ids {
        let seq: u64 = sqlx::query_scalar("SELECT coalesce(max(seq), 0) + 1 FROM run_events WHERE run_id = $1")
            .bind(Text(run_id))
            .fetch_one(&mut *conn)
            .await?;
        let kind = RunEventKind::RunFinished { status: RunStatus::Interrupted, error: None };
        let event = RunEvent { run_id, seq: Some(seq), at: now, kind };
        runs::finish(conn, &event).await?;
        events.push(event);
    }
    Ok(events)
}
