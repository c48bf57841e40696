//! Who serves models: a list that is data, so that a new provider is an entry of `providers.json` and no code.

use std::sync::LazyLock;

use secrecy::SecretString;
use serde::Deserialize;

/// The protocols spoken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WireKind {
    /// Anthropic Messages.
    Anthropic,
    /// OpenAI chat completions, which most other servers speak as well.
    #[serde(rename = "openai")]
    OpenAi,
}

/// What a provider calls the upper bound of an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenLimitField {
    /// The older name, understood by every compatible server.
    #[default]
    MaxTokens,
    /// The newer name, the only one OpenAI's reasoning models accept.
    MaxCompletionTokens,
}

/// One entry of `providers.json`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The first part of a model id.
    pub id: String,
    /// For people.
    pub display_name: String,
    /// How it speaks.
    pub wire: WireKind,
    /// Where it is, unless the person says otherwise.
    pub base_url: String,
    /// Environment variable of its key; none when it takes no key.
    pub key_env: Option<String>,
    /// Environment variable of another address.
    pub base_url_env: Option<String>,
    /// Whether it is a program of the person's own, which costs nothing.
    pub local: bool,
    /// Its name in the price list; none when nothing is to be paid.
    pub price_list: Option<String>,
    /// What it calls the upper bound of an answer.
    #[serde(default)]
    pub token_limit: TokenLimitField,
    /// Endings of model names that a local program passes on to somebody else's computer.
    #[serde(default)]
    pub remote_model_suffixes: Vec<String>,
}

/// What is needed to reach a provider besides its entry.
#[derive(Debug, Clone, Default)]
pub struct ProviderAccess {
    /// The key.
    pub key: Option<SecretString>,
    /// Another address than the entry's.
    pub base_url: Option<String>,
}

static PROVIDERS: LazyLock<Vec<Provider>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../providers.json")).expect("BUG: providers.json is checked by a test")
});

/// All providers, in the order they are shown.
pub fn providers() -> &'static [Provider] {
    &PROVIDERS
}

/// The provider with this id.
pub fn provider(id: &str) -> Option<&'static Provider> {
    providers().iter().find(|provider| provider.id == id)
}

impl Provider {
    /// Whether it wants a key at its own address.
    pub fn needs_key(&self) -> bool {
        self.key_env.is_some()
    }

    /// The access that `variable` (of the environment) gives. Empty values count as absent.
    pub fn access_from(&self, variable: impl Fn(&str) -> Option<String>) -> ProviderAccess {
        let read = |name: &Option<String>| {
            name.as_deref().and_then(&variable).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        ProviderAccess { key: read(&self.key_env).map(SecretString::from), base_url: read(&self.base_url_env) }
    }

    /// The access that the environment of this process gives.
    pub fn access_from_environment(&self) -> ProviderAccess {
        self.access_from(|name| std::env::var(name).ok())
    }

    /// Whether a model of this name is passed on to somebody else's computer, although the provider is local.
    pub fn forwards(&self, model: &str) -> bool {
        self.remote_model_suffixes.iter().any(|suffix| model.ends_with(suffix.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn every_entry_is_usable_and_ids_are_unique() {
        let mut ids = HashSet::new();
        for provider in providers() {
            assert!(ids.insert(&provider.id), "{} is listed twice", provider.id);
            let endpoint = crate::endpoint::Endpoint::resolve(provider, None).unwrap();
            assert_eq!(endpoint.loopback, provider.local, "{}", provider.id);
            assert_eq!(provider.price_list.is_none(), provider.local, "{}", provider.id);
        }
    }

    #[test]
    fn environment_gives_key_and_address_and_empty_values_give_nothing() {
        let openai = provider("openai").unwrap();
        let access = openai.access_from(|name| match name {
            "OPENAI_API_KEY" => Some(" sk-test \n".into()),
            "OPENAI_BASE_URL" => Some("http://127.0.0.1:9".into()),
            _ => None,
        });
        assert_eq!(access.key.unwrap().expose_secret(), "sk-test");
        assert_eq!(access.base_url.as_deref(), Some("http://127.0.0.1:9"));
        assert!(openai.access_from(|_| Some(String::new())).key.is_none());
    }

    #[test]
    fn access_never_prints_its_key() {
        let access = ProviderAccess { key: Some("sk-canary".to_owned().into()), base_url: None };
        assert!(!format!("{access:?}").contains("canary"));
    }

    #[test]
    fn ollama_cloud_models_count_as_forwarded() {
        let ollama = provider("ollama").unwrap();
        assert!(ollama.forwards("gpt-oss:120b-cloud"));
        assert!(!ollama.forwards("gpt-oss:20b"));
    }
}
