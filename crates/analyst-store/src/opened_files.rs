//! What became of a file when it was opened, so that opening it again need not read it again. What the tables are,
//! this crate does not know: they are kept as JSON.

use analyst_types::Timestamp;
use serde_json::Value;
use sqlx::types::Json;

use crate::columns::{Millis, signed};
use crate::{Store, StoreError};

/// Files that were opened before.
#[derive(Debug, Clone, Copy)]
pub struct OpenedFiles<'a>(pub(crate) &'a Store);

/// A file in one state, read in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileState {
    /// Where it is, resolved.
    pub path: String,
    /// How it is to be read, as JSON.
    pub options: String,
    /// Which version of the program reads it.
    pub reader: String,
    /// Its size.
    pub size_bytes: u64,
    /// When and as what the system says it was last changed.
    pub version: String,
}

impl OpenedFiles<'_> {
    /// What was found in it, if it is still the same and would be read the same way.
    pub async fn find(&self, file: &FileState) -> Result<Option<Value>, StoreError> {
        let tables: Option<Json<Value>> = sqlx::query_scalar(
            "SELECT tables FROM opened_files
             WHERE path = $1 AND options = $2 AND reader = $3 AND size_bytes = $4 AND version = $5",
        )
        .bind(&file.path)
        .bind(&file.options)
        .bind(&file.reader)
        .bind(signed(file.size_bytes))
        .bind(&file.version)
        .fetch_optional(&self.0.reader)
        .await?;
        Ok(tables.map(|tables| tables.0))
    }

    /// Remembers what was found in it, instead of what was found before.
    pub async fn remember(&self, file: &FileState, tables: &Value, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO opened_files (path, options, reader, size_bytes, version, tables, opened_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (path, options) DO UPDATE SET reader = excluded.reader, size_bytes = excluded.size_bytes,
                 version = excluded.version, tables = excluded.tables, opened_at = excluded.opened_at",
        )
        .bind(&file.path)
        .bind(&file.options)
        .bind(&file.reader)
        .bind(signed(file.size_bytes))
        .bind(&file.version)
        .bind(Json(tables))
        .bind(Millis(now))
        .execute(&self.0.writer)
        .await?;
        Ok(())
    }
}
