//! Anthropic Messages.

use analyst_types::{LanguageModel, ModelDelta, ModelError, ModelReply, StopReason, Usage};
use serde_json::json;

use crate::ask::{KEY, ask, ask_model, hasty, model, question, question_for_json};
use crate::server::{Reply, Server};

const MODEL: &str = "anthropic/claude-haiku-4-5";

/// A recorded-looking answer: thinking, text, pings, an event nobody knows yet.
pub const STREAM: &str = r#"event: message_start
data: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","content":[],"stop_reason":null,"usage":{"input_tokens":100,"cache_creation_input_tokens":0,"cache_read_input_tokens":900,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

event: ping
data: {"type":"ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Count."}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"abc"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: invented_later
data: {"type":"invented_later","index":0}

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"925 ÷ 5"}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":" = 185 😀"}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":20}}

event: message_stop
data: {"type":"message_stop"}

"#;

fn with_stop(reason: &str) -> Reply {
    Reply::sse(&STREAM.replace("end_turn", reason)).end()
}

#[tokio::test]
async fn answer_streams_with_thoughts_usage_and_cost() {
    let server = Server::start([Reply::sse(STREAM).end()]).await;
    let outcome = ask(&server, MODEL).await;
    let usage = Usage { input_tokens: 1000, cached_input_tokens: 900, output_tokens: 20 };
    // Dollars per million: input 1, cached 0.1, output 5.
    let cost_usd = Some((100.0 * 1.0 + 900.0 * 0.1 + 20.0 * 5.0) / 1e6);
    let text = "925 ÷ 5 = 185 😀".to_owned();
    assert_eq!(outcome.reply, Ok(ModelReply { text, stop: StopReason::End, usage, cost_usd }));
    let (think, text) = (ModelDelta::Thinking, ModelDelta::Text);
    assert_eq!(outcome.deltas, [think("Count.".into()), text("925 ÷ 5".into()), text(" = 185 😀".into())]);
}

#[tokio::test]
async fn request_is_what_the_api_documents() {
    let server = Server::start([Reply::sse(STREAM).end()]).await;
    ask(&server, MODEL).await.reply.unwrap();
    let received = server.received();
    assert_eq!(received[0].line, "POST /v1/messages HTTP/1.1");
    assert_eq!(received[0].header("x-api-key"), Some(KEY));
    assert_eq!(received[0].header("anthropic-version"), Some("2023-06-01"));
    assert_eq!(received[0].header("content-type"), Some("application/json"));
    let expect = json!({
        "model": "claude-haiku-4-5", "max_tokens": 64, "stream": true,
        "messages": [{"role": "user", "content": "How many?"}],
        "system": [{"type": "text", "text": "You are terse.", "cache_control": {"type": "ephemeral"}}],
    });
    assert_eq!(received[0].json(), expect);
}

#[tokio::test]
async fn stop_reasons_are_told_apart() {
    for (reason, expect) in [
        ("max_tokens", Ok(StopReason::Length)),
        ("refusal", Ok(StopReason::Refusal)),
        ("stop_sequence", Ok(StopReason::End)),
        ("model_context_window_exceeded", Err(ModelError::ContextOverflow)),
    ] {
        let server = Server::start([with_stop(reason)]).await;
        let reply = ask(&server, MODEL).await.reply;
        assert_eq!(reply.map(|reply| reply.stop), expect, "{reason}");
        assert_eq!(server.received().len(), 1, "{reason} is asked again");
    }
}

#[tokio::test]
async fn json_is_asked_for_natively_with_a_schema_the_api_accepts() {
    let server = Server::start([Reply::sse(STREAM).end()]).await;
    ask_model(&model(&server, MODEL, hasty()), &question_for_json()).await.reply.unwrap();
    let expect = json!({"format": {"type": "json_schema", "schema": {
        "type": "object", "properties": {"n": {"type": "integer", "description": "(minimum 0)"}},
        "required": ["n"], "additionalProperties": false,
    }}});
    assert_eq!(server.received()[0].json()["output_config"], expect);
}

#[tokio::test]
async fn model_without_structured_output_answers_through_a_tool() {
    let complaint = r#"{"type":"error","error":{"type":"invalid_request_error","message":"'claude-3-haiku' does not support output format."}}"#;
    let stream = concat!(
        r#"data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"count","input":{}}}"#,
        "\n\n",
        r#"data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"n\""}}"#,
        "\n\n",
        r#"data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":": 3}"}}"#,
        "\n\n",
        r#"data: {"type":"message_delta","delta":{"stop_reason":"tool_use"}}"#,
        "\n\n",
        r#"data: {"type":"message_stop"}"#,
        "\n\n",
    );
    let server = Server::start([Reply::json(400, complaint), Reply::sse(stream).end()]).await;
    let model = model(&server, "anthropic/claude-3-haiku", hasty());
    let outcome = ask_model(&model, &question_for_json()).await;
    assert_eq!(outcome.shown(), r#"{"n": 3}"#);
    let reply = outcome.reply.unwrap();
    assert_eq!((reply.text.as_str(), reply.stop), (r#"{"n": 3}"#, StopReason::End));
    let second = server.received()[1].json();
    assert_eq!(second["tool_choice"], json!({"type": "tool", "name": "count"}));
    assert!(second.get("output_config").is_none());
    assert!(model.supports_schema());
}

#[tokio::test]
async fn tools_nobody_offered_are_not_part_of_the_text() {
    let stream = STREAM.replace(
        "event: invented_later\ndata: {\"type\":\"invented_later\",\"index\":0}",
        "data: {\"type\":\"content_block_start\",\"index\":7,\"content_block\":{\"type\":\"tool_use\",\"name\":\"shell\",\"input\":{}}}\n\n\
         data: {\"type\":\"content_block_delta\",\"index\":7,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{}\"}}",
    );
    let server = Server::start([Reply::sse(&stream).end()]).await;
    assert_eq!(ask(&server, MODEL).await.reply.unwrap().text, "925 ÷ 5 = 185 😀");
}

#[tokio::test]
async fn server_that_does_not_stream_is_understood() {
    let body = r#"{"type":"message","content":[{"type":"text","text":"Three."}],"stop_reason":"end_turn","usage":{"input_tokens":5,"output_tokens":2}}"#;
    let server = Server::start([Reply::json(200, body)]).await;
    let outcome = ask_model(&model(&server, MODEL, hasty()), &question()).await;
    assert_eq!(outcome.shown(), "Three.");
    let reply = outcome.reply.unwrap();
    assert_eq!((reply.stop, reply.usage.output_tokens), (StopReason::End, 2));
}
