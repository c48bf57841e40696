//! The database file: looked at before it is touched, then opened with one connection that writes and several that read.

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};

use crate::StoreError;

/// The name of the database in its folder.
pub const FILE_NAME: &str = "auto-analyst.db";

/// Older ones can damage a database while they reset its write-ahead log. The one we are built with is 3.51.3.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// How long a write waits for another process to finish its own.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a call waits for a connection of this process.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);
const READERS: u32 = 4;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// Refuses a file that is damaged or that a newer version has written, without changing a byte of it.
/// A file that is missing or empty will become a database.
pub(crate) async fn examine(path: &Path) -> Result<(), StoreError> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.len() > 0 => {}
        _ => return Ok(()),
    }
    let mut conn = options().filename(path).read_only(true).connect().await?;
    let found = newest_migration(&mut conn).await?;
    conn.close().await?;
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    if found > known { Err(StoreError::TooNew { found, known }) } else { Ok(()) }
}

async fn newest_migration(conn: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    let known: Option<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations'")
            .fetch_optional(&mut *conn)
            .await?;
    if known.is_none() {
        return Ok(0);
    }
    sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations").fetch_one(conn).await
}

/// The connection that writes, to a file with the tables of this version.
pub(crate) async fn open_writer(path: &Path) -> Result<SqlitePool, StoreError> {
    let options = options()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // What has been acknowledged survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        // What has been deleted does not stay in the file.
        .pragma("secure_delete", "ON");
    let pool = pool(1).connect_with(options).await?;
    prepare(&pool).await?;
    Ok(pool)
}

/// The connections that only read.
pub(crate) async fn open_readers(path: &Path) -> Result<SqlitePool, StoreError> {
    Ok(pool(READERS).connect_with(options().filename(path).read_only(true)).await?)
}

/// A database in memory: one connection, since each one would have its own.
pub(crate) async fn open_in_memory() -> Result<SqlitePool, StoreError> {
    let pool = pool(1).connect_with(options().in_memory(true)).await?;
    prepare(&pool).await?;
    Ok(pool)
}

fn options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        // Nothing in the schema of a file that somebody handed over may call what has effects.
        .pragma("trusted_schema", "OFF")
}

/// Connections stay open: closing the last one would write the whole log back each time. Only one on which a failure
/// (a full disk, say) has ended a transaction behind sqlx's back is closed, for sqlx would never begin another on it.
fn pool(size: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(size)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .before_acquire(|conn, _| Box::pin(async move { Ok(!conn.is_in_transaction()) }))
}

async fn prepare(pool: &SqlitePool) -> Result<(), StoreError> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(pool).await?;
    if parse_version(&version) < Some(OLDEST_SQLITE) {
        return Err(StoreError::other(format!("SQLite {version} is too old to be safe")));
    }
    // One transaction around all of them: either every table is of this version, or none has changed.
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    // `run` itself makes futures that the compiler cannot see to be `Send`; sqlx offers this way around.
    MIGRATIONS.run_direct(None, &mut *tx, false).await?;
    Ok(tx.commit().await?)
}

fn parse_version(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split('.').map_while(|part| part.parse().ok());
    Some((parts.next()?, parts.next()?, parts.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn pragma(pool: &SqlitePool, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
    }

    #[tokio::test]
    async fn connections_are_set_up_to_lose_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE_NAME);
        let writer = open_writer(&path).await.unwrap();
        let readers = open_readers(&path).await.unwrap();
        assert_eq!(pragma(&writer, "PRAGMA synchronous").await, 2, "FULL");
        assert_eq!(pragma(&writer, "PRAGMA secure_delete").await, 1);
        let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&writer).await.unwrap();
        assert_eq!(journal, "wal");
        for pool in [&writer, &readers] {
            assert_eq!(pragma(pool, "PRAGMA foreign_keys").await, 1);
            assert_eq!(pragma(pool, "PRAGMA trusted_schema").await, 0);
            assert_eq!(pragma(pool, "PRAGMA mmap_size").await, 0);
            assert_eq!(pragma(pool, "PRAGMA busy_timeout").await, 5000);
        }
        let write = sqlx::query("DELETE FROM settings").execute(&readers).await;
        assert!(matches!(write.map_err(StoreError::from), Err(StoreError::ReadOnly)));
    }

    #[test]
    fn versions_compare_by_number() {
        assert!(parse_version("3.51.3") >= Some(OLDEST_SQLITE));
        assert!(parse_version("3.100.0") > Some(OLDEST_SQLITE));
        assert!(parse_version("3.9.20") < Some(OLDEST_SQLITE));
        assert!(parse_version("nonsense") < Some(OLDEST_SQLITE));
    }
}
