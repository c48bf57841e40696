//! What a failed try means: which error it is, and whether another try makes sense.
//!
//! Every sentence of a provider passes through here, is shortened, freed of control characters and of the key.

use std::error::Error;
use std::time::Duration;

use analyst_types::{ModelError, Usage};
use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::wire::Fault;

/// Longest sentence of a provider that is passed on.
const MAX_MESSAGE_CHARS: usize = 400;

/// Whether and when another try makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// It would fail again.
    Never,
    /// After the back-off.
    Backoff,
    /// Once, quickly: a program on this machine that is just starting is there a moment later, or not at all.
    Once,
    /// After the time the provider asked for.
    After(Duration),
}

/// A failed try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What it is, when no other try follows.
    pub(crate) error: ModelError,
    /// Whether one may follow.
    pub(crate) again: Again,
    /// What the provider complained about, when it said the request is wrong.
    pub(crate) complaint: Option<String>,
    /// Whether it is the provider's own trouble, which counts towards leaving it alone.
    pub(crate) outage: bool,
    /// Tokens told before it failed.
    pub(crate) usage: Usage,
}

impl Failure {
    /// A failure that stays one.
    pub(crate) fn lasting(error: ModelError) -> Self {
        Self { error, again: Again::Never, complaint: None, outage: false, usage: Usage::default() }
    }

    fn passing(error: ModelError) -> Self {
        Self { again: Again::Backoff, outage: true, ..Self::lasting(error) }
    }
}

/// Who failed, and what must not be repeated.
#[derive(Clone, Copy)]
pub(crate) struct Blame<'a> {
    /// For people.
    pub(crate) provider: &'a str,
    /// As the provider calls it.
    pub(crate) model: &'a str,
    /// Never to be shown.
    pub(crate) key: Option<&'a SecretString>,
    /// Whether it is reached on this machine.
    pub(crate) loopback: bool,
}

impl Blame<'_> {
    /// An answer with an error status.
    pub(crate) fn status(self, status: u16, headers: &HeaderMap, body: &[u8]) -> Failure {
        let text = String::from_utf8_lossy(body);
        match serde_json::from_str::<Value>(&text) {
            Ok(json) => self.reported(status, headers, &json),
            Err(_) if looks_like_page(&text) => self.page(status),
            Err(_) => self.reported(status, headers, &Value::String(text.into_owned())),
        }
    }

    /// Something wrong inside an answer that had begun well.
    pub(crate) fn fault(self, fault: &Fault) -> Failure {
        match fault {
            Fault::Reported { status, body } => self.reported(*status, &HeaderMap::new(), body),
            Fault::ContextOverflow => Failure::lasting(ModelError::ContextOverflow),
            Fault::Foreign(what) => self.foreign(what),
        }
    }

    /// What came is not the provider's protocol: a proxy, a login page, another program at this address.
    pub(crate) fn foreign(self, what: &str) -> Failure {
        self.bad_response(format!("this is not the provider: {what}"))
    }

    /// The stream ended, or was too slow, before the answer did.
    pub(crate) fn truncated(self, partial: &str) -> Failure {
        let error = ModelError::Truncated { provider: self.provider.to_owned(), partial: partial.to_owned() };
        Failure::passing(error)
    }

    /// Nothing came in time. Another try would wait as long again, so that is for the person to decide.
    pub(crate) fn silent(self, waited: Duration) -> Failure {
        Failure { again: Again::Never, ..self.unavailable(format!("no answer within {} s", waited.as_secs())) }
    }

    /// The ledger refused the request, so it was not sent.
    pub(crate) fn withheld(self, why: &str) -> Failure {
        Failure::lasting(self.unavailable(format!("nothing was sent: {why}")).error)
    }

    /// The connection failed.
    pub(crate) fn transport(self, error: reqwest::Error) -> Failure {
        let error = error.without_url();
        if let Some(encryption) = encryption_error(&error) {
            let failure = self.unavailable(format!("the secure connection failed: {encryption}"));
            // What does not fit now will not fit in a second.
            return Failure { again: Again::Never, outage: false, ..failure };
        }
        let causes: Vec<String> = causes(&error).map(ToString::to_string).collect();
        let all = causes.join(": ").to_lowercase();
        let refused = all.contains("refused");
        let failure = self.unavailable(match () {
            () if error.is_timeout() => "it could not be reached in time".to_owned(),
            () if all.contains("dns") => "its address was not found; is there a network?".to_owned(),
            () if refused => "nothing answers at its address; is it running?".to_owned(),
            () => format!("the connection failed: {}", causes.last().map_or("no reason given", String::as_str)),
        });
        // Nobody else's load makes this machine refuse: waiting longer only keeps the person from starting the program.
        if refused && self.loopback { Failure { again: Again::Once, outage: false, ..failure } } else { failure }
    }

    fn page(self, status: u16) -> Failure {
        match status {
            500.. => self.unavailable(format!("status {status}")),
            _ => self.foreign(&format!("a web page answered with status {status}")),
        }
    }

    fn reported(self, status: u16, headers: &HeaderMap, body: &Value) -> Failure {
        let said = Said::of(body);
        let message = self.clean(&said.message, status);
        let provider = self.provider.to_owned();
        let failure = match status {
            _ if said.is_overflow(status) => Failure::lasting(ModelError::ContextOverflow),
            402 => Failure::lasting(ModelError::QuotaExceeded { provider, message }),
            429 => return self.limited(headers, body, &said, message),
            400..500 if said.is_about_money() => Failure::lasting(ModelError::QuotaExceeded { provider, message }),
            401 | 403 => Failure::lasting(ModelError::Unauthorized { provider }),
            400 if said.is_about_the_key() => Failure::lasting(ModelError::Unauthorized { provider }),
            400 | 404 if said.is_about_the_model(self.model) => {
                Failure::lasting(ModelError::UnknownModel { provider, model: self.model.to_owned() })
            }
            404 => self.bad_response(format!("its address does not answer calls ({message})")),
            400 | 422 => Failure { complaint: Some(said.message.clone()), ..self.bad_response(message) },
            408 | 409 | 500.. => self.unavailable(message),
            300..400 => self.bad_response("it sends us to another address, which is not followed".to_owned()),
            _ => self.bad_response(message),
        };
        overruled(failure, headers)
    }

    fn limited(self, headers: &HeaderMap, body: &Value, said: &Said, message: String) -> Failure {
        let retry_after = retry_after(headers, Utc::now()).or_else(|| retry_info(body));
        let provider = self.provider.to_owned();
        // Some providers call every limit a quota; one that says when to come back is not about money.
        if said.is_out_of_credit() || (retry_after.is_none() && said.is_about_money()) {
            return Failure::lasting(ModelError::QuotaExceeded { provider, message });
        }
        let failure = Failure::lasting(ModelError::RateLimited { provider, retry_after });
        match retry_after {
            Some(wait) => Failure { again: Again::After(wait), ..failure },
            None => overruled(failure, headers),
        }
    }

    fn unavailable(self, message: String) -> Failure {
        Failure::passing(ModelError::Unavailable { provider: self.provider.to_owned(), message })
    }

    fn bad_response(self, message: String) -> Failure {
        Failure::lasting(ModelError::BadResponse { provider: self.provider.to_owned(), message })
    }

    fn clean(self, message: &str, status: u16) -> String {
        let mut text: String = message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if let Some(key) = self.key.map(ExposeSecret::expose_secret).filter(|key| !key.is_empty()) {
            text = text.replace(key, "•••");
        }
        let short: String = text.trim().chars().take(MAX_MESSAGE_CHARS).collect();
        if short.is_empty() { format!("status {status}") } else { short }
    }
}

/// What lies behind an error, the deepest cause last.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause: &&'a (dyn Error + 'static)| {
        // I/O errors hold another one without calling it their source.
        match cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(held) => Some(held),
            None => (*cause).source(),
        }
    })
}

/// The failure of TLS in it, if that is what it is.
fn encryption_error(error: &reqwest::Error) -> Option<&rustls::Error> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// Providers may overrule the meaning of their status.
fn overruled(failure: Failure, headers: &HeaderMap) -> Failure {
    match headers.get("x-should-retry").and_then(|value| value.to_str().ok()) {
        Some("false") => Failure { again: Again::Never, ..failure },
        Some("true") => Failure { again: Again::Backoff, ..failure },
        _ => failure,
    }
}

/// An error in the words of the provider.
struct Said {
    message: String,
    /// Its type, code and status, lower case.
    kind: String,
}

impl Said {
    fn of(body: &Value) -> Self {
        let body = if body.is_array() { &body[0] } else { body };
        let error = if body["error"].is_object() { &body["error"] } else { body };
        let spoken = [&error["message"], &body["error"], &body["message"], &body["detail"], body];
        let message = spoken.iter().find_map(|value| value.as_str()).unwrap_or_default().to_owned();
        let words = [&error["type"], &error["code"], &error["status"]];
        let kind = words.iter().filter_map(|value| value.as_str()).collect::<Vec<_>>().join(" ").to_lowercase();
        Self { message, kind }
    }

    fn mentions(&self, words: &[&str]) -> bool {
        let message = self.message.to_lowercase();
        words.iter().any(|word| message.contains(word) || self.kind.contains(word))
    }

    fn is_overflow(&self, status: u16) -> bool {
        let words = [
            "context_length_exceeded",
            "maximum context length",
            "context length",
            "context window",
            "context size",
            "prompt is too long",
            "input is too long",
            "too many tokens",
            "reduce the length",
            "exceed_context_size",
            "exceeds the maximum number of tokens",
            "request_too_large",
        ];
        status == 413 || (matches!(status, 400 | 422 | 500) && self.mentions(&words))
    }

    fn is_out_of_credit(&self) -> bool {
        self.mentions(&["insufficient_quota", "spend_limit", "spend limit", "billing_hard_limit", "credit"])
    }

    fn is_about_money(&self) -> bool {
        self.is_out_of_credit() || self.mentions(&["billing", "quota", "insufficient balance", "payment"])
    }

    fn is_about_the_key(&self) -> bool {
        self.mentions(&["api key not valid", "api_key_invalid", "invalid api key", "incorrect api key"])
    }

    fn is_about_the_model(&self, model: &str) -> bool {
        let missing =
            ["not found", "not_found", "does not exist", "unknown model", "not a valid model", "not available"];
        let named = ["model", &model.to_lowercase()];
        self.mentions(&["model_not_found"]) || (self.mentions(&missing) && self.mentions(&named))
    }
}

fn looks_like_page(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(64).collect::<String>().to_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html") || start.starts_with("<?xml")
}

/// `Retry-After` in seconds or as a date, and its finer sibling in milliseconds.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(millis) = text("retry-after-ms").and_then(|value| value.parse::<f64>().ok()) {
        return Duration::try_from_secs_f64(millis / 1000.0).ok();
    }
    let value = text("retry-after")?;
    if let Ok(secs) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(secs).ok();
    }
    let date = DateTime::parse_from_rfc2822(value).ok()?;
    Some((date.with_timezone(&Utc) - now).to_std().unwrap_or_default())
}

/// Google writes the wait into the body: `{"@type": "…RetryInfo", "retryDelay": "34.4s"}`.
fn retry_info(body: &Value) -> Option<Duration> {
    let body = if body.is_array() { &body[0] } else { body };
    let delay = body["error"]["details"].as_array()?.iter().find_map(|detail| detail["retryDelay"].as_str())?;
    Duration::try_from_secs_f64(delay.strip_suffix('s')?.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;
    use serde_json::json;

    use super::*;

    fn failure(status: u16, header: Option<(&'static str, &'static str)>, body: &Value) -> Failure {
        let key = SecretString::from("sk-canary");
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = header {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let blame = Blame { provider: "Acme", model: "m-1", key: Some(&key), loopback: false };
        blame.status(status, &headers, body.to_string().as_bytes())
    }

    fn check(status: u16, header: Option<(&'static str, &'static str)>, body: Value, expect: &str, again: Again) {
        let failure = failure(status, header, &body);
        let variant = format!("{:?}", failure.error);
        assert!(variant.starts_with(expect), "{status} {body}: {variant}");
        assert_eq!(failure.again, again, "{status} {body}");
    }

    #[test]
    fn statuses_mean_what_the_policy_says() {
        let error = |kind: &str, message: &str| json!({"error": {"type": kind, "code": kind, "message": message}});
        let secs = |secs| Again::After(Duration::from_secs(secs));
        check(401, None, error("authentication_error", "invalid x-api-key"), "Unauthorized", Again::Never);
        check(403, None, json!("no"), "Unauthorized", Again::Never);
        check(402, None, error("billing", "pay"), "QuotaExceeded", Again::Never);
        check(429, Some(("retry-after", "7")), error("rate_limit_error", "slow down"), "RateLimited", secs(7));
        check(429, Some(("retry-after-ms", "2000")), error("rate_limit_error", "slow"), "RateLimited", secs(2));
        check(429, None, error("rate_limit_error", "slow down"), "RateLimited", Again::Never);
        check(429, Some(("x-should-retry", "true")), error("rate_limit", "slow"), "RateLimited", Again::Backoff);
        check(429, Some(("retry-after", "7")), error("insufficient_quota", "x"), "QuotaExceeded", Again::Never);
        check(429, None, error("", "You exceeded your current quota"), "QuotaExceeded", Again::Never);
        check(400, None, error("", "Your credit balance is too low"), "QuotaExceeded", Again::Never);
        check(400, None, error("context_length_exceeded", "x"), "ContextOverflow", Again::Never);
        check(400, None, error("", "prompt is too long: 210000 tokens > 200000"), "ContextOverflow", Again::Never);
        check(413, None, json!({}), "ContextOverflow", Again::Never);
        check(404, None, error("not_found_error", "model: m-1"), "UnknownModel", Again::Never);
        check(
            404,
            None,
            json!({"error": "model \"m-1\" not found, try pulling it first"}),
            "UnknownModel",
            Again::Never,
        );
        check(404, None, json!("404 page not found"), "BadResponse", Again::Never);
        check(400, None, json!([{"error": {"message": "API key not valid."}}]), "Unauthorized", Again::Never);
        check(400, None, error("invalid_request_error", "bad"), "BadResponse", Again::Never);
        check(302, None, json!(""), "BadResponse", Again::Never);
        for status in [408, 409, 500, 502, 503, 504, 529] {
            check(status, None, error("overloaded_error", "Overloaded"), "Unavailable", Again::Backoff);
        }
        check(500, Some(("x-should-retry", "false")), json!({}), "Unavailable", Again::Never);
    }

    #[test]
    fn a_limit_that_names_its_end_is_waited_for() {
        let body = json!({"error": {"message": "You exceeded your current quota", "status": "RESOURCE_EXHAUSTED",
            "details": [{"@type": "x/RetryInfo", "retryDelay": "34.5s"}]}});
        check(429, None, body, "RateLimited", Again::After(Duration::from_millis(34_500)));
    }

    #[test]
    fn retry_after_may_be_a_date() {
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let headers = |value| HeaderMap::from_iter([(reqwest::header::RETRY_AFTER, HeaderValue::from_static(value))]);
        let wait = retry_after(&headers("Sun, 22 Nov 2026 10:00:30 GMT"), now);
        assert_eq!(wait, Some(Duration::from_secs(30)));
        assert_eq!(retry_after(&headers("Sun, 22 Nov 2026 09:00:00 GMT"), now), Some(Duration::ZERO));
        assert_eq!(retry_after(&headers("soon"), now), None);
        assert_eq!(retry_after(&headers("-1"), now), None);
    }

    #[test]
    fn pages_are_not_the_provider_unless_they_are_its_gateway() {
        let blame = Blame { provider: "Acme", model: "m", key: None, loopback: false };
        let page = |status| blame.status(status, &HeaderMap::new(), b"\n<!DOCTYPE html><title>Sign in</title>");
        assert!(format!("{:?}", page(404).error).contains("not the provider"));
        assert_eq!((page(502).again, page(404).again), (Again::Backoff, Again::Never));
    }

    #[test]
    fn messages_never_contain_the_key_nor_control_characters() {
        let echoed = json!({"error": {"message": "bad key sk-canary\u{1b}[31m here"}});
        let message = failure(400, None, &echoed).error.to_string();
        assert_eq!(message, "Acme: bad key ••• [31m here");
    }
}
