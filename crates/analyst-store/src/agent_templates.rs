//! The agents: the catalogue as it was last read, so that a person's preferences have something to point at, and a
//! change of a template leaves a new version.

use analyst_types::{AgentTemplate, Timestamp, VariantType};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{FromRow, SqliteConnection};

use crate::columns::{Millis, Word, signed};
use crate::{Store, StoreError};

/// Where a template comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateSource {
    /// The program itself.
    Builtin,
    /// An `agents_config.json` of the person's.
    File,
    /// Written by the person in the program.
    User,
}

/// A template as the catalogue has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// The template.
    pub template: AgentTemplate,
    /// Where it comes from.
    pub source: TemplateSource,
    /// Whether it is on until the person decides.
    pub enabled: bool,
}

/// A template as it stands for the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTemplate {
    /// The template; its `usage_count` includes the uses of this installation.
    pub template: AgentTemplate,
    /// Where it comes from.
    pub source: TemplateSource,
    /// SHA-256 over the template, without its usage.
    pub checksum: String,
    /// 1, then one more with every change of the template.
    pub version: u32,
    /// Whether it is on: the person's decision, else the catalogue's.
    pub enabled: bool,
    /// When it was used last.
    pub last_used_at: Option<Timestamp>,
}

/// The agents.
#[derive(Debug, Clone, Copy)]
pub struct AgentTemplates<'a>(pub(crate) &'a Store);

pub(crate) const LIST: &str = "
    SELECT agent_templates.template_name, display_name, description, category, variant_type, is_premium,
           agent_templates.usage_count + coalesce(preferences.usage_count, 0) AS usage_count,
           icon_url, prompt_template, source, checksum, version,
           coalesce(preferences.enabled, agent_templates.enabled) AS enabled,
           preferences.last_used_at
    FROM agent_templates
    LEFT JOIN user_template_preferences AS preferences ON preferences.template_name = agent_templates.template_name
    WHERE agent_templates.active = 1
    ORDER BY agent_templates.position, agent_templates.template_name";
const PUT: &str = "
    INSERT INTO agent_templates
        (template_name, display_name, description, category, variant_type, is_premium, usage_count, icon_url,
         prompt_template, source, checksum, version, enabled, active, position)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, 1, $13)
    ON CONFLICT (template_name) DO UPDATE SET
        display_name = excluded.display_name, description = excluded.description, category = excluded.category,
        variant_type = excluded.variant_type, is_premium = excluded.is_premium, usage_count = excluded.usage_count,
        icon_url = excluded.icon_url, prompt_template = excluded.prompt_template, source = excluded.source,
        version = agent_templates.version
            + CASE WHEN agent_templates.checksum = excluded.checksum THEN 0 ELSE 1 END,
        checksum = excluded.checksum, enabled = excluded.enabled, active = 1, position = excluded.position";

impl AgentTemplates<'_> {
    /// Makes the table say what the catalogue says. What the catalogue leaves out is no longer listed, but stays with
    /// the person's preferences, for the day it comes back; templates the person wrote are listed in any case.
    pub async fn sync(&self, catalogue: &[CatalogueEntry]) -> Result<(), StoreError> {
        let mut tx = self.0.begin().await?;
        sqlx::query("UPDATE agent_templates SET active = 0 WHERE source <> 'user'").execute(&mut *tx).await?;
        for (position, entry) in (0..).zip(catalogue) {
            put(&mut tx, entry, position).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Those of the catalogue, in its order, as they stand for the person.
    pub async fn list(&self) -> Result<Vec<StoredTemplate>, StoreError> {
        let rows: Vec<TemplateRow> = sqlx::query_as(LIST).fetch_all(&self.0.reader).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

async fn put(conn: &mut SqliteConnection, entry: &CatalogueEntry, position: u64) -> Result<(), StoreError> {
    let template = &entry.template;
    sqlx::query(PUT)
        .bind(&template.template_name)
        .bind(&template.display_name)
        .bind(&template.description)
        .bind(&template.category)
        .bind(Word(template.variant_type))
        .bind(template.is_premium)
        .bind(signed(template.usage_count))
        .bind(&template.icon_url)
        .bind(&template.prompt_template)
        .bind(Word(entry.source))
        .bind(checksum(template)?)
        .bind(entry.enabled)
        .bind(signed(position))
        .execute(conn)
        .await?;
    Ok(())
}

fn checksum(template: &AgentTemplate) -> Result<String, StoreError> {
    let unused = AgentTemplate { usage_count: 0, ..template.clone() };
    let json = serde_json::to_vec(&unused).map_err(|error| StoreError::Other(error.into()))?;
    Ok(Sha256::digest(json).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[derive(FromRow)]
struct TemplateRow {
    template_name: String,
    display_name: String,
    description: String,
    category: String,
    variant_type: Word<VariantType>,
    is_premium: bool,
    usage_count: u64,
    icon_url: String,
    prompt_template: String,
    source: Word<TemplateSource>,
    checksum: String,
    version: u32,
    enabled: bool,
    last_used_at: Option<Millis>,
}

impl From<TemplateRow> for StoredTemplate {
    fn from(row: TemplateRow) -> Self {
        let template = AgentTemplate {
            template_name: row.template_name,
            display_name: row.display_name,
            description: row.description,
            category: row.category,
            variant_type: row.variant_type.0,
            is_premium: row.is_premium,
            usage_count: row.usage_count,
            icon_url: row.icon_url,
            prompt_template: row.prompt_template,
        };
        Self {
            template,
            source: row.source.0,
            checksum: row.checksum,
            version: row.version,
            enabled: row.enabled,
            last_used_at: row.last_used_at.map(|Millis(at)| at),
        }
    }
}
