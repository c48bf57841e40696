//! OpenAI chat completions, as the service sends them.

use serde_json::{Value, json};

use super::script::{Stop, Tokens};
use super::transcript::{Transcript, words};

/// The chunks up to the last word.
pub(super) fn beginning(answer: &Transcript) -> Vec<String> {
    let first = choice_chunk(answer, &json!({"role": "assistant", "content": "", "refusal": null}), None);
    let thoughts = words(&answer.thinking).into_iter().map(|word| json!({"reasoning_content": word}));
    let spoken = words(&answer.text).into_iter().map(|word| match answer.stop {
        Stop::Refusal => json!({"refusal": word}),
        _ => json!({"content": word}),
    });
    let chunks = thoughts.chain(spoken).map(|delta| choice_chunk(answer, &delta, None));
    [first].into_iter().chain(chunks).collect()
}

/// The chunks that end an answer.
pub(super) fn end(answer: &Transcript) -> Vec<String> {
    let mut chunks = vec![choice_chunk(answer, &json!({}), Some(finish_reason(answer)))];
    if answer.counts_wanted {
        let mut counts = chunk(answer, &json!([]));
        counts["usage"] = usage(answer.tokens);
        chunks.push(data(&counts));
    }
    chunks.push("data: [DONE]\n\n".to_owned());
    chunks
}

/// The chunk that turns an answer into an error.
pub(super) fn error_event(status: u16) -> String {
    data(&error(status, "scripted error"))
}

/// The answer to a request that does not want a stream.
pub(super) fn whole(answer: &Transcript) -> Value {
    let message = match answer.stop {
        Stop::Refusal => json!({"role": "assistant", "content": null, "refusal": answer.text}),
        _ => json!({"role": "assistant", "content": answer.text, "refusal": null}),
    };
    json!({
        "id": "chatcmpl-scripted", "object": "chat.completion", "created": 0, "model": answer.model,
        "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": finish_reason(answer)}],
        "usage": usage(answer.tokens),
    })
}

/// The body of an error status.
pub(super) fn error(status: u16, message: &str) -> Value {
    let kind = match status {
        400 | 404 => "invalid_request_error",
        401 => "authentication_error",
        429 => "rate_limit_exceeded",
        _ => "server_error",
    };
    json!({"error": {"message": message, "type": kind, "param": null, "code": status}})
}

fn choice_chunk(answer: &Transcript, delta: &Value, finish_reason: Option<&str>) -> String {
    let choices = json!([{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish_reason}]);
    data(&chunk(answer, &choices))
}

fn chunk(answer: &Transcript, choices: &Value) -> Value {
    json!({
        "id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": 0, "model": answer.model,
        "choices": choices, "usage": null,
    })
}

fn data(value: &Value) -> String {
    format!("data: {value}\n\n")
}

fn finish_reason(answer: &Transcript) -> &'static str {
    match answer.stop {
        Stop::Length => "length",
        Stop::End | Stop::Refusal => "stop",
    }
}

fn usage(tokens: Tokens) -> Value {
    json!({
        "prompt_tokens": tokens.input, "completion_tokens": tokens.output, "total_tokens": tokens.input + tokens.output,
        "prompt_tokens_details": {"cached_tokens": tokens.cached},
        "completion_tokens_details": {"reasoning_tokens": 0},
    })
}
