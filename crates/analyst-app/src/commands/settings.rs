//! What the person chose.

use std::sync::Arc;

use analyst_types::AppError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::{App, Settings, settings::SettingsChange};

/// Which settings to change.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct UpdateSettings {
    /// Only the given fields change.
    pub settings: SettingsChange,
}

/// `settings::get`
pub async fn get(app: &Arc<App>, _: Nothing) -> Result<Settings, AppError> {
    app.settings.get().await
}

/// `settings::update`
pub async fn update(app: &Arc<App>, request: UpdateSettings) -> Result<Settings, AppError> {
    let settings = app.settings.update(request.settings).await?;
    app.python.accept_no_walls(settings.accept_weak_sandbox);
    Ok(settings)
}
