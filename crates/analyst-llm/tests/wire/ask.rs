//! Asking, in one line per test.

use std::sync::Mutex;
use std::time::Duration;

use analyst_llm::{CallPolicy, ModelFactory, ProviderAccess, RemoteModel};
use analyst_types::{LanguageModel, ModelId};
use analyst_types::{ModelDelta, ModelError, ModelMessage, ModelReply, ModelRequest, OutputSchema, Role};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::server::Server;

pub const KEY: &str = "sk-test-canary";

/// Everything a test looks at.
pub struct Outcome {
    pub reply: Result<ModelReply, ModelError>,
    pub deltas: Vec<ModelDelta>,
}

impl Outcome {
    pub fn shown(&self) -> String {
        let text = |delta: &ModelDelta| match delta {
            ModelDelta::Text(text) => text.clone(),
            _ => String::new(),
        };
        self.deltas.iter().map(text).collect()
    }

    pub fn waits(&self) -> Vec<(u32, Duration)> {
        let wait = |delta: &ModelDelta| match delta {
            ModelDelta::Retrying { attempt, wait, .. } => Some((*attempt, *wait)),
            _ => None,
        };
        self.deltas.iter().filter_map(wait).collect()
    }
}

/// Patience of milliseconds, so that a test of waiting does not wait.
pub fn hasty() -> CallPolicy {
    CallPolicy { base_delay: Duration::from_millis(2), rest: Duration::from_millis(50), ..CallPolicy::default() }
}

pub fn model(server: &Server, id: &str, policy: CallPolicy) -> RemoteModel {
    model_of(&ModelFactory::new().with_policy(policy), server, id)
}

pub fn model_of(factory: &ModelFactory, server: &Server, id: &str) -> RemoteModel {
    let access = ProviderAccess { key: Some(KEY.into()), base_url: Some(server.url.clone()) };
    factory.remote(&id.parse::<ModelId>().unwrap(), access).unwrap()
}

pub fn question() -> ModelRequest {
    ModelRequest {
        purpose: "answer".to_owned(),
        system: "You are terse.".to_owned(),
        messages: vec![ModelMessage { role: Role::User, text: "How many?".to_owned() }],
        schema: None,
        shown: Vec::new(),
        max_output_tokens: 64,
    }
}

pub fn question_for_json() -> ModelRequest {
    let schema = json!({"type": "object", "properties": {"n": {"type": "integer", "minimum": 0}}, "required": ["n"]});
    ModelRequest { schema: Some(OutputSchema { name: "count".to_owned(), schema }), ..question() }
}

pub async fn ask_model(model: &dyn LanguageModel, request: &ModelRequest) -> Outcome {
    let deltas = Mutex::new(Vec::new());
    let reply = model.complete(request, &|delta| deltas.lock().unwrap().push(delta), &CancellationToken::new()).await;
    Outcome { reply, deltas: deltas.into_inner().unwrap() }
}

pub async fn ask(server: &Server, id: &str) -> Outcome {
    ask_model(&model(server, id, hasty()), &question()).await
}
