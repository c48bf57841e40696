//! What the program is and where it keeps things.

use std::sync::Arc;

use analyst_types::AppError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::{App, samples};

/// What the program is and where it keeps things.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct AppInfo {
    /// The program's version.
    pub version: String,
    /// Where chats, datasets and settings are kept.
    pub data_dir: String,
    /// Datasets that come with the program.
    pub samples: Vec<SampleInfo>,
    /// Whether Python code can run.
    pub python_ready: bool,
    /// Whether time and ids are fixed, for tests.
    pub deterministic: bool,
}

/// A dataset that comes with the program.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct SampleInfo {
    /// For `dataset::open_sample`.
    pub name: String,
    /// For people.
    pub title: String,
    /// What is in it, in a sentence.
    pub description: String,
    /// Questions it answers well.
    pub questions: Vec<String>,
}

/// `app::info`
pub async fn info(app: &Arc<App>, _: Nothing) -> Result<AppInfo, AppError> {
    Ok(AppInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        data_dir: app.config.data_dir.display().to_string(),
        samples: samples::SAMPLES.iter().map(samples::Sample::info).collect(),
        python_ready: app.python.is_ready(),
        deterministic: app.config.deterministic,
    })
}
