//! OpenAI chat completions: chunks with choices, a `finish_reason`, a chunk of token counts, `[DONE]`.
//!
//! The `finish_reason` is taken as the end of the answer: it is the model's own word, and some compatible servers
//! forget `[DONE]`. No temperature is ever sent: reasoning models refuse one.

use analyst_types::{ModelDelta, ModelMessage, ModelRequest, Role, StopReason};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{Fault, Wire, parse, text};
use crate::answer::Answer;
use crate::dialect::{Dialect, SchemaMode};
use crate::provider::TokenLimitField;
use crate::schema;

/// Room for hidden reasoning, which counts against the limit: without it a short answer comes back empty.
const REASONING_TOKENS: u32 = 16_384;

/// The protocol.
pub(crate) struct OpenAiChat;

impl Wire for OpenAiChat {
    fn headers(&self, key: Option<&SecretString>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let bearer = key.map(|key| format!("Bearer {}", key.expose_secret()));
        if let Some(mut value) = bearer.and_then(|bearer| HeaderValue::from_str(&bearer).ok()) {
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        headers
    }

    fn body(&self, model: &str, request: &ModelRequest, dialect: &Dialect) -> Value {
        let mut body = json!({"model": model, "stream": true});
        if dialect.stream_usage {
            body["stream_options"] = json!({"include_usage": true});
        }
        let limit = match dialect.token_limit {
            TokenLimitField::MaxTokens => "max_tokens",
            TokenLimitField::MaxCompletionTokens => "max_completion_tokens",
        };
        let reserve = if dialect.reasons { REASONING_TOKENS } else { 0 };
        body[limit] = json!(request.max_output_tokens.saturating_add(reserve));
        let mut system = request.system.clone();
        if let Some(wanted) = &request.schema {
            if dialect.schema == SchemaMode::Native {
                let format = json!({"name": wanted.name, "strict": true, "schema": schema::strict(&wanted.schema)});
                body["response_format"] = json!({"type": "json_schema", "json_schema": format});
            } else {
                system = format!("{system}\n\n{}", schema::in_words(&wanted.schema));
            }
        }
        let instructions = (!system.trim().is_empty()).then(|| json!({"role": "system", "content": system.trim()}));
        body["messages"] = instructions.into_iter().chain(request.messages.iter().map(message)).collect();
        body
    }

    fn read_event(&self, data: &str, answer: &mut Answer) -> Result<Vec<ModelDelta>, Fault> {
        if data.trim() == "[DONE]" {
            answer.ended = true;
            return Ok(Vec::new());
        }
        let chunk = parse(data)?;
        read_choice(&chunk, "delta", answer)
    }

    fn read_whole(&self, body: &Value, answer: &mut Answer) -> Result<Vec<ModelDelta>, Fault> {
        if body.get("choices").is_none() && body.get("error").is_none() && body["object"] != "error" {
            return Err(Fault::Foreign("its answer has no choices"));
        }
        let deltas = read_choice(body, "message", answer)?;
        answer.ended = true;
        Ok(deltas)
    }
}

fn message(message: &ModelMessage) -> Value {
    let role = match message.role {
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    json!({"role": role, "content": message.text})
}

/// Reads the first choice; chunks without one carry token counts or notes.
fn read_choice(chunk: &Value, part: &str, answer: &mut Answer) -> Result<Vec<ModelDelta>, Fault> {
    if !chunk["error"].is_null() || chunk["object"] == "error" {
        return Err(reported(chunk));
    }
    count(&chunk["usage"], answer);
    let choice = &chunk["choices"][0];
    let piece = &choice[part];
    let mut deltas = Vec::new();
    // Two names for the same thing: DeepSeek, vLLM and LM Studio say the first, OpenRouter, Groq and Ollama the second.
    let thought = [text(piece, "reasoning_content"), text(piece, "reasoning")];
    deltas.extend(thought.iter().find(|thought| !thought.is_empty()).and_then(|thought| answer.think(thought)));
    deltas.extend(answer.say(text(piece, "content")));
    for (position, call) in (0..).zip(piece["tool_calls"].as_array().into_iter().flatten()) {
        let index = call["index"].as_u64().unwrap_or(position);
        answer.call_tool(index, text(&call["function"], "name"), text(&call["function"], "arguments"));
    }
    let refusal = text(piece, "refusal");
    if !refusal.is_empty() {
        deltas.extend(answer.say(refusal));
        answer.stop = Some(StopReason::Refusal);
    }
    stop(choice, answer)?;
    Ok(deltas)
}

fn stop(choice: &Value, answer: &mut Answer) -> Result<(), Fault> {
    let refused = answer.stop == Some(StopReason::Refusal);
    let stop = match text(choice, "finish_reason") {
        "" => return Ok(()),
        _ if refused => StopReason::Refusal,
        "length" | "max_tokens" => StopReason::Length,
        "content_filter" | "refusal" => StopReason::Refusal,
        "error" => return Err(Fault::Reported { status: 500, body: choice.clone() }),
        _ => StopReason::End,
    };
    answer.stop = Some(stop);
    answer.complete = true;
    Ok(())
}

fn count(usage: &Value, answer: &mut Answer) {
    let Some(input) = usage["prompt_tokens"].as_u64() else { return };
    let cached = usage["prompt_tokens_details"]["cached_tokens"].as_u64();
    // DeepSeek's own name, besides the usual one.
    let cached = cached.or_else(|| usage["prompt_cache_hit_tokens"].as_u64()).unwrap_or_default().min(input);
    answer.fresh_tokens = input - cached;
    answer.cache_read_tokens = cached;
    answer.output_tokens = usage["completion_tokens"].as_u64().unwrap_or_default();
    answer.counted = true;
}

/// The error stands under `error`, or is the chunk itself; its code is a status or a word.
fn reported(chunk: &Value) -> Fault {
    let error = if chunk["error"].is_null() { chunk } else { &chunk["error"] };
    let number = error["code"].as_u64().or_else(|| error["status"].as_u64());
    let word = [text(error, "type"), text(error, "code"), text(error, "status")].join(" ").to_lowercase();
    let has = |words: &[&str]| words.iter().any(|known| word.contains(known));
    let status = number.and_then(|code| u16::try_from(code).ok()).filter(|code| (400..600).contains(code));
    let status = status.unwrap_or_else(|| match () {
        () if has(&["quota", "rate_limit", "resource_exhausted"]) => 429,
        () if has(&["auth", "permission"]) => 401,
        () if has(&["invalid_request", "badrequest", "context_length"]) => 400,
        () if has(&["not_found"]) => 404,
        () => 500,
    });
    Fault::Reported { status, body: chunk.clone() }
}
