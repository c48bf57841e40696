//! An answer before it is put into either wire.

use serde_json::Value;

use super::script::{Reply, Stop, Tokens};

/// Characters per token, roughly, where a script does not count.
const CHARS_PER_TOKEN: usize = 4;

/// The wires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    /// Anthropic Messages.
    Anthropic,
    /// OpenAI chat completions.
    OpenAi,
}

/// An answer, or as much of it as comes.
pub(super) struct Transcript {
    pub(super) model: String,
    pub(super) thinking: String,
    pub(super) text: String,
    pub(super) stop: Stop,
    pub(super) tokens: Tokens,
    /// The tool the text is the input of, when the request forces one.
    pub(super) tool: Option<String>,
    /// Whether the stream is to tell the counts.
    pub(super) counts_wanted: bool,
}

impl Transcript {
    pub(super) fn of(reply: &Reply, request: &Value) -> Self {
        let (text, tokens) = match reply {
            Reply::Text { text, tokens, .. } => (text.clone(), *tokens),
            Reply::Json { value, tokens } => (value.to_string(), *tokens),
            Reply::Truncated { text } | Reply::ErrorEvent { text, .. } => (text.clone(), None),
            Reply::Hang { text } => (text.clone().unwrap_or_default(), None),
            Reply::Status { .. } | Reply::Garbage { .. } => (String::new(), None),
        };
        let (thinking, stop) = match reply {
            Reply::Text { thinking, stop, .. } => (thinking.clone(), *stop),
            _ => (String::new(), Stop::End),
        };
        Self {
            model: request["model"].as_str().unwrap_or_default().to_owned(),
            tokens: tokens.unwrap_or_else(|| estimated(request, &thinking, &text)),
            thinking,
            text,
            stop,
            tool: forced_tool(request),
            counts_wanted: request["stream_options"]["include_usage"] == true,
        }
    }
}

/// Text in pieces of about a word, as models speak.
pub(super) fn words(text: &str) -> Vec<&str> {
    text.split_inclusive(char::is_whitespace).collect()
}

fn forced_tool(request: &Value) -> Option<String> {
    request["tool_choice"]["name"].as_str().map(str::to_owned)
}

fn estimated(request: &Value, thinking: &str, text: &str) -> Tokens {
    let count = |chars: usize| (chars / CHARS_PER_TOKEN).max(1) as u64;
    let output = thinking.chars().count() + text.chars().count();
    Tokens { input: count(request.to_string().chars().count()), cached: 0, output: count(output) }
}
