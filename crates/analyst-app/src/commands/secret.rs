//! Keys of providers. They go in and are used; no command gives one back.

use std::sync::Arc;

use analyst_types::AppError;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use ts_rs::TS;

use super::model::SecretStoreInfo;
use crate::App;

/// A provider's key.
#[derive(Debug, Deserialize, JsonSchema, TS)]
pub struct SetSecret {
    /// Whose.
    pub provider: String,
    /// The key.
    #[schemars(with = "String")]
    #[ts(type = "string")]
    pub key: SecretString,
}

/// Whose key.
#[derive(Debug, Clone, Deserialize, JsonSchema, TS)]
pub struct SecretRef {
    /// The provider's id.
    pub provider: String,
}

/// The passphrase of the vault; the first one given makes the vault.
#[derive(Debug, Deserialize, JsonSchema, TS)]
pub struct UnlockVault {
    /// At least 8 characters.
    #[schemars(with = "String")]
    #[ts(type = "string")]
    pub passphrase: SecretString,
}

/// `secret::set`
pub async fn set(app: &Arc<App>, request: SetSecret) -> Result<SecretStoreInfo, AppError> {
    let name = app.secret_name(app.provider(&request.provider)?).await?;
    app.secrets.set(&name, request.key).await?;
    Ok(app.secrets.info().await)
}

/// `secret::delete`
pub async fn delete(app: &Arc<App>, request: SecretRef) -> Result<SecretStoreInfo, AppError> {
    let name = app.secret_name(app.provider(&request.provider)?).await?;
    app.secrets.delete(&name).await?;
    Ok(app.secrets.info().await)
}

/// `vault::unlock`
pub async fn unlock(app: &Arc<App>, request: UnlockVault) -> Result<SecretStoreInfo, AppError> {
    app.secrets.unlock(request.passphrase).await?;
    Ok(app.secrets.info().await)
}
