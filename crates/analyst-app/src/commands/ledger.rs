//! `ledger::…`: what left this computer.

use std::sync::Arc;

use analyst_store::{LedgerFilter, LedgerTotal};
use analyst_types::{AppError, ErrorCode, LedgerCheck, LedgerEntry, RunId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::App;

const MOST_ENTRIES: u32 = 500;

/// Which entries are wanted.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[ts(optional_fields)]
pub struct ListLedger {
    /// Of this run.
    pub run_id: Option<RunId>,
    /// In which the dataset of this name is.
    pub dataset: Option<String>,
    /// Before the entry of this number.
    #[ts(as = "Option<u32>", optional)]
    pub before: Option<u64>,
    /// At most so many; 100 when absent.
    pub limit: Option<u32>,
}

/// Entries, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct LedgerEntries {
    /// The entries.
    pub entries: Vec<LedgerEntry>,
}

/// Names an entry.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct LedgerRef {
    /// Its number.
    #[ts(type = "number")]
    pub seq: u64,
}

/// An entry and what was sent.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct LedgerBody {
    /// The entry.
    pub entry: LedgerEntry,
    /// The exact body: JSON in UTF-8.
    pub body: String,
}

/// What was told of the datasets.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct LedgerTotals {
    /// One per dataset, by name.
    pub datasets: Vec<DatasetDisclosed>,
}

/// What was told of one dataset, in all.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct DatasetDisclosed {
    /// The dataset's name.
    pub dataset: String,
    /// Requests it was in.
    #[ts(type = "number")]
    pub requests: u64,
    /// Columns that were named.
    pub columns: Vec<String>,
    /// Rows that were quoted, repeated ones counted again.
    #[ts(type = "number")]
    pub rows: u64,
}

/// Where to write the ledger.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ExportLedger {
    /// A new file; one JSON object per line.
    pub path: String,
}

/// What was written.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct LedgerExported {
    /// The file.
    pub path: String,
    /// Entries in it.
    #[ts(type = "number")]
    pub entries: u64,
}

/// `ledger::list`
pub async fn list(app: &Arc<App>, request: ListLedger) -> Result<LedgerEntries, AppError> {
    let limit = request.limit.unwrap_or(100).min(MOST_ENTRIES);
    let filter = LedgerFilter { run_id: request.run_id, dataset: request.dataset, before: request.before, limit };
    Ok(LedgerEntries { entries: app.store.ledger().list(&filter).await? })
}

/// `ledger::get`
pub async fn get(app: &Arc<App>, request: LedgerRef) -> Result<LedgerBody, AppError> {
    let (entry, body) = app.store.ledger().get(request.seq).await?;
    Ok(LedgerBody { entry, body: String::from_utf8_lossy(&body).into_owned() })
}

/// `ledger::totals`
pub async fn totals(app: &Arc<App>, _: Nothing) -> Result<LedgerTotals, AppError> {
    let disclosed = |total: LedgerTotal| DatasetDisclosed {
        dataset: total.dataset,
        requests: total.requests,
        columns: total.columns,
        rows: total.rows,
    };
    Ok(LedgerTotals { datasets: app.store.ledger().totals().await?.into_iter().map(disclosed).collect() })
}

/// `ledger::verify`
pub async fn verify(app: &Arc<App>, _: Nothing) -> Result<LedgerCheck, AppError> {
    Ok(app.store.ledger().verify().await?)
}

/// `ledger::export`: every entry with its body, oldest first.
pub async fn export(app: &Arc<App>, request: ExportLedger) -> Result<LedgerExported, AppError> {
    let failed = |error: std::io::Error| {
        AppError::new(ErrorCode::Storage, format!("the ledger cannot be written to {}: {error}", request.path))
    };
    let mut lines = Vec::new();
    let mut entries = 0;
    while let Ok((entry, body)) = app.store.ledger().get(entries + 1).await {
        entries += 1;
        let line = LedgerBody { entry, body: String::from_utf8_lossy(&body).into_owned() };
        serde_json::to_writer(&mut lines, &line).map_err(|error| failed(error.into()))?;
        lines.push(b'\n');
    }
    tokio::fs::write(&request.path, lines).await.map_err(failed)?;
    Ok(LedgerExported { path: request.path, entries })
}
