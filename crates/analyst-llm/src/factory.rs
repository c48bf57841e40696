//! From a model id and an access to a model that can be asked.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use analyst_types::{LanguageModel, ModelError, ModelId, ModelInfo};
use secrecy::{ExposeSecret, SecretString};

use crate::account::Account;
use crate::dialect::Dialect;
use crate::endpoint::Endpoint;
use crate::local;
use crate::policy::CallPolicy;
use crate::provider::{Provider, ProviderAccess, provider};
use crate::remote::RemoteModel;

/// Makes models. One per program: models of one factory share connections and the pauses their providers ask for.
#[derive(Default)]
pub struct ModelFactory {
    policy: CallPolicy,
    direct: OnceLock<reqwest::Client>,
    proxied: OnceLock<reqwest::Client>,
    accounts: Mutex<HashMap<u64, Arc<Account>>>,
    fingerprint: RandomState,
}

impl ModelFactory {
    /// A factory with the usual patience.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same factory, with another patience.
    #[must_use]
    pub fn with_policy(mut self, policy: CallPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The model, ready to be asked. Nothing is sent yet.
    pub fn connect(&self, model: &ModelId, access: ProviderAccess) -> Result<Arc<dyn LanguageModel>, ModelError> {
        Ok(Arc::new(self.remote(model, access)?))
    }

    /// Like [`connect`](Self::connect), for callers that want to know more than the port tells.
    pub fn remote(&self, model: &ModelId, access: ProviderAccess) -> Result<RemoteModel, ModelError> {
        let provider = provider(model.provider()).ok_or_else(|| unknown(model))?;
        let refuse = |message| ModelError::BadResponse { provider: provider.display_name.clone(), message };
        let endpoint = Endpoint::resolve(provider, access.base_url.as_deref()).map_err(refuse)?;
        let key = usable_key(provider, &endpoint, access.key)?;
        Ok(RemoteModel {
            client: self.client(&endpoint).map_err(refuse)?,
            account: self.account(&endpoint, key.as_ref()),
            dialect: Mutex::new(Dialect::expected(provider, &endpoint, model.name())),
            id: model.clone(),
            provider,
            endpoint,
            key,
            policy: self.policy.clone(),
            egress: None,
        })
    }

    /// The models a program on this machine offers; empty when it does not run, or is not on this machine.
    pub async fn list_local_models(&self, provider: &Provider, base_url: Option<&str>) -> Vec<ModelInfo> {
        let Ok(endpoint) = Endpoint::resolve(provider, base_url) else { return Vec::new() };
        match self.client(&endpoint) {
            Ok(client) if provider.local && endpoint.loopback => local::list(&client, provider, &endpoint).await,
            _ => Vec::new(),
        }
    }

    /// This machine is never reached through a proxy: what is local stays local.
    fn client(&self, endpoint: &Endpoint) -> Result<reqwest::Client, String> {
        let slot = if endpoint.loopback { &self.direct } else { &self.proxied };
        if let Some(client) = slot.get() {
            return Ok(client.clone());
        }
        let client = self.new_client(endpoint.loopback).map_err(|error| error.without_url().to_string())?;
        Ok(slot.get_or_init(|| client).clone())
    }

    fn new_client(&self, direct: bool) -> reqwest::Result<reqwest::Client> {
        // Fails when a provider is installed already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .user_agent(concat!("auto-analyst/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.policy.connect)
            .redirect(reqwest::redirect::Policy::none())
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate();
        if direct { builder.no_proxy().build() } else { builder.build() }
    }

    fn account(&self, endpoint: &Endpoint, key: Option<&SecretString>) -> Arc<Account> {
        let origin = endpoint.calls.origin().ascii_serialization();
        let id = self.fingerprint.hash_one((origin, key.map(|key| key.expose_secret())));
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(accounts.entry(id).or_default())
    }
}

fn unknown(model: &ModelId) -> ModelError {
    ModelError::UnknownModel { provider: model.provider().to_owned(), model: model.name().to_owned() }
}

/// The key, if it can be sent at all. At another address than the provider's own, a server may want none.
fn usable_key(
    provider: &Provider,
    endpoint: &Endpoint,
    key: Option<SecretString>,
) -> Result<Option<SecretString>, ModelError> {
    let trimmed = key.map(|key| key.expose_secret().trim().to_owned()).filter(|key| !key.is_empty());
    let sendable = trimmed.as_ref().is_none_or(|key| key.bytes().all(|byte| byte.is_ascii_graphic()));
    let missing = trimmed.is_none() && provider.needs_key() && endpoint.own_address;
    if missing || !sendable {
        return Err(ModelError::Unauthorized { provider: provider.display_name.clone() });
    }
    Ok(trimmed.map(SecretString::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connect(model: &str, key: Option<&str>, base_url: Option<&str>) -> Result<RemoteModel, ModelError> {
        let access = ProviderAccess { key: key.map(SecretString::from), base_url: base_url.map(str::to_owned) };
        ModelFactory::new().remote(&model.parse().unwrap(), access)
    }

    #[test]
    fn a_provider_wants_its_key_at_its_own_address_only() {
        let unauthorized = ModelError::Unauthorized { provider: "OpenAI".to_owned() };
        assert_eq!(connect("openai/gpt-5", None, None).err(), Some(unauthorized.clone()));
        assert_eq!(connect("openai/gpt-5", Some("  "), None).err(), Some(unauthorized.clone()));
        assert_eq!(connect("openai/gpt-5", Some("sk\nx-evil: 1"), None).err(), Some(unauthorized));
        assert!(connect("openai/gpt-5", None, Some("http://127.0.0.1:1")).is_ok());
        assert!(connect("ollama/llama3.2", None, None).is_ok());
    }

    #[test]
    fn unknown_providers_and_leaking_addresses_are_refused() {
        assert!(matches!(connect("nobody/x", None, None), Err(ModelError::UnknownModel { .. })));
        let leaking = connect("openai/gpt-5", Some("sk-canary"), Some("http://example.com")).err().unwrap();
        assert!(!leaking.to_string().contains("canary"));
    }

    #[test]
    fn only_what_stays_on_this_machine_is_local() {
        assert!(connect("ollama/llama3.2", None, None).unwrap().is_local());
        assert!(!connect("ollama/gpt-oss:120b-cloud", None, None).unwrap().is_local());
        assert!(!connect("ollama/llama3.2", None, Some("https://gpu.example")).unwrap().is_local());
        assert!(!connect("openai/gpt-5", None, Some("http://127.0.0.1:1")).unwrap().is_local(), "may be a relay");
    }

    #[test]
    fn calls_with_one_key_share_an_account() {
        let factory = ModelFactory::new();
        let account = |key: &str, name: &str| {
            let access = ProviderAccess { key: Some(key.to_owned().into()), base_url: None };
            factory.remote(&ModelId::new("openai", name), access).unwrap().account
        };
        assert!(Arc::ptr_eq(&account("a", "gpt-5"), &account("a", "gpt-4.1")));
        assert!(!Arc::ptr_eq(&account("a", "gpt-5"), &account("b", "gpt-5")));
    }
}
