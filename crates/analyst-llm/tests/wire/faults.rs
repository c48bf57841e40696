//! Answers that are cut, slow, or not the provider's at all.

use std::time::Duration;

use analyst_llm::{CallPolicy, ModelFactory, ProviderAccess};
use analyst_types::ModelError;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::ask::{KEY, ask, ask_model, hasty, model, model_of, question};
use crate::server::{Reply, Server};
use crate::{anthropic, openai};

const ANTHROPIC: &str = "anthropic/claude-haiku-4-5";
const OPENAI: &str = "openai/gpt-4.1";

fn once() -> CallPolicy {
    CallPolicy { max_tries: 1, failures_until_rest: usize::MAX, ..hasty() }
}

fn assert_foreign(reply: Result<analyst_types::ModelReply, ModelError>, part: &str) {
    match reply {
        Err(ModelError::BadResponse { message, .. }) => {
            assert!(message.contains("not the provider") && message.contains(part), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

/// At every byte: either the answer is reported as broken off, or it was all there.
async fn cut_everywhere(id: &str, stream: &str, complete_from: usize) {
    let whole = "925 ÷ 5 = 185 😀";
    let factory = ModelFactory::new().with_policy(once());
    for cut in 0..stream.len() {
        let bytes = &stream.as_bytes()[..cut];
        let head = Reply::new(200, &[("content-type", "text/event-stream")]);
        let reply = if cut == 0 { head } else { head.chunk(bytes) };
        // Every other cut is an orderly end of the body, the rest a broken connection.
        let server = Server::start([if cut % 2 == 0 { reply.end() } else { reply }]).await;
        let outcome = ask_model(&model_of(&factory, &server, id), &question()).await;
        match outcome.reply {
            Ok(reply) => {
                assert!(cut >= complete_from, "cut at {cut} is passed off as complete");
                assert_eq!(reply.text, whole);
            }
            Err(ModelError::Truncated { partial, .. }) => {
                assert!(whole.starts_with(&partial), "cut at {cut}: {partial}");
                assert!(cut < complete_from + 2, "cut at {cut} is complete");
            }
            Err(other) => panic!("cut at {cut}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn anthropic_answer_cut_anywhere_is_never_passed_off_as_complete() {
    let end = anthropic::STREAM.rfind("{\"type\":\"message_stop\"}").unwrap() + "{\"type\":\"message_stop\"}".len();
    cut_everywhere(ANTHROPIC, anthropic::STREAM, end).await;
}

#[tokio::test]
async fn openai_answer_cut_anywhere_is_never_passed_off_as_complete() {
    let finish = openai::STREAM.find("\"stop\"}]}").unwrap() + "\"stop\"}]}".len();
    cut_everywhere(OPENAI, openai::STREAM, finish).await;
}

#[tokio::test]
async fn answer_in_single_bytes_is_read_whole() {
    for (id, stream) in [(ANTHROPIC, anthropic::STREAM), (OPENAI, openai::STREAM)] {
        let head = Reply::new(200, &[("content-type", "text/event-stream")]);
        let reply = stream.as_bytes().iter().fold(head, |reply, byte| reply.chunk([*byte]));
        let server = Server::start([reply.end()]).await;
        assert_eq!(ask(&server, id).await.reply.unwrap().text, "925 ÷ 5 = 185 😀");
    }
}

#[tokio::test]
async fn web_page_is_not_the_provider() {
    let page = Reply::new(200, &[("content-type", "text/html")]).chunk("<html>Sign in to the hotel</html>").end();
    let server = Server::start([page]).await;
    assert_foreign(ask(&server, ANTHROPIC).await.reply, "a web page");
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn garbage_is_not_the_provider() {
    let sse = &[("content-type", "text/event-stream")][..];
    let json = &[("content-type", "application/json")][..];
    for (headers, body, part) in [
        (sse, &b"<html>\n</html>\n"[..], "event stream"),
        (sse, b"data: nonsense\n\n", "not JSON"),
        (&[], b"<html>\n</html>\n", "event stream"),
        (json, b"{\"hello\": 1}", "no choices"),
        (json, b"nonsense", "not JSON"),
        (&[("content-type", "application/zip")], b"PK", "application/zip"),
        (
            &[("content-type", "text/event-stream"), ("content-encoding", "gzip")],
            b"\x1f\x8b\x08\0\n\0\n",
            "event stream",
        ),
    ] {
        let server = Server::start([Reply::new(200, headers).chunk(body).end()]).await;
        assert_foreign(ask(&server, OPENAI).await.reply, part);
        assert_eq!(server.received().len(), 1);
    }
}

#[tokio::test]
async fn redirect_is_not_followed() {
    let elsewhere = Server::start([Reply::sse(openai::STREAM).end()]).await;
    let redirect = Reply::new(307, &[("location", &format!("{}/v1/chat/completions", elsewhere.url))]).end();
    let server = Server::start([redirect]).await;
    assert!(matches!(ask(&server, OPENAI).await.reply, Err(ModelError::BadResponse { .. })));
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn endless_line_and_endless_answer_are_stopped() {
    let megabyte = vec![b'x'; 1 << 20];
    let long_line = Reply::sse("data: ").chunk(&megabyte).chunk(&megabyte).hang();
    let server = Server::start([long_line]).await;
    assert_foreign(ask(&server, OPENAI).await.reply, "1 MiB");

    let comments = ": x\n".repeat(1 << 18);
    let endless = (0..17).fold(Reply::sse(":\n"), |reply, _| reply.chunk(&comments)).hang();
    let server = Server::start([endless]).await;
    assert_foreign(ask(&server, OPENAI).await.reply, "16 MiB");

    let big = (0..17).fold(Reply::new(200, &[("content-type", "application/json")]), |reply, _| reply.chunk(&megabyte));
    let server = Server::start([big.hang()]).await;
    assert_foreign(ask(&server, OPENAI).await.reply, "16 MiB");
}

#[tokio::test]
async fn silence_before_and_within_an_answer_is_noticed() {
    let short = Duration::from_millis(150);
    let policy = CallPolicy { first_token: short, first_token_slow: short, idle: short, ..hasty() };
    let silent = Server::start([Reply::new(200, &[("content-type", "text/event-stream")]).hang()]).await;
    let reply = ask_model(&model(&silent, OPENAI, policy.clone()), &question()).await.reply;
    assert!(matches!(reply, Err(ModelError::Unavailable { .. })), "{reply:?}");
    assert_eq!(silent.received().len(), 1, "waiting as long again is for the person to decide");

    let begun =
        &openai::STREAM[..openai::STREAM.find("data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{}").unwrap()];
    let stalled = Server::start([Reply::sse(begun).hang()]).await;
    let reply = ask_model(&model(&stalled, OPENAI, policy), &question()).await.reply;
    assert_eq!(reply, Err(ModelError::Truncated { provider: "OpenAI".into(), partial: "925 ÷ 5 = 185 😀".into() }));
}

#[tokio::test]
async fn dripping_stream_is_aborted_and_a_pausing_one_is_not() {
    let policy = CallPolicy { slow_window: Duration::from_millis(100), min_bytes_per_sec: 200, ..once() };
    let tick = Duration::from_millis(20);
    let head = Reply::new(200, &[("content-type", "text/event-stream")]);
    let dripping = (0..20).fold(head.clone(), |reply, _| reply.chunk("x").wait(tick));
    let server = Server::start([dripping.hang()]).await;
    let reply = ask_model(&model(&server, OPENAI, policy.clone()), &question()).await.reply;
    assert!(matches!(reply, Err(ModelError::Truncated { .. })), "{reply:?}");

    let pausing = (0..20).fold(head, |reply, _| reply.chunk(":\n").wait(tick)).chunk(openai::STREAM);
    let server = Server::start([pausing.end()]).await;
    assert!(ask_model(&model(&server, OPENAI, policy), &question()).await.reply.is_ok());
}

#[tokio::test]
async fn failed_encryption_is_named_as_such() {
    // Speaks first, and not TLS.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = Some(format!("https://{}", listener.local_addr().unwrap()));
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        while stream.read(&mut [0; 64]).await.is_ok_and(|length| length > 0) {}
    });
    let access = ProviderAccess { key: Some(KEY.into()), base_url };
    let model = ModelFactory::new().with_policy(once()).connect(&OPENAI.parse().unwrap(), access).unwrap();
    match ask_model(&*model, &question()).await.reply {
        Err(ModelError::Unavailable { message, .. }) => assert!(message.contains("secure connection"), "{message}"),
        other => panic!("{other:?}"),
    }
}
