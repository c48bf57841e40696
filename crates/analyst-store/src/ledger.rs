//! The ledger: what left this computer, written down before it left. Rows are added, never changed; each one's hash
//! covers the one before, and the last hash is also kept in a file beside the database, so that a row that was changed,
//! removed, moved or cut off at the end outside the program is found by [`Ledger::verify`].
//!
//! This convinces the person that nothing was lost or altered by mistake or by another program. It cannot convict
//! somebody who owns the computer: they could write the whole chain anew.

use std::io::Write;
use std::path::PathBuf;

use analyst_types::{
    LedgerBreak, LedgerCheck, LedgerEntry, LedgerOutcome, ModelId, PrivacyLevel, RunId, Shown, Timestamp,
};
use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use sqlx::types::{Json, Text};

use crate::columns::{Millis, Word, signed};
use crate::{Store, StoreError};

/// Requests repeat their prompts, so that much is won by the cheapest level already.
const COMPRESSION: i32 = 3;
const HEAD: &str = "ledger.head";

/// A request to be written down.
#[derive(Debug, Clone, Copy)]
pub struct NewLedgerEntry<'a> {
    /// Now.
    pub at: Timestamp,
    /// The run it belongs to.
    pub run_id: Option<RunId>,
    /// Where it goes.
    pub url: &'a str,
    /// For which model.
    pub model: &'a ModelId,
    /// What for.
    pub purpose: &'a str,
    /// Which try.
    pub attempt: u32,
    /// What the person let a model see.
    pub privacy: Option<PrivacyLevel>,
    /// What of which dataset is in it.
    pub shown: &'a [Shown],
    /// The exact bytes.
    pub body: &'a [u8],
}

/// Which entries are wanted; all of those given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerFilter {
    /// Of this run.
    pub run_id: Option<RunId>,
    /// In which this dataset is.
    pub dataset: Option<String>,
    /// Before this number, newest first.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: u32,
}

/// What requests of models told, in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerTotal {
    /// The dataset's name.
    pub dataset: String,
    /// Requests it was in.
    pub requests: u64,
    /// Columns that were named at least once.
    pub columns: Vec<String>,
    /// Rows that were quoted, repeated ones counted again.
    pub rows: u64,
}

/// What left this computer.
#[derive(Debug, Clone, Copy)]
pub struct Ledger<'a>(pub(crate) &'a Store);

impl Store {
    /// What left this computer.
    pub fn ledger(&self) -> Ledger<'_> {
        Ledger(self)
    }
}

impl Ledger<'_> {
    /// Writes a request down; when this returns, it is on the disk. Its number.
    pub async fn append(&self, entry: &NewLedgerEntry<'_>) -> Result<u64, StoreError> {
        let body = zstd::encode_all(entry.body, COMPRESSION)?;
        let mut unit = self.0.begin().await?;
        let last: Option<(u64, String)> =
            sqlx::query_as("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1").fetch_optional(&mut *unit).await?;
        let (last_seq, last_hash) = last.unwrap_or_default();
        let mut written = LedgerEntry {
            seq: last_seq + 1,
            at: millis_only(entry.at),
            run_id: entry.run_id,
            url: entry.url.to_owned(),
            model: entry.model.clone(),
            purpose: entry.purpose.to_owned(),
            attempt: entry.attempt,
            privacy: entry.privacy,
            shown: entry.shown.to_vec(),
            body_bytes: entry.body.len() as u64,
            body_hash: hex(&Sha256::digest(entry.body)),
            hash: String::new(),
            outcome: None,
        };
        written.hash = chained(&last_hash, &written);
        sqlx::query(
            "INSERT INTO ledger
             (seq, at, run_id, url, model, purpose, attempt, privacy, shown, body, body_bytes, body_hash, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(signed(written.seq))
        .bind(Millis(written.at))
        .bind(written.run_id.map(Text))
        .bind(&written.url)
        .bind(Text(&written.model))
        .bind(&written.purpose)
        .bind(written.attempt)
        .bind(written.privacy.map(Word))
        .bind(Json(&written.shown))
        .bind(body)
        .bind(signed(written.body_bytes))
        .bind(&written.body_hash)
        .bind(&written.hash)
        .execute(&mut *unit)
        .await?;
        unit.commit().await?;
        self.keep_head(written.seq, &written.hash);
        Ok(written.seq)
    }

    /// Writes down how a request ended. Once: what is told again is not kept.
    pub async fn conclude(&self, seq: u64, outcome: &LedgerOutcome) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO ledger_outcomes (seq, at, status, response_bytes, response_hash, error)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        )
        .bind(signed(seq))
        .bind(Millis(outcome.at))
        .bind(outcome.status)
        .bind(signed(outcome.response_bytes))
        .bind(&outcome.response_hash)
        .bind(&outcome.error)
        .execute(&self.0.writer)
        .await?;
        Ok(())
    }

    /// Entries, newest first.
    pub async fn list(&self, filter: &LedgerFilter) -> Result<Vec<LedgerEntry>, StoreError> {
        let rows: Vec<EntryRow> = sqlx::query_as(
            "SELECT l.*, o.at AS ended_at, o.status, o.response_bytes, o.response_hash, o.error
             FROM ledger l LEFT JOIN ledger_outcomes o ON o.seq = l.seq
             WHERE ($1 IS NULL OR l.run_id = $1) AND ($2 IS NULL OR l.seq < $2)
               AND ($3 IS NULL OR EXISTS (SELECT 1 FROM json_each(l.shown) s WHERE s.value ->> 'dataset' = $3))
             ORDER BY l.seq DESC LIMIT $4",
        )
        .bind(filter.run_id.map(Text))
        .bind(filter.before.map(signed))
        .bind(&filter.dataset)
        .bind(filter.limit)
        .fetch_all(&self.0.reader)
        .await?;
        Ok(rows.into_iter().map(EntryRow::into_entry).collect())
    }

    /// An entry with its exact bytes.
    pub async fn get(&self, seq: u64) -> Result<(LedgerEntry, Vec<u8>), StoreError> {
        let row: Option<EntryRow> = sqlx::query_as(
            "SELECT l.*, o.at AS ended_at, o.status, o.response_bytes, o.response_hash, o.error
             FROM ledger l LEFT JOIN ledger_outcomes o ON o.seq = l.seq WHERE l.seq = $1",
        )
        .bind(signed(seq))
        .fetch_optional(&self.0.reader)
        .await?;
        let row = row.ok_or_else(|| StoreError::not_found("ledger entry", seq))?;
        let body = zstd::decode_all(row.body.as_slice())?;
        Ok((row.into_entry(), body))
    }

    /// How many requests a run made.
    pub async fn count_by_run(&self, run_id: RunId) -> Result<u64, StoreError> {
        Ok(sqlx::query_scalar("SELECT count(*) FROM ledger WHERE run_id = $1")
            .bind(Text(run_id))
            .fetch_one(&self.0.reader)
            .await?)
    }

    /// What was told of each dataset, by name.
    pub async fn totals(&self) -> Result<Vec<LedgerTotal>, StoreError> {
        let rows: Vec<(String, u64, Json<Vec<String>>, u64)> = sqlx::query_as(
            "WITH told AS (SELECT l.seq, s.value ->> 'dataset' AS dataset, s.value AS shown
                           FROM ledger l, json_each(l.shown) s)
             SELECT dataset, count(DISTINCT seq),
                    (SELECT coalesce(json_group_array(DISTINCT c.value), '[]')
                     FROM told t, json_each(t.shown, '$.columns') c WHERE t.dataset = told.dataset),
                    coalesce(sum(shown ->> 'rows'), 0)
             FROM told GROUP BY dataset ORDER BY dataset",
        )
        .fetch_all(&self.0.reader)
        .await?;
        let total = |(dataset, requests, Json(columns), rows)| LedgerTotal { dataset, requests, columns, rows };
        Ok(rows.into_iter().map(total).collect())
    }

    /// Reads every entry and checks it against its hashes and its neighbours.
    pub async fn verify(&self) -> Result<LedgerCheck, StoreError> {
        let mut rows = sqlx::query_as::<_, EntryRow>(
            "SELECT l.*, NULL AS ended_at, NULL AS status, NULL AS response_bytes, NULL AS response_hash, NULL AS error
             FROM ledger l ORDER BY l.seq",
        )
        .fetch(&self.0.reader);
        let (mut entries, mut last_hash) = (0, String::new());
        let broken = |seq, reason: &str| Some(LedgerBreak { seq, reason: reason.to_owned() });
        let head = self.head();
        let mut found_head = head.is_none();
        while let Some(row) = rows.try_next().await? {
            entries += 1;
            let body = zstd::decode_all(row.body.as_slice()).unwrap_or_default();
            let entry = row.into_entry();
            let reason = if entry.seq != entries {
                Some("an entry before it is missing")
            } else if hex(&Sha256::digest(&body)) != entry.body_hash || body.len() as u64 != entry.body_bytes {
                Some("its bytes are not those that were written")
            } else if chained(&last_hash, &entry) != entry.hash {
                Some("it is not as it was written, or the one before it is not")
            } else {
                None
            };
            if let Some(reason) = reason {
                return Ok(LedgerCheck { entries, broken: broken(entries, reason) });
            }
            found_head |= head.as_ref().is_some_and(|(seq, hash)| *seq == entry.seq && *hash == entry.hash);
            last_hash = entry.hash;
        }
        let broken = if found_head {
            None
        } else {
            broken(entries + 1, "the end of the ledger is missing, or was written anew")
        };
        Ok(LedgerCheck { entries, broken })
    }

    fn head_file(&self) -> Option<PathBuf> {
        self.0.folder.as_ref().map(|folder| folder.file(HEAD))
    }

    /// Number and hash of the last entry, as kept beside the database.
    fn head(&self) -> Option<(u64, String)> {
        let text = std::fs::read_to_string(self.head_file()?).ok()?;
        let (seq, hash) = text.trim().split_once(' ')?;
        Some((seq.parse().ok()?, hash.to_owned()))
    }

    /// Behind by an entry after a crash, which does no harm: it says what must be there, not what must not.
    fn keep_head(&self, seq: u64, hash: &str) {
        let Some(path) = self.head_file() else { return };
        if self.head().is_some_and(|(kept, _)| kept >= seq) {
            return;
        }
        let written = crate::folder::private_file(&path.with_extension("new")).and_then(|mut file| {
            file.set_len(0)?;
            writeln!(file, "{seq} {hash}")?;
            std::fs::rename(path.with_extension("new"), &path)
        });
        if let Err(error) = written {
            tracing::warn!(%error, "the end of the ledger could not be noted beside the database");
        }
    }
}

/// The hash of an entry: over its fields in a fixed form, and the hash before it.
fn chained(last_hash: &str, entry: &LedgerEntry) -> String {
    let fields = serde_json::json!([
        last_hash,
        entry.seq,
        entry.at.timestamp_millis(),
        entry.run_id,
        entry.url,
        entry.model,
        entry.purpose,
        entry.attempt,
        entry.privacy,
        entry.shown,
        entry.body_bytes,
        entry.body_hash,
    ]);
    hex(&Sha256::digest(fields.to_string()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is stored of a moment.
fn millis_only(at: Timestamp) -> Timestamp {
    chrono::DateTime::from_timestamp_millis(at.timestamp_millis()).unwrap_or(at)
}

#[derive(FromRow)]
struct EntryRow {
    seq: u64,
    at: Millis,
    run_id: Option<Text<RunId>>,
    url: String,
    model: Text<ModelId>,
    purpose: String,
    attempt: u32,
    privacy: Option<Word<PrivacyLevel>>,
    shown: Json<Vec<Shown>>,
    body: Vec<u8>,
    body_bytes: u64,
    body_hash: String,
    hash: String,
    ended_at: Option<Millis>,
    status: Option<u16>,
    response_bytes: Option<u64>,
    response_hash: Option<String>,
    error: Option<String>,
}

impl EntryRow {
    fn into_entry(self) -> LedgerEntry {
        let outcome = self.ended_at.map(|at| LedgerOutcome {
            at: at.0,
            status: self.status,
            response_bytes: self.response_bytes.unwrap_or_default(),
            response_hash: self.response_hash.unwrap_or_default(),
            error: self.error,
        });
        LedgerEntry {
            seq: self.seq,
            at: self.at.0,
            run_id: self.run_id.map(|id| id.0),
            url: self.url,
            model: self.model.0,
            purpose: self.purpose,
            attempt: self.attempt,
            privacy: self.privacy.map(|word| word.0),
            shown: self.shown.0,
            body_bytes: self.body_bytes,
            body_hash: self.body_hash,
            hash: self.hash,
            outcome,
        }
    }
}
