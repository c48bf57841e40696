//! The program without a face: engines, agents and the person's data, put together once at start.

use std::sync::Arc;

use analyst_agents::{BUILTIN_AGENTS, Catalogue, FolderState};
use analyst_llm::ModelFactory;
use analyst_store::{CatalogueEntry, Store, TemplateSource};
use analyst_types::{AppError, ChatId, DatasetId, ErrorCode};
use tokio::sync::RwLock;

use crate::chats::ChatDesk;
use crate::commands::agent::{AgentInfo, Agents};
use crate::commands::usage::{ModelUsage, UsageSummary};
use crate::config::{Config, make_private_dir};
use crate::data_worker::DataWorkers;
use crate::datasets::DatasetDesk;
use crate::python::PythonDesk;
use crate::remote::RemoteDesk;
use crate::runs::RunDesk;
use crate::secrets::Secrets;
use crate::settings::SettingsDesk;
use crate::tasks::Tasks;

/// The program without a face. One per process; cheap to share.
pub struct App {
    pub(crate) config: Config,
    pub(crate) store: Arc<Store>,
    pub(crate) settings: SettingsDesk,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) remote: Arc<RemoteDesk>,
    pub(crate) workers: Arc<DataWorkers>,
    pub(crate) tasks: Tasks,
    pub(crate) datasets: DatasetDesk,
    pub(crate) chats: ChatDesk,
    pub(crate) runs: RunDesk,
    pub(crate) python: PythonDesk,
    pub(crate) model_factory: ModelFactory,
    /// With the state of the agents folder it was read from.
    catalogue: RwLock<(FolderState, Arc<Catalogue>)>,
}

impl App {
    /// Opens the person's data, and ends runs that were at work when their program died.
    ///
    /// # Errors
    /// `Storage` when the data folder or the database cannot be used; nothing is overwritten.
    pub async fn start(config: Config) -> Result<Arc<Self>, AppError> {
        make_private_dir(&config.data_dir)?;
        make_private_dir(&config.datasets_dir())?;
        make_private_dir(&config.exchange_dir())?;
        let store = Arc::new(Store::open(&config.data_dir).await?);
        let interrupted = store.interrupt_abandoned_runs(config.clock.now()).await?;
        if !interrupted.is_empty() {
            tracing::warn!(runs = interrupted.len(), "runs were interrupted when the program ended");
        }
        let folder = FolderState::of(&config.agents_dir());
        let catalogue = Catalogue::load(BUILTIN_AGENTS, Some(&config.agents_dir()));
        store.agent_templates().sync(&entries(&catalogue)).await?;
        let workers = Arc::new(DataWorkers::new(&config));
        let settings = SettingsDesk::new(Arc::clone(&store));
        let accepts_no_walls = settings.get().await?.accept_weak_sandbox;
        let secrets = Arc::new(Secrets::new(&config));
        let remote = Arc::new(RemoteDesk::new(Arc::clone(&store), Arc::clone(&secrets)));
        let app = Self {
            settings,
            datasets: DatasetDesk::new(Arc::clone(&store), Arc::clone(&workers), Arc::clone(&remote), &config),
            secrets,
            remote,
            workers,
            tasks: Tasks::default(),
            chats: ChatDesk::new(Arc::clone(&store), config.clock, Arc::clone(&config.ids)),
            runs: RunDesk::new(Arc::clone(&store)),
            python: PythonDesk::new(accepts_no_walls),
            model_factory: ModelFactory::new(),
            catalogue: RwLock::new((folder, Arc::new(catalogue))),
            store,
            config,
        };
        app.runs.sweep(&app.config.exchange_dir()).await;
        Ok(Arc::new(app))
    }

    /// Has a data worker and Python wait with their libraries ready, so that nobody waits for them.
    pub fn warm_up(&self) {
        self.workers.warm_up();
        self.python.warm_up();
    }

    /// Stops what is at work, keeping what it produced, and closes the database.
    pub async fn shutdown(&self) {
        self.runs.shutdown().await;
        self.python.shutdown().await;
        self.workers.shutdown().await;
        self.store.close().await;
    }

    /// Forgets a dataset that was replaced, once nothing in those chats works on it any more.
    pub(crate) async fn retire(self: &Arc<Self>, id: DatasetId, chat_ids: Vec<ChatId>) -> Result<(), AppError> {
        if !self.runs.works_in(&chat_ids) {
            return self.datasets.retire(id, &chat_ids).await;
        }
        let app = Arc::clone(self);
        tokio::spawn(async move {
            app.runs.until_idle(&chat_ids).await;
            if let Err(error) = app.datasets.retire(id, &chat_ids).await {
                tracing::warn!(%error, "a dataset that was replaced is left behind");
            }
        });
        Ok(())
    }

    /// The catalogue as the files say it now; read again when somebody changed them.
    async fn loaded(&self) -> Result<Arc<Catalogue>, AppError> {
        let dir = self.config.agents_dir();
        let now = FolderState::of(&dir);
        if let (known, catalogue) = &*self.catalogue.read().await
            && *known == now
        {
            return Ok(Arc::clone(catalogue));
        }
        let mut held = self.catalogue.write().await;
        let catalogue = Arc::new(Catalogue::load(BUILTIN_AGENTS, Some(&dir)));
        self.store.agent_templates().sync(&entries(&catalogue)).await?;
        *held = (now, Arc::clone(&catalogue));
        Ok(catalogue)
    }

    /// The agents as they take part now.
    pub(crate) async fn catalogue(&self) -> Result<Arc<Catalogue>, AppError> {
        let mut catalogue = Catalogue::clone(&*self.loaded().await?);
        for stored in self.store.agent_templates().list().await? {
            catalogue.set_enabled(&stored.template.template_name, stored.enabled);
        }
        Ok(Arc::new(catalogue))
    }

    /// The agents as a person sees them.
    pub(crate) async fn agents(&self) -> Result<Agents, AppError> {
        let catalogue = self.loaded().await?;
        let stored = self.store.agent_templates().list().await?;
        let agents = stored
            .into_iter()
            .map(|stored| AgentInfo {
                name: stored.template.template_name,
                display_name: stored.template.display_name,
                description: stored.template.description,
                category: stored.template.category,
                variant_type: stored.template.variant_type,
                is_premium: stored.template.is_premium,
                enabled: stored.enabled,
                icon_url: stored.template.icon_url,
                usage_count: stored.template.usage_count,
            })
            .collect();
        let problems = catalogue.problems().iter().map(ToString::to_string).collect();
        Ok(Agents { agents, problems })
    }

    /// Lets an agent take part, or not.
    pub(crate) async fn set_agent_enabled(&self, name: &str, enabled: bool) -> Result<(), AppError> {
        let known = self.store.agent_templates().list().await?;
        if !known.iter().any(|stored| stored.template.template_name == name) {
            return Err(AppError::new(ErrorCode::NotFound, format!("there is no agent “{name}”"))
                .with_hint("The list of agents shows every name."));
        }
        if let Err(message) = self.catalogue().await?.may_switch(name, enabled) {
            return Err(AppError::new(ErrorCode::InvalidRequest, message));
        }
        Ok(self.store.user_template_preferences().set_enabled(name, enabled).await?)
    }

    /// What the models were asked and what it cost, dearest first.
    pub(crate) async fn usage_summary(&self) -> Result<UsageSummary, AppError> {
        let summary = self.store.model_usage().summary().await?;
        let mut by_model: Vec<ModelUsage> = summary
            .by_model
            .into_iter()
            .map(|total| ModelUsage {
                model: total.model.to_string(),
                calls: total.calls,
                errors: total.errors,
                usage: total.usage,
                cost_usd: total.cost_usd,
            })
            .collect();
        by_model.sort_by(|a, b| b.cost_usd.unwrap_or_default().total_cmp(&a.cost_usd.unwrap_or_default()));
        let cost_usd = by_model.iter().filter_map(|model| model.cost_usd).sum();
        Ok(UsageSummary { calls: summary.calls, usage: summary.usage, cost_usd, by_model })
    }
}

fn entries(catalogue: &Catalogue) -> Vec<CatalogueEntry> {
    let source = |origin: &str| if origin == "built-in" { TemplateSource::Builtin } else { TemplateSource::File };
    catalogue
        .agents()
        .iter()
        .map(|agent| CatalogueEntry {
            template: agent.template.clone(),
            source: source(&agent.origin),
            enabled: agent.enabled,
        })
        .collect()
}
