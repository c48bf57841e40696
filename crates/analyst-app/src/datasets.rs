//! Datasets: opened once into an Arrow file of ours, then looked at, queried, exported. Reading and computing happen on
//! threads that may block; a face never waits for a file.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use analyst_agents::DatasetContext;
use analyst_data::{DataError, ImportedTable};
use analyst_store::{Store, StoredDataset};
use analyst_types::{
    AppError, ChatId, Clock, ColumnType, Dataset, DatasetBinding, DatasetId, ErrorCode, IdSource, Profile, ReadOptions,
    TableData,
};
use tokio_util::sync::CancellationToken;

use crate::commands::file::FileInfo;
use crate::config::{Config, make_private_dir};
use crate::samples;

/// Distinct values of a text column that the agents get to know, so that “North” in a question finds its column.
const KNOWN_VALUES: usize = 500;
/// Rows the agents get to see (what of them a model sees is decided by the privacy level).
const SAMPLE_ROWS: u64 = 20;
const MAX_PASTED_BYTES: usize = 64 << 20;

/// The person's datasets.
pub(crate) struct DatasetDesk {
    store: Arc<Store>,
    dir: PathBuf,
    samples_dir: PathBuf,
    clock: Clock,
    ids: Arc<IdSource>,
    contexts: Mutex<HashMap<DatasetId, Arc<DatasetContext>>>,
}

impl DatasetDesk {
    pub(crate) fn new(store: Arc<Store>, config: &Config) -> Self {
        Self {
            store,
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
    ) -> Result<Vec<Dataset>, AppError> {
        let path = std::path::absolute(path).map_err(|error| {
            AppError::new(ErrorCode::InvalidRequest, format!("{} is not a path: {error}", path.display()))
        })?;
        if let Some(chat_id) = chat_id {
            self.store.chats().get(chat_id).await?;
        }
        let (file, dir) = (path.clone(), self.dir.clone());
        let imported = stoppable(move |cancel| analyst_data::open(&file, &options, &dir, cancel)).await?;
        let mut datasets = Vec::with_capacity(imported.len());
        for table in imported {
            datasets.push(self.keep(&path, table, chat_id).await?);
        }
        Ok(datasets)
    }

    /// Opens a dataset that comes with the program.
    pub(crate) async fn open_sample(&self, name: &str, chat_id: Option<ChatId>) -> Result<Vec<Dataset>, AppError> {
        let path = samples::materialise(name, &self.samples_dir)?;
        self.open(&path, ReadOptions::default(), chat_id).await
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
        self.open(&path, ReadOptions::default(), chat_id).await
    }

    /// Remembers an imported table, under a name that no other table of its chat has.
    async fn keep(&self, path: &Path, table: ImportedTable, chat_id: Option<ChatId>) -> Result<Dataset, AppError> {
        let others = match chat_id {
            Some(chat_id) => self.store.datasets().list_by_chat(chat_id).await?,
            None => Vec::new(),
        };
        let dataset = match self.known(path, &table, &others).await? {
            Some(known) => known,
            None => self.insert(path, table, &others).await?,
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
        Ok(known.map(|known| known.dataset).filter(|known| {
            let named_alike = |other: &StoredDataset| other.dataset.name == known.name && other.dataset.id != known.id;
            known.format == table.format && !others.iter().any(named_alike)
        }))
    }

    async fn insert(&self, path: &Path, table: ImportedTable, others: &[StoredDataset]) -> Result<Dataset, AppError> {
        let dataset = Dataset {
            id: self.ids.next(),
            name: free_name(&table.name, others),
            path: path.display().to_string(),
            file_name: table.file_name,
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
        Ok(self.store.datasets().list().await?.into_iter().map(|stored| stored.dataset).collect())
    }

    pub(crate) async fn get(&self, id: DatasetId) -> Result<Dataset, AppError> {
        Ok(self.store.datasets().get(id).await?.dataset)
    }

    pub(crate) async fn preview(&self, id: DatasetId, offset: u64, limit: u64) -> Result<TableData, AppError> {
        let stored = self.store.datasets().get(id).await?;
        blocking(move || analyst_data::preview(&stored.arrow_path, offset, limit)).await
    }

    pub(crate) async fn profile(&self, id: DatasetId) -> Result<Profile, AppError> {
        Ok(self.context(id).await?.profile.clone())
    }

    /// One SELECT over some datasets.
    pub(crate) async fn query(&self, sql: &str, ids: &[DatasetId], limit: u64) -> Result<TableData, AppError> {
        let (sql, bindings) = (sql.to_owned(), self.bindings(ids).await?);
        blocking(move || {
            let result = analyst_data::query(&sql, &bindings, None)?;
            Ok(analyst_data::table_data(&result.frame, 0, limit))
        })
        .await
    }

    /// Writes a dataset as another file; tells how many rows.
    pub(crate) async fn export(&self, id: DatasetId, to: &Path) -> Result<u64, AppError> {
        let stored = self.store.datasets().get(id).await?;
        let to = to.to_owned();
        blocking(move || analyst_data::export(&stored.arrow_path, &to)).await
    }

    /// Writes the result of a SELECT as a file; tells how many rows.
    pub(crate) async fn export_query(&self, sql: &str, ids: &[DatasetId], to: &Path) -> Result<u64, AppError> {
        let (sql, bindings, to) = (sql.to_owned(), self.bindings(ids).await?, to.to_owned());
        blocking(move || {
            let mut result = analyst_data::query(&sql, &bindings, None)?;
            analyst_data::export_frame(&mut result.frame, &to)
        })
        .await
    }

    /// Forgets a dataset, and our copy of it when no other dataset needs it.
    pub(crate) async fn remove(&self, id: DatasetId) -> Result<(), AppError> {
        let stored = self.store.datasets().get(id).await?;
        self.store.datasets().remove(id, self.clock.now()).await?;
        self.cached().remove(&id);
        let others = self.store.datasets().list().await?;
        if others.iter().all(|other| other.arrow_path != stored.arrow_path)
            && let Err(error) = std::fs::remove_file(&stored.arrow_path)
        {
            tracing::warn!(%error, "our copy of a removed dataset is left behind");
        }
        Ok(())
    }

    /// What the agents know of some datasets, in the order given.
    pub(crate) async fn contexts(&self, ids: &[DatasetId]) -> Result<Vec<DatasetContext>, AppError> {
        let mut contexts = Vec::with_capacity(ids.len());
        for id in ids {
            contexts.push(DatasetContext::clone(&*self.context(*id).await?));
        }
        Ok(contexts)
    }

    /// Computed at the first use, then kept: a dataset never changes.
    async fn context(&self, id: DatasetId) -> Result<Arc<DatasetContext>, AppError> {
        if let Some(known) = self.cached().get(&id) {
            return Ok(Arc::clone(known));
        }
        let stored = self.store.datasets().get(id).await?;
        let context = Arc::new(blocking(move || examine(stored)).await?);
        self.cached().insert(id, Arc::clone(&context));
        Ok(context)
    }

    /// As tables of one statement: of those that share a name the later ones are counted, `orders`, `orders_2`.
    async fn bindings(&self, ids: &[DatasetId]) -> Result<Vec<DatasetBinding>, AppError> {
        let mut taken = HashSet::new();
        let mut bindings = Vec::with_capacity(ids.len());
        for id in ids {
            let stored = self.store.datasets().get(*id).await?;
            let name = analyst_data::unique_identifier(&stored.dataset.name, &taken);
            taken.insert(name.clone());
            bindings.push(DatasetBinding { name, arrow_path: stored.arrow_path });
        }
        Ok(bindings)
    }

    fn cached(&self) -> std::sync::MutexGuard<'_, HashMap<DatasetId, Arc<DatasetContext>>> {
        self.contexts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A look at a file before it is opened.
pub(crate) async fn inspect(path: PathBuf) -> Result<FileInfo, AppError> {
    stoppable(move |cancel| {
        let file = analyst_data::inspect(&path, cancel)?;
        Ok(FileInfo { file_name: file.file_name, kind: file.kind, sheets: file.sheets, size_bytes: file.size_bytes })
    })
    .await
}

fn examine(stored: StoredDataset) -> Result<DatasetContext, DataError> {
    let StoredDataset { dataset, arrow_path } = stored;
    let profile = analyst_data::profile(&arrow_path, &dataset.name, dataset.format, dataset.warnings)?;
    let mut values = BTreeMap::new();
    for column in &profile.columns {
        let is_text = matches!(column.kind, ColumnType::Text | ColumnType::Categorical);
        if is_text && column.distinct <= KNOWN_VALUES as u64 {
            values.insert(column.name.clone(), analyst_data::distinct_values(&arrow_path, &column.name, KNOWN_VALUES)?);
        }
    }
    let sample = analyst_data::preview(&arrow_path, 0, SAMPLE_ROWS)?;
    Ok(DatasetContext { name: dataset.name, file_name: dataset.file_name, profile, values, sample, arrow_path })
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

/// Like [`blocking`], for work that stops when nobody waits for it any more.
async fn stoppable<T: Send + 'static>(
    work: impl FnOnce(&CancellationToken) -> Result<T, DataError> + Send + 'static,
) -> Result<T, AppError> {
    let cancel = CancellationToken::new();
    let _stops_when_dropped = cancel.clone().drop_guard();
    blocking(move || work(&cancel)).await
}
