//! The rows of a dataset, through the worker that keeps its orders and filter results, or in the database that has it.

use analyst_data::worker::{CountValues, Find, Preview, Request, Rows, Statistics};
use analyst_types::{AppError, DatasetId, FoundCell, RowsPage, RowsQuery, SelectionStatistics, TableData, TopValue};

use super::DatasetDesk;
use crate::data_worker::Kind;

impl DatasetDesk {
    pub(crate) async fn preview(&self, id: DatasetId, offset: u64, limit: u64) -> Result<TableData, AppError> {
        if let Some((engine, table)) = self.elsewhere(id).await? {
            let query = RowsQuery { offset, limit, ..RowsQuery::default() };
            return Ok(engine.rows(&table, &query).await?.table);
        }
        self.look(id, |table| Preview { table, offset, limit }).await
    }

    /// A window of the rows that pass, in the order asked for.
    pub(crate) async fn rows(&self, id: DatasetId, query: RowsQuery) -> Result<RowsPage, AppError> {
        if let Some((engine, table)) = self.elsewhere(id).await? {
            return Ok(engine.rows(&table, &query).await?);
        }
        self.look(id, |table| Rows { table, query }).await
    }

    /// The next cells in which a text stands.
    pub(crate) async fn find(
        &self,
        id: DatasetId,
        query: RowsQuery,
        text: String,
        limit: usize,
    ) -> Result<Vec<FoundCell>, AppError> {
        if let Some((engine, table)) = self.elsewhere(id).await? {
            return Ok(engine.find(&table, &query, &text, limit).await?);
        }
        self.look(id, |table| Find { table, query, text, limit }).await
    }

    /// The different values of a column with how often each occurs.
    pub(crate) async fn distinct(
        &self,
        id: DatasetId,
        column: String,
        search: String,
        limit: usize,
    ) -> Result<Vec<TopValue>, AppError> {
        if let Some((engine, table)) = self.elsewhere(id).await? {
            return Ok(engine.distinct(&table, &column, &search, limit).await?);
        }
        self.look(id, |table| CountValues { table, column, search, limit }).await
    }

    /// What selected cells come to.
    pub(crate) async fn statistics(
        &self,
        id: DatasetId,
        query: RowsQuery,
        columns: Vec<String>,
    ) -> Result<Vec<SelectionStatistics>, AppError> {
        if let Some((engine, table)) = self.elsewhere(id).await? {
            return Ok(engine.statistics(&table, &query, &columns).await?);
        }
        self.look(id, |table| Statistics { table, query, columns }).await
    }

    async fn look<R: Request>(
        &self,
        id: DatasetId,
        request: impl FnOnce(std::path::PathBuf) -> R,
    ) -> Result<R::Reply, AppError> {
        let stored = self.store.datasets().get(id).await?;
        let budget = self.budget().await?;
        self.workers.ask(Kind::Rows, request(stored.arrow_path), &stored.dataset.file_name, budget).await
    }
}
