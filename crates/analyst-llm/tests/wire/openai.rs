//! OpenAI chat completions, and what compatible servers make of it.

use analyst_types::{LanguageModel, ModelDelta, ModelReply, StopReason, Usage};
use serde_json::json;

use crate::ask::{KEY, ask, ask_model, hasty, model, question_for_json};
use crate::server::{Reply, Server};

const MODEL: &str = "openai/gpt-4.1";

pub const STREAM: &str = r#"data: {"choices":[],"prompt_filter_results":[]}

: a comment keeps the line open

data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"finish_reason":null}],"usage":null}

data: {"id":"c","choices":[{"index":0,"delta":{"reasoning_content":"Count."},"finish_reason":null}]}

data: {"id":"c","choices":[{"index":0,"delta":{"content":"925 ÷ 5"},"finish_reason":null}]}

data: {"id":"c","choices":[{"index":0,"delta":{"content":" = 185 😀"},"finish_reason":null}]}

data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

data: {"id":"c","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":20,"prompt_tokens_details":{"cached_tokens":900}}}

data: [DONE]

"#;

#[tokio::test]
async fn answer_streams_with_thoughts_usage_and_cost() {
    let server = Server::start([Reply::sse(STREAM).end()]).await;
    let outcome = ask(&server, MODEL).await;
    let usage = Usage { input_tokens: 1000, cached_input_tokens: 900, output_tokens: 20 };
    // Dollars per million: input 2, cached 0.5, output 8.
    let cost_usd = Some((100.0 * 2.0 + 900.0 * 0.5 + 20.0 * 8.0) / 1e6);
    let text = "925 ÷ 5 = 185 😀".to_owned();
    assert_eq!(outcome.reply, Ok(ModelReply { text, stop: StopReason::End, usage, cost_usd }));
    let (think, text) = (ModelDelta::Thinking, ModelDelta::Text);
    assert_eq!(outcome.deltas, [think("Count.".into()), text("925 ÷ 5".into()), text(" = 185 😀".into())]);
}

#[tokio::test]
async fn request_is_what_the_api_documents() {
    let server = Server::start([Reply::sse(STREAM).end()]).await;
    ask_model(&model(&server, MODEL, hasty()), &question_for_json()).await.reply.unwrap();
    let received = server.received();
    assert_eq!(received[0].line, "POST /v1/chat/completions HTTP/1.1");
    assert_eq!(received[0].header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    let schema = json!({
        "type": "object", "properties": {"n": {"type": "integer", "description": "(minimum 0)"}},
        "required": ["n"], "additionalProperties": false,
    });
    let expect = json!({
        "model": "gpt-4.1", "stream": true, "stream_options": {"include_usage": true}, "max_tokens": 64,
        "response_format": {"type": "json_schema", "json_schema": {"name": "count", "strict": true, "schema": schema}},
        "messages": [
            {"role": "system", "content": "You are terse."},
            {"role": "user", "content": "How many?"},
        ],
    });
    assert_eq!(received[0].json(), expect);
}

#[tokio::test]
async fn reasoning_models_get_the_newer_limit_with_room_to_think_and_no_temperature() {
    let server = Server::start([Reply::sse(STREAM).end()]).await;
    ask(&server, "openai/gpt-5-mini").await.reply.unwrap();
    let body = server.received()[0].json();
    assert!(body["max_completion_tokens"].as_u64().unwrap() > 64);
    assert!(body.get("max_tokens").is_none() && body.get("temperature").is_none());
}

#[tokio::test]
async fn stop_reasons_are_told_apart() {
    for (reason, expect) in
        [("length", StopReason::Length), ("content_filter", StopReason::Refusal), ("tool_calls", StopReason::End)]
    {
        let stream = STREAM.replace(r#""finish_reason":"stop""#, &format!(r#""finish_reason":"{reason}""#));
        let server = Server::start([Reply::sse(&stream).end()]).await;
        assert_eq!(ask(&server, MODEL).await.reply.unwrap().stop, expect, "{reason}");
    }
}

#[tokio::test]
async fn refusal_is_text_and_marked() {
    let stream = STREAM.replace(r#""content":" = 185 😀""#, r#""refusal":" I cannot.""#);
    let server = Server::start([Reply::sse(&stream).end()]).await;
    let reply = ask(&server, MODEL).await.reply.unwrap();
    assert_eq!((reply.stop, reply.text.as_str()), (StopReason::Refusal, "925 ÷ 5 I cannot."));
}

#[tokio::test]
async fn server_without_structured_output_is_asked_once_more_in_words_and_then_always() {
    let complaint =
        r#"{"error":{"message":"This response_format type is unavailable now","type":"invalid_request_error"}}"#;
    let server = Server::start([Reply::json(400, complaint), Reply::sse(STREAM).end()]).await;
    let model = model(&server, "ollama/llama3.2", hasty());
    assert!(model.supports_schema());
    for _ in 0..2 {
        let outcome = ask_model(&model, &question_for_json()).await;
        assert_eq!(outcome.waits(), []);
        assert_eq!(outcome.reply.unwrap().cost_usd, Some(0.0));
    }
    assert!(!model.supports_schema());
    let received = server.received();
    assert_eq!(received.len(), 3, "the second call knows");
    for body in [received[1].json(), received[2].json()] {
        assert!(body.get("response_format").is_none());
        let system = body["messages"][0]["content"].as_str().unwrap();
        assert!(system.starts_with("You are terse.") && system.contains(r#""minimum":0"#), "{system}");
    }
}

#[tokio::test]
async fn limit_field_and_token_counts_adapt_to_the_server() {
    let older = r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."}}"#;
    let plain = r#"{"error":{"message":"stream_options: extra fields not permitted"}}"#;
    let without_counts = STREAM.replace("\"usage\":{", "\"x\":{");
    let replies = [Reply::json(400, older), Reply::json(400, plain), Reply::sse(&without_counts).end()];
    let server = Server::start(replies).await;
    let reply = ask(&server, "mistral/new-model").await.reply.unwrap();
    assert_eq!(reply.cost_usd, None, "uncounted tokens have no price");
    let last = server.received()[2].json();
    assert_eq!(last["max_completion_tokens"], 64);
    assert!(last.get("stream_options").is_none());
}

#[tokio::test]
async fn forgotten_done_after_the_finish_reason_is_still_a_whole_answer() {
    let stream = STREAM.replace("data: [DONE]\n\n", "");
    for reply in [Reply::sse(&stream).end(), Reply::sse(&stream)] {
        let server = Server::start([reply]).await;
        assert_eq!(ask(&server, MODEL).await.reply.unwrap().usage.output_tokens, 20);
    }
}

#[tokio::test]
async fn server_that_does_not_stream_is_understood() {
    let body = r#"{"object":"chat.completion","choices":[{"message":{"role":"assistant","content":"Three."},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":2}}"#;
    let server = Server::start([Reply::json(200, body)]).await;
    let reply = ask(&server, MODEL).await.reply.unwrap();
    assert_eq!((reply.text.as_str(), reply.usage.output_tokens), ("Three.", 2));
}
