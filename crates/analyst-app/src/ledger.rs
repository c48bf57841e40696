//! The gate through which requests leave: each is checked against the person's limits and written into the ledger
//! before it is sent. What cannot be written down, or would cost more than allowed, is not sent.

use std::sync::Arc;
use std::time::Duration;

use analyst_llm::{EgressLog, IncomingResponse, OutgoingRequest, model_info};
use analyst_store::{NewLedgerEntry, Store};
use analyst_types::{Clock, LedgerOutcome, PrivacyLevel, RunId};
use async_trait::async_trait;

use crate::Settings;

const DAY: Duration = Duration::from_secs(24 * 3_600);
/// The least number of bytes that one token takes, so that a request is never thought shorter than it is.
const BYTES_PER_TOKEN: f64 = 2.0;

/// Writes down what leaves on behalf of one run, or of a test of a key.
pub(crate) struct Gate {
    pub store: Arc<Store>,
    pub clock: Clock,
    pub run_id: Option<RunId>,
    pub privacy: Option<PrivacyLevel>,
    pub caps: Caps,
}

/// What requests may cost. They are counted in the database, so that a program that crashes and starts again cannot
/// spend more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Caps {
    pub calls_per_run: u32,
    pub usd_per_run: Option<f64>,
    pub usd_per_day: Option<f64>,
}

impl From<&Settings> for Caps {
    fn from(settings: &Settings) -> Self {
        Self {
            calls_per_run: settings.max_calls_per_run,
            usd_per_run: settings.max_usd_per_run,
            usd_per_day: settings.max_usd_per_day,
        }
    }
}

impl Gate {
    async fn check(&self, request: &OutgoingRequest<'_>) -> Result<(), String> {
        let unread = |error| format!("what was spent so far cannot be read: {error}");
        if let Some(run_id) = self.run_id {
            let calls = self.store.ledger().count_by_run(run_id).await.map_err(unread)?;
            if calls >= u64::from(self.caps.calls_per_run) {
                return Err(format!(
                    "this question has made {calls} requests, which is the limit. Raise maxCallsPerRun in the settings if that was intended."
                ));
            }
        }
        let Some(cost) = most_it_can_cost(request) else { return Ok(()) };
        if let (Some(cap), Some(run_id)) = (self.caps.usd_per_run, self.run_id) {
            let spent = self.store.model_usage().usd_of_run(run_id).await.map_err(unread)?;
            within(cap, spent, cost, "this question")?;
        }
        if let Some(cap) = self.caps.usd_per_day {
            let since = self.clock.now() - DAY;
            let spent = self.store.model_usage().usd_since(since).await.map_err(unread)?;
            within(cap, spent, cost, "the last 24 hours")?;
        }
        Ok(())
    }
}

fn within(cap: f64, spent: f64, cost: f64, what: &str) -> Result<(), String> {
    if spent + cost <= cap {
        return Ok(());
    }
    Err(format!(
        "the limit for {what} is ${cap:.2}; ${spent:.4} are spent, and this request could cost ${cost:.4}. Raise the limit in the settings, or choose a cheaper model."
    ))
}

/// In US dollars; none when the price is unknown.
fn most_it_can_cost(request: &OutgoingRequest<'_>) -> Option<f64> {
    let info = model_info(request.model);
    let input = request.body.len() as f64 / BYTES_PER_TOKEN * info.input_price_per_mtok?;
    let output = f64::from(request.max_output_tokens) * info.output_price_per_mtok?;
    Some((input + output) / 1e6)
}

#[async_trait]
impl EgressLog for Gate {
    async fn sending(&self, request: &OutgoingRequest<'_>) -> Result<u64, String> {
        self.check(request).await?;
        let entry = NewLedgerEntry {
            at: self.clock.now(),
            run_id: self.run_id,
            url: request.url,
            model: request.model,
            purpose: request.purpose,
            attempt: request.attempt,
            privacy: self.privacy,
            shown: request.shown,
            body: request.body,
        };
        let written = self.store.ledger().append(&entry).await;
        written.map_err(|error| format!("it could not be written into the ledger: {error}"))
    }

    async fn ended(&self, number: u64, response: &IncomingResponse) {
        let outcome = LedgerOutcome {
            at: self.clock.now(),
            status: response.status,
            response_bytes: response.bytes,
            response_hash: response.sha256.clone(),
            error: response.error.clone(),
        };
        if let Err(error) = self.store.ledger().conclude(number, &outcome).await {
            tracing::warn!(%error, "the end of a request could not be written into the ledger");
        }
    }
}
