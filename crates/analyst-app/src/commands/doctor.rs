//! What works on this machine, and what to do about the rest.

use std::sync::Arc;

use analyst_types::AppError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::{App, doctor};

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct Check {
    /// `data folder`, `database`, `data worker`, `python`, `sandbox`, `keyring`, `display`, `models`.
    pub name: String,
    /// How it is.
    pub status: CheckStatus,
    /// What was found.
    pub detail: String,
    /// What to do; empty when nothing is to be done.
    pub action: String,
}

/// How a checked thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// Works.
    Ok,
    /// Works less well than it could.
    Warn,
    /// Does not work.
    Fail,
}

/// Everything that was looked at.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct DoctorReport {
    /// In the order a person would mend them.
    pub checks: Vec<Check>,
}

/// `doctor::report`
pub async fn report(app: &Arc<App>, _: Nothing) -> Result<DoctorReport, AppError> {
    Ok(doctor::examine(app).await)
}
