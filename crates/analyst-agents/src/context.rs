//! What every piece of agent code gets first: whose run it is, how to stop, where to tell what happens, and where
//! time and ids come from.

use std::sync::{Arc, Mutex, PoisonError};

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
    /// Tells an event; fails when nobody listens any more.
    pub async fn tell(&self, event: RunEventKind) -> Result<(), AgentError> {
        self.update(RunUpdate::Event(event)).await
    }

    pub(crate) async fn update(&self, update: RunUpdate) -> Result<(), AgentError> {
        self.updates.send(update).await.map_err(|_| AgentError::Cancelled)
    }

    pub(crate) async fn warn(&self, code: &str, message: impl Into<String>) -> Result<(), AgentError> {
        self.tell(RunEventKind::Warning { code: code.to_owned(), message: message.into() }).await
    }

    /// Ends a stopped run between two pieces of work.
    pub(crate) fn go_on(&self) -> Result<(), AgentError> {
        if self.cancel.is_cancelled() { Err(AgentError::Cancelled) } else { Ok(()) }
    }
}

/// Events told from where one cannot wait, in order. While the listener is slow, pieces of text that follow each other
/// are joined, so that what waits never outgrows the text itself.
pub(crate) struct Outbox<'a> {
    ctx: &'a RunContext,
    waiting: Mutex<Vec<RunEventKind>>,
}

impl<'a> Outbox<'a> {
    pub fn new(ctx: &'a RunContext) -> Self {
        Self { ctx, waiting: Mutex::default() }
    }

    pub fn push(&self, event: RunEventKind) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        join(&mut waiting, event);
        let free = self.ctx.updates.capacity().min(waiting.len());
        let mut n_sent = 0;
        while n_sent < free {
            match self.ctx.updates.try_reserve() {
                Ok(permit) => permit.send(RunUpdate::Event(waiting[n_sent].clone())),
                Err(_) => break,
            }
            n_sent += 1;
        }
        waiting.drain(..n_sent);
    }

    /// Waits until everything is told.
    pub async fn flush(&self) -> Result<(), AgentError> {
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        for event in waiting {
            self.ctx.tell(event).await?;
        }
        Ok(())
    }
}

fn join(waiting: &mut Vec<RunEventKind>, event: RunEventKind) {
    match (waiting.last_mut(), event) {
        (
            Some(RunEventKind::TextDelta { step, purpose, text }),
            RunEventKind::TextDelta { step: next_step, purpose: next_purpose, text: next },
        ) if *step == next_step && *purpose == next_purpose => text.push_str(&next),
        (
            Some(RunEventKind::OutputDelta { execution_id, stream, text }),
            RunEventKind::OutputDelta { execution_id: next_id, stream: next_stream, text: next },
        ) if *execution_id == next_id && *stream == next_stream => text.push_str(&next),
        (_, event) => waiting.push(event),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(text: &str) -> RunEventKind {
        RunEventKind::TextDelta { step: None, purpose: "answer".into(), text: text.into() }
    }

    #[tokio::test]
    async fn a_slow_listener_gets_all_text_in_few_pieces() {
        let (updates, mut told) = mpsc::channel(1);
        let ids = Arc::new(IdSource::sequential());
        let run_id = ids.next();
        let ctx = RunContext { run_id, cancel: CancellationToken::new(), updates, ids, clock: Clock::System };
        let outbox = Outbox::new(&ctx);
        for text in ["a", "b", "c", "d"] {
            outbox.push(delta(text));
        }
        let listener = tokio::spawn(async move {
            let mut events = Vec::new();
            while let Some(update) = told.recv().await {
                events.push(update);
            }
            events
        });
        outbox.flush().await.unwrap();
        drop(outbox);
        drop(ctx);
        assert_eq!(listener.await.unwrap(), [RunUpdate::Event(delta("a")), RunUpdate::Event(delta("bcd"))]);
    }
}
