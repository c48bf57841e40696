//! Which models the programs on this machine offer.

use std::time::Duration;

use analyst_types::{ModelId, ModelInfo};
use reqwest::Response;
use serde_json::Value;

use crate::endpoint::Endpoint;
use crate::provider::Provider;
use crate::registry::model_info;

/// A program on this machine answers at once or is not there.
const TIMEOUT: Duration = Duration::from_millis(300);
const MAX_LIST_BYTES: usize = 1 << 20;

/// The list, in the program's order; empty when it does not answer.
pub(crate) async fn list(client: &reqwest::Client, provider: &Provider, endpoint: &Endpoint) -> Vec<ModelInfo> {
    let listing = async {
        let response = client.get(endpoint.models.clone()).send().await.ok()?;
        read(response.error_for_status().ok()?).await
    };
    let listed = tokio::time::timeout(TIMEOUT, listing).await.ok().flatten();
    listed.map(|list| models(&list, provider)).unwrap_or_default()
}

async fn read(mut response: Response) -> Option<Value> {
    let mut body = Vec::new();
    while let Some(bytes) = response.chunk().await.ok()? {
        body.extend_from_slice(&bytes);
        if body.len() > MAX_LIST_BYTES {
            return None;
        }
    }
    serde_json::from_slice(&body).ok()
}

fn models(list: &Value, provider: &Provider) -> Vec<ModelInfo> {
    list["data"].as_array().into_iter().flatten().filter_map(|entry| model(entry, provider)).collect()
}

fn model(entry: &Value, provider: &Provider) -> Option<ModelInfo> {
    // Models that only turn text into vectors are listed beside those that answer.
    let name = entry["id"].as_str().filter(|name| !name.is_empty() && !name.to_lowercase().contains("embed"))?;
    let context = [&entry["max_model_len"], &entry["max_context_length"], &entry["meta"]["n_ctx_train"]];
    let context_tokens = context.iter().find_map(|value| value.as_u64());
    Some(ModelInfo { context_tokens, ..model_info(&ModelId::new(&provider.id, name)) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::provider::provider;

    #[test]
    fn entries_become_models_and_embedders_are_left_out() {
        let list = json!({"object": "list", "data": [
            {"id": "qwen3:8b"}, {"id": "meta/llama", "max_model_len": 8192}, {"id": "text-embedding-nomic"}, {"no": "id"}
        ]});
        let models = models(&list, provider("vllm").unwrap());
        let seen: Vec<_> = models.iter().map(|info| (info.id.to_string(), info.context_tokens)).collect();
        assert_eq!(seen, [("vllm/qwen3:8b".to_owned(), None), ("vllm/meta/llama".to_owned(), Some(8192))]);
    }
}
