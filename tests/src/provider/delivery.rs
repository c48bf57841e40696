//! How an answer travels: at once or token by token, in whole or in pieces, to its end or not.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::Response;
use futures::stream;
use serde_json::Value;

use super::script::{Reply, Script};
use super::transcript::{Transcript, Wire};
use super::{anthropic, openai};

/// Lets the words before a break leave the socket first.
const BEFORE_BREAK: Duration = Duration::from_millis(30);

/// How a body ends.
#[derive(Clone, Copy)]
enum Ending {
    Proper,
    /// The connection breaks.
    Break,
    /// Nothing more comes.
    Hang,
}

/// A body on its way. Dropped before its end, it counts as given up by the client.
struct Journey {
    /// Each with the wait before it.
    pieces: VecDeque<(Duration, Bytes)>,
    ending: Ending,
    ended: bool,
    abandoned: Arc<AtomicUsize>,
}

impl Journey {
    fn arrive(&mut self) {
        self.ended = true;
    }
}

impl Drop for Journey {
    fn drop(&mut self) {
        if !self.ended {
            self.abandoned.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// The response to a request.
pub(super) async fn deliver(
    wire: Wire,
    reply: &Reply,
    request: &Value,
    script: &Script,
    abandoned: Arc<AtomicUsize>,
) -> Response {
    let answer = Transcript::of(reply, request);
    match reply {
        Reply::Status { status, headers, body } => with_status(wire, *status, headers, body.as_ref()),
        Reply::Garbage { content_type, body } => respond(StatusCode::OK, content_type, Body::from(body.clone())),
        Reply::Hang { text: None } => {
            let _given_up = Journey { pieces: VecDeque::new(), ending: Ending::Hang, ended: false, abandoned };
            std::future::pending().await
        }
        Reply::Text { .. } | Reply::Json { .. } if request["stream"] != true => {
            whole(StatusCode::OK, &whole_answer(wire, &answer))
        }
        streamed => {
            let (tokens, delay, ending) = stream_of(wire, streamed, &answer);
            let pieces = tokens.into_iter().flat_map(|token| cut(token, delay, script.chunk_bytes)).collect();
            events(Journey { pieces, ending, ended: false, abandoned })
        }
    }
}

/// The events of an answer that streams, the wait before each, and how it ends.
fn stream_of(wire: Wire, reply: &Reply, answer: &Transcript) -> (Vec<String>, Duration, Ending) {
    let beginning = match wire {
        Wire::Anthropic => anthropic::beginning(answer),
        Wire::OpenAi => openai::beginning(answer),
    };
    let end = |error: Option<u16>| match (wire, error) {
        (Wire::Anthropic, None) => anthropic::end(answer),
        (Wire::OpenAi, None) => openai::end(answer),
        (Wire::Anthropic, Some(status)) => vec![anthropic::error_event(status)],
        (Wire::OpenAi, Some(status)) => vec![openai::error_event(status)],
    };
    match reply {
        Reply::Truncated { .. } => (beginning, Duration::ZERO, Ending::Break),
        Reply::Hang { .. } => (beginning, Duration::ZERO, Ending::Hang),
        Reply::ErrorEvent { status, .. } => ([beginning, end(Some(*status))].concat(), Duration::ZERO, Ending::Proper),
        Reply::Text { token_delay_ms, .. } => {
            ([beginning, end(None)].concat(), Duration::from_millis(*token_delay_ms), Ending::Proper)
        }
        _ => ([beginning, end(None)].concat(), Duration::ZERO, Ending::Proper),
    }
}

/// A body of JSON.
pub(super) fn whole(status: StatusCode, body: &Value) -> Response {
    respond(status, "application/json", Body::from(body.to_string()))
}

fn with_status(
    wire: Wire,
    status: u16,
    headers: &std::collections::BTreeMap<String, String>,
    body: Option<&Value>,
) -> Response {
    let usual = || match wire {
        Wire::Anthropic => anthropic::error(status, "scripted error"),
        Wire::OpenAi => openai::error(status, "scripted error"),
    };
    let code = StatusCode::from_u16(status).expect("the script's status is one");
    let mut response = match body {
        Some(Value::String(text)) => respond(code, "text/plain", Body::from(text.clone())),
        other => whole(code, &other.cloned().unwrap_or_else(usual)),
    };
    for (name, value) in headers {
        let name: header::HeaderName = name.parse().expect("the script's header name is one");
        response.headers_mut().insert(name, value.parse().expect("the script's header value is one"));
    }
    response
}

fn whole_answer(wire: Wire, answer: &Transcript) -> Value {
    match wire {
        Wire::Anthropic => anthropic::whole(answer),
        Wire::OpenAi => openai::whole(answer),
    }
}

/// The wait is before the token, not within it.
fn cut(token: String, delay: Duration, chunk_bytes: Option<usize>) -> Vec<(Duration, Bytes)> {
    let bytes = token.into_bytes();
    let size = chunk_bytes.unwrap_or(bytes.len()).max(1);
    let pieces = bytes.chunks(size).enumerate();
    pieces.map(|(n, piece)| (if n == 0 { delay } else { Duration::ZERO }, Bytes::copy_from_slice(piece))).collect()
}

fn events(journey: Journey) -> Response {
    let pieces = stream::unfold(journey, |mut journey| async move {
        if let Some((delay, piece)) = journey.pieces.pop_front() {
            // Even a sleep of nothing lasts until the next tick of the clock.
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            return Some((Ok(piece), journey));
        }
        match journey.ending {
            Ending::Hang => std::future::pending().await,
            Ending::Break if !journey.ended => {
                tokio::time::sleep(BEFORE_BREAK).await;
                journey.arrive();
                Some((Err(io::Error::other("the script breaks off here")), journey))
            }
            Ending::Break | Ending::Proper => {
                journey.arrive();
                None
            }
        }
    });
    respond(StatusCode::OK, "text/event-stream; charset=utf-8", Body::from_stream(pieces))
}

fn respond(status: StatusCode, content_type: &str, body: Body) -> Response {
    let response = Response::builder().status(status).header(header::CONTENT_TYPE, content_type).body(body);
    response.expect("the script's content type is a header value")
}
