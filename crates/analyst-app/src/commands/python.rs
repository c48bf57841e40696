//! The managed Python environment.

use std::sync::Arc;

use analyst_types::{AppError, ErrorCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::App;

/// How the managed Python environment is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct PythonStatus {
    /// How it is.
    pub state: PythonState,
    /// A sentence: the version, the phase of the installation, or the reason.
    pub detail: String,
    /// Progress of an installation, 0 to 100.
    pub percent: Option<u8>,
}

/// How the managed Python environment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum PythonState {
    /// Python code runs.
    Ready,
    /// Not made yet.
    Missing,
    /// Being made.
    Installing,
    /// Made, but it does not work.
    Broken,
}

/// `python::status`
pub async fn status(app: &Arc<App>, _: Nothing) -> Result<PythonStatus, AppError> {
    Ok(app.python.status())
}

/// `python::install`: starts in the background; ask `python::status` how it goes.
pub async fn install(app: &Arc<App>, _: Nothing) -> Result<PythonStatus, AppError> {
    if app.settings.get().await?.offline {
        let message = "Python's libraries come from the internet, and Auto-Analyst is set to stay offline";
        return Err(AppError::new(ErrorCode::InvalidRequest, message).with_hint(
            "Switch “offline” off in the settings for as long as the set-up takes. SQL works without Python.",
        ));
    }
    app.python.start_install();
    Ok(app.python.status())
}

/// `python::cancel_install`
pub async fn cancel_install(app: &Arc<App>, _: Nothing) -> Result<PythonStatus, AppError> {
    app.python.cancel_install().await;
    Ok(app.python.status())
}
