//! How much of a dataset a remote model may see.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Levels are ordered: each one shows what the one before shows, and more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum PrivacyLevel {
    /// Nothing leaves: only the built-in analyst and models on this machine.
    Local,
    /// Column names, types, shares of missing values, rounded counts, and the question.
    Schema,
    /// Also ranges, means, quantiles, frequent categories and the results of executed code.
    #[default]
    Statistics,
    /// Also up to five real rows.
    Samples,
}

impl std::str::FromStr for PrivacyLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "local" => Ok(Self::Local),
            "schema" => Ok(Self::Schema),
            "statistics" => Ok(Self::Statistics),
            "samples" => Ok(Self::Samples),
            other => Err(format!("“{other}” is not a privacy level; use local, schema, statistics or samples")),
        }
    }
}
