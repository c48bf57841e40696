//! Runs: started in the background, recorded before they are shown, followed by anyone, stopped at any time.
//!
//! Start reading at [`RunDesk::ask`]. What happens inside a run is the agents' business; [`supervisor`] gives it its
//! first and last event, [`recorder`] stores everything between, and [`subscription`] tells it to the faces.

mod recorder;
mod save;
mod subscription;
mod supervisor;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use analyst_agents::{Desk, Question};
use analyst_store::Store;
use analyst_types::{
    AppError, Artifact, ArtifactId, CellId, Chat, ChatId, ErrorCode, Language, Limits, Message, ModelId, PrivacyLevel,
    Role, Run, RunEvent, RunId, RunKind, RunStatus,
};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::supervisor::Work;
use crate::commands::cell::RunCell;
use crate::commands::run::StartRun;
use crate::{App, Settings};

const MAX_QUESTION_CHARS: usize = 20_000;
const MAX_CODE_CHARS: usize = 200_000;
/// Events a follower may fall behind before it is sent back to the store.
const LIVE_BUFFER: usize = 1_024;

/// Runs of this process, and the way to those of the past.
pub(crate) struct RunDesk {
    store: Arc<Store>,
    live: Arc<Mutex<HashMap<RunId, LiveRun>>>,
    tasks: TaskTracker,
}

/// A run at work in this process.
#[derive(Clone)]
struct LiveRun {
    chat_id: ChatId,
    cancel: CancellationToken,
    events: broadcast::Sender<RunEvent>,
}

impl RunDesk {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self { store, live: Arc::default(), tasks: TaskTracker::new() }
    }

    /// Removes what runs handed over between their steps and their program did not live to remove.
    pub(crate) async fn sweep(&self, exchange_dir: &Path) {
        for entry in std::fs::read_dir(exchange_dir).into_iter().flatten().flatten() {
            let run_id = entry.file_name().to_str().and_then(|name| name.parse::<RunId>().ok());
            let at_work = match run_id {
                Some(id) => self.get(id).await.is_ok_and(|run| run.status == RunStatus::Running),
                None => true,
            };
            if !at_work {
                supervisor::remove_exchange(&entry.path());
            }
        }
    }

    /// Starts to answer a question; returns as soon as the question is safely stored.
    pub(crate) async fn ask(&self, app: &Arc<App>, request: StartRun) -> Result<Run, AppError> {
        let question = check_text("question", &request.question, MAX_QUESTION_CHARS)?;
        let chat = self.idle_chat(app, request.chat_id).await?;
        let settings = app.settings.get().await?;
        let model = request.model.unwrap_or_else(|| settings.model.clone());
        let privacy = request.privacy.unwrap_or(settings.privacy);
        let run = new_run(app, RunKind::Question, chat.id, question.clone(), &model, privacy);
        let desk = app.desk(&run, &model, settings.limits(), &settings).await?;
        let asked = Question {
            text: question,
            agents: request.agents,
            datasets: app.datasets.contexts(&chat.dataset_ids).await?,
            history: app.chats.history(chat.id).await?,
            privacy,
        };
        app.chats.title_from(&chat, &asked.text).await?;
        self.start(app, run, desk, Work::Answer(asked)).await
    }

    /// Starts a cell as the person edited it.
    pub(crate) async fn run_cell(&self, app: &Arc<App>, request: RunCell) -> Result<Run, AppError> {
        check_text("code", &request.code, MAX_CODE_CHARS)?;
        if request.language == Language::Python && !app.python.is_ready() {
            return Err(app.python.unavailable());
        }
        let chat = self.idle_chat(app, request.chat_id).await?;
        let settings = app.settings.get().await?;
        let run = new_run(app, RunKind::Cell, chat.id, String::new(), &ModelId::builtin(), settings.privacy);
        let cell_id: CellId = request.cell_id.unwrap_or_else(|| app.config.ids.next());
        let datasets = app.datasets.contexts(&chat.dataset_ids).await?;
        let limits = Limits { timeout_secs: timeout(request.timeout_secs, &settings)?, ..settings.limits() };
        let desk = app.desk(&run, &ModelId::builtin(), limits, &settings).await?;
        let work = Work::Cell { cell_id, language: request.language, code: request.code, datasets };
        self.start(app, run, desk, work).await
    }

    async fn start(&self, app: &Arc<App>, run: Run, desk: Desk, work: Work) -> Result<Run, AppError> {
        let first = supervisor::first_event(&run, &work);
        let question = (run.kind == RunKind::Question).then(|| Message {
            id: app.config.ids.next(),
            chat_id: run.chat_id,
            role: Role::User,
            text: run.question.clone(),
            run_id: Some(run.id),
            at: run.started_at,
        });
        let (events, _) = broadcast::channel(LIVE_BUFFER);
        let live = LiveRun { chat_id: run.chat_id, cancel: CancellationToken::new(), events };
        self.store.runs().start(&run, question.as_ref(), &first).await?;
        self.live_runs().insert(run.id, live.clone());
        let supervised = supervisor::supervise(Arc::clone(app), run.clone(), live, desk, work);
        let (live_runs, run_id) = (Arc::clone(&self.live), run.id);
        self.tasks.spawn(async move {
            supervised.await;
            live_runs.lock().unwrap_or_else(PoisonError::into_inner).remove(&run_id);
        });
        Ok(run)
    }

    /// The chat, when nothing is at work in it.
    async fn idle_chat(&self, app: &App, id: ChatId) -> Result<Chat, AppError> {
        let chat = app.chats.get(id).await?;
        if self.live_runs().values().any(|live| live.chat_id == id) {
            return Err(AppError::new(ErrorCode::InvalidRequest, "this chat is still at work on something")
                .with_hint("Wait until it is done, or stop it."));
        }
        Ok(chat)
    }

    /// Asks a run to stop. A run that has ended already is left as it is.
    pub(crate) async fn cancel(&self, id: RunId) -> Result<(), AppError> {
        let live = self.live_runs().get(&id).cloned();
        match live {
            Some(live) => live.cancel.cancel(),
            None => {
                self.get(id).await?;
            }
        }
        Ok(())
    }

    /// Stops what is at work in a chat and waits until it has stopped.
    pub(crate) async fn cancel_all_of(&self, chat_id: ChatId) {
        self.cancel_where(|live| live.chat_id == chat_id).await;
    }

    /// Stops everything and waits until it has stopped.
    pub(crate) async fn shutdown(&self) {
        self.cancel_where(|_| true).await;
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Whether anything is at work in these chats.
    pub(crate) fn works_in(&self, chat_ids: &[ChatId]) -> bool {
        self.live_runs().values().any(|live| chat_ids.contains(&live.chat_id))
    }

    /// Waits until what is at work in these chats is done.
    pub(crate) async fn until_idle(&self, chat_ids: &[ChatId]) {
        let at_work: Vec<_> = {
            let live_runs = self.live_runs();
            let of_these = live_runs.values().filter(|live| chat_ids.contains(&live.chat_id));
            of_these.map(|live| live.events.subscribe()).collect()
        };
        for events in at_work {
            until_ended(events).await;
        }
    }

    async fn cancel_where(&self, chosen: impl Fn(&LiveRun) -> bool) {
        let stopping: Vec<LiveRun> = self.live_runs().values().filter(|live| chosen(live)).cloned().collect();
        for live in stopping {
            let events = live.events.subscribe();
            live.cancel.cancel();
            drop(live);
            until_ended(events).await;
        }
    }

    pub(crate) async fn get(&self, id: RunId) -> Result<Run, AppError> {
        Ok(self.store.runs().get(id).await?)
    }

    pub(crate) async fn events(&self, id: RunId, after: u64) -> Result<Vec<RunEvent>, AppError> {
        self.get(id).await?;
        Ok(self.store.run_events().list(id, after).await?)
    }

    pub(crate) async fn artifact(&self, id: ArtifactId) -> Result<Artifact, AppError> {
        Ok(self.store.artifacts().get(id).await?)
    }

    fn live_runs(&self) -> std::sync::MutexGuard<'_, HashMap<RunId, LiveRun>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn new_run(app: &App, kind: RunKind, chat_id: ChatId, question: String, model: &ModelId, privacy: PrivacyLevel) -> Run {
    Run {
        id: app.config.ids.next(),
        chat_id,
        kind,
        question,
        model: model.to_string(),
        privacy,
        status: RunStatus::Running,
        error: None,
        started_at: app.config.clock.now(),
        finished_at: None,
    }
}

fn timeout(asked: Option<u64>, settings: &Settings) -> Result<u64, AppError> {
    match asked {
        Some(0) => Err(AppError::new(ErrorCode::InvalidRequest, "a timeout is at least one second")),
        Some(secs) => Ok(secs),
        None => Ok(settings.timeout_secs),
    }
}

/// Waits for a run's last event.
async fn until_ended(mut events: broadcast::Receiver<RunEvent>) {
    while let Some(terminal) = is_terminal(events.recv().await) {
        if terminal {
            break;
        }
    }
}

/// Whether the run has told its last event; `None` when it cannot tell any more.
fn is_terminal(received: Result<RunEvent, broadcast::error::RecvError>) -> Option<bool> {
    match received {
        Ok(event) => Some(event.kind.is_terminal()),
        Err(broadcast::error::RecvError::Lagged(_)) => Some(false),
        Err(broadcast::error::RecvError::Closed) => None,
    }
}

fn check_text(field: &str, text: &str, most: usize) -> Result<String, AppError> {
    let trimmed = text.trim();
    let length = trimmed.chars().count();
    if (1..=most).contains(&length) {
        return Ok(trimmed.to_owned());
    }
    let message = if length == 0 {
        format!("the {field} is empty")
    } else {
        format!("the {field} has {length} characters; {most} is the most")
    };
    Err(AppError::new(ErrorCode::InvalidRequest, message))
}
