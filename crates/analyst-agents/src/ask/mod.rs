//! Asks a signature: of the built-in analyst directly, of a model through a prompt, a streamed reply and its parsing.
//!
//! A reply that cannot be used is asked for once more, with what is wrong with it; then it is an error. A request that
//! does not fit is asked again with less of the data's description. Every call is told with its usage.

mod reply;
mod schema;
mod stream;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use analyst_types::{
    LanguageModel, ModelCall, ModelDelta, ModelError, ModelMessage, ModelReply, ModelRequest, OutputSchema, Role,
    RunEventKind, StopReason, Usage,
};
use serde_json::Value;

use crate::context::Outbox;
use crate::disclosure::Disclosure;
use crate::prompt::{self, Field};
use crate::{AgentError, Desk, Question, Reasoner, RunContext, Signature};
use stream::FieldStream;

/// How long a stopped model may take to close its connection before it is dropped.
const CANCEL_GRACE: Duration = Duration::from_millis(1_500);
/// Of a refusal or a reply, what an error quotes.
const MAX_QUOTED_CHARS: usize = 500;

/// Asks on behalf of one run.
pub(crate) struct Asker<'a> {
    ctx: &'a RunContext,
    reasoner: &'a Reasoner,
    context_tokens: Option<u64>,
    disclosure: Option<Disclosure>,
    /// Held while it is told, so that totals are told in the order they grow.
    spent: tokio::sync::Mutex<Spent>,
}

/// What the run has cost so far.
#[derive(Debug, Clone, Copy)]
struct Spent {
    usage: Usage,
    cost_usd: Option<f64>,
}

/// The parts of a request that stay the same when it is repeated.
struct Form {
    schema: OutputSchema,
    fields: Vec<Field>,
    by_provider: bool,
}

impl<'a> Asker<'a> {
    /// # Errors
    /// [`AgentError::PrivacyForbids`] when the model may see nothing.
    pub fn new(ctx: &'a RunContext, desk: &'a Desk, question: &Question) -> Result<Self, AgentError> {
        let disclosure = match &desk.reasoner {
            Reasoner::BuiltIn(_) => None,
            Reasoner::Model(model) => {
                Some(Disclosure::for_model(question.privacy, model.id(), desk.model_is_local, desk.context_tokens)?)
            }
        };
        Ok(Self {
            ctx,
            reasoner: &desk.reasoner,
            context_tokens: desk.context_tokens,
            disclosure,
            spent: tokio::sync::Mutex::new(Spent { usage: Usage::default(), cost_usd: Some(0.0) }),
        })
    }

    /// Whether what code found may be shown to who answers.
    pub fn shows_results(&self) -> bool {
        self.disclosure.as_ref().is_none_or(Disclosure::shows_results)
    }

    /// Whether a language model answers.
    pub fn is_model(&self) -> bool {
        matches!(self.reasoner, Reasoner::Model(_))
    }

    /// Prose with the texts that the model was not shown put back.
    pub fn restored(&self, prose: &str) -> String {
        self.disclosure.as_ref().map_or_else(|| prose.to_owned(), |disclosure| disclosure.restored(prose))
    }

    /// Asks once, all mending included.
    pub async fn ask<S: Signature>(&self, step: Option<u32>, input: &S::Input) -> Result<S::Output, AgentError> {
        self.ctx.go_on()?;
        let (model, disclosure) = match (self.reasoner, &self.disclosure) {
            (Reasoner::Model(model), Some(disclosure)) => (model, disclosure),
            (Reasoner::Model(model), None) => {
                return Err(AgentError::PrivacyForbids { model: model.id().to_string() });
            }
            (Reasoner::BuiltIn(analyst), _) => {
                let output = S::builtin(analyst, input)?;
                return S::check(input, &output).map(|()| output).map_err(malformed::<S>);
            }
        };
        let mut disclosure = disclosure.clone();
        loop {
            let asked = self.ask_model::<S>(model, &disclosure, step, input).await;
            let Err(AgentError::Model(ModelError::ContextOverflow)) = &asked else { return asked };
            let Some((narrower, told)) = disclosure.narrower() else { return asked };
            self.ctx.warn("context_shortened", format!("The request was too long for the model; {told}.")).await?;
            disclosure = narrower;
        }
    }

    async fn ask_model<S: Signature>(
        &self,
        model: &Arc<dyn LanguageModel>,
        disclosure: &Disclosure,
        step: Option<u32>,
        input: &S::Input,
    ) -> Result<S::Output, AgentError> {
        let form = Form::of::<S>(model.supports_schema());
        let disclosed = S::disclose(input, disclosure);
        let prompt = prompt::render(S::NAME, &disclosed, form.marked_fields());
        let room = self.output_room(S::MAX_OUTPUT_TOKENS);
        let fits = self.context_tokens.is_none_or(|tokens| prompt.n_tokens() + u64::from(room) <= tokens);
        if !fits && disclosure.narrower().is_some() {
            return Err(AgentError::Model(ModelError::ContextOverflow));
        }
        let mut request = ModelRequest {
            purpose: S::NAME.to_owned(),
            system: prompt.system,
            messages: vec![ModelMessage { role: Role::User, text: prompt.user }],
            schema: form.by_provider.then(|| form.schema.clone()),
            max_output_tokens: room,
            shown: disclosed.shown().to_vec(),
        };
        let reply = self.call::<S>(model, &request, step, &form).await?;
        let complaint = match understood::<S>(&form, input, &reply) {
            Ok(output) => return Ok(output),
            Err(complaint) => complaint,
        };
        tracing::debug!(purpose = S::NAME, %complaint, "asking once more");
        request.messages.push(ModelMessage { role: Role::Assistant, text: reply.text });
        request.messages.push(ModelMessage { role: Role::User, text: prompt::complaint(&complaint) });
        let reply = self.call::<S>(model, &request, step, &form).await?;
        understood::<S>(&form, input, &reply).map_err(malformed::<S>)
    }

    /// One call, streamed and told; a refusal is an error.
    async fn call<S: Signature>(
        &self,
        model: &Arc<dyn LanguageModel>,
        request: &ModelRequest,
        step: Option<u32>,
        form: &Form,
    ) -> Result<ModelReply, AgentError> {
        let started = self.ctx.clock.now();
        let outbox = Outbox::new(self.ctx);
        let telling =
            Mutex::new(Telling { field: form.stream(S::STREAMED), held: String::new(), step, purpose: S::NAME });
        let on_delta = |delta: ModelDelta| {
            let mut telling = telling.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(event) = telling.event(delta, |text| self.restored(text)) {
                outbox.push(event);
            }
        };
        let result = self.until_cancelled(model.complete(request, &on_delta, &self.ctx.cancel)).await;
        outbox.flush().await?;
        self.record(model, S::NAME, self.ctx.clock.millis_since(started), &result).await?;
        let reply = result?;
        if reply.stop == StopReason::Refusal {
            return Err(AgentError::Refused { message: reply.text.trim().chars().take(MAX_QUOTED_CHARS).collect() });
        }
        Ok(reply)
    }

    async fn until_cancelled(
        &self,
        call: impl Future<Output = Result<ModelReply, ModelError>>,
    ) -> Result<ModelReply, ModelError> {
        let too_late = async {
            self.ctx.cancel.cancelled().await;
            tokio::time::sleep(CANCEL_GRACE).await;
        };
        tokio::select! {
            biased;
            result = call => result,
            () = too_late => Err(ModelError::Cancelled),
        }
    }

    async fn record(
        &self,
        model: &Arc<dyn LanguageModel>,
        purpose: &str,
        duration_ms: u64,
        result: &Result<ModelReply, ModelError>,
    ) -> Result<(), AgentError> {
        let (usage, cost_usd, error) = match result {
            Ok(reply) => (reply.usage, reply.cost_usd, None),
            // A stream that broke off may have been billed.
            Err(error @ (ModelError::Cancelled | ModelError::Truncated { .. })) => {
                (Usage::default(), None, Some(error.to_string()))
            }
            Err(error) => (Usage::default(), Some(0.0), Some(error.to_string())),
        };
        let mut spent = self.spent.lock().await;
        spent.usage += usage;
        spent.cost_usd = spent.cost_usd.zip(cost_usd).map(|(sum, cost)| sum + cost);
        let call =
            ModelCall { purpose: purpose.to_owned(), model: model.id().clone(), usage, cost_usd, duration_ms, error };
        let (total, total_cost_usd) = (spent.usage, spent.cost_usd);
        self.ctx.tell(RunEventKind::UsageUpdated { call, total, total_cost_usd }).await
    }

    /// A small model's context must hold the question, too.
    fn output_room(&self, wanted: u32) -> u32 {
        let third = self.context_tokens.map(|tokens| u32::try_from(tokens / 3).unwrap_or(u32::MAX));
        third.map_or(wanted, |third| wanted.min(third.max(256)))
    }
}

impl Form {
    fn of<S: Signature>(by_provider: bool) -> Self {
        let schema = schema::output_schema::<S::Output>(S::NAME);
        Self { fields: schema::fields(&schema.schema), schema, by_provider }
    }

    fn marked_fields(&self) -> Option<&[Field]> {
        (!self.by_provider).then_some(self.fields.as_slice())
    }

    fn stream(&self, field: &'static str) -> FieldStream {
        if self.by_provider { FieldStream::json(field) } else { FieldStream::marked(field) }
    }

    fn schema(&self) -> &Value {
        &self.schema.schema
    }
}

/// The output of a reply, or a complaint for the model.
fn understood<S: Signature>(form: &Form, input: &S::Input, reply: &ModelReply) -> Result<S::Output, String> {
    if reply.stop == StopReason::Length {
        return Err("it was cut off because it was too long; make it shorter".to_owned());
    }
    let output = reply::parse::<S>(form.schema(), &form.fields, &reply.text)?;
    S::check(input, &output).map(|()| output)
}

/// What people are told of a reply while it comes.
struct Telling {
    field: FieldStream,
    /// The beginning of a stand-in, until its end has come.
    held: String,
    step: Option<u32>,
    purpose: &'static str,
}

impl Telling {
    fn event(&mut self, delta: ModelDelta, restored: impl Fn(&str) -> String) -> Option<RunEventKind> {
        match delta {
            ModelDelta::Text(piece) => {
                self.held.push_str(&self.field.push(&piece));
                let open = self.held.rfind('⟦').filter(|at| !self.held[*at..].contains('⟧'));
                let rest = self.held.split_off(open.unwrap_or(self.held.len()));
                let text = restored(&std::mem::replace(&mut self.held, rest));
                let (step, purpose) = (self.step, self.purpose.to_owned());
                (!text.is_empty()).then_some(RunEventKind::TextDelta { step, purpose, text })
            }
            ModelDelta::Thinking(_) => None,
            ModelDelta::Retrying { attempt, wait, reason } => {
                self.field.restart();
                self.held.clear();
                let message = format!("{reason}; try {attempt} follows in {:.0} seconds.", wait.as_secs_f64());
                Some(RunEventKind::Warning { code: "model_retry".to_owned(), message })
            }
        }
    }
}

fn malformed<S: Signature>(message: String) -> AgentError {
    AgentError::Malformed { purpose: S::NAME.to_owned(), message: message.chars().take(MAX_QUOTED_CHARS).collect() }
}
