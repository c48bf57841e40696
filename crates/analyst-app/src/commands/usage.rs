//! What the models were asked and what it cost.

use std::sync::Arc;

use analyst_types::{AppError, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::App;

/// All calls of models so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct UsageSummary {
    /// Number of calls.
    #[ts(type = "number")]
    pub calls: u64,
    /// Tokens.
    pub usage: Usage,
    /// US dollars, as far as prices are known.
    pub cost_usd: f64,
    /// The same by model, dearest first.
    pub by_model: Vec<ModelUsage>,
}

/// The calls of one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct ModelUsage {
    /// `provider/name`.
    pub model: String,
    /// Number of calls.
    #[ts(type = "number")]
    pub calls: u64,
    /// How many of them failed.
    #[ts(type = "number")]
    pub errors: u64,
    /// Tokens.
    pub usage: Usage,
    /// US dollars; null when its price is unknown.
    pub cost_usd: Option<f64>,
}

/// `usage::summary`
pub async fn summary(app: &Arc<App>, _: Nothing) -> Result<UsageSummary, AppError> {
    app.usage_summary().await
}
