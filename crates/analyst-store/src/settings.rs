//! What the person has set: a JSON value per key. What the keys mean is not known here.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::types::Json;

use crate::{Store, StoreError};

/// What the person has set.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a>(pub(crate) &'a Store);

impl Settings<'_> {
    /// All settings, by key.
    pub async fn get_all(&self) -> Result<BTreeMap<String, Value>, StoreError> {
        let rows: Vec<(String, Json<Value>)> =
            sqlx::query_as("SELECT key, value FROM settings").fetch_all(&self.0.reader).await?;
        Ok(rows.into_iter().map(|(key, Json(value))| (key, value)).collect())
    }

    /// Sets one.
    pub async fn set(&self, key: &str, value: &Value) -> Result<(), StoreError> {
        self.set_all(&BTreeMap::from([(key.to_owned(), value.clone())])).await
    }

    /// Sets several as a whole; those not named stay as they are.
    pub async fn set_all(&self, settings: &BTreeMap<String, Value>) -> Result<(), StoreError> {
        let mut tx = self.0.begin().await?;
        for (key, value) in settings {
            sqlx::query(
                "INSERT INTO settings (key, value) VALUES ($1, $2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )
            .bind(key)
            .bind(Json(value))
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }
}
