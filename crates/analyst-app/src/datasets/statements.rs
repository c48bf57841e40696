//! SQL over datasets.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use analyst_data::worker::{Explain, ExportQuery, Queried, Query};
use analyst_types::{AppError, DatasetBinding, DatasetId};

use super::{DatasetDesk, extension};
use crate::commands::query::QueryResult;
use crate::data_worker::Kind;
use crate::remote::RemoteTables;
use crate::tasks::Task;

/// How long a database may take for a statement that a person waits for.
const QUERY_LIMIT: Duration = Duration::from_secs(120);
/// What an error calls a statement.
const WHAT: &str = "The query";

impl DatasetDesk {
    /// Some rows of one SELECT over some datasets.
    pub(crate) async fn query(
        &self,
        sql: &str,
        ids: &[DatasetId],
        offset: u64,
        limit: u64,
    ) -> Result<QueryResult, AppError> {
        let tables = self.bindings(ids).await?;
        if let Some(remote) = self.remote.engine_of(&tables).await? {
            return query_there(&remote, sql, offset, limit).await;
        }
        let request = Query { sql: sql.to_owned(), tables, offset, limit };
        let answer = self.workers.ask(Kind::Work, request, WHAT, self.budget().await?).await?;
        let Queried { table, joins, notices } = answer;
        Ok(QueryResult { n_rows: table.n_rows, table, joins, notices })
    }

    /// How one SELECT would be run.
    pub(crate) async fn explain(&self, sql: &str, ids: &[DatasetId]) -> Result<String, AppError> {
        let tables = self.bindings(ids).await?;
        if let Some(remote) = self.remote.engine_of(&tables).await? {
            return Ok(remote.engine.explain(sql, &remote.tables).await?);
        }
        let request = Explain { sql: sql.to_owned(), tables };
        self.workers.ask(Kind::Work, request, WHAT, self.budget().await?).await
    }

    /// Writes the result of a SELECT as a file; tells how many rows.
    pub(crate) async fn export_query(
        &self,
        sql: &str,
        ids: &[DatasetId],
        to: &Path,
        task: &Task,
    ) -> Result<u64, AppError> {
        task.stage("writing");
        let tables = self.bindings(ids).await?;
        if self.remote.engine_of(&tables).await?.is_some() {
            return Err(super::remote_tables::no_export("The result"));
        }
        let request = ExportQuery { sql: sql.to_owned(), tables, extension: extension(to) };
        let budget = self.budget().await?;
        task.run(self.workers.with_tables(Kind::Work, request, WHAT, budget, async |written, produce| {
            produce.hand_over(&written.path, to)?;
            Ok(written.n_rows)
        }))
        .await
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
}

/// A database keeps no result for the next page: rows before the window come along and are dropped here.
async fn query_there(remote: &RemoteTables, sql: &str, offset: u64, limit: u64) -> Result<QueryResult, AppError> {
    let most = usize::try_from(offset.saturating_add(limit)).unwrap_or(usize::MAX);
    let rows = remote.engine.query(sql, &remote.tables, most, QUERY_LIMIT).await?;
    let mut table = rows.table;
    let skipped = usize::try_from(offset).unwrap_or(usize::MAX).min(table.rows.len());
    table.rows.drain(..skipped);
    table.offset = offset;
    // How many there are in all was not asked; one more than seen says that there are more.
    table.n_rows += u64::from(rows.is_cut);
    Ok(QueryResult { n_rows: table.n_rows, table, joins: Vec::new(), notices: rows.notices })
}
