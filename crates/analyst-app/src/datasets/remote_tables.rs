//! Tables of a database as datasets. A small table is copied whole, so that everything works on it; a large one, and
//! whatever is not plainly a table, stays where it is and is asked there.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use analyst_agents::DatasetContext;
use analyst_connect::SqlEngine;
use analyst_data::{ImportedTable, identifier};
use analyst_store::StoredDataset;
use analyst_types::{
    AppError, ChatId, ColumnType, DataWarning, Dataset, DatasetId, ErrorCode, FileKind, Format, ReadOptions,
    RemoteTable, RemoteTableKind, RowsQuery, Severity, TableData, TableRef,
};

use super::DatasetDesk;
use super::profiles::{KNOWN_VALUES, SAMPLE_ROWS};
use crate::config::make_private_dir;
use crate::remote::Locator;
use crate::tasks::Task;

/// Tables up to here are copied.
const COPIED_ROWS: u64 = 100_000;
const COPY_LIMIT: std::time::Duration = std::time::Duration::from_secs(120);

impl DatasetDesk {
    /// A table of a database as a dataset.
    pub(crate) async fn open_table(
        &self,
        connection: &str,
        table: TableRef,
        chat_id: Option<ChatId>,
    ) -> Result<Dataset, AppError> {
        if let Some(chat_id) = chat_id {
            self.store.chats().get(chat_id).await?;
        }
        let engine = self.remote.engine(connection).await?;
        let found = engine.table(&table).await?;
        let locator = Locator { connection: connection.to_owned(), table };
        let is_small = found.kind == RemoteTableKind::Table && found.estimated_rows.is_some_and(|n| n <= COPIED_ROWS);
        let imported = match is_small {
            true => self.copy(&*engine, &found).await?,
            false => left_there(&*engine, &found, &locator).await?,
        };
        self.keep(&locator.to_path(), imported, chat_id).await
    }

    /// Every row, through a file that is read like any other.
    async fn copy(&self, engine: &dyn SqlEngine, found: &RemoteTable) -> Result<ImportedTable, AppError> {
        let name = identifier(&found.table.table);
        let bound = [analyst_connect::BoundTable { name: name.clone(), table: found.table.clone() }];
        let most = usize::try_from(COPIED_ROWS * 2).unwrap_or(usize::MAX);
        let rows = engine.query(&format!("SELECT * FROM {name}"), &bound, most, COPY_LIMIT).await?;
        if rows.is_cut {
            let message = format!("{}.{} has grown; open it again", found.table.schema, found.table.table);
            return Err(AppError::new(ErrorCode::InvalidRequest, message));
        }
        let folder = self.dir.join("copied").join(self.ids.next::<DatasetId>().to_string());
        make_private_dir(&folder)?;
        let path = folder.join(format!("{name}.ndjson"));
        write_lines(&path, &rows.table).map_err(|error| {
            AppError::new(ErrorCode::Storage, format!("the copy of the table cannot be written: {error}"))
        })?;
        let imported = self.import(&path, ReadOptions::default(), &Task::unnamed()).await;
        // The Arrow file is our copy; the lines were only the way to it.
        if let Err(error) = std::fs::remove_dir_all(&folder) {
            tracing::warn!(%error, "a copied table is left behind");
        }
        let mut table = imported?.into_iter().next().ok_or_else(|| empty(found))?;
        let message = format!("All {} rows were copied from the database when it was opened.", table.n_rows);
        let fix = Some("Open the table again to see later changes.".to_owned());
        let severity = Severity::Info;
        table.warnings.push(DataWarning { severity, fix, ..DataWarning::new("copied_from_database", message) });
        Ok(ImportedTable { name, file_name: shown(found), format: format_of(found), ..table })
    }

    /// The engine and the table of a dataset that is in a database; none when it is here.
    pub(super) async fn elsewhere(&self, id: DatasetId) -> Result<Option<(Arc<dyn SqlEngine>, TableRef)>, AppError> {
        let stored = self.store.datasets().get(id).await?;
        let Some(Locator { connection, table }) = Locator::of(&stored.arrow_path) else { return Ok(None) };
        Ok(Some((self.remote.engine(&connection).await?, table)))
    }

    /// What agents know of a table that stays in its database.
    pub(super) async fn examine_remote(
        &self,
        stored: StoredDataset,
        locator: &Locator,
    ) -> Result<DatasetContext, AppError> {
        let StoredDataset { dataset, arrow_path } = stored;
        let engine = self.remote.engine(&locator.connection).await?;
        let mut profile = engine.profile(&locator.table, &dataset.name).await?;
        profile.warnings.extend(dataset.warnings);
        let mut values = BTreeMap::new();
        let is_text = |kind| matches!(kind, ColumnType::Text | ColumnType::Categorical);
        let few =
            profile.columns.iter().filter(|column| is_text(column.kind) && column.distinct <= KNOWN_VALUES as u64);
        for column in few {
            let found = engine.distinct(&locator.table, &column.name, "", KNOWN_VALUES).await?;
            let texts = found.into_iter().filter_map(|top| top.value.as_str().map(str::to_owned));
            values.insert(column.name.clone(), texts.collect());
        }
        let first = RowsQuery { limit: SAMPLE_ROWS, ..RowsQuery::default() };
        let sample = engine.rows(&locator.table, &first).await?.table;
        Ok(DatasetContext { name: dataset.name, file_name: dataset.file_name, profile, values, sample, arrow_path })
    }
}

async fn left_there(engine: &dyn SqlEngine, found: &RemoteTable, locator: &Locator) -> Result<ImportedTable, AppError> {
    let n_rows = match found.estimated_rows.filter(|_| found.kind == RemoteTableKind::Table) {
        Some(estimate) => estimate,
        None => engine.rows(&found.table, &RowsQuery { limit: 1, ..RowsQuery::default() }).await?.total_rows,
    };
    let message = format!(
        "{} stays in its database: SQL runs there over all its rows, and only results come back. Python cannot use it.",
        shown(found)
    );
    let warning = DataWarning { severity: Severity::Info, ..DataWarning::new("stays_in_database", message) };
    Ok(ImportedTable {
        name: identifier(&found.table.table),
        file_name: shown(found),
        format: format_of(found),
        n_rows,
        columns: found.columns.clone(),
        fingerprint: locator.to_path().display().to_string(),
        warnings: vec![warning],
        arrow_path: locator.to_path(),
    })
}

fn shown(found: &RemoteTable) -> String {
    format!("{}.{}", found.table.schema, found.table.table)
}

fn format_of(found: &RemoteTable) -> Format {
    Format { table: Some(shown(found)), ..Format::of(FileKind::Postgresql) }
}

fn empty(found: &RemoteTable) -> AppError {
    AppError::new(ErrorCode::UnreadableFile, format!("{} has no rows", shown(found)))
        .with_hint("There is nothing to analyse in it yet.")
}

fn write_lines(path: &std::path::Path, table: &TableData) -> std::io::Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    for row in &table.rows {
        let cells = table.columns.iter().zip(row).map(|(column, value)| (column.name.clone(), value.clone()));
        serde_json::to_writer(&mut file, &cells.collect::<serde_json::Map<_, _>>())?;
        file.write_all(b"\n")?;
    }
    file.flush()
}

/// A table that cannot be written as a file from here.
pub(super) fn no_export(name: &str) -> AppError {
    AppError::new(ErrorCode::InvalidRequest, format!("{name} stays in its database and cannot be saved as a whole"))
        .with_hint("Select what you need with SQL and copy the result, or export it with the database's own tools.")
}
