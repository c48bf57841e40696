//! SQLite databases: every table and view becomes a dataset.
//!
//! SQLite itself reads them, but only a private copy in memory, read-only: nothing beside the file is opened, no
//! trigger can fire, nothing can be attached or loaded, and functions that reach outside are not usable in views. A
//! view that never ends is stopped. What stands in a write-ahead log beside the file is not part of it, and told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use analyst_types::{DataWarning, FileKind, Format, ReadOptions};
use futures::TryStreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteOwnedBuf, SqliteRow, SqliteValueRef};
use sqlx::{
    AssertSqlSafe, Column, ConnectOptions, Connection, Decode, Executor, Row, SqlSafeStr, Statement, TypeInfo, ValueRef,
};

use super::columns::ColumnGrid;
use super::{FileFormat, Table};
use crate::DataError;
use crate::grid::Cell;
use crate::infer::decision::Hints;
use crate::infer::infer;
use crate::infer::tally::TextPolicy;
use crate::source::{Source, Watch};

/// SQLite databases.
pub(crate) struct Sqlite;

const MAGIC: &[u8] = b"SQLite format 3\0";
/// What SQLite allocates in one piece.
const MAX_BYTES: usize = 0x7FFF_FE00;
const MAX_CELLS: usize = 400_000_000;
/// More datasets than this nobody wants at once.
const MAX_TABLES: usize = 50;
/// A view that gives no end by then is not waited for.
const LONGEST_VIEW: Duration = Duration::from_secs(60);
/// Instructions of SQLite's machine between two looks at the clock.
const STEPS_BETWEEN_CHECKS: i32 = 20_000;
const POLL: Duration = Duration::from_millis(20);
/// Bytes 18 and 19 of the header say that a write-ahead log is in use; a copy in memory cannot have one.
const WRITE_AHEAD: [u8; 2] = [2, 2];

impl FileFormat for Sqlite {
    fn kind(&self) -> FileKind {
        FileKind::Sqlite
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["sqlite", "sqlite3", "db", "db3", "gpkg"]
    }

    fn recognises(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }

    fn read(&self, source: Source, options: &ReadOptions, cancel: &dyn Watch) -> Result<Vec<Table>, DataError> {
        let read = beside(&source, cancel, |stop| read_database(&source, options.table.as_deref(), stop))?;
        let several = read.len() > 1;
        let mut tables = Vec::with_capacity(read.len());
        for Read { entry, grid, mut warnings } in read {
            let hints = Hints { declares_types: true, ..Hints::default() };
            let typed = infer(&grid.body(), TextPolicy::DECLARED, hints, cancel)?;
            warnings.extend(typed.warnings);
            let format = Format { table: Some(entry.name.clone()), ..Format::of(FileKind::Sqlite) };
            let sheet = several.then_some(entry.name);
            tables.push(Table { sheet, frame: typed.frame, format, warnings });
        }
        if was_written_ahead(&source)
            && let Some(first) = tables.first_mut()
        {
            first.warnings.push(write_ahead_warning());
        }
        Ok(tables)
    }
}

/// The names of all tables and views.
pub(crate) fn table_names(source: &Source, cancel: &dyn Watch) -> Result<Vec<String>, DataError> {
    beside(source, cancel, |stop| {
        in_runtime(async {
            let mut connection = open(source, stop).await?;
            let entries = entries(&mut connection, &source.file_name).await;
            connection.close().await.ok();
            Ok(entries?.into_iter().map(|entry| entry.name).collect())
        })
    })
}

/// A table or view of the database.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    is_view: bool,
}

struct Read {
    entry: Entry,
    grid: ColumnGrid,
    warnings: Vec<DataWarning>,
}

/// Runs `work` on a thread of its own, and sets its flag when the person stops.
fn beside<T: Send>(
    source: &Source,
    cancel: &dyn Watch,
    work: impl FnOnce(&Arc<AtomicBool>) -> Result<T, DataError> + Send,
) -> Result<T, DataError> {
    if source.bytes.len() > MAX_BYTES {
        return Err(DataError::TooLarge { what: source.file_name.clone(), limit: "2 GiB for a database".into() });
    }
    let stop = Arc::new(AtomicBool::new(false));
    let result = std::thread::scope(|scope| {
        let worker = scope.spawn(|| work(&stop));
        while !worker.is_finished() {
            if cancel.is_cancelled() {
                stop.store(true, Ordering::Relaxed);
            }
            std::thread::sleep(POLL.min(Duration::from_millis(2)));
        }
        worker.join()
    });
    if cancel.is_cancelled() {
        return Err(DataError::Cancelled);
    }
    result.unwrap_or_else(|_| Err(DataError::unreadable(format!("{} could not be read.", source.file_name))))
}

fn in_runtime<T>(work: impl Future<Output = Result<T, DataError>>) -> Result<T, DataError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|source| DataError::Io { action: "start reading".into(), source })?;
    runtime.block_on(work)
}

/// The private copy, opened.
async fn open(source: &Source, stop: &Arc<AtomicBool>) -> Result<SqliteConnection, DataError> {
    let failed = |error: sqlx::Error| damaged(&source.file_name, &error);
    let mut copy = SqliteOwnedBuf::try_from(&source.bytes[..]).map_err(failed)?;
    if was_written_ahead(source) {
        copy[18..20].copy_from_slice(&[1, 1]);
    }
    let options = SqliteConnectOptions::new().in_memory(true).disable_statement_logging();
    let mut connection = options.connect().await.map_err(failed)?;
    connection.deserialize(None, copy, true).await.map_err(failed)?;
    let pragmas = "PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA cell_size_check = ON; \
                   PRAGMA temp_store = MEMORY;";
    connection.execute(pragmas).await.map_err(failed)?;
    let stop = Arc::clone(stop);
    let mut handle = connection.lock_handle().await.map_err(failed)?;
    handle.set_progress_handler(STEPS_BETWEEN_CHECKS, move || !stop.load(Ordering::Relaxed));
    drop(handle);
    Ok(connection)
}

async fn entries(connection: &mut SqliteConnection, file_name: &str) -> Result<Vec<Entry>, DataError> {
    let list = "SELECT name, type = 'view' FROM sqlite_schema WHERE type IN ('table', 'view') \
                AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, rowid";
    let rows = connection.fetch_all(list).await.map_err(|error| damaged(file_name, &error))?;
    let entry = |row: &SqliteRow| Some(Entry { name: row.try_get(0).ok()?, is_view: row.try_get(1).ok()? });
    Ok(rows.iter().filter_map(entry).collect())
}

fn read_database(source: &Source, wanted: Option<&str>, stop: &Arc<AtomicBool>) -> Result<Vec<Read>, DataError> {
    in_runtime(async {
        let file_name = &source.file_name;
        let mut connection = open(source, stop).await?;
        let all = entries(&mut connection, file_name).await?;
        let chosen = choose(file_name, all, wanted)?;
        let mut read = Vec::with_capacity(chosen.len());
        let mut unreadable = Vec::new();
        let mut room = MAX_CELLS;
        for entry in &chosen {
            match read_entry(&mut connection, entry, room, stop).await {
                Ok(table) => {
                    room = room.saturating_sub(crate::grid::Grid::n_cells(&table.grid));
                    read.push(table);
                }
                // One broken view must not hide the tables.
                Err(EntryError::Sql(error)) if chosen.len() > 1 => {
                    unreadable.push(format!("{:?} ({})", entry.name, one_line(&error)));
                }
                Err(EntryError::Sql(error)) => return Err(damaged(&format!("{:?}", entry.name), &error)),
                Err(EntryError::Data(error)) => return Err(error),
            }
        }
        connection.close().await.ok();
        let Some(first) = read.first_mut() else {
            return Err(DataError::unreadable(format!(
                "No table of {file_name} can be read: {}.",
                unreadable.join("; ")
            )));
        };
        if !unreadable.is_empty() {
            let message = format!("These could not be read: {}.", unreadable.join("; "));
            first.warnings.push(DataWarning::new("unreadable_tables", message));
        }
        Ok(read)
    })
}

fn choose(file_name: &str, all: Vec<Entry>, wanted: Option<&str>) -> Result<Vec<Entry>, DataError> {
    let names = |entries: &[Entry]| entries.iter().take(MAX_TABLES).map(|entry| entry.name.clone()).collect();
    if all.is_empty() {
        return Err(DataError::Empty { what: file_name.to_owned() });
    }
    let Some(wanted) = wanted else {
        if all.len() > MAX_TABLES {
            return Err(DataError::WhichTable { what: file_name.to_owned(), available: names(&all) });
        }
        return Ok(all);
    };
    let exact = all.iter().find(|entry| entry.name == wanted);
    let alike = || all.iter().find(|entry| entry.name.eq_ignore_ascii_case(wanted.trim()));
    match exact.or_else(alike) {
        Some(entry) => Ok(vec![entry.clone()]),
        None => Err(DataError::NoSuchTableInFile { table: wanted.to_owned(), available: names(&all) }),
    }
}

enum EntryError {
    Sql(sqlx::Error),
    Data(DataError),
}

async fn read_entry(
    connection: &mut SqliteConnection,
    entry: &Entry,
    room: usize,
    stop: &Arc<AtomicBool>,
) -> Result<Read, EntryError> {
    let failed = EntryError::Sql;
    let deadline = entry.is_view.then(|| Instant::now() + LONGEST_VIEW);
    if let Some(deadline) = deadline {
        let stop = Arc::clone(stop);
        let mut handle = connection.lock_handle().await.map_err(failed)?;
        handle.set_progress_handler(STEPS_BETWEEN_CHECKS, move || {
            !stop.load(Ordering::Relaxed) && Instant::now() < deadline
        });
    }
    let statement = format!("SELECT * FROM \"{}\"", entry.name.replace('"', "\"\""));
    let described = connection.prepare(AssertSqlSafe(statement).into_sql_str()).await.map_err(failed)?;
    let columns = described.columns();
    let names: Vec<String> = columns.iter().map(|column| column.name().to_owned()).collect();
    let booleans: Vec<bool> =
        columns.iter().map(|column| column.type_info().name().eq_ignore_ascii_case("BOOLEAN")).collect();
    let mut grid = ColumnGrid::new(names, room);
    let mut n_binary = 0u64;
    {
        let query = described.query();
        let mut rows = query.fetch(&mut *connection);
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            grid.push_row(|column| cell(&row, column, &mut n_binary)).map_err(EntryError::Data)?;
        }
    }
    booleans.iter().enumerate().filter(|(_, is)| **is).for_each(|(column, _)| as_booleans(grid.column_mut(column)));
    let mut warnings = Vec::new();
    if n_binary > 0 {
        let message = format!("{n_binary} cells hold binary data; they are shown as hexadecimal digits.");
        warnings.push(DataWarning { count: Some(n_binary), ..DataWarning::new("binary_cells", message) });
    }
    Ok(Read { entry: entry.clone(), grid, warnings })
}

/// SQLite has no booleans; a column declared so holds 0 and 1.
fn as_booleans(cells: &mut [Cell<'static>]) {
    if cells.iter().all(|cell| matches!(cell, Cell::Missing | Cell::Int(0 | 1))) {
        for cell in cells {
            if let Cell::Int(value) = cell {
                *cell = Cell::Bool(*value == 1);
            }
        }
    }
}

fn cell(row: &SqliteRow, column: usize, n_binary: &mut u64) -> Cell<'static> {
    let Ok(value) = row.try_get_raw(column) else { return Cell::Missing };
    if value.is_null() {
        return Cell::Missing;
    }
    let kind = value.type_info().name().to_owned();
    decoded(value, &kind, n_binary).unwrap_or(Cell::Missing)
}

fn decoded(value: SqliteValueRef<'_>, kind: &str, n_binary: &mut u64) -> Option<Cell<'static>> {
    Some(match kind {
        "INTEGER" => Cell::Int(<i64 as Decode<sqlx::Sqlite>>::decode(value).ok()?),
        "REAL" => Cell::Float(<f64 as Decode<sqlx::Sqlite>>::decode(value).ok()?),
        "TEXT" => {
            let bytes = <Vec<u8> as Decode<sqlx::Sqlite>>::decode(value).ok()?;
            Cell::Text(String::from_utf8_lossy(&bytes).into_owned().into())
        }
        _ => {
            let bytes = <Vec<u8> as Decode<sqlx::Sqlite>>::decode(value).ok()?;
            *n_binary += 1;
            Cell::Text(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into())
        }
    })
}

fn was_written_ahead(source: &Source) -> bool {
    source.bytes.get(18..20) == Some(&WRITE_AHEAD[..])
}

fn write_ahead_warning() -> DataWarning {
    let message = "The database keeps its latest changes in a second file (its name ends in -wal). Changes that were \
                   not yet written into this file are not read.";
    let fix = "Close the program that uses the database, and open it again.".to_owned();
    DataWarning { fix: Some(fix), ..DataWarning::new("write_ahead_log", message) }
}

fn one_line(error: &sqlx::Error) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().chars().take(200).collect()
}

fn damaged(what: &str, error: &sqlx::Error) -> DataError {
    let text = one_line(error);
    if text.contains("interrupted") {
        return DataError::unreadable(format!("{what} took longer than a minute to compute and was stopped."));
    }
    DataError::unreadable(format!("{what} is damaged, encrypted or not a database this program reads: {text}."))
}
