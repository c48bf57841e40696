//! Anthropic Messages, as the service sends it.

use serde_json::{Value, json};

use super::script::{Stop, Tokens};
use super::transcript::{Transcript, words};

/// The events up to the end of the last block.
pub(super) fn beginning(answer: &Transcript) -> Vec<String> {
    let message = json!({
        "id": "msg_scripted", "type": "message", "role": "assistant", "model": answer.model, "content": [],
        "stop_reason": null, "stop_sequence": null, "usage": usage(Tokens { output: 1, ..answer.tokens }),
    });
    let mut events =
        vec![event(&json!({"type": "message_start", "message": message})), event(&json!({"type": "ping"}))];
    let mut index = 0;
    if !answer.thinking.is_empty() {
        let deltas =
            words(&answer.thinking).into_iter().map(|word| json!({"type": "thinking_delta", "thinking": word}));
        let signature = json!({"type": "signature_delta", "signature": "c2NyaXB0ZWQ="});
        let block = json!({"type": "thinking", "thinking": "", "signature": ""});
        events.extend(block_events(index, &block, deltas.chain([signature])));
        index += 1;
    }
    match &answer.tool {
        Some(name) => {
            let deltas = words(&answer.text).into_iter();
            let deltas = deltas.map(|word| json!({"type": "input_json_delta", "partial_json": word}));
            let block = json!({"type": "tool_use", "id": "toolu_scripted", "name": name, "input": {}});
            events.extend(block_events(index, &block, deltas));
        }
        None if !answer.text.is_empty() => {
            let deltas = words(&answer.text).into_iter().map(|word| json!({"type": "text_delta", "text": word}));
            events.extend(block_events(index, &json!({"type": "text", "text": ""}), deltas));
        }
        None => {}
    }
    events
}

/// The events that end an answer.
pub(super) fn end(answer: &Transcript) -> Vec<String> {
    let delta = json!({"stop_reason": stop_reason(answer), "stop_sequence": null});
    let counts = json!({"output_tokens": answer.tokens.output});
    vec![
        event(&json!({"type": "message_delta", "delta": delta, "usage": counts})),
        event(&json!({"type": "message_stop"})),
    ]
}

/// The event that turns an answer into an error.
pub(super) fn error_event(status: u16) -> String {
    event(&error(status, "scripted error"))
}

/// The answer to a request that does not want a stream.
pub(super) fn whole(answer: &Transcript) -> Value {
    let content = match &answer.tool {
        Some(name) => {
            let input: Value = serde_json::from_str(&answer.text).unwrap_or_default();
            json!({"type": "tool_use", "id": "toolu_scripted", "name": name, "input": input})
        }
        None => json!({"type": "text", "text": answer.text}),
    };
    json!({
        "id": "msg_scripted", "type": "message", "role": "assistant", "model": answer.model, "content": [content],
        "stop_reason": stop_reason(answer), "stop_sequence": null, "usage": usage(answer.tokens),
    })
}

/// The body of an error status.
pub(super) fn error(status: u16, message: &str) -> Value {
    let kind = match status {
        400 => "invalid_request_error",
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        _ => "api_error",
    };
    json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_scripted"})
}

fn block_events(index: u64, block: &Value, deltas: impl Iterator<Item = Value>) -> Vec<String> {
    let start = event(&json!({"type": "content_block_start", "index": index, "content_block": block}));
    let deltas = deltas.map(|delta| event(&json!({"type": "content_block_delta", "index": index, "delta": delta})));
    let stop = event(&json!({"type": "content_block_stop", "index": index}));
    [start].into_iter().chain(deltas).chain([stop]).collect()
}

fn event(data: &Value) -> String {
    format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap_or_default())
}

fn stop_reason(answer: &Transcript) -> &'static str {
    match (answer.stop, &answer.tool) {
        (Stop::Length, _) => "max_tokens",
        (Stop::Refusal, _) => "refusal",
        (Stop::End, Some(_)) => "tool_use",
        (Stop::End, None) => "end_turn",
    }
}

/// The service counts cached tokens beside the others, not among them.
fn usage(tokens: Tokens) -> Value {
    json!({
        "input_tokens": tokens.input.saturating_sub(tokens.cached), "cache_read_input_tokens": tokens.cached,
        "cache_creation_input_tokens": 0, "output_tokens": tokens.output,
    })
}
