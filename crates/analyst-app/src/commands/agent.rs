//! The catalogue of agents.

use std::sync::Arc;

use analyst_types::{AppError, VariantType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::App;

/// An agent as a person sees it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct AgentInfo {
    /// What `@mention` uses.
    pub name: String,
    /// For people.
    pub display_name: String,
    /// What it is good at.
    pub description: String,
    /// Its family.
    pub category: String,
    /// Who uses it.
    pub variant_type: VariantType,
    /// Belongs to the advanced pack.
    pub is_premium: bool,
    /// Whether it takes part.
    pub enabled: bool,
    /// Picture, as a path in `icons/`.
    pub icon_url: String,
    /// How often it was used here.
    #[ts(type = "number")]
    pub usage_count: u64,
}

/// The catalogue.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct Agents {
    /// In the catalogue's order.
    pub agents: Vec<AgentInfo>,
    /// Entries that cannot be used, and why.
    pub problems: Vec<String>,
}

/// Whether an agent takes part.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct SetAgentEnabled {
    /// Which.
    pub name: String,
    /// Takes part from now on, or not.
    pub enabled: bool,
}

/// `agent::list`
pub async fn list(app: &Arc<App>, _: Nothing) -> Result<Agents, AppError> {
    app.agents().await
}

/// `agent::set_enabled`: using an agent never changes this, only the person does.
pub async fn set_enabled(app: &Arc<App>, request: SetAgentEnabled) -> Result<Agents, AppError> {
    app.set_agent_enabled(&request.name, request.enabled).await?;
    app.agents().await
}
