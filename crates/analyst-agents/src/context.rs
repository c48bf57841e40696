//! What every piece of agent code gets first: whose run it is, how to stop, where to tell what happens, and where
//! time and ids come from.

use std::sync::Arc;

use analyst_types::{Artifact, Clock, IdSource, RunEventKind, RunId};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::AgentError;

/// Something the listener stores (when it is durable) and shows, in the order told.
#[derive(Debug, Clone, PartialEq)]
pub enum RunUpdate {
    /// An event; the listener gives it its number and time.
    Event(RunEventKind),
    /// A whole artifact to store. Its `ArtifactAdded` event follows as an update of its own.
    Artifact(Artifact),
}

/// One run, from the inside.
#[derive(Debug)]
pub struct RunContext {
    /// The run.
    pub run_id: RunId,
    /// Fires when the person stops the run.
    pub cancel: CancellationToken,
    /// Where everything that happens is told. Bounded: a slow listener slows the run down and loses nothing.
    pub updates: mpsc::Sender<RunUpdate>,
    /// Where ids come from.
    pub ids: Arc<IdSource>,
    /// Where the time comes from.
    pub clock: Clock,
}

impl RunContext {
    /// Tells an event; fails when the run is stopped or nobody listens.
    pub async fn tell(&self, event: RunEventKind) -> Result<(), AgentError> {
        self.update(RunUpdate::Event(event)).await
    }

    pub(crate) async fn update(&self, update: RunUpdate) -> Result<(), AgentError> {
        self.updates.send(update).await.map_err(|_| AgentError::Cancelled)
    }
}
