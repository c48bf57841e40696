//! A worker at work for one request. Dropped before it answered, it is killed: nobody waits for it any more.

use analyst_data::worker::{Job, Request, Told};
use analyst_sandbox::process::{ConfinedProcess, ProcessError};
use serde_json::json;

use super::failure::Failure;
use super::{Budget, ChosenFile, Produce};

/// A worker at work.
#[derive(Debug)]
pub(crate) struct Lent(ConfinedProcess);

impl Lent {
    pub(super) fn new(process: ConfinedProcess) -> Self {
        Self(process)
    }

    /// Has it do `request`, within `budget`, and waits for the answer.
    pub(super) async fn ask<R: Request>(
        &mut self,
        request: R,
        file: Option<&ChosenFile>,
        budget: Budget,
        progress: &(dyn Fn(f64) + Send + Sync),
    ) -> Result<R::Reply, Failure> {
        let bad = |error: serde_json::Error| Failure::Process(ProcessError::BadFrame(error.to_string()));
        let job: Job = request.into();
        let body = serde_json::to_vec(&job).map_err(bad)?;
        let files: Vec<_> =
            if cfg!(unix) { file.map(ChosenFile::descriptor).into_iter().collect() } else { Vec::new() };
        let files: Vec<_> = files.into_iter().collect::<Result<_, _>>().map_err(|source| {
            Failure::Data(analyst_data::DataError::Io { action: "read the file".to_owned(), source })
        })?;
        self.0.limit_memory(budget.0);
        self.0.send(&json!({ "type": "job" }), &body, &files).await.map_err(Failure::Process)?;
        loop {
            let frame = self.0.receive().await.map_err(Failure::Process)?;
            match Told::parse(&frame.head, frame.body) {
                Ok(Told::Progress(done)) => progress(done),
                Ok(Told::Done(reply)) => return serde_json::from_slice(&reply).map_err(bad),
                Ok(Told::Failed(error)) => return Err(Failure::Data(error)),
                Ok(Told::Panicked) => return Err(Failure::Panicked),
                Err(reason) => return Err(Failure::Process(ProcessError::BadFrame(reason))),
            }
        }
    }

    /// What it has left in its folder.
    pub(super) fn produce(&self) -> Produce<'_> {
        Produce::new(self.0.scratch())
    }

    pub(super) fn into_process(self) -> ConfinedProcess {
        self.0
    }
}
