//! Anthropic Messages: `message_start`, content blocks, `message_delta`, and `message_stop` as the only true end.

use analyst_types::{ModelDelta, ModelMessage, ModelRequest, Role, StopReason};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{Fault, Wire, parse, text};
use crate::answer::Answer;
use crate::dialect::{Dialect, SchemaMode};
use crate::schema;

const VERSION: &str = "2023-06-01";

/// The protocol.
pub(crate) struct AnthropicMessages;

impl Wire for AnthropicMessages {
    fn headers(&self, key: Option<&SecretString>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("anthropic-version"), HeaderValue::from_static(VERSION));
        if let Some(mut value) = key.and_then(|key| HeaderValue::from_str(key.expose_secret()).ok()) {
            value.set_sensitive(true);
            headers.insert(HeaderName::from_static("x-api-key"), value);
        }
        headers
    }

    fn body(&self, model: &str, request: &ModelRequest, dialect: &Dialect) -> Value {
        let mut body = json!({
            "model": model,
            "max_tokens": request.max_output_tokens,
            "stream": true,
            "messages": request.messages.iter().map(message).collect::<Vec<_>>(),
        });
        let mut system = request.system.clone();
        if let Some(wanted) = &request.schema {
            let strict = schema::strict(&wanted.schema);
            match dialect.schema {
                SchemaMode::Native => {
                    body["output_config"] = json!({"format": {"type": "json_schema", "schema": strict}})
                }
                SchemaMode::Tool => {
                    let description = "Give the answer by calling this.";
                    body["tools"] = json!([{"name": wanted.name, "description": description, "input_schema": strict}]);
                    body["tool_choice"] = json!({"type": "tool", "name": wanted.name});
                }
                SchemaMode::Words => system = format!("{system}\n\n{}", schema::in_words(&wanted.schema)),
            }
        }
        if !system.trim().is_empty() {
            // The instructions repeat from call to call and the questions do not: the cache ends after them.
            body["system"] = json!([{"type": "text", "text": system.trim(), "cache_control": {"type": "ephemeral"}}]);
        }
        body
    }

    fn read_event(&self, data: &str, answer: &mut Answer) -> Result<Vec<ModelDelta>, Fault> {
        let event = parse(data)?;
        let index = event["index"].as_u64().unwrap_or_default();
        let delta = match text(&event, "type") {
            "message_start" => {
                count(&event["message"]["usage"], answer);
                None
            }
            "content_block_start" => begin_block(index, &event["content_block"], answer),
            "content_block_delta" => continue_block(index, &event["delta"], answer),
            "message_delta" => {
                count(&event["usage"], answer);
                stop(&event["delta"], answer)?;
                None
            }
            "message_stop" => {
                answer.ended = true;
                None
            }
            "error" => return Err(reported(&event)),
            // `ping`, `content_block_stop`, and whatever will be invented.
            _ => None,
        };
        Ok(delta.into_iter().collect())
    }

    fn read_whole(&self, body: &Value, answer: &mut Answer) -> Result<Vec<ModelDelta>, Fault> {
        if body["type"] == "error" {
            return Err(reported(body));
        }
        let Some(blocks) = body["content"].as_array() else {
            return Err(Fault::Foreign("its answer has no content"));
        };
        count(&body["usage"], answer);
        let mut deltas = Vec::new();
        for (index, block) in (0..).zip(blocks) {
            deltas.extend(begin_block(index, block, answer));
            if block["type"] == "tool_use" {
                deltas.extend(answer.call_tool(index, "", &block["input"].to_string()));
            }
        }
        stop(body, answer)?;
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

fn begin_block(index: u64, block: &Value, answer: &mut Answer) -> Option<ModelDelta> {
    match text(block, "type") {
        "text" => answer.say(text(block, "text")),
        "thinking" => answer.think(text(block, "thinking")),
        "tool_use" => answer.call_tool(index, text(block, "name"), ""),
        _ => None,
    }
}

fn continue_block(index: u64, delta: &Value, answer: &mut Answer) -> Option<ModelDelta> {
    match text(delta, "type") {
        "text_delta" => answer.say(text(delta, "text")),
        "thinking_delta" => answer.think(text(delta, "thinking")),
        "input_json_delta" => answer.call_tool(index, "", text(delta, "partial_json")),
        _ => None,
    }
}

/// Counts are cumulative, and later events may leave fields out.
fn count(usage: &Value, answer: &mut Answer) {
    let fields = [
        ("input_tokens", &mut answer.fresh_tokens),
        ("cache_read_input_tokens", &mut answer.cache_read_tokens),
        ("cache_creation_input_tokens", &mut answer.cache_write_tokens),
        ("output_tokens", &mut answer.output_tokens),
    ];
    for (name, counter) in fields {
        if let Some(tokens) = usage[name].as_u64() {
            *counter = tokens;
            answer.counted = true;
        }
    }
}

fn stop(message: &Value, answer: &mut Answer) -> Result<(), Fault> {
    answer.stop = match text(message, "stop_reason") {
        "" => answer.stop,
        "max_tokens" => Some(StopReason::Length),
        "refusal" => Some(StopReason::Refusal),
        "model_context_window_exceeded" => return Err(Fault::ContextOverflow),
        _ => Some(StopReason::End),
    };
    Ok(())
}

fn reported(event: &Value) -> Fault {
    let status = match text(&event["error"], "type") {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "timeout_error" => 504,
        "overloaded_error" => 529,
        _ => 500,
    };
    Fault::Reported { status, body: event.clone() }
}
