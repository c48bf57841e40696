//! A model behind a provider: asks, waits, asks again where that makes sense, and counts what it cost.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use analyst_types::{LanguageModel, ModelDelta, ModelError, ModelId, ModelReply, ModelRequest, StopReason, Usage};
use async_trait::async_trait;
use secrecy::SecretString;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::account::Account;
use crate::answer::Answer;
use crate::dialect::{Dialect, SchemaMode};
use crate::egress::EgressLog;
use crate::endpoint::Endpoint;
use crate::exchange::Exchange;
use crate::failure::{Again, Blame, Failure};
use crate::policy::CallPolicy;
use crate::price::price;
use crate::provider::Provider;

/// A model behind a provider.
pub struct RemoteModel {
    pub(crate) id: ModelId,
    pub(crate) provider: &'static Provider,
    pub(crate) endpoint: Endpoint,
    pub(crate) key: Option<SecretString>,
    pub(crate) client: reqwest::Client,
    pub(crate) policy: CallPolicy,
    pub(crate) account: Arc<Account>,
    pub(crate) egress: Option<Arc<dyn EgressLog>>,
    pub(crate) dialect: Mutex<Dialect>,
}

/// The tries of one call.
struct Tries<'a> {
    made: u32,
    usage: Usage,
    on_delta: &'a (dyn Fn(ModelDelta) + Send + Sync),
}

#[async_trait]
impl LanguageModel for RemoteModel {
    fn id(&self) -> &ModelId {
        &self.id
    }

    fn supports_schema(&self) -> bool {
        self.dialect().schema != SchemaMode::Words
    }

    async fn complete(
        &self,
        request: &ModelRequest,
        on_delta: &(dyn Fn(ModelDelta) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<ModelReply, ModelError> {
        let (answer, usage) = self.answer_with_usage(request, on_delta, cancel).await?;
        let counted = answer.counted || self.provider.local;
        let cost_usd =
            counted.then(|| price(self.provider, self.id.name(), &usage, answer.cache_write_tokens)).flatten();
        Ok(ModelReply { text: answer.text, stop: answer.stop.unwrap_or(StopReason::End), usage, cost_usd })
    }
}

impl RemoteModel {
    /// Like [`LanguageModel::complete`], with everything the wire told: for diagnosis, and for measuring this client
    /// against recorded answers.
    pub async fn answer(
        &self,
        request: &ModelRequest,
        on_delta: &(dyn Fn(ModelDelta) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<Answer, ModelError> {
        self.answer_with_usage(request, on_delta, cancel).await.map(|(answer, _)| answer)
    }

    /// The same model, with a ledger that is told of every request before it leaves.
    #[must_use]
    pub fn with_egress_log(mut self, egress: Arc<dyn EgressLog>) -> Self {
        self.egress = Some(egress);
        self
    }

    /// Whether its server is on this machine, whatever that one does with what it is told.
    pub fn is_on_loopback(&self) -> bool {
        self.endpoint.loopback
    }

    /// Whether nothing leaves this machine when this model is asked.
    pub fn is_local(&self) -> bool {
        self.provider.local && self.endpoint.loopback && !self.provider.forwards(self.id.name())
    }

    async fn answer_with_usage(
        &self,
        request: &ModelRequest,
        on_delta: &(dyn Fn(ModelDelta) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<(Answer, Usage), ModelError> {
        // Dropping the future drops the connection, in the middle of a stream as well as during a wait.
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(ModelError::Cancelled),
            outcome = self.try_until_answered(request, on_delta) => outcome,
        }
    }

    async fn try_until_answered(
        &self,
        request: &ModelRequest,
        on_delta: &(dyn Fn(ModelDelta) + Send + Sync),
    ) -> Result<(Answer, Usage), ModelError> {
        let mut tries = Tries { made: 0, usage: Usage::default(), on_delta };
        loop {
            self.wait_for_account(&tries).await;
            tries.made += 1;
            let shown = AtomicBool::new(false);
            let failure = match self.ask(request, &tries, &shown).await {
                Ok(answer) => {
                    self.account.answered();
                    tries.usage += answer.usage();
                    return Ok((answer, tries.usage));
                }
                Err(failure) => failure,
            };
            tries.usage += failure.usage;
            tracing::debug!(model = %self.id, attempt = tries.made, error = %failure.error, "a try failed");
            self.note(&failure);
            let shown = shown.load(Ordering::Relaxed);
            if !shown && tries.made < self.policy.max_tries && self.adapt(&failure, request.schema.is_some()) {
                continue;
            }
            self.wait_for_next_try(failure, shown, &tries).await?;
        }
    }

    async fn ask(&self, request: &ModelRequest, tries: &Tries<'_>, shown: &AtomicBool) -> Result<Answer, Failure> {
        let dialect = self.dialect();
        let on_delta = |delta| {
            shown.store(true, Ordering::Relaxed);
            (tries.on_delta)(delta);
        };
        let slow = dialect.reasons || self.endpoint.loopback;
        let exchange = Exchange {
            client: &self.client,
            endpoint: &self.endpoint,
            model: &self.id,
            blame: self.blame(),
            policy: &self.policy,
            dialect,
            egress: self.egress.as_deref(),
            on_delta: &on_delta,
            first_token: if slow { self.policy.first_token_slow } else { self.policy.first_token },
            tap: Mutex::default(),
        };
        exchange.ask(request, tries.made).await
    }

    /// Tells the other calls with this key what was learned.
    fn note(&self, failure: &Failure) {
        let now = Instant::now();
        match failure.again {
            Again::After(wait) if wait <= self.policy.max_wait => self.account.pause(now + wait),
            // A local program that is down costs nobody anything; the person starts it and asks again at once.
            _ if failure.outage && !self.provider.local => self.account.failed(now, &self.policy),
            _ => {}
        }
    }

    /// Changes the dialect when the failure was about it, and says whether that is worth another try.
    fn adapt(&self, failure: &Failure, with_schema: bool) -> bool {
        let Some(complaint) = &failure.complaint else { return false };
        let mut dialect = self.dialect.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = dialect.avoiding(complaint, with_schema);
        if let Some(changed) = changed {
            *dialect = changed;
        }
        changed.is_some()
    }

    /// Waits until the next try, or gives the failure back as the end of the call.
    async fn wait_for_next_try(&self, failure: Failure, shown: bool, tries: &Tries<'_>) -> Result<(), ModelError> {
        let wait = match failure.again {
            _ if shown || tries.made >= self.policy.max_tries => None,
            Again::Never => None,
            Again::Backoff => Some(self.policy.backoff(tries.made)),
            // Coming back earlier than asked would only fail again, so a longer wait is left to the person.
            Again::After(wait) => Some(wait).filter(|wait| *wait <= self.policy.max_wait),
        };
        let Some(wait) = wait else { return Err(failure.error) };
        self.announce(tries, wait, failure.error.to_string());
        tokio::time::sleep(wait).await;
        Ok(())
    }

    /// Waits as long as the provider is to be left alone.
    async fn wait_for_account(&self, tries: &Tries<'_>) {
        while let Some(wait) = self.account.wait(Instant::now()) {
            self.announce(
                tries,
                wait,
                format!("{} asked for a pause, or failed too often", self.provider.display_name),
            );
            tokio::time::sleep(wait).await;
        }
    }

    fn announce(&self, tries: &Tries<'_>, wait: Duration, reason: String) {
        (tries.on_delta)(ModelDelta::Retrying { attempt: tries.made + 1, wait, reason });
    }

    fn dialect(&self) -> Dialect {
        *self.dialect.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn blame(&self) -> Blame<'_> {
        Blame { provider: &self.provider.display_name, model: self.id.name(), key: self.key.as_ref() }
    }
}
