//! Agents as they are written in `agents_config.json`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One entry of the catalogue. The field names are those of the file, and stay so everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct AgentTemplate {
    /// Unique; what `@mention` and plans use: `data_viz_agent`.
    pub template_name: String,
    /// For people: `Data visualisation`.
    pub display_name: String,
    /// What it is good at; the planner reads this.
    pub description: String,
    /// Family: `Data Manipulation`, `Statistics`, `Modelling`, `Visualization`, `Conversation`.
    pub category: String,
    /// Whether people pick it, the planner uses it, or both.
    pub variant_type: VariantType,
    /// Belongs to the advanced pack, which is off at first. There is no paywall.
    #[serde(default)]
    pub is_premium: bool,
    /// How often it was used before this installation.
    #[serde(default)]
    #[ts(type = "number")]
    pub usage_count: u64,
    /// Picture, as a path in `icons/`.
    #[serde(default)]
    pub icon_url: String,
    /// What the model is told.
    pub prompt_template: String,
}

/// Who uses an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum VariantType {
    /// A person, by `@name`.
    Individual,
    /// The planner, in a chain of steps.
    Planner,
    /// Either.
    Both,
}
