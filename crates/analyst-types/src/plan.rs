//! What the planner decides, and what the answer claims.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ArtifactId;

/// How much work a question is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Complexity {
    /// Not about the data: a friendly answer, no code.
    Unrelated,
    /// One agent.
    Basic,
    /// Two agents.
    Intermediate,
    /// Several agents, in order.
    Advanced,
}

/// Ordered steps, each done by one agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Plan {
    /// How much work the question is.
    pub complexity: Complexity,
    /// Why this plan, in a sentence.
    pub reason: String,
    /// In the order of doing; empty for an unrelated question.
    pub steps: Vec<PlanStep>,
}

/// One agent's work in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct PlanStep {
    /// The agent's `template_name`.
    pub agent: String,
    /// What it is to do.
    pub instruction: String,
    /// Names of the variables it leaves for later steps.
    #[serde(default)]
    pub create: Vec<String>,
    /// Names of the variables (datasets or earlier steps' results) it needs.
    #[serde(default, rename = "use")]
    pub uses: Vec<String>,
}

/// A number said in prose, and whether a computation of this run gave it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// As it stands in the answer: `19.26`, `29.2 %`, `1,204`.
    pub text: String,
    /// The number it means; a percentage is divided by 100 only when the computation's value is a share.
    pub value: f64,
    /// What we found.
    pub status: ClaimStatus,
    /// The artifact whose value it is, when it is one's.
    pub artifact_id: Option<ArtifactId>,
    /// Where the value was found, for people: `metric “mean price”`, `table row 3, column revenue`, `the question`.
    pub source: String,
}

/// What we found out about a number in prose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum ClaimStatus {
    /// Equal, in the precision given, to a value that executed code produced.
    Verified,
    /// Simple arithmetic (difference, ratio, sum, share) on such values, or taken from the question.
    Derived,
    /// Found nowhere: to be doubted.
    Unverified,
}
