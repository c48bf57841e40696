//! Reading the file of a dataset another way. What is read takes the dataset's place in every chat, under its name, so
//! that questions and code go on to mean it. Until the file was read and stored, nothing changes.

use std::path::Path;

use analyst_data::ImportedTable;
use analyst_store::StoredDataset;
use analyst_types::{AppError, ChatId, Dataset, DatasetId, Format, ReadOptions, RunStatus};

use super::{DatasetDesk, explained, free_name};
use crate::tasks::Task;

/// What came of reading once more.
pub(crate) struct Reopened {
    /// What stands in the old one's place.
    pub datasets: Vec<Dataset>,
    /// The chats in which it stood.
    pub chat_ids: Vec<ChatId>,
}

impl DatasetDesk {
    /// Reads the file of a dataset with other options.
    pub(crate) async fn reopen(&self, id: DatasetId, options: ReadOptions, task: &Task) -> Result<Reopened, AppError> {
        let old = self.store.datasets().get(id).await?.dataset;
        let path = Path::new(&old.path);
        let imported = task.run(self.import(path, same_part(&old.format, options), task)).await?;
        let (chat_ids, mut others) = self.neighbours(id).await?;
        let mut datasets: Vec<Dataset> = Vec::with_capacity(imported.len());
        for table in imported {
            let wanted = if datasets.is_empty() { &old.name } else { &table.name };
            let name = free_name(wanted, &others);
            let arrow_path = table.arrow_path.clone();
            let dataset = match self.known_as(path, &table, &name).await? {
                Some(known) => known,
                None => self.insert(path, table, name).await?,
            };
            others.push(StoredDataset { dataset: dataset.clone(), arrow_path });
            datasets.push(dataset);
        }
        let new_ids: Vec<DatasetId> = datasets.iter().map(|dataset| dataset.id).collect();
        self.store.chats().replace_dataset(id, &new_ids).await?;
        Ok(Reopened { datasets, chat_ids })
    }

    /// Forgets a dataset that another one has replaced, unless somebody still uses it.
    pub(crate) async fn retire(&self, id: DatasetId, chat_ids: &[ChatId]) -> Result<(), AppError> {
        for chat_id in chat_ids {
            let runs = self.store.runs().list(*chat_id).await?;
            if runs.iter().any(|run| run.status == RunStatus::Running) {
                tracing::info!(%id, "a replaced dataset stays: another program works on it");
                return Ok(());
            }
        }
        let (chat_ids, _) = self.neighbours(id).await?;
        if chat_ids.is_empty() { self.remove(id).await } else { Ok(()) }
    }

    /// The chats a dataset is in, and the other datasets of them.
    async fn neighbours(&self, id: DatasetId) -> Result<(Vec<ChatId>, Vec<StoredDataset>), AppError> {
        let chats = self.store.chats().list().await?;
        let chat_ids: Vec<ChatId> =
            chats.iter().filter(|chat| chat.dataset_ids.contains(&id)).map(|chat| chat.id).collect();
        let mut others = Vec::new();
        for chat_id in &chat_ids {
            others.extend(self.store.datasets().list_by_chat(*chat_id).await?);
        }
        others.retain(|other| other.dataset.id != id);
        Ok((chat_ids, others))
    }

    /// The same table of the same file, read the same way under this very name, if there is one.
    async fn known_as(&self, path: &Path, table: &ImportedTable, name: &str) -> Result<Option<Dataset>, AppError> {
        let path = path.display().to_string();
        let known = self.store.datasets().find_by_fingerprint_and_path(&table.fingerprint, &path).await?;
        let known = known.map(|known| explained(known.dataset));
        Ok(known.filter(|known| known.format == table.format && known.name == name))
    }
}

/// Of a file with several tables the one it was, unless another is asked for.
fn same_part(format: &Format, mut options: ReadOptions) -> ReadOptions {
    if options.sheet.is_none() && options.table.is_none() {
        options.sheet.clone_from(&format.sheet);
        options.table.clone_from(&format.table);
    }
    options
}
