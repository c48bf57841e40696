//! Language models: what is asked, what comes back, what it costs, and the port to them.

use std::time::Duration;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

/// `provider/name`, for example `anthropic/claude-sonnet-4-5` or `builtin/analyst`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(as = "String")]
pub struct ModelId {
    provider: String,
    name: String,
}

impl ModelId {
    /// From its two parts.
    pub fn new(provider: impl Into<String>, name: impl Into<String>) -> Self {
        Self { provider: provider.into(), name: name.into() }
    }

    /// The analyst that needs neither key nor network.
    pub fn builtin() -> Self {
        Self::new("builtin", "analyst")
    }

    /// Who serves it.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// What the provider calls it; may contain slashes itself.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is the built-in analyst.
    pub fn is_builtin(&self) -> bool {
        self.provider == "builtin"
    }
}

impl std::fmt::Display for ModelId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.provider, self.name)
    }
}

impl std::str::FromStr for ModelId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('/') {
            Some((provider, name)) if !provider.is_empty() && !name.is_empty() => Ok(Self::new(provider, name)),
            _ => Err(format!("“{text}” is not a model; write provider/model, for example builtin/analyst")),
        }
    }
}

impl TryFrom<String> for ModelId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ModelId> for String {
    fn from(id: ModelId) -> Self {
        id.to_string()
    }
}

/// What the registry knows of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct ModelInfo {
    /// `provider/name`.
    pub id: ModelId,
    /// For people.
    pub display_name: String,
    /// Tokens that fit, question and answer together.
    #[ts(type = "number | null")]
    pub context_tokens: Option<u64>,
    /// US dollars per million input tokens.
    pub input_price_per_mtok: Option<f64>,
    /// US dollars per million output tokens.
    pub output_price_per_mtok: Option<f64>,
    /// Whether it runs on this machine, so that nothing leaves.
    pub local: bool,
}

/// A turn of the conversation with a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelMessage {
    /// Who speaks: the person (our rendered inputs) or the model.
    pub role: crate::Role,
    /// The text.
    pub text: String,
}

/// The JSON an answer must be.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputSchema {
    /// A name in `[a-z_]+`, as providers ask for one.
    pub name: String,
    /// JSON Schema of an object, closed (`additionalProperties: false`, every property required).
    pub schema: Value,
}

/// One call of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelRequest {
    /// What for: `plan`, `write_code`, `fix_code`, `answer`, `chat`. Recorded with the usage.
    pub purpose: String,
    /// What the model is and must do.
    pub system: String,
    /// The turns so far, the last one ours.
    pub messages: Vec<ModelMessage>,
    /// The JSON the answer must be; `None` asks for plain text.
    pub schema: Option<OutputSchema>,
    /// Upper bound of the answer.
    pub max_output_tokens: u32,
    /// What of which dataset is in it. Not sent: it goes into the ledger.
    pub shown: Vec<crate::Shown>,
}

/// A piece of an answer, as it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelDelta {
    /// Of the answer itself.
    Text(String),
    /// Of the reasoning before it.
    Thinking(String),
    /// A try failed and the next one starts after `wait`: what came so far is void.
    Retrying {
        /// Which try comes next, counted from 1.
        attempt: u32,
        /// How long until then.
        wait: Duration,
        /// Why, for people.
        reason: String,
    },
}

/// Tokens, as the provider counted them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// All input tokens, cached ones included.
    #[ts(type = "number")]
    pub input_tokens: u64,
    /// Input tokens read from the provider's cache.
    #[ts(type = "number")]
    pub cached_input_tokens: u64,
    /// All output tokens, reasoning included.
    #[ts(type = "number")]
    pub output_tokens: u64,
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input_tokens += other.input_tokens;
        self.cached_input_tokens += other.cached_input_tokens;
        self.output_tokens += other.output_tokens;
    }
}

/// Why a model stopped speaking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// It was done.
    End,
    /// `max_output_tokens` was reached: the text is cut.
    Length,
    /// It refuses.
    Refusal,
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelReply {
    /// The text.
    pub text: String,
    /// Why it ended.
    pub stop: StopReason,
    /// Tokens of this call, all tries together as far as told.
    pub usage: Usage,
    /// US dollars; `None` when the price is unknown, zero for local models.
    pub cost_usd: Option<f64>,
}

/// One call of a model, as it is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct ModelCall {
    /// What for: `plan`, `write_code`, `fix_code`, `answer`, `chat`.
    pub purpose: String,
    /// Which model.
    pub model: ModelId,
    /// Tokens.
    pub usage: Usage,
    /// US dollars; null when the price is unknown.
    pub cost_usd: Option<f64>,
    /// From asking to the whole answer, milliseconds.
    #[ts(type = "number")]
    pub duration_ms: u64,
    /// Why it failed, when it did.
    pub error: Option<String>,
}

/// Why a call gave no answer. Retries have already been made where they make sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// No key, or the provider does not accept it.
    #[error("{provider} did not accept the API key")]
    Unauthorized {
        /// Who.
        provider: String,
    },
    /// Too many requests, and waiting did not help.
    #[error("{provider} limits the number of requests")]
    RateLimited {
        /// Who.
        provider: String,
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// The account's money or quota is used up: waiting does not help.
    #[error("the {provider} account has no credit left: {message}")]
    QuotaExceeded {
        /// Who.
        provider: String,
        /// What it says.
        message: String,
    },
    /// The provider is down or overloaded, and retries did not help.
    #[error("{provider} is not available: {message}")]
    Unavailable {
        /// Who.
        provider: String,
        /// What it says.
        message: String,
    },
    /// The model does not exist there.
    #[error("{provider} does not know the model {model}")]
    UnknownModel {
        /// Who.
        provider: String,
        /// Which.
        model: String,
    },
    /// The request does not fit into the model.
    #[error("the question and its context are too long for this model")]
    ContextOverflow,
    /// The stream ended before the answer did.
    #[error("the answer of {provider} broke off")]
    Truncated {
        /// Who.
        provider: String,
        /// What came.
        partial: String,
    },
    /// The provider says the request is wrong, or what came back is not what the provider's protocol says.
    #[error("{provider}: {message}")]
    BadResponse {
        /// Who.
        provider: String,
        /// What came.
        message: String,
    },
    /// The person stopped it.
    #[error("stopped")]
    Cancelled,
}

/// A language model behind any provider. Implementations retry what is worth retrying (429 and 5xx, honouring
/// `Retry-After`, only before the first token) and stop within a second, closing the connection, when `cancel` fires.
#[async_trait]
pub trait LanguageModel: Send + Sync {
    /// Which model this is.
    fn id(&self) -> &ModelId;

    /// Whether it takes an [`OutputSchema`]; without it, the schema is explained in words and fields are marked.
    fn supports_schema(&self) -> bool;

    /// One call. `on_delta` is told each piece as it comes.
    async fn complete(
        &self,
        request: &ModelRequest,
        on_delta: &(dyn Fn(ModelDelta) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<ModelReply, ModelError>;
}
