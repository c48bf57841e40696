//! What can go wrong, by what the caller can do about it.

use std::io;
use std::path::{Path, PathBuf};

use analyst_types::{AppError, ErrorCode};
use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::migrate::MigrateError;

/// Why the store could not do what it was asked. Whatever was acknowledged before is still there.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process kept the database busy for longer than we wait: trying again makes sense.
    #[error("another program is using the database")]
    Locked,
    /// There is no room: free some, then try again.
    #[error("the disk is full")]
    Full,
    /// The folder or the file may not be written.
    #[error("the database cannot be written: its folder or file is read-only")]
    ReadOnly,
    /// The file is not a database any more. Nothing was overwritten.
    #[error("the database {} is damaged", path.display())]
    Corrupt {
        /// Which file: with its folder when found while opening, else its name alone.
        path: PathBuf,
    },
    /// A newer version of the program has changed the tables. Nothing was changed.
    #[error("the database was written by a newer version of Auto-Analyst (tables {found}, this one knows {known})")]
    TooNew {
        /// The newest migration in the file.
        found: i64,
        /// The newest migration we know.
        known: i64,
    },
    /// What the call names does not exist.
    #[error("there is no {what}")]
    NotFound {
        /// For people: `chat 0198…`.
        what: String,
    },
    /// A fault the caller can only report.
    #[error("the database failed: {0}")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    pub(crate) fn other(message: impl Into<String>) -> Self {
        Self::Other(message.into().into())
    }

    pub(crate) fn not_found(noun: &str, id: impl std::fmt::Display) -> Self {
        Self::NotFound { what: format!("{noun} {id}") }
    }

    /// The same error; a damaged file is named with its folder.
    pub(crate) fn at(self, path: &Path) -> Self {
        match self {
            Self::Corrupt { .. } => Self::Corrupt { path: path.to_path_buf() },
            other => other,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => from_database(error),
            sqlx::Error::Io(error) => error.into(),
            // The one write connection was in use for longer than we wait.
            sqlx::Error::PoolTimedOut => Self::Locked,
            other => Self::Other(other.into()),
        }
    }
}

const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READONLY: i32 = 8;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const NOTADB: i32 = 26;

/// By SQLite's primary result codes, which are the lower eight bits of the extended ones.
fn from_database(error: Box<dyn DatabaseError>) -> StoreError {
    if matches!(error.kind(), ErrorKind::ForeignKeyViolation) {
        return StoreError::NotFound { what: "such chat, dataset, run, execution or agent to belong to".into() };
    }
    match error.code().and_then(|code| code.parse::<i32>().ok()).map(|code| code & 0xff) {
        Some(BUSY | LOCKED) => StoreError::Locked,
        Some(READONLY) => StoreError::ReadOnly,
        Some(FULL) => StoreError::Full,
        Some(CORRUPT | NOTADB) => StoreError::Corrupt { path: crate::FILE_NAME.into() },
        _ => StoreError::Other(error.into()),
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            // The gate of the folder stayed shut.
            io::ErrorKind::TimedOut => Self::Locked,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::Other(error.into()),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            other => Self::Other(other.into()),
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::NotFound { .. } => Self::new(ErrorCode::NotFound, message),
            StoreError::Other(_) => Self::new(ErrorCode::Internal, message),
            StoreError::Locked => Self {
                retry_after_secs: Some(1),
                ..Self::new(ErrorCode::Storage, message).with_hint("Nothing was lost. Try again in a moment.")
            },
            StoreError::Full => Self::new(ErrorCode::Storage, message)
                .with_hint("What was saved before is kept. Free some space, then try again."),
            StoreError::ReadOnly => Self::new(ErrorCode::Storage, message)
                .with_hint("Check the permissions of the data folder, or choose another one."),
            StoreError::Corrupt { .. } => Self::new(ErrorCode::Storage, message)
                .with_hint("Nothing was overwritten. Move the file away to start anew, or put a backup in its place."),
            StoreError::TooNew { .. } => {
                Self::new(ErrorCode::Storage, message).with_hint("Nothing was changed. Update Auto-Analyst to open it.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Store;

    fn large() -> serde_json::Value {
        json!("x".repeat(100_000))
    }

    #[tokio::test]
    async fn a_full_disk_is_told_and_work_goes_on_once_there_is_room() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        store.settings().set("theme", &json!("dark")).await.unwrap();
        // Holds for this connection; the next one has room again.
        sqlx::query("PRAGMA max_page_count = 1").execute(&store.writer).await.unwrap();
        assert!(matches!(store.settings().set("large", &large()).await, Err(StoreError::Full)));
        assert_eq!(store.settings().get_all().await.unwrap().len(), 1, "what was there is there");
        store.settings().set("large", &large()).await.unwrap();
    }

    #[tokio::test]
    async fn a_database_that_stays_busy_is_told_as_locked() {
        let dir = tempfile::tempdir().unwrap();
        let [here, there] = [Store::open(dir.path()).await.unwrap(), Store::open(dir.path()).await.unwrap()];
        sqlx::query("PRAGMA busy_timeout = 1").execute(&here.writer).await.unwrap();
        let work = there.begin().await.unwrap();
        assert!(matches!(here.settings().set("theme", &json!("dark")).await, Err(StoreError::Locked)));
        assert!(here.settings().get_all().await.unwrap().is_empty(), "reading goes on beside a write");
        drop(work);
    }

    #[test]
    fn errors_of_the_disk_are_told_apart() {
        let kind = |kind| StoreError::from(io::Error::from(kind));
        assert!(matches!(kind(io::ErrorKind::StorageFull), StoreError::Full));
        assert!(matches!(kind(io::ErrorKind::PermissionDenied), StoreError::ReadOnly));
        assert!(matches!(kind(io::ErrorKind::ReadOnlyFilesystem), StoreError::ReadOnly));
        assert!(matches!(kind(io::ErrorKind::BrokenPipe), StoreError::Other(_)));
    }

    #[test]
    fn a_person_is_told_what_was_kept() {
        let error = AppError::from(StoreError::Corrupt { path: "/data/auto-analyst.db".into() });
        assert_eq!(error.code, ErrorCode::Storage);
        assert_eq!(error.message, "the database /data/auto-analyst.db is damaged");
        assert!(error.hint.starts_with("Nothing was overwritten."));
        assert_eq!(AppError::from(StoreError::not_found("chat", 7)).code, ErrorCode::NotFound);
        assert_eq!(AppError::from(StoreError::Locked).retry_after_secs, Some(1));
    }
}
