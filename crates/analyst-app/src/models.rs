//! Which model thinks, how it is reached, and what its run works with.

use std::sync::Arc;
use std::time::Duration;

use analyst_agents::{BuiltInAnalyst, Desk, Reasoner};
use analyst_llm::{Provider, ProviderAccess, RemoteModel, known_models, model_info, provider, providers};
use analyst_types::{
    AppError, ErrorCode, LanguageModel, Limits, ModelCall, ModelError, ModelId, ModelInfo, ModelMessage, ModelRequest,
    PrivacyLevel, Role, Run, RunId,
};
use tokio_util::sync::CancellationToken;

use crate::commands::model::{KeyState, ModelTest, Models, ProviderInfo};
use crate::config::make_private_dir;
use crate::data_worker::SqlCells;
use crate::ledger::{Caps, Gate};
use crate::{App, Settings};

/// A test call that takes longer has failed.
const TEST_DEADLINE: Duration = Duration::from_secs(30);
/// Enough for a model that thinks before it says one word.
const TEST_OUTPUT_TOKENS: u32 = 1_024;

/// Who thinks in a run, and what is known of it.
struct Thinker {
    reasoner: Reasoner,
    local: bool,
    context_tokens: Option<u64>,
}

impl App {
    /// The provider of this id.
    pub(crate) fn provider(&self, id: &str) -> Result<&'static Provider, AppError> {
        provider(id).ok_or_else(|| {
            let known: Vec<_> = providers().iter().map(|provider| provider.id.as_str()).collect();
            AppError::new(ErrorCode::NotFound, format!("there is no provider “{id}”"))
                .with_hint(format!("Providers: builtin, {}.", known.join(", ")))
        })
    }

    /// The name under which the key of a provider is kept. It holds the address: a key is never sent elsewhere.
    pub(crate) async fn secret_name(&self, provider: &Provider) -> Result<String, AppError> {
        let settings = self.settings.get().await?;
        let address = address(provider, &settings);
        Ok(format!("{}@{}", provider.id, address.as_deref().unwrap_or(&provider.base_url)))
    }

    /// Key and address of a provider: the person's own first, then the environment's.
    async fn access(&self, provider: &Provider, settings: &Settings) -> Result<(ProviderAccess, KeyState), AppError> {
        let environment = provider.access_from_environment();
        let base_url = address(provider, settings);
        let stored = self.secrets.get(&self.secret_name(provider).await?).await?;
        if stored.is_some() {
            return Ok((ProviderAccess { key: stored, base_url }, KeyState::Stored));
        }
        let same_address = base_url == environment.base_url;
        if environment.key.is_some() && same_address {
            return Ok((environment, KeyState::Environment));
        }
        let state = if provider.needs_key() { KeyState::Missing } else { KeyState::NoneNeeded };
        Ok((ProviderAccess { key: None, base_url }, state))
    }

    /// All providers with their models and keys; the built-in analyst first.
    pub(crate) async fn models(&self) -> Result<Models, AppError> {
        let settings = self.settings.get().await?;
        let mut list = vec![builtin()];
        for provider in providers() {
            let (access, key_state) = self.access(provider, &settings).await?;
            let mut models: Vec<ModelInfo> =
                known_models().iter().filter(|model| model.id.provider() == provider.id).cloned().collect();
            if provider.local {
                let offered = self.model_factory.list_local_models(provider, access.base_url.as_deref()).await;
                models.extend(offered);
            }
            list.push(ProviderInfo {
                id: provider.id.clone(),
                display_name: provider.display_name.clone(),
                key_state,
                base_url: access.base_url,
                local: provider.local,
                models,
            });
        }
        Ok(Models { providers: list, secret_store: self.secrets.info().await })
    }

    /// One very short call, to see whether a model answers.
    pub(crate) async fn test_model(&self, model: ModelId) -> Result<ModelTest, AppError> {
        if model.is_builtin() {
            return Ok(ModelTest { ok: true, message: "The built-in analyst is always there.".to_owned() });
        }
        let settings = self.settings.get().await?;
        let answered = tokio::time::timeout(TEST_DEADLINE, self.call_once(&model, &settings)).await;
        Ok(match answered {
            Ok(Ok(())) => ModelTest { ok: true, message: format!("{model} answered.") },
            Ok(Err(error)) => ModelTest { ok: false, message: error.message },
            Err(_) => {
                let message = format!("{model} did not answer within {} seconds", TEST_DEADLINE.as_secs());
                ModelTest { ok: false, message }
            }
        })
    }

    async fn call_once(&self, model: &ModelId, settings: &Settings) -> Result<(), AppError> {
        let provider = self.provider(model.provider())?;
        let (access, _) = self.access(provider, settings).await?;
        let remote = self.model_factory.remote(model, access).map_err(|error| unconnected(provider, error))?;
        let connected = remote.with_egress_log(self.gate(None, None, settings));
        check_offline(settings, &connected, model)?;
        let request = ModelRequest {
            purpose: "test".to_owned(),
            system: "You are being tested for availability.".to_owned(),
            messages: vec![ModelMessage { role: Role::User, text: "Answer with the word: ready".to_owned() }],
            schema: None,
            max_output_tokens: TEST_OUTPUT_TOKENS,
            shown: Vec::new(),
        };
        let asked_at = self.config.clock.now();
        let answered = connected.complete(&request, &|_| {}, &CancellationToken::new()).await;
        let call = ModelCall {
            purpose: request.purpose,
            model: model.clone(),
            usage: answered.as_ref().map(|reply| reply.usage).unwrap_or_default(),
            cost_usd: answered.as_ref().map_or(Some(0.0), |reply| reply.cost_usd),
            duration_ms: self.config.clock.millis_since(asked_at),
            error: answered.as_ref().err().map(ToString::to_string),
        };
        self.store.model_usage().insert(&call, None, self.config.clock.now()).await?;
        answered.map(|_| ()).map_err(model_error)
    }

    /// What a run works with.
    pub(crate) async fn desk(
        &self,
        run: &Run,
        model: &ModelId,
        limits: Limits,
        settings: &Settings,
    ) -> Result<Desk, AppError> {
        let thinker = self.thinker(model, run, settings).await?;
        let exchange_dir = self.config.exchange_dir().join(run.id.to_string());
        make_private_dir(&exchange_dir)?;
        Ok(Desk {
            reasoner: thinker.reasoner,
            model_is_local: thinker.local,
            context_tokens: thinker.context_tokens,
            catalogue: self.catalogue().await?,
            python: self.python.runner(),
            python_ready: self.python.is_ready(),
            sql: Arc::new(SqlCells::new(Arc::clone(&self.workers))),
            limits,
            exchange_dir,
        })
    }

    /// The gate that requests of a run leave by.
    fn gate(&self, run_id: Option<RunId>, privacy: Option<PrivacyLevel>, settings: &Settings) -> Arc<Gate> {
        let (store, clock, caps) = (Arc::clone(&self.store), self.config.clock, Caps::from(settings));
        Arc::new(Gate { store, clock, run_id, privacy, caps })
    }

    async fn thinker(&self, model: &ModelId, run: &Run, settings: &Settings) -> Result<Thinker, AppError> {
        if model.is_builtin() {
            let reasoner = Reasoner::BuiltIn(Arc::new(BuiltInAnalyst::new()));
            return Ok(Thinker { reasoner, local: true, context_tokens: None });
        }
        let provider = self.provider(model.provider())?;
        let (access, _) = self.access(provider, settings).await?;
        let remote = self.model_factory.remote(model, access).map_err(|error| unconnected(provider, error))?;
        let remote = remote.with_egress_log(self.gate(Some(run.id), Some(run.privacy), settings));
        check_offline(settings, &remote, model)?;
        let (local, privacy) = (remote.is_local(), run.privacy);
        if privacy == PrivacyLevel::Local && !local {
            let message =
                format!("the privacy level “local” keeps everything on this computer, and {model} is not on it");
            return Err(AppError::new(ErrorCode::InvalidRequest, message)
                .with_hint("Choose the built-in analyst or a model on this computer, or raise the privacy level."));
        }
        let context_tokens = model_info(model).context_tokens;
        Ok(Thinker { reasoner: Reasoner::Model(Arc::new(remote)), local, context_tokens })
    }
}

/// With the switch set, only servers on this machine are asked.
fn check_offline(settings: &Settings, remote: &RemoteModel, model: &ModelId) -> Result<(), AppError> {
    if !settings.offline || remote.is_on_loopback() {
        return Ok(());
    }
    Err(AppError::new(
        ErrorCode::InvalidRequest,
        format!("Auto-Analyst is set to stay offline, and {model} is elsewhere"),
    )
    .with_hint("Choose the built-in analyst or a model on this computer, or switch “offline” off in the settings."))
}

/// Why a model cannot even be asked; nobody has refused a key yet, so there is none to send.
fn unconnected(provider: &Provider, error: ModelError) -> AppError {
    match (&error, &provider.key_env) {
        (ModelError::Unauthorized { .. }, Some(variable)) => {
            AppError::new(ErrorCode::KeyRejected, format!("there is no usable API key for {}", provider.display_name))
                .with_hint(format!("Enter one in the settings, or give it as {variable}."))
        }
        _ => model_error(error),
    }
}

/// Where a provider is reached, when not at its usual address: the person's choice, else the environment's.
fn address(provider: &Provider, settings: &Settings) -> Option<String> {
    settings.base_urls.get(&provider.id).cloned().or_else(|| provider.access_from_environment().base_url)
}

fn builtin() -> ProviderInfo {
    ProviderInfo {
        id: ModelId::builtin().provider().to_owned(),
        display_name: "Built-in analyst".to_owned(),
        key_state: KeyState::NoneNeeded,
        base_url: None,
        local: true,
        models: vec![ModelInfo {
            id: ModelId::builtin(),
            display_name: "Built-in analyst (no key, no network)".to_owned(),
            context_tokens: None,
            input_price_per_mtok: Some(0.0),
            output_price_per_mtok: Some(0.0),
            local: true,
        }],
    }
}

fn model_error(error: ModelError) -> AppError {
    analyst_agents::AgentError::from(error).into()
}
