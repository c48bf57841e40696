//! Following a run: first what is stored, then what happens, without a gap and without a repetition.

use std::sync::Arc;
use std::time::Duration;

use analyst_types::{AppError, RunEvent, RunId, RunStatus};
use tokio::sync::{broadcast, mpsc};

use super::RunDesk;
use crate::App;

/// Events that may wait for a follower; then the run's own buffer fills, then the store is read again.
const FOLLOWER_BUFFER: usize = 256;
/// How often the store is asked about a run that another process is at work on.
const FOREIGN_POLL: Duration = Duration::from_millis(250);

impl App {
    /// Follows a run from after event number `after` (0: from its start). The channel closes after `RunFinished`,
    /// or when the receiver is dropped.
    ///
    /// # Errors
    /// `NotFound` when there is no such run.
    pub async fn subscribe(self: &Arc<Self>, id: RunId, after: u64) -> Result<mpsc::Receiver<RunEvent>, AppError> {
        self.runs.get(id).await?;
        let (sender, receiver) = mpsc::channel(FOLLOWER_BUFFER);
        let app = Arc::clone(self);
        tokio::spawn(async move {
            if let Err(error) = follow(&app.runs, id, after, &sender).await {
                tracing::warn!(run = %id, %error, "a run could not be followed to its end");
            }
        });
        Ok(receiver)
    }
}

/// Why following stopped for a moment.
enum Pause {
    /// The run has told its last event, or nobody listens any more.
    Over,
    /// The store may know more than was heard.
    ReadAgain,
}

async fn follow(runs: &RunDesk, id: RunId, after: u64, to: &mpsc::Sender<RunEvent>) -> Result<(), AppError> {
    let mut last = after;
    loop {
        // Listening starts before the store is read: what happens meanwhile is heard twice and told once.
        let live = runs.live_runs().get(&id).map(|live| live.events.subscribe());
        let status = runs.get(id).await?.status;
        for event in runs.events(id, last).await? {
            let terminal = event.kind.is_terminal();
            last = event.seq.unwrap_or(last);
            if to.send(event).await.is_err() || terminal {
                return Ok(());
            }
        }
        match live {
            Some(events) => {
                if let Pause::Over = listen(events, &mut last, to).await {
                    return Ok(());
                }
            }
            None if status == RunStatus::Running => tokio::time::sleep(FOREIGN_POLL).await,
            None => return Ok(()),
        }
    }
}

async fn listen(mut events: broadcast::Receiver<RunEvent>, last: &mut u64, to: &mpsc::Sender<RunEvent>) -> Pause {
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            Err(_) => return Pause::ReadAgain,
        };
        if event.seq.is_some_and(|seq| seq <= *last) {
            continue;
        }
        *last = event.seq.unwrap_or(*last);
        let terminal = event.kind.is_terminal();
        if to.send(event).await.is_err() || terminal {
            return Pause::Over;
        }
    }
}
