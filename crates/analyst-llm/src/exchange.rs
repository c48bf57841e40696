//! One try: the request goes out, the answer comes in piece by piece, under every limit of time and size.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use analyst_types::{ModelDelta, ModelId, ModelRequest};
use reqwest::Response;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use tokio::time::{Instant, timeout, timeout_at};

use crate::answer::Answer;
use crate::dialect::{Dialect, SchemaMode};
use crate::egress::{EgressLog, OutgoingRequest, Tap};
use crate::endpoint::Endpoint;
use crate::failure::{Blame, Failure};
use crate::policy::{CallPolicy, MAX_ANSWER_BYTES, MAX_ERROR_BYTES};
use crate::sse::{SseEvent, SseReader};
use crate::wire::{Fault, Wire, wire};

/// All that one try needs.
pub(crate) struct Exchange<'a> {
    pub(crate) client: &'a reqwest::Client,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) model: &'a ModelId,
    pub(crate) blame: Blame<'a>,
    pub(crate) policy: &'a CallPolicy,
    pub(crate) dialect: Dialect,
    pub(crate) egress: Option<&'a dyn EgressLog>,
    pub(crate) on_delta: &'a (dyn Fn(ModelDelta) + Send + Sync),
    /// Until the first token.
    pub(crate) first_token: Duration,
    /// What came back, for the ledger.
    pub(crate) tap: Mutex<Tap>,
}

/// What kind of body an answer has, from its content type.
enum Body {
    Stream,
    Whole,
    Foreign(String),
}

impl Exchange<'_> {
    /// Asks once, and has the ledger told how it ended.
    pub(crate) async fn ask(&self, request: &ModelRequest, attempt: u32) -> Result<Answer, Failure> {
        let asked = self.ask_unlogged(request, attempt).await;
        let tap = std::mem::take(&mut *self.tap());
        if let (Some(egress), Some(number)) = (self.egress, tap.number) {
            let error = asked.as_ref().err().map(|failure| failure.error.to_string());
            egress.ended(number, &tap.response(error)).await;
        }
        asked
    }

    fn tap(&self) -> std::sync::MutexGuard<'_, Tap> {
        self.tap.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask_unlogged(&self, request: &ModelRequest, attempt: u32) -> Result<Answer, Failure> {
        let wire = wire(self.dialect.wire);
        let by_tool = request.schema.is_some() && self.dialect.schema == SchemaMode::Tool;
        let mut answer = Answer { text_from_tool: by_tool, ..Answer::default() };
        let deadline = Instant::now() + self.first_token;
        let response = self.send(wire, request, attempt, deadline).await?;
        let read = match body_kind(&response) {
            Body::Stream => self.read_stream(wire, response, deadline, &mut answer).await,
            Body::Whole => self.read_whole(wire, response, deadline, &mut answer).await,
            Body::Foreign(what) => Err(self.blame.foreign(&format!("it answered with {what}"))),
        };
        read.map_err(|failure| Failure { usage: answer.usage(), ..failure })?;
        Ok(answer)
    }

    async fn send(
        &self,
        wire: &dyn Wire,
        request: &ModelRequest,
        attempt: u32,
        deadline: Instant,
    ) -> Result<Response, Failure> {
        let body = wire.body(self.model.name(), request, &self.dialect).to_string().into_bytes();
        if let Some(egress) = self.egress {
            let url = self.endpoint.calls.as_str();
            let outgoing = OutgoingRequest {
                model: self.model,
                purpose: &request.purpose,
                url,
                attempt,
                body: &body,
                shown: &request.shown,
                max_output_tokens: request.max_output_tokens,
            };
            let number = egress.sending(&outgoing).await.map_err(|why| self.blame.withheld(&why))?;
            self.tap().number = Some(number);
        }
        let post = self.client.post(self.endpoint.calls.clone()).headers(wire.headers(self.blame.key));
        let post = post.header(CONTENT_TYPE, "application/json").header(ACCEPT, "text/event-stream").body(body);
        let sent = timeout_at(deadline, post.send()).await.map_err(|_| self.blame.silent(self.first_token))?;
        let response = sent.map_err(|error| self.blame.transport(error))?;
        self.tap().status = Some(response.status().as_u16());
        if response.status().is_success() { Ok(response) } else { Err(self.refused(response).await) }
    }

    /// An error status; its body is read as far as it comes.
    async fn refused(&self, mut response: Response) -> Failure {
        let mut body = Vec::new();
        while let Ok(Ok(Some(bytes))) = timeout(self.policy.connect, response.chunk()).await {
            self.tap().take(&bytes);
            body.extend_from_slice(&bytes);
            if body.len() > MAX_ERROR_BYTES {
                break;
            }
        }
        self.blame.status(response.status().as_u16(), response.headers(), &body)
    }

    async fn read_whole(
        &self,
        wire: &dyn Wire,
        mut response: Response,
        deadline: Instant,
        answer: &mut Answer,
    ) -> Result<(), Failure> {
        let mut body = Vec::new();
        loop {
            let limit = deadline.max(Instant::now() + self.policy.idle);
            let read = timeout_at(limit, response.chunk()).await;
            if let Ok(Ok(Some(bytes))) = &read {
                self.tap().take(bytes);
            }
            match read.map_err(|_| self.blame.silent(self.policy.idle))? {
                Ok(Some(bytes)) if body.len() + bytes.len() > MAX_ANSWER_BYTES => {
                    return Err(self.blame.foreign("its answer is larger than 16 MiB"));
                }
                Ok(Some(bytes)) => body.extend_from_slice(&bytes),
                Ok(None) => break,
                Err(_) => return Err(self.blame.truncated("")),
            }
        }
        let json = serde_json::from_slice(&body).map_err(|_| self.blame.foreign("its answer is not JSON"))?;
        let deltas = wire.read_whole(&json, answer).map_err(|fault| self.blame.fault(&fault))?;
        deltas.into_iter().for_each(self.on_delta);
        Ok(())
    }

    async fn read_stream(
        &self,
        wire: &dyn Wire,
        mut response: Response,
        first_token: Instant,
        answer: &mut Answer,
    ) -> Result<(), Failure> {
        let mut reader = SseReader::default();
        let mut pace = Pace::new(self.policy);
        while !answer.ended {
            let begun = !answer.text.is_empty() || !answer.thinking.is_empty();
            let idle = Instant::now() + self.policy.idle;
            let limit = if begun { idle } else { first_token };
            match timeout_at(limit, response.chunk()).await {
                Ok(Ok(Some(bytes))) => {
                    self.tap().take(&bytes);
                    let events = reader.push(&bytes).map_err(|what| self.blame.foreign(what))?;
                    self.take(wire, events, answer)?;
                    if pace.too_slow(bytes.len(), reader.lines) {
                        return self.broken_off(answer);
                    }
                }
                Ok(Ok(None)) => return self.at_end(wire, reader, answer),
                Ok(Err(_)) => return self.broken_off(answer),
                Err(_) if begun => return self.broken_off(answer),
                Err(_) => return Err(self.blame.silent(self.first_token)),
            }
        }
        Ok(())
    }

    fn take(&self, wire: &dyn Wire, events: Vec<SseEvent>, answer: &mut Answer) -> Result<(), Failure> {
        for event in events {
            if answer.ended {
                break;
            }
            let deltas = read_event(wire, &event, answer).map_err(|fault| self.blame.fault(&fault))?;
            deltas.into_iter().for_each(self.on_delta);
        }
        Ok(())
    }

    /// The connection ended by itself. A last event without its empty line counts if it is whole, which JSON shows.
    fn at_end(&self, wire: &dyn Wire, reader: SseReader, answer: &mut Answer) -> Result<(), Failure> {
        let foreign = reader.foreign_lines > 0 && answer.text.is_empty();
        if let Some(event) = reader.rest()
            && (event.data.trim() == "[DONE]" || serde_json::from_str::<serde_json::Value>(&event.data).is_ok())
        {
            self.take(wire, vec![event], answer)?;
        }
        if answer.ended {
            return Ok(());
        }
        if foreign { Err(self.blame.foreign("its answer is not an event stream")) } else { self.broken_off(answer) }
    }

    fn broken_off(&self, answer: &Answer) -> Result<(), Failure> {
        if answer.complete { Ok(()) } else { Err(self.blame.truncated(&answer.text)) }
    }
}

fn read_event(wire: &dyn Wire, event: &SseEvent, answer: &mut Answer) -> Result<Vec<ModelDelta>, Fault> {
    if event.data.trim().is_empty() {
        return Ok(Vec::new());
    }
    if event.name != "error" {
        return wire.read_event(&event.data, answer);
    }
    // An error stays one even if its data are in no known shape.
    let body = serde_json::from_str(&event.data).unwrap_or_else(|_| event.data.clone().into());
    wire.read_event(&event.data, answer).and(Err(Fault::Reported { status: 500, body }))
}

fn body_kind(response: &Response) -> Body {
    let header = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = header.split(';').next().unwrap_or_default().trim().to_lowercase();
    match kind.as_str() {
        "text/event-stream" | "" => Body::Stream,
        "application/json" => Body::Whole,
        "text/html" => Body::Foreign("a web page".to_owned()),
        other => Body::Foreign(format!("“{}”", other.chars().take(80).collect::<String>())),
    }
}

/// Tells a stream that drips from one that only pauses: whole lines are signs of life, single bytes are not.
struct Pace<'a> {
    policy: &'a CallPolicy,
    since: Instant,
    bytes: usize,
    lines: u64,
}

impl<'a> Pace<'a> {
    fn new(policy: &'a CallPolicy) -> Self {
        Self { policy, since: Instant::now(), bytes: 0, lines: 0 }
    }

    fn too_slow(&mut self, bytes: usize, lines: u64) -> bool {
        self.bytes += bytes;
        if self.since.elapsed() < self.policy.slow_window {
            return false;
        }
        let wanted = self.policy.slow_window.as_secs_f64() * f64::from(self.policy.min_bytes_per_sec);
        let slow = lines == self.lines && (self.bytes as f64) < wanted;
        *self = Self { policy: self.policy, since: Instant::now(), bytes: 0, lines };
        slow
    }
}
