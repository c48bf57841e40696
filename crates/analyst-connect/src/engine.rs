//! What the program asks of a database, whatever its make.

use std::time::Duration;

use analyst_types::{
    DataWarning, FoundCell, Profile, RemoteTable, RowsPage, RowsQuery, SelectionStatistics, TableData, TableRef,
    TopValue,
};
use async_trait::async_trait;

use crate::ConnectError;

/// Who answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerInfo {
    /// The product and its version: `PostgreSQL 15.4`.
    pub version: String,
    /// The connection is encrypted and the server has proved its name.
    pub is_verified: bool,
    /// The user could write or is a superuser: a user with fewer rights would be wiser.
    pub may_write: bool,
}

/// A table under the name that a statement uses for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundTable {
    /// The dataset's name.
    pub name: String,
    /// Where it is.
    pub table: TableRef,
}

/// The result of a statement.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteRows {
    /// The rows, at most as many as were asked for; its `n_rows` counts these.
    pub table: TableData,
    /// More rows would have come.
    pub is_cut: bool,
    /// What a person should know.
    pub notices: Vec<DataWarning>,
}

/// A database with tables. Dropping a future that waits for an answer has the server stop working on it.
#[async_trait]
pub trait SqlEngine: Send + Sync {
    /// Connects once and says who answered.
    async fn test(&self) -> Result<ServerInfo, ConnectError>;

    /// Every table the user may read, by schema and name.
    async fn tables(&self) -> Result<Vec<RemoteTable>, ConnectError>;

    /// One table.
    async fn table(&self, table: &TableRef) -> Result<RemoteTable, ConnectError>;

    /// A window of rows after filters and sorting, done by the server.
    async fn rows(&self, table: &TableRef, query: &RowsQuery) -> Result<RowsPage, ConnectError>;

    /// The first cells, in the order of `query`, in which the text occurs.
    async fn find(
        &self,
        table: &TableRef,
        query: &RowsQuery,
        text: &str,
        limit: usize,
    ) -> Result<Vec<FoundCell>, ConnectError>;

    /// The most frequent values of a column that contain `search`.
    async fn distinct(
        &self,
        table: &TableRef,
        column: &str,
        search: &str,
        limit: usize,
    ) -> Result<Vec<TopValue>, ConnectError>;

    /// Statistics of the rows that pass the query's filters.
    async fn statistics(
        &self,
        table: &TableRef,
        query: &RowsQuery,
        columns: &[String],
    ) -> Result<Vec<SelectionStatistics>, ConnectError>;

    /// What is in the columns: exact for small tables, from a sample and the server's own statistics for large ones.
    async fn profile(&self, table: &TableRef, name: &str) -> Result<Profile, ConnectError>;

    /// One SELECT over the bound tables, at most `limit` rows, within `timeout`.
    async fn query(
        &self,
        sql: &str,
        tables: &[BoundTable],
        limit: usize,
        timeout: Duration,
    ) -> Result<RemoteRows, ConnectError>;

    /// How the server would run the statement.
    async fn explain(&self, sql: &str, tables: &[BoundTable]) -> Result<String, ConnectError>;
}
