//! Opening: what is made, what is refused, and that refusing changes nothing.

use std::fs;
use std::path::Path;

use analyst_store::{FILE_NAME, Store, StoreError};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use crate::samples;

async fn raw(dir: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(dir.join(FILE_NAME)).connect().await.unwrap()
}

async fn closed_store(dir: &Path) {
    let store = Store::open(dir).await.unwrap();
    samples::running(&store).await;
    store.close().await;
}

#[tokio::test]
async fn what_was_stored_is_there_after_opening_again() {
    let dir = tempfile::tempdir().unwrap();
    let odd = dir.path().join("Åsa's data %41 #1? 数据/deep");
    let store = Store::open(&odd).await.unwrap();
    let run = samples::running(&store).await;
    store.close().await;
    drop(store);
    let store = Store::open(&odd).await.unwrap();
    assert_eq!(store.path().unwrap(), odd.join(FILE_NAME));
    assert_eq!(store.runs().get(run.id).await.unwrap(), run);
    store.check().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_person_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("profile");
    let store = Store::open(&folder).await.unwrap();
    samples::running(&store).await;
    assert_eq!(mode(&folder), 0o700);
    let mut seen = 0;
    for file in fs::read_dir(&folder).unwrap().chain(fs::read_dir(folder.join("owners")).unwrap()) {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
        seen += 1;
    }
    assert_eq!(seen, 6, "database, its log and index, owners with the gate and a lock");

    fs::set_permissions(store.path().unwrap(), fs::Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    drop(store);
    let store = Store::open(&folder).await.unwrap();
    assert_eq!(mode(&store.path().unwrap()), 0o600, "the file is ours");
    assert_eq!(mode(&folder), 0o755, "a folder with something in it may not be ours alone");
}

/// Once with everything in the file, once while the newer version is at work and its last changes are in the log only.
#[tokio::test]
async fn a_newer_database_is_refused_and_stays_as_it_is() {
    for at_work in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        closed_store(dir.path()).await;
        let mut newer = raw(dir.path()).await;
        sqlx::query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9001, 'from the future', 1, x'00', 0)",
        )
        .execute(&mut newer)
        .await
        .unwrap();
        let newer = if at_work { Some(newer) } else { newer.close().await.map(|()| None).unwrap() };
        let before = bytes(dir.path());
        assert_eq!(at_work, !before.1.is_empty());

        let error = Store::open(dir.path()).await.unwrap_err();
        assert!(matches!(error, StoreError::TooNew { found: 9001, known: 3 }), "{error:?}");
        assert!(error.to_string().contains("newer version"), "{error}");
        assert!(bytes(dir.path()) == before, "bytes changed");
        drop(newer);
    }
}

#[tokio::test]
async fn a_damaged_file_is_refused_by_name_and_stays_as_it_is() {
    let garbage: fn(Vec<u8>) -> Vec<u8> = |_| b"This is not a database. ".repeat(1000);
    let cut: fn(Vec<u8>) -> Vec<u8> = |bytes| bytes[..bytes.len() / 2].to_vec();
    let holed: fn(Vec<u8>) -> Vec<u8> = |mut bytes| {
        bytes[100..4096].fill(0xa5);
        bytes
    };
    for damage in [garbage, cut, holed] {
        let dir = tempfile::tempdir().unwrap();
        closed_store(dir.path()).await;
        let path = dir.path().join(FILE_NAME);
        fs::write(&path, damage(fs::read(&path).unwrap())).unwrap();
        let before = fs::read(&path).unwrap();
        let error = Store::open(dir.path()).await.unwrap_err();
        assert!(matches!(&error, StoreError::Corrupt { path: named } if *named == path), "{error:?}");
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

#[tokio::test]
async fn damage_inside_a_table_is_found_by_the_check() {
    let dir = tempfile::tempdir().unwrap();
    closed_store(dir.path()).await;
    let mut conn = raw(dir.path()).await;
    let page: i64 = sqlx::query_scalar("SELECT rootpage FROM sqlite_schema WHERE name = 'run_events'")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    let path = dir.path().join(FILE_NAME);
    let mut bytes = fs::read(&path).unwrap();
    let start = (usize::try_from(page).unwrap() - 1) * 4096;
    bytes[start..start + 4096].fill(0xa5);
    fs::write(&path, bytes).unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    assert!(matches!(store.check().await, Err(StoreError::Corrupt { path: named }) if named == path));
}

#[tokio::test]
async fn an_empty_file_becomes_a_database() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(FILE_NAME), "").unwrap();
    closed_store(dir.path()).await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(Store::open(file.join("profile")).await.is_err());
}

/// Of the database and of its log.
fn bytes(dir: &Path) -> (Vec<u8>, Vec<u8>) {
    let log = dir.join(FILE_NAME).with_extension("db-wal");
    (fs::read(dir.join(FILE_NAME)).unwrap(), fs::read(log).unwrap_or_default())
}
