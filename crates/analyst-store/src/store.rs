//! The open database and the way into its tables.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::sqlite::{Sqlite, SqlitePool};

use crate::folder::{self, Folder};
use crate::owner::Owner;
use crate::{
    AgentTemplates, Artifacts, Chats, Datasets, Executions, FILE_NAME, Messages, ModelUsage, OpenedFiles, RunEvents,
    Runs, Settings, StoreError, UserTemplatePreferences, database,
};

/// The open database. Cheap to clone; all clones are one. While any of them lives, this process owns its runs.
///
/// Writes go through one connection, one after another; reads go beside them and see what was committed.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) writer: SqlitePool,
    pub(crate) reader: SqlitePool,
    pub(crate) owner: Arc<Owner>,
    /// None for a database in memory.
    pub(crate) folder: Option<Folder>,
}

impl Store {
    /// Opens the database in `dir`, and makes both when they are missing. Several processes may do so at once.
    ///
    /// Refuses, without changing the file, what is damaged ([`StoreError::Corrupt`]) or newer ([`StoreError::TooNew`]).
    pub async fn open(dir: impl AsRef<Path>) -> Result<Self, StoreError> {
        let dir = dir.as_ref().to_path_buf();
        let (folder, gate) = off_thread(move || {
            let folder = Folder::prepare(&dir)?;
            let gate = folder.enter()?;
            Ok((folder, gate))
        })
        .await?;
        let path = folder.file(FILE_NAME);
        let (writer, reader) = open_file(&path).await.map_err(|error| error.at(&path))?;
        let owner = Arc::new(Owner::claim(&folder, &gate)?);
        Ok(Self { writer, reader, owner, folder: Some(folder) })
    }

    /// A database that is forgotten when the last clone goes: for tests, and for work that must leave no trace.
    pub async fn in_memory() -> Result<Self, StoreError> {
        let writer = database::open_in_memory().await?;
        Ok(Self { reader: writer.clone(), writer, owner: Arc::new(Owner::alone()), folder: None })
    }

    /// The database's file; none when it is in memory.
    pub fn path(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.file(FILE_NAME))
    }

    /// Reads the whole file and checks that it holds together; writes wait meanwhile.
    pub async fn check(&self) -> Result<(), StoreError> {
        let path = self.path().unwrap_or_else(|| FILE_NAME.into());
        let found: Result<Vec<String>, StoreError> =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&self.writer).await.map_err(StoreError::from);
        match found.map_err(|error| error.at(&path))?.as_slice() {
            [ok] if ok == "ok" => Ok(()),
            faults => {
                tracing::error!(?faults, "the database does not hold together");
                Err(StoreError::Corrupt { path })
            }
        }
    }

    /// Waits for what is under way, writes the log back into the file and closes it. Later calls fail.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// A unit of work: what is done in it happens as a whole, once it is committed, or not at all.
    pub(crate) async fn begin(&self) -> Result<sqlx::Transaction<'static, Sqlite>, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}

/// The tables.
impl Store {
    /// What the person has set.
    pub fn settings(&self) -> Settings<'_> {
        Settings(self)
    }

    /// Tables a person opened.
    pub fn datasets(&self) -> Datasets<'_> {
        Datasets(self)
    }

    /// Files that were opened before.
    pub fn opened_files(&self) -> OpenedFiles<'_> {
        OpenedFiles(self)
    }

    /// Conversations.
    pub fn chats(&self) -> Chats<'_> {
        Chats(self)
    }

    /// What was said in chats.
    pub fn messages(&self) -> Messages<'_> {
        Messages(self)
    }

    /// Questions being answered, and cells run again.
    pub fn runs(&self) -> Runs<'_> {
        Runs(self)
    }

    /// What happened in runs.
    pub fn run_events(&self) -> RunEvents<'_> {
        RunEvents(self)
    }

    /// Attempts at cells.
    pub fn executions(&self) -> Executions<'_> {
        Executions(self)
    }

    /// What executions produced.
    pub fn artifacts(&self) -> Artifacts<'_> {
        Artifacts(self)
    }

    /// Calls of models.
    pub fn model_usage(&self) -> ModelUsage<'_> {
        ModelUsage(self)
    }

    /// The agents.
    pub fn agent_templates(&self) -> AgentTemplates<'_> {
        AgentTemplates(self)
    }

    /// What the person thinks of the agents.
    pub fn user_template_preferences(&self) -> UserTemplatePreferences<'_> {
        UserTemplatePreferences(self)
    }
}

async fn open_file(path: &Path) -> Result<(SqlitePool, SqlitePool), StoreError> {
    database::examine(path).await?;
    // Made here because SQLite would leave it readable to all; its log and index take over the permissions.
    folder::private_file(path)?;
    let writer = database::open_writer(path).await?;
    let reader = database::open_readers(path).await?;
    Ok((writer, reader))
}

/// Waiting for a lock blocks its thread.
pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| StoreError::Other(error.into()))?;
    Ok(done?)
}
