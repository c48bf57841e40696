//! What the provider is to say: a Rust value, or the same as a JSON file.
//!
//! ```json
//! {
//!   "key": "sk-test",
//!   "models": ["llama3.2"],
//!   "chunk_bytes": 7,
//!   "rules": [
//!     {"when": {"asks_for": "plan"}, "reply": {"type": "json", "value": {"plan": []}}},
//!     {"when": {"body": "revenue|sales", "model": "^gpt"}, "times": 2, "reply": {"type": "text", "text": "Up."}},
//!     {"reply": {"type": "status", "status": 429, "headers": {"retry-after": "1"}}},
//!     {"reply": {"type": "text", "text": "Now.", "token_delay_ms": 50}}
//!   ]
//! }
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

use super::demands::wanted_schema;

/// A script. Rules with a condition go first, in their order; rules without one are the answers to whatever else
/// comes, one after the other.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Script {
    /// The only key that is let in; none lets everybody in.
    pub key: Option<String>,
    /// What `/v1/models` lists.
    pub models: Vec<String>,
    /// Cuts bodies into pieces of this many bytes, through characters and lines alike.
    pub chunk_bytes: Option<usize>,
    /// The rules.
    pub rules: Vec<Rule>,
}

/// One rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// For which requests; none is for the next one.
    #[serde(default)]
    pub when: Option<Condition>,
    /// How often; without it, once for a rule without a condition and always for one with a condition.
    #[serde(default)]
    pub times: Option<usize>,
    /// What is said.
    pub reply: Reply,
}

/// For which requests a rule is; every part that is there must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// A regular expression somewhere in the body.
    pub body: Option<String>,
    /// A regular expression in the model's name.
    pub model: Option<String>,
    /// A field of the JSON that is asked for.
    pub asks_for: Option<String>,
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Reply {
    /// An answer.
    Text {
        /// It.
        text: String,
        /// The reasoning before it.
        #[serde(default)]
        thinking: String,
        /// Why it ends.
        #[serde(default)]
        stop: Stop,
        /// What is counted; estimated from the lengths when absent.
        #[serde(default)]
        tokens: Option<Tokens>,
        /// Between two tokens.
        #[serde(default)]
        token_delay_ms: u64,
    },
    /// An answer that is JSON, in the way the request wants it.
    Json {
        /// It.
        value: Value,
        /// What is counted; estimated from the lengths when absent.
        #[serde(default)]
        tokens: Option<Tokens>,
    },
    /// An HTTP status with a body.
    Status {
        /// The status.
        status: u16,
        /// More headers.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// The body: a string is sent as it is, anything else as JSON; without it, the wire's usual error.
        #[serde(default)]
        body: Option<Value>,
    },
    /// An answer that breaks off after these words, with the connection.
    Truncated {
        /// What still comes.
        text: String,
    },
    /// An answer that turns into an error after these words.
    ErrorEvent {
        /// What still comes.
        text: String,
        /// The status the error stands for.
        status: u16,
    },
    /// Something that is not the protocol, with status 200.
    Garbage {
        /// As what.
        content_type: String,
        /// What.
        body: String,
    },
    /// Silence until the client goes, after these words; without them not even a status comes.
    Hang {
        /// What still comes.
        #[serde(default)]
        text: Option<String>,
    },
}

/// Why an answer ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// It is done.
    #[default]
    End,
    /// The limit was reached.
    Length,
    /// It refuses.
    Refusal,
}

/// What is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// All input.
    pub input: u64,
    /// Of it, from the cache.
    #[serde(default)]
    pub cached: u64,
    /// All output.
    pub output: u64,
}

impl Reply {
    /// An answer.
    pub fn text(text: impl Into<String>) -> Self {
        let (thinking, stop) = (String::new(), Stop::End);
        Self::Text { text: text.into(), thinking, stop, tokens: None, token_delay_ms: 0 }
    }

    /// An answer, one token after another.
    pub fn slow_text(text: impl Into<String>, token_delay_ms: u64) -> Self {
        let (thinking, stop) = (String::new(), Stop::End);
        Self::Text { text: text.into(), thinking, stop, tokens: None, token_delay_ms }
    }

    /// An answer that is JSON.
    pub fn json(value: Value) -> Self {
        Self::Json { value, tokens: None }
    }

    /// A status with the wire's usual error.
    pub fn status(status: u16) -> Self {
        Self::Status { status, headers: BTreeMap::new(), body: None }
    }

    /// Silence.
    pub fn hang() -> Self {
        Self::Hang { text: None }
    }
}

impl Script {
    /// An empty script that lets only [`TEST_KEY`](super::TEST_KEY) in.
    pub fn new() -> Self {
        Self { key: Some(super::TEST_KEY.to_owned()), ..Self::default() }
    }

    /// From a JSON file.
    pub fn load(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("read {}: {error}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The same script, with an answer to the next request that no condition takes.
    #[must_use]
    pub fn then(mut self, reply: Reply) -> Self {
        self.rules.push(Rule { when: None, times: None, reply });
        self
    }

    /// The same script, with an answer to every request whose body matches the regular expression.
    #[must_use]
    pub fn when_body(self, pattern: &str, reply: Reply) -> Self {
        self.when(Condition { body: Some(pattern.to_owned()), ..Condition::default() }, reply)
    }

    /// The same script, with an answer to every request for JSON with this field.
    #[must_use]
    pub fn when_asked_for(self, field: &str, reply: Reply) -> Self {
        self.when(Condition { asks_for: Some(field.to_owned()), ..Condition::default() }, reply)
    }

    /// The same script, with an answer to every request that the condition takes.
    #[must_use]
    pub fn when(mut self, condition: Condition, reply: Reply) -> Self {
        self.rules.push(Rule { when: Some(condition), times: None, reply });
        self
    }

    /// The same script, in pieces of this many bytes.
    #[must_use]
    pub fn in_pieces_of(mut self, bytes: usize) -> Self {
        self.chunk_bytes = Some(bytes);
        self
    }

    /// The reply to this request, which is then used up if its rule says so.
    pub(super) fn next_reply(&mut self, request: &Value) -> Option<Reply> {
        let takes = |rule: &Rule| rule.when.as_ref().is_some_and(|when| when.takes(request));
        let left = |rule: &Rule| rule.times.unwrap_or(1) > 0;
        let position = self.rules.iter().position(|rule| left(rule) && takes(rule));
        let position = position.or_else(|| self.rules.iter().position(|rule| rule.when.is_none() && left(rule)))?;
        let rule = &mut self.rules[position];
        match (&rule.when, rule.times) {
            (Some(_), None) => {}
            (_, times) => rule.times = Some(times.unwrap_or(1) - 1),
        }
        Some(rule.reply.clone())
    }
}

impl Condition {
    fn takes(&self, request: &Value) -> bool {
        let found = |pattern: &Option<String>, text: &str| {
            pattern.as_ref().is_none_or(|pattern| {
                Regex::new(pattern).unwrap_or_else(|error| panic!("the script's {pattern:?}: {error}")).is_match(text)
            })
        };
        let asked =
            |field: &String| wanted_schema(request).is_some_and(|schema| schema["properties"].get(field).is_some());
        found(&self.body, &spoken(request))
            && found(&self.model, request["model"].as_str().unwrap_or_default())
            && self.asks_for.as_ref().is_none_or(asked)
    }
}

/// All strings of the request, unescaped, so that a pattern is written as a person reads the text.
fn spoken(request: &Value) -> String {
    match request {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(spoken).collect::<Vec<_>>().join("\n"),
        Value::Object(fields) => fields.values().map(spoken).collect::<Vec<_>>().join("\n"),
        _ => String::new(),
    }
}
