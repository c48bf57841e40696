//! The models shown for choice: a small, dated list (`models.json`). Any other model of a provider works as well.

use std::sync::LazyLock;

use analyst_types::{ModelId, ModelInfo};
use serde::Deserialize;

use crate::provider::provider;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Registry {
    /// The day the prices were true.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the reader of the file and for the test of its prices"))]
    as_of: String,
    models: Vec<Entry>,
    reasoning_prefixes: Vec<String>,
    reasoning_words: Vec<String>,
    not_reasoning_words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: ModelId,
    display_name: String,
    context_tokens: Option<u64>,
    input_price_per_mtok: Option<f64>,
    output_price_per_mtok: Option<f64>,
}

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../models.json")).expect("BUG: models.json is checked by a test")
});

static KNOWN: LazyLock<Vec<ModelInfo>> = LazyLock::new(|| REGISTRY.models.iter().map(info_of).collect());

/// The models worth showing, in the order they are shown.
pub fn known_models() -> &'static [ModelInfo] {
    &KNOWN
}

/// What is known of a model; of one that is not listed, hardly more than its name. Whether it is local is meant at its
/// provider's own address; what decides about privacy is [`RemoteModel::is_local`](crate::RemoteModel::is_local).
pub fn model_info(id: &ModelId) -> ModelInfo {
    known_models().iter().find(|info| info.id == *id).cloned().unwrap_or_else(|| unlisted(id))
}

/// Whether the model thinks before it speaks: silence is normal then, and thoughts count against the token limit.
pub(crate) fn reasons(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model).to_lowercase();
    let has = |words: &[String]| words.iter().any(|word| name.contains(word.as_str()));
    let starts = REGISTRY.reasoning_prefixes.iter().any(|prefix| name.starts_with(prefix.as_str()));
    !has(&REGISTRY.not_reasoning_words) && (starts || has(&REGISTRY.reasoning_words))
}

fn info_of(entry: &Entry) -> ModelInfo {
    ModelInfo {
        id: entry.id.clone(),
        display_name: entry.display_name.clone(),
        context_tokens: entry.context_tokens,
        input_price_per_mtok: entry.input_price_per_mtok,
        output_price_per_mtok: entry.output_price_per_mtok,
        local: false,
    }
}

fn unlisted(id: &ModelId) -> ModelInfo {
    let entry = provider(id.provider());
    let free = entry.is_some_and(|entry| entry.local);
    let local = entry.is_some_and(|entry| entry.local && !entry.forwards(id.name()));
    let price = free.then_some(0.0);
    ModelInfo {
        id: id.clone(),
        display_name: id.name().to_owned(),
        context_tokens: None,
        input_price_per_mtok: price,
        output_price_per_mtok: price,
        local,
    }
}

#[cfg(test)]
mod tests {
    use analyst_types::Usage;

    use super::*;
    use crate::price::price_at;

    /// Two lists that disagree would show one price and charge another.
    #[test]
    fn listed_prices_are_those_of_the_price_list() {
        let day = format!("{}T00:00:00Z", REGISTRY.as_of).parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        for info in known_models() {
            let provider = provider(info.id.provider()).unwrap();
            let thousand = |usage| price_at(provider, info.id.name(), &usage, 0, day.into()).unwrap() * 1000.0;
            let input = thousand(Usage { input_tokens: 1000, ..Usage::default() });
            let output = thousand(Usage { output_tokens: 1000, ..Usage::default() });
            assert!((input - info.input_price_per_mtok.unwrap()).abs() < 1e-6, "{} input {input}", info.id);
            assert!((output - info.output_price_per_mtok.unwrap()).abs() < 1e-6, "{} output {output}", info.id);
        }
    }

    #[test]
    fn models_that_think_are_known_by_name() {
        for name in ["o3", "gpt-5-mini", "openai/gpt-oss-120b", "deepseek-reasoner", "qwen3:8b", "gemini-2.5-pro"] {
            assert!(reasons(name), "{name}");
        }
        for name in ["gpt-4.1", "gpt-5-chat-latest", "grok-4-1-fast-non-reasoning", "claude-sonnet-4-5", "llama3.2"] {
            assert!(!reasons(name), "{name}");
        }
    }

    #[test]
    fn unlisted_models_of_local_providers_are_free_and_local() {
        let info = model_info(&ModelId::new("ollama", "llama3.2:3b"));
        assert_eq!((info.local, info.input_price_per_mtok), (true, Some(0.0)));
        assert!(!model_info(&ModelId::new("ollama", "gpt-oss:120b-cloud")).local);
        assert_eq!(model_info(&ModelId::new("openai", "gpt-99")).input_price_per_mtok, None);
    }
}
