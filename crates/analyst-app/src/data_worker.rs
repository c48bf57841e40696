//! The data workers: confined processes of our own that parse files and run SQL. This process never does.
//!
//! An import worker opens one file and ends, so that nothing of a hostile file stays and its memory goes back. Table
//! workers live on, with what they have mapped and sorted; they end when they are no longer used, have grown, or are
//! killed because nobody waits for their work any more. One process always waits to become either.
//!
//! A worker's death is an error of the request it died over; the next request gets another worker.

mod budget;
mod chosen_file;
mod failure;
mod lane;
mod lent;
mod mode;
mod produce;
mod spare;
mod sql_cells;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use analyst_data::worker::Request;
use analyst_sandbox::process::{self, ProcessSpec};
use analyst_types::AppError;

pub(crate) use budget::Budget;
pub(crate) use chosen_file::ChosenFile;
pub(crate) use lane::Lane;
use lent::Lent;
pub use mode::{WORKER_FLAG, worker_mode};
pub(crate) use produce::Produce;
use spare::Spare;
pub(crate) use sql_cells::SqlCells;

use crate::config::{Config, make_private_dir};

/// Largest file a worker may write: an imported table, an export.
const FILE_BYTES: u64 = 64 << 30;
const OPEN_FILES: u64 = 512;

/// The program that is started as a data worker: usually this one, once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerCommand {
    /// The executable.
    pub program: PathBuf,
    /// Its arguments; those that name the channel follow.
    pub args: Vec<OsString>,
}

impl WorkerCommand {
    /// This very program.
    pub(crate) fn own() -> Self {
        // Without a path of its own it cannot be started again; the worker's error says so, with this name.
        let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("auto-analyst"));
        Self { program, args: vec![WORKER_FLAG.into()] }
    }
}

/// The data workers of an app.
#[derive(Debug)]
pub(crate) struct DataWorkers {
    spare: Arc<Spare>,
    /// Looking at rows: never waits for long work.
    rows: Lane,
    /// SQL, profiles, exports.
    work: Lane,
    /// Imports at the same time are bounded too.
    imports: tokio::sync::Semaphore,
    store_dir: PathBuf,
}

/// Which table worker does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Milliseconds: a window of rows.
    Rows,
    /// Anything longer.
    Work,
}

const WORK_AT_ONCE: usize = 2;
const IMPORTS_AT_ONCE: usize = 2;

impl DataWorkers {
    /// None is started yet.
    pub(crate) fn new(config: &Config) -> Self {
        let store_dir = config.datasets_dir();
        let scratch_root = store_dir.join("workers");
        process::sweep(&scratch_root);
        let spec = ProcessSpec {
            program: config.worker.program.clone(),
            args: config.worker.args.clone(),
            readable: vec![store_dir.clone(), config.exchange_dir()],
            scratch_root,
            file_bytes: FILE_BYTES,
            open_files: OPEN_FILES,
        };
        Self {
            spare: Arc::new(Spare::new(spec)),
            rows: Lane::new(1),
            work: Lane::new(WORK_AT_ONCE),
            imports: tokio::sync::Semaphore::new(IMPORTS_AT_ONCE),
            store_dir,
        }
    }

    /// Has a process wait, now and whenever it was taken.
    pub(crate) fn warm_up(&self) {
        self.spare.keep();
    }

    /// Does one job with a file in a process that serves nothing else. `take` takes over what the worker left in its
    /// folder, before it ends.
    pub(crate) async fn once<R: Request, T>(
        &self,
        request: R,
        file: Option<&ChosenFile>,
        budget: Budget,
        progress: &(dyn Fn(f64) + Send + Sync),
        take: impl AsyncFnOnce(R::Reply, Produce<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let _permit = self.imports.acquire().await.map_err(|_| failure::shut_down())?;
        let mut worker = Lent::new(self.spare.take().await.map_err(|error| failure::not_started(&error))?);
        self.spare.refill();
        let what = file.map_or("The file", |file| file.name());
        let reply = worker.ask(request, file, budget, progress).await.map_err(|error| error.tell(what, budget))?;
        take(reply, worker.produce()).await
    }

    /// Does one job with opened tables. `what` names them, for errors; `take` takes over what the worker left in its
    /// folder.
    pub(crate) async fn with_tables<R: Request, T>(
        &self,
        kind: Kind,
        request: R,
        what: &str,
        budget: Budget,
        take: impl AsyncFnOnce(R::Reply, Produce<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let lane = match kind {
            Kind::Rows => &self.rows,
            Kind::Work => &self.work,
        };
        let mut place = lane.enter(&self.spare).await?;
        let answered = place.worker().ask(request, None, budget, &|_| {}).await;
        match answered {
            Ok(reply) => {
                let taken = take(reply, place.worker().produce()).await;
                place.rest(budget);
                taken
            }
            Err(error) => {
                if error.leaves_worker_well() {
                    place.rest(budget);
                }
                Err(error.tell(what, budget))
            }
        }
    }

    /// Like [`Self::with_tables`], for answers without files.
    pub(crate) async fn ask<R: Request>(
        &self,
        kind: Kind,
        request: R,
        what: &str,
        budget: Budget,
    ) -> Result<R::Reply, AppError> {
        self.with_tables(kind, request, what, budget, async |reply, _| Ok(reply)).await
    }

    /// Where imported tables are kept.
    pub(crate) fn store_dir(&self) -> &Path {
        &self.store_dir
    }

    /// A worker that only waits, for those who look at its walls.
    pub(crate) async fn examine(&self) -> Result<process::ConfinedProcess, AppError> {
        self.spare.take().await.map_err(|error| failure::not_started(&error))
    }

    /// Ends all workers, and waits until their folders are gone.
    pub(crate) async fn shutdown(&self) {
        self.imports.close();
        self.spare.end().await;
        self.rows.end();
        self.work.end();
        process::all_ended().await;
    }
}

/// Makes the folder that a file is put into.
fn make_dir(dir: &Path) -> Result<(), AppError> {
    make_private_dir(dir)
}
