//! How databases are reached, without their passwords.

use analyst_types::{Connection, Timestamp};
use sqlx::types::Json;

use crate::columns::Millis;
use crate::{Store, StoreError};

/// How databases are reached.
#[derive(Debug, Clone, Copy)]
pub struct Connections<'a>(pub(crate) &'a Store);

impl Store {
    /// How databases are reached.
    pub fn connections(&self) -> Connections<'_> {
        Connections(self)
    }
}

impl Connections<'_> {
    /// All of them, by name.
    pub async fn list(&self) -> Result<Vec<Connection>, StoreError> {
        let rows: Vec<Json<Connection>> =
            sqlx::query_scalar("SELECT definition FROM connections ORDER BY name").fetch_all(&self.0.reader).await?;
        Ok(rows.into_iter().map(|Json(connection)| connection).collect())
    }

    /// The one of this name.
    pub async fn get(&self, name: &str) -> Result<Connection, StoreError> {
        let row: Option<Json<Connection>> = sqlx::query_scalar("SELECT definition FROM connections WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.0.reader)
            .await?;
        row.map(|Json(connection)| connection).ok_or_else(|| StoreError::not_found("connection", name))
    }

    /// Keeps it; one of the same name is replaced.
    pub async fn save(&self, connection: &Connection, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO connections (name, definition, changed_at) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, changed_at = excluded.changed_at",
        )
        .bind(&connection.name)
        .bind(Json(connection))
        .bind(Millis(at))
        .execute(&self.0.writer)
        .await?;
        Ok(())
    }

    /// Forgets it.
    pub async fn delete(&self, name: &str) -> Result<(), StoreError> {
        let gone = sqlx::query("DELETE FROM connections WHERE name = $1").bind(name).execute(&self.0.writer).await?;
        if gone.rows_affected() == 0 { Err(StoreError::not_found("connection", name)) } else { Ok(()) }
    }
}
