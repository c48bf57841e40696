//! What the person thinks of the agents: which ones are on, and how often each was used. The two are apart: using an
//! agent never switches it on or off.

use analyst_types::Timestamp;
use sqlx::FromRow;

use crate::columns::Millis;
use crate::{Store, StoreError};

/// What the person thinks of one agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserTemplatePreference {
    /// The agent.
    pub template_name: String,
    /// On or off, if the person has decided.
    pub enabled: Option<bool>,
    /// How often it was used in this installation.
    pub usage_count: u64,
    /// When it was used last.
    pub last_used_at: Option<Timestamp>,
}

/// What the person thinks of the agents.
#[derive(Debug, Clone, Copy)]
pub struct UserTemplatePreferences<'a>(pub(crate) &'a Store);

impl UserTemplatePreferences<'_> {
    /// Switches an agent on or off.
    pub async fn set_enabled(&self, template_name: &str, enabled: bool) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO user_template_preferences (template_name, enabled) VALUES ($1, $2)
             ON CONFLICT (template_name) DO UPDATE SET enabled = excluded.enabled",
        )
        .bind(template_name)
        .bind(enabled)
        .execute(&self.0.writer)
        .await
        .map_err(|error| unknown_agent(error, template_name))?;
        Ok(())
    }

    /// An agent was used.
    pub async fn record_use(&self, template_name: &str, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO user_template_preferences (template_name, usage_count, last_used_at) VALUES ($1, 1, $2)
             ON CONFLICT (template_name) DO UPDATE SET
                 usage_count = user_template_preferences.usage_count + 1, last_used_at = excluded.last_used_at",
        )
        .bind(template_name)
        .bind(Millis(at))
        .execute(&self.0.writer)
        .await
        .map_err(|error| unknown_agent(error, template_name))?;
        Ok(())
    }

    /// All there are, by name. An agent that was never used or decided about has none.
    pub async fn list(&self) -> Result<Vec<UserTemplatePreference>, StoreError> {
        let rows: Vec<PreferenceRow> = sqlx::query_as("SELECT * FROM user_template_preferences ORDER BY template_name")
            .fetch_all(&self.0.reader)
            .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

/// The only row a preference belongs to is its agent.
fn unknown_agent(error: sqlx::Error, template_name: &str) -> StoreError {
    match StoreError::from(error) {
        StoreError::NotFound { .. } => StoreError::not_found("agent", template_name),
        other => other,
    }
}

#[derive(FromRow)]
struct PreferenceRow {
    template_name: String,
    enabled: Option<bool>,
    usage_count: u64,
    last_used_at: Option<Millis>,
}

impl From<PreferenceRow> for UserTemplatePreference {
    fn from(row: PreferenceRow) -> Self {
        Self {
            template_name: row.template_name,
            enabled: row.enabled,
            usage_count: row.usage_count,
            last_used_at: row.last_used_at.map(|Millis(at)| at),
        }
    }
}
