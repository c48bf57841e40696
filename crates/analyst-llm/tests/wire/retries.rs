//! When a call is tried again, how long it waits, and how it stops.

use std::time::{Duration, Instant};

use analyst_llm::{CallPolicy, ModelFactory, ProviderAccess};
use analyst_types::{LanguageModel, ModelError, ModelId};
use tokio_util::sync::CancellationToken;

use crate::anthropic::STREAM;
use crate::ask::{KEY, ask, ask_model, hasty, model, question};
use crate::server::{Reply, Server};

const MODEL: &str = "anthropic/claude-haiku-4-5";

fn overloaded() -> Reply {
    Reply::json(529, r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#)
}

fn limited(retry_after: &str) -> Reply {
    Reply::new(429, &[("content-type", "application/json"), ("retry-after", retry_after)])
        .chunk(r#"{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}"#)
        .end()
}

fn answer() -> Reply {
    Reply::sse(STREAM).end()
}

#[tokio::test]
async fn overload_is_outlived_and_announced() {
    let server = Server::start([overloaded(), overloaded(), overloaded(), overloaded(), answer()]).await;
    let outcome = ask(&server, MODEL).await;
    assert_eq!(outcome.reply.as_ref().unwrap().text, "925 ÷ 5 = 185 😀");
    let attempts: Vec<_> = outcome.waits().iter().map(|(attempt, _)| *attempt).collect();
    assert_eq!(attempts, [2, 3, 4, 5]);
    assert_eq!(server.received().len(), 5);
}

#[tokio::test]
async fn endless_trouble_ends_after_five_tries() {
    for status in [408, 409, 500, 502, 503, 529] {
        let server = Server::start([Reply::json(status, r#"{"error":{"message":"later"}}"#)]).await;
        let reply = ask(&server, MODEL).await.reply;
        let expect = ModelError::Unavailable { provider: "Anthropic".into(), message: "later".into() };
        assert_eq!(reply, Err(expect), "{status}");
        assert_eq!(server.received().len(), 5, "{status}");
    }
}

#[tokio::test]
async fn asked_pause_is_kept_exactly() {
    let server = Server::start([limited("1"), answer()]).await;
    let outcome = ask(&server, MODEL).await;
    outcome.reply.as_ref().unwrap();
    assert_eq!(outcome.waits(), [(2, Duration::from_secs(1))]);
    let received = server.received();
    let waited = received[1].at - received[0].at;
    assert!(waited >= Duration::from_secs(1) && waited < Duration::from_secs(2), "{waited:?}");
}

#[tokio::test]
async fn pause_longer_than_five_minutes_is_left_to_the_person() {
    let server = Server::start([limited("301")]).await;
    let expect = ModelError::RateLimited { provider: "Anthropic".into(), retry_after: Some(Duration::from_secs(301)) };
    assert_eq!(ask(&server, MODEL).await.reply, Err(expect));
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn pause_holds_for_every_model_with_the_same_key() {
    let server = Server::start([limited("1"), answer()]).await;
    let factory = ModelFactory::new().with_policy(hasty());
    let connect = |name: &str| {
        let access = ProviderAccess { key: Some(KEY.into()), base_url: Some(server.url.clone()) };
        factory.connect(&ModelId::new("anthropic", name), access).unwrap()
    };
    let (one, other) = (connect("claude-haiku-4-5"), connect("claude-opus-4-5"));
    let request = question();
    let later = async {
        while server.received().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        ask_model(&*other, &request).await
    };
    let (first, second) = tokio::join!(ask_model(&*one, &request), later);
    assert!(first.reply.is_ok() && second.reply.is_ok());
    assert_eq!(second.waits().len(), 1, "the second call waits before its first try");
    let received = server.received();
    assert!(received[1].at - received[0].at >= Duration::from_secs(1));
}

#[tokio::test]
async fn provider_that_keeps_failing_is_left_alone_for_a_while() {
    let failing = std::iter::repeat_n(overloaded(), 5);
    let server = Server::start(failing.chain([answer()])).await;
    let model = model(&server, MODEL, hasty());
    assert!(ask_model(&model, &question()).await.reply.is_err());
    let outcome = ask_model(&model, &question()).await;
    assert!(outcome.reply.is_ok());
    assert_eq!(outcome.waits().len(), 1);
    let received = server.received();
    assert!(received[5].at - received[4].at >= Duration::from_millis(40));
}

#[tokio::test]
async fn what_waiting_cannot_heal_is_asked_once() {
    let provider = || "OpenAI".to_owned();
    let quota = "You exceeded your current quota, please check your plan and billing details.";
    for (status, body, expect) in [
        (
            401,
            r#"{"error":{"message":"Incorrect API key provided: sk-test-canary"}}"#.to_owned(),
            ModelError::Unauthorized { provider: provider() },
        ),
        (403, "{}".to_owned(), ModelError::Unauthorized { provider: provider() }),
        (
            429,
            format!(r#"{{"error":{{"message":"{quota}","type":"insufficient_quota"}}}}"#),
            ModelError::QuotaExceeded { provider: provider(), message: quota.to_owned() },
        ),
        (
            429,
            r#"{"error":{"message":"slow"}}"#.to_owned(),
            ModelError::RateLimited { provider: provider(), retry_after: None },
        ),
        (
            400,
            r#"{"error":{"message":"too long","code":"context_length_exceeded"}}"#.to_owned(),
            ModelError::ContextOverflow,
        ),
        (
            404,
            r#"{"error":{"message":"The model `gpt-4.1` does not exist","code":"model_not_found"}}"#.to_owned(),
            ModelError::UnknownModel { provider: provider(), model: "gpt-4.1".to_owned() },
        ),
        (
            400,
            r#"{"error":{"message":"bad thing near sk-test-canary"}}"#.to_owned(),
            ModelError::BadResponse { provider: provider(), message: "bad thing near •••".to_owned() },
        ),
    ] {
        let server = Server::start([Reply::json(status, &body)]).await;
        assert_eq!(ask(&server, "openai/gpt-4.1").await.reply, Err(expect), "{status} {body}");
        assert_eq!(server.received().len(), 1, "{status} {body}");
    }
}

#[tokio::test]
async fn server_of_this_machine_that_is_not_there_is_tried_once_more_and_then_named() {
    let server = Server::start([answer()]).await;
    let model = model(&server, MODEL, hasty());
    drop(server);
    // The port is free again once the accept loop is gone.
    tokio::task::yield_now().await;
    let outcome = ask_model(&model, &question()).await;
    let message = "nothing answers at its address; is it running?".to_owned();
    assert_eq!(outcome.reply, Err(ModelError::Unavailable { provider: "Anthropic".into(), message }));
    assert_eq!(outcome.waits(), [(2, hasty().quick_retry)]);
}

#[tokio::test]
async fn error_event_before_the_first_token_is_retried_as_its_status() {
    let error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    let server = Server::start([Reply::sse(error).end(), answer()]).await;
    assert_eq!(ask(&server, MODEL).await.reply.unwrap().text, "925 ÷ 5 = 185 😀");
}

#[tokio::test]
async fn nothing_is_retried_after_the_first_token() {
    let position = STREAM.find("event: message_delta").unwrap();
    let error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    let server = Server::start([Reply::sse(&STREAM[..position]).chunk(error).end(), answer()]).await;
    let outcome = ask(&server, MODEL).await;
    let expect = ModelError::Unavailable { provider: "Anthropic".into(), message: "Overloaded".into() };
    assert_eq!(outcome.reply, Err(expect));
    assert_eq!(outcome.shown(), "925 ÷ 5 = 185 😀");
    assert_eq!(server.received().len(), 1);
}

async fn cancelled_after(server: &Server, policy: CallPolicy, delay: Duration) -> Duration {
    let (model, cancel) = (model(server, MODEL, policy), CancellationToken::new());
    let stop = cancel.clone();
    let stopping = async {
        tokio::time::sleep(delay).await;
        stop.cancel();
        Instant::now()
    };
    let request = question();
    let asking = async {
        let reply = model.complete(&request, &|_| {}, &cancel).await;
        assert_eq!(reply, Err(ModelError::Cancelled));
        Instant::now()
    };
    let (stopped, returned) = tokio::join!(stopping, asking);
    returned - stopped
}

#[tokio::test]
async fn cancel_closes_the_connection_in_the_middle_of_an_answer() {
    let begun = &STREAM[..STREAM.find("event: message_delta").unwrap()];
    for reply in [Reply::sse(begun).hang(), Reply::new(200, &[]).hang()] {
        let server = Server::start([reply]).await;
        let took = cancelled_after(&server, hasty(), Duration::from_millis(150)).await;
        assert!(took < Duration::from_millis(200), "{took:?}");
        tokio::time::timeout(Duration::from_millis(500), server.client_left()).await.unwrap();
    }
}

#[tokio::test]
async fn cancel_ends_a_wait() {
    let server = Server::start([limited("60")]).await;
    let took = cancelled_after(&server, hasty(), Duration::from_millis(150)).await;
    assert!(took < Duration::from_millis(200), "{took:?}");
}
