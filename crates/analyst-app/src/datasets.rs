//! Datasets: opened once into an Arrow file of ours, then looked at, queried, exported. Reading and computing happen in
//! data workers; this process only moves finished files and remembers them.

mod grid;
mod peeking;
mod profiles;
mod remote_tables;
mod reopening;
mod statements;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use analyst_agents::DatasetContext;
use analyst_data::worker::{Export, Open, profile_beside};
use analyst_data::{DataError, ImportedTable};
use analyst_store::{FileState, Store, StoredDataset};
use analyst_types::{AppError, ChatId, Clock, Dataset, DatasetId, ErrorCode, IdSource, ReadOptions};

use crate::config::{Config, make_private_dir};
use crate::data_worker::{Budget, ChosenFile, DataWorkers, Kind};
use crate::remote::{Locator, RemoteDesk};
use crate::samples;
use crate::settings::SettingsDesk;
use crate::tasks::Task;

const MAX_PASTED_BYTES: usize = 64 << 20;

/// The person's datasets.
pub(crate) struct DatasetDesk {
    store: Arc<Store>,
    dir: PathBuf,
    samples_dir: PathBuf,
    clock: Clock,
    ids: Arc<IdSource>,
    workers: Arc<DataWorkers>,
    remote: Arc<RemoteDesk>,
    settings: SettingsDesk,
    contexts: Mutex<HashMap<DatasetId, Arc<DatasetContext>>>,
}

impl DatasetDesk {
    pub(crate) fn new(store: Arc<Store>, workers: Arc<DataWorkers>, remote: Arc<RemoteDesk>, config: &Config) -> Self {
        Self {
            settings: SettingsDesk::new(Arc::clone(&store)),
            store,
            workers,
            remote,
            dir: config.datasets_dir(),
            samples_dir: config.samples_dir(),
            clock: config.clock,
            ids: Arc::clone(&config.ids),
            contexts: Mutex::default(),
        }
    }

    /// Opens a file: one dataset, or one per sheet of a workbook. With a chat, they are added to it.
    pub(crate) async fn open(
        &self,
        path: &Path,
        options: ReadOptions,
        chat_id: Option<ChatId>,
        task: &Task,
    ) -> Result<Vec<Dataset>, AppError> {
        let path = std::path::absolute(path).map_err(|error| {
            AppError::new(ErrorCode::InvalidRequest, format!("{} is not a path: {error}", path.display()))
        })?;
        if let Some(chat_id) = chat_id {
            self.store.chats().get(chat_id).await?;
        }
        let imported = task.run(self.import(&path, options, task)).await?;
        let mut datasets = Vec::with_capacity(imported.len());
        for table in imported {
            datasets.push(self.keep(&path, table, chat_id).await?);
        }
        Ok(datasets)
    }

    /// The tables of a file: those found when it was opened before, or what a worker finds now.
    async fn import(&self, path: &Path, options: ReadOptions, task: &Task) -> Result<Vec<ImportedTable>, AppError> {
        task.stage("opening");
        let file = choose(path).await?;
        let state = state_of(&file, &options);
        if let Some(known) = self.opened_before(state.as_ref()).await? {
            return Ok(known);
        }
        let budget = self.budget().await?;
        let request = Open { file: file.handed(), options, budget_bytes: budget.0 };
        task.stage("reading");
        let store_dir = self.workers.store_dir();
        let progress = |done| task.progress(done);
        let tables = self.workers.once(request, Some(&file), budget, &progress, async |mut tables, produce| {
            for table in &mut tables {
                let named = std::mem::take(&mut table.arrow_path);
                table.arrow_path = produce.keep(&named, store_dir)?;
                // What was found out about the values while they were read need not be found out again.
                produce.keep_beside(&profile_beside(&named), &profile_beside(&table.arrow_path));
            }
            Ok(tables)
        });
        let tables = tables.await?;
        if let (Some(state), Ok(found)) = (state, serde_json::to_value(&tables)) {
            self.store.opened_files().remember(&state, &found, self.clock.now()).await?;
        }
        Ok(tables)
    }

    /// What was found in the file, if nothing about it has changed and our copies are still there.
    async fn opened_before(&self, state: Option<&FileState>) -> Result<Option<Vec<ImportedTable>>, AppError> {
        let Some(state) = state else { return Ok(None) };
        let found = self.store.opened_files().find(state).await?;
        let tables: Option<Vec<ImportedTable>> = found.and_then(|found| serde_json::from_value(found).ok());
        Ok(tables.filter(|tables| tables.iter().all(|table| table.arrow_path.is_file())))
    }

    /// What a data worker may use.
    async fn budget(&self) -> Result<Budget, AppError> {
        Ok(Budget::of(&self.settings.get().await?))
    }

    /// Opens a dataset that comes with the program.
    pub(crate) async fn open_sample(&self, name: &str, chat_id: Option<ChatId>) -> Result<Vec<Dataset>, AppError> {
        let path = samples::materialise(name, &self.samples_dir)?;
        self.open(&path, ReadOptions::default(), chat_id, &Task::unnamed()).await
    }

    /// Opens a table that was pasted as text; it is kept as a file of ours.
    pub(crate) async fn open_text(
        &self,
        name: &str,
        text: String,
        chat_id: Option<ChatId>,
    ) -> Result<Vec<Dataset>, AppError> {
        if text.trim().is_empty() || text.len() > MAX_PASTED_BYTES {
            return Err(AppError::new(ErrorCode::InvalidRequest, "the pasted text is empty or larger than 64 MB")
                .with_hint("Copy a table with its header, or open it as a file."));
        }
        let stem: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).take(60).collect();
        let folder = self.dir.join("pasted").join(self.ids.next::<DatasetId>().to_string());
        make_private_dir(&folder)?;
        let path = folder.join(format!("{stem}.csv"));
        std::fs::write(&path, text)
            .map_err(|error| AppError::new(ErrorCode::Storage, format!("the pasted table cannot be kept: {error}")))?;
        self.open(&path, ReadOptions::default(), chat_id, &Task::unnamed()).await
    }

    /// Remembers an imported table, under a name that no other table of its chat has.
    async fn keep(&self, path: &Path, table: ImportedTable, chat_id: Option<ChatId>) -> Result<Dataset, AppError> {
        let others = match chat_id {
            Some(chat_id) => self.store.datasets().list_by_chat(chat_id).await?,
            None => Vec::new(),
        };
        let dataset = match self.known(path, &table, &others).await? {
            Some(known) => known,
            None => {
                let name = free_name(&table.name, &others);
                self.insert(path, table, name).await?
            }
        };
        if let Some(chat_id) = chat_id {
            let mut ids: Vec<_> = others.iter().map(|other| other.dataset.id).collect();
            if !ids.contains(&dataset.id) {
                ids.push(dataset.id);
                self.store.chats().set_datasets(chat_id, &ids).await?;
            }
        }
        Ok(dataset)
    }

    /// The same table of the same file, read the same way, if it was opened before and its name is free here.
    async fn known(
        &self,
        path: &Path,
        table: &ImportedTable,
        others: &[StoredDataset],
    ) -> Result<Option<Dataset>, AppError> {
        let path = path.display().to_string();
        let known = self.store.datasets().find_by_fingerprint_and_path(&table.fingerprint, &path).await?;
        Ok(known.map(|known| explained(known.dataset)).filter(|known| {
            let named_alike = |other: &StoredDataset| other.dataset.name == known.name && other.dataset.id != known.id;
            known.format == table.format && !others.iter().any(named_alike)
        }))
    }

    async fn insert(&self, path: &Path, table: ImportedTable, name: String) -> Result<Dataset, AppError> {
        let dataset = Dataset {
            id: self.ids.next(),
            name,
            path: path.display().to_string(),
            file_name: table.file_name,
            explanation: table.format.explain(),
            format: table.format,
            n_rows: table.n_rows,
            columns: table.columns,
            fingerprint: table.fingerprint,
            warnings: table.warnings,
            opened_at: self.clock.now(),
        };
        let stored = StoredDataset { dataset: dataset.clone(), arrow_path: table.arrow_path };
        self.store.datasets().insert(&stored).await?;
        Ok(dataset)
    }

    pub(crate) async fn list(&self) -> Result<Vec<Dataset>, AppError> {
        Ok(self.store.datasets().list().await?.into_iter().map(|stored| explained(stored.dataset)).collect())
    }

    pub(crate) async fn get(&self, id: DatasetId) -> Result<Dataset, AppError> {
        Ok(explained(self.store.datasets().get(id).await?.dataset))
    }

    /// Writes a dataset as another file; tells how many rows.
    pub(crate) async fn export(&self, id: DatasetId, to: &Path, task: &Task) -> Result<u64, AppError> {
        task.stage("writing");
        let stored = self.store.datasets().get(id).await?;
        if Locator::of(&stored.arrow_path).is_some() {
            return Err(remote_tables::no_export(&stored.dataset.file_name));
        }
        let request = Export { table: stored.arrow_path, extension: extension(to) };
        let (what, budget) = (&stored.dataset.file_name, self.budget().await?);
        task.run(self.workers.with_tables(Kind::Work, request, what, budget, async |written, produce| {
            produce.hand_over(&written.path, to)?;
            Ok(written.n_rows)
        }))
        .await
    }

    /// Forgets a dataset, and our copy of it, with what we know of it, when no other dataset needs it.
    pub(crate) async fn remove(&self, id: DatasetId) -> Result<(), AppError> {
        let stored = self.store.datasets().get(id).await?;
        self.store.datasets().remove(id, self.clock.now()).await?;
        self.cached().remove(&id);
        let others = self.store.datasets().list().await?;
        let is_file = Locator::of(&stored.arrow_path).is_none();
        if is_file && others.iter().all(|other| other.arrow_path != stored.arrow_path) {
            for file in [profile_beside(&stored.arrow_path), stored.arrow_path] {
                match std::fs::remove_file(&file) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        tracing::warn!(%error, file = %file.display(), "a copy of a removed dataset is left behind");
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn cached(&self) -> std::sync::MutexGuard<'_, HashMap<DatasetId, Arc<DatasetContext>>> {
        self.contexts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens the file for reading, on a thread that may block.
async fn choose(path: &Path) -> Result<ChosenFile, AppError> {
    let path = path.to_owned();
    blocking(move || ChosenFile::at(&path)).await
}

/// Which file in which state it is, and how it is to be read; none while that cannot be told for sure.
fn state_of(file: &ChosenFile, options: &ReadOptions) -> Option<FileState> {
    Some(FileState {
        path: file.resolved().to_str()?.to_owned(),
        options: serde_json::to_string(options).ok()?,
        reader: env!("CARGO_PKG_VERSION").to_owned(),
        size_bytes: file.size_bytes(),
        version: file.version()?,
    })
}

/// The extension of a file to write, which says its format.
fn extension(path: &Path) -> String {
    path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// `orders`, or `orders_2` when the chat has an `orders` already.
fn free_name(wanted: &str, others: &[StoredDataset]) -> String {
    let taken = |name: &str| others.iter().any(|other| other.dataset.name == name);
    if !taken(wanted) {
        return wanted.to_owned();
    }
    (2..).map(|n| format!("{wanted}_{n}")).find(|name| !taken(name)).unwrap_or_else(|| wanted.to_owned())
}

/// Runs work that blocks; a failure of the data becomes the error a face shows.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DataError> + Send + 'static,
) -> Result<T, AppError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(panic) => {
            tracing::error!(%panic, "work on a dataset failed unexpectedly");
            Err(AppError::new(ErrorCode::Internal, "something went wrong while working on the data")
                .with_hint("Nothing was changed. The log has the details."))
        }
    }
}

/// The dataset with the sentence on how it was read. It follows from the format alone, so it is not stored.
pub(crate) fn explained(mut dataset: Dataset) -> Dataset {
    dataset.explanation = dataset.format.explain();
    dataset
}
