//! Gives events their number and time, stores them, and only then tells the followers.

use std::collections::HashMap;
use std::sync::Arc;

use analyst_agents::RunUpdate;
use analyst_store::{NewExecution, Store};
use analyst_types::{
    AppError, CellId, Clock, Language, Message, MessageId, Role, Run, RunEvent, RunEventKind, RunStatus,
};
use tokio::sync::broadcast;

/// Records one run.
pub(super) struct Recorder {
    store: Arc<Store>,
    clock: Clock,
    run: Run,
    followers: broadcast::Sender<RunEvent>,
    last_seq: u64,
    code: HashMap<CellId, (Language, String)>,
    answer: Option<String>,
}

impl Recorder {
    /// For a run whose first event is stored.
    pub(super) fn new(store: Arc<Store>, clock: Clock, run: &Run, followers: broadcast::Sender<RunEvent>) -> Self {
        Self { store, clock, run: run.clone(), followers, last_seq: 1, code: HashMap::new(), answer: None }
    }

    /// Stores an update and tells it.
    pub(super) async fn record(&mut self, update: RunUpdate) -> Result<(), AppError> {
        match update {
            RunUpdate::Artifact(artifact) => Ok(self.store.artifacts().insert(&artifact).await?),
            RunUpdate::Event(kind) if kind.is_transient() => {
                self.tell(RunEvent { run_id: self.run.id, seq: None, at: self.clock.now(), kind });
                Ok(())
            }
            RunUpdate::Event(kind) => {
                self.remember(&kind).await?;
                let event = self.numbered(kind);
                self.store.run_events().append(&event).await?;
                self.tell(event);
                Ok(())
            }
        }
    }

    /// The last event, with the answer as the assistant's message. When it cannot be stored it is told all the same:
    /// the next start finds the run without an end and marks it as interrupted.
    pub(super) async fn finish(mut self, message_id: MessageId, outcome: (RunStatus, Option<AppError>)) {
        let (status, error) = outcome;
        let event = self.numbered(RunEventKind::RunFinished { status, error });
        let message = self.answer.take().map(|text| Message {
            id: message_id,
            chat_id: self.run.chat_id,
            role: Role::Assistant,
            text,
            run_id: Some(self.run.id),
            at: event.at,
        });
        if let Err(error) = self.store.runs().finish(&event, message.as_ref()).await {
            tracing::error!(run = %self.run.id, %error, "the end of a run could not be stored");
        }
        self.tell(event);
    }

    fn numbered(&mut self, kind: RunEventKind) -> RunEvent {
        self.last_seq += 1;
        RunEvent { run_id: self.run.id, seq: Some(self.last_seq), at: self.clock.now(), kind }
    }

    fn tell(&self, event: RunEvent) {
        // Nobody may be following; the store has it.
        let _ = self.followers.send(event);
    }

    /// Keeps what other tables want to know of an event.
    async fn remember(&mut self, kind: &RunEventKind) -> Result<(), AppError> {
        match kind {
            RunEventKind::CodeReady { cell_id, language, code, .. } => {
                self.code.insert(*cell_id, (*language, code.clone()));
            }
            RunEventKind::CodeRepaired { cell_id, code, .. } => {
                if let Some(cell) = self.code.get_mut(cell_id) {
                    cell.1.clone_from(code);
                }
            }
            RunEventKind::ExecutionStarted { cell_id, execution_id, attempt } => {
                let Some((language, code)) = self.code.get(cell_id) else { return Ok(()) };
                let execution = NewExecution {
                    id: *execution_id,
                    run_id: self.run.id,
                    cell_id: *cell_id,
                    attempt: *attempt,
                    language: *language,
                    code: code.clone(),
                    started_at: self.clock.now(),
                };
                self.store.executions().start(&execution).await?;
            }
            RunEventKind::ExecutionFinished(report) => {
                self.store.executions().finish(report, None, self.clock.now()).await?;
            }
            RunEventKind::UsageUpdated { call, .. } => {
                self.store.model_usage().insert(call, Some(self.run.id), self.clock.now()).await?;
            }
            RunEventKind::StepStarted { agent, .. } => {
                self.store.user_template_preferences().record_use(agent, self.clock.now()).await?;
            }
            RunEventKind::AnswerReady { text, .. } => self.answer = Some(text.clone()),
            _ => {}
        }
        Ok(())
    }
}
