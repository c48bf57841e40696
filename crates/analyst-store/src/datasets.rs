//! Tables a person opened. A removed one stays as a row, so that what was computed from it keeps its origin, but no
//! query tells of it.

use std::path::PathBuf;

use analyst_types::{ChatId, Column, DataWarning, Dataset, DatasetId, Format, Timestamp};
use sqlx::FromRow;
use sqlx::types::{Json, Text};

use crate::columns::{Millis, signed};
use crate::{Store, StoreError};

/// A dataset, with the Arrow file it was imported into.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredDataset {
    /// What a person sees.
    pub dataset: Dataset,
    /// Ours; never shown.
    pub arrow_path: PathBuf,
}

/// Tables a person opened.
#[derive(Debug, Clone, Copy)]
pub struct Datasets<'a>(pub(crate) &'a Store);

pub(crate) const LIST: &str = "SELECT * FROM datasets WHERE removed_at IS NULL ORDER BY opened_at DESC, id DESC";
pub(crate) const LIST_BY_CHAT: &str = "
    SELECT datasets.* FROM chat_datasets JOIN datasets ON datasets.id = chat_datasets.dataset_id
    WHERE chat_datasets.chat_id = $1 AND datasets.removed_at IS NULL
    ORDER BY chat_datasets.position";
pub(crate) const FIND: &str = "
    SELECT * FROM datasets WHERE fingerprint = $1 AND path = $2 AND removed_at IS NULL
    ORDER BY opened_at DESC, id DESC LIMIT 1";

impl Datasets<'_> {
    /// Adds one.
    pub async fn insert(&self, stored: &StoredDataset) -> Result<(), StoreError> {
        let StoredDataset { dataset, arrow_path } = stored;
        let arrow_path = arrow_path
            .to_str()
            .ok_or_else(|| StoreError::other(format!("the path {} is not Unicode", arrow_path.display())))?;
        sqlx::query(
            "INSERT INTO datasets
             (id, name, path, file_name, format, n_rows, columns, fingerprint, warnings, arrow_path, opened_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(Text(dataset.id))
        .bind(&dataset.name)
        .bind(&dataset.path)
        .bind(&dataset.file_name)
        .bind(Json(&dataset.format))
        .bind(signed(dataset.n_rows))
        .bind(Json(&dataset.columns))
        .bind(&dataset.fingerprint)
        .bind(Json(&dataset.warnings))
        .bind(arrow_path)
        .bind(Millis(dataset.opened_at))
        .execute(&self.0.writer)
        .await?;
        Ok(())
    }

    /// One of those not removed.
    pub async fn get(&self, id: DatasetId) -> Result<StoredDataset, StoreError> {
        let row: Option<DatasetRow> = sqlx::query_as("SELECT * FROM datasets WHERE id = $1 AND removed_at IS NULL")
            .bind(Text(id))
            .fetch_optional(&self.0.reader)
            .await?;
        row.map(Into::into).ok_or_else(|| StoreError::not_found("dataset", id))
    }

    /// Those not removed, newest first.
    pub async fn list(&self) -> Result<Vec<StoredDataset>, StoreError> {
        let rows: Vec<DatasetRow> = sqlx::query_as(LIST).fetch_all(&self.0.reader).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Those of a chat, in the chat's order.
    pub async fn list_by_chat(&self, chat_id: ChatId) -> Result<Vec<StoredDataset>, StoreError> {
        let rows: Vec<DatasetRow> = sqlx::query_as(LIST_BY_CHAT).bind(Text(chat_id)).fetch_all(&self.0.reader).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// The newest with this content from this path: a file that is opened again.
    pub async fn find_by_fingerprint_and_path(
        &self,
        fingerprint: &str,
        path: &str,
    ) -> Result<Option<StoredDataset>, StoreError> {
        let row: Option<DatasetRow> =
            sqlx::query_as(FIND).bind(fingerprint).bind(path).fetch_optional(&self.0.reader).await?;
        Ok(row.map(Into::into))
    }

    /// Takes it out of every list and chat. Its Arrow file is the caller's to delete.
    pub async fn remove(&self, id: DatasetId, now: Timestamp) -> Result<(), StoreError> {
        let done = sqlx::query("UPDATE datasets SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL")
            .bind(Text(id))
            .bind(Millis(now))
            .execute(&self.0.writer)
            .await?;
        if done.rows_affected() == 0 { Err(StoreError::not_found("dataset", id)) } else { Ok(()) }
    }
}

#[derive(FromRow)]
struct DatasetRow {
    id: Text<DatasetId>,
    name: String,
    path: String,
    file_name: String,
    format: Json<Format>,
    n_rows: u64,
    columns: Json<Vec<Column>>,
    fingerprint: String,
    warnings: Json<Vec<DataWarning>>,
    arrow_path: String,
    opened_at: Millis,
}

impl From<DatasetRow> for StoredDataset {
    fn from(row: DatasetRow) -> Self {
        let dataset = Dataset {
            id: row.id.0,
            name: row.name,
            path: row.path,
            file_name: row.file_name,
            format: row.format.0,
            explanation: String::new(), // follows from the format
            n_rows: row.n_rows,
            columns: row.columns.0,
            fingerprint: row.fingerprint,
            warnings: row.warnings.0,
            opened_at: row.opened_at.0,
        };
        Self { dataset, arrow_path: row.arrow_path.into() }
    }
}
