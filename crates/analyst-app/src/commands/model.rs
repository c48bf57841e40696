//! Providers, their models, and whether they answer.

use std::sync::Arc;

use analyst_types::{AppError, ModelId, ModelInfo};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::App;

/// A provider with its models.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProviderInfo {
    /// The first part of a model's id.
    pub id: String,
    /// For people.
    pub display_name: String,
    /// Whether there is a key.
    pub key_state: KeyState,
    /// Where it is reached, when that is not its usual address.
    pub base_url: Option<String>,
    /// Whether it runs on this machine.
    pub local: bool,
    /// The models we know of; others can be named too.
    pub models: Vec<ModelInfo>,
}

/// Whether there is a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// This provider wants none.
    NoneNeeded,
    /// None yet.
    Missing,
    /// Kept in the secret store.
    Stored,
    /// Given by an environment variable.
    Environment,
}

/// Where keys are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SecretStoreInfo {
    /// Where.
    pub kind: SecretStoreKind,
    /// A sentence for people.
    pub detail: String,
    /// Whether it must be unlocked with its passphrase first.
    pub locked: bool,
}

/// Where keys are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum SecretStoreKind {
    /// The operating system's keyring.
    Keyring,
    /// A file encrypted with the person's passphrase.
    Vault,
    /// Memory only: forgotten when the program ends.
    Session,
}

/// All providers.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct Models {
    /// The built-in analyst first.
    pub providers: Vec<ProviderInfo>,
    /// Where their keys are kept.
    pub secret_store: SecretStoreInfo,
}

/// Which model to try.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct TestModel {
    /// `provider/name`.
    pub model: ModelId,
}

/// Whether a model answers.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct ModelTest {
    /// It does.
    pub ok: bool,
    /// A sentence for people.
    pub message: String,
}

/// `model::list`
pub async fn list(app: &Arc<App>, _: Nothing) -> Result<Models, AppError> {
    app.models().await
}

/// `model::test`: one very short call.
pub async fn test(app: &Arc<App>, request: TestModel) -> Result<ModelTest, AppError> {
    app.test_model(request.model).await
}
