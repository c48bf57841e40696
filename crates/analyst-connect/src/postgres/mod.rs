//! PostgreSQL, from version 12 on.

mod catalog;
mod guard;
mod profile;
mod select;
mod session;
mod value;

use std::time::Duration;

use analyst_types::{
    Connection, DataWarning, FoundCell, Profile, RemoteTable, RowsPage, RowsQuery, SelectionStatistics, TableRef,
    TopValue,
};
use async_trait::async_trait;
use secrecy::SecretString;

use self::select::Selection;
use self::session::Session;
use crate::{BoundTable, ConnectError, RemoteRows, ServerInfo, SqlEngine};

/// How long looking at a table may take; statements of people and models bring their own limit.
const LOOKING: Duration = Duration::from_secs(60);

/// The tables of one PostgreSQL database, as one user sees them.
#[derive(Debug)]
pub struct Postgres {
    session: Session,
}

impl Postgres {
    /// Makes ready to connect; the network is first used by the first question.
    ///
    /// # Errors
    /// [`ConnectError::BadConnection`] when the connection could not be safe: no encryption to another machine, a
    /// certificate file that cannot be read, an empty name.
    pub fn new(connection: &Connection, password: Option<&SecretString>) -> Result<Self, ConnectError> {
        Ok(Self { session: Session::new(connection, password)? })
    }

    async fn selection<'q>(&self, table: &TableRef, query: &'q RowsQuery) -> Result<Selection<'q>, ConnectError> {
        let described = catalog::describe(&self.session, table).await?;
        Selection::new(described, query)
    }
}

#[async_trait]
impl SqlEngine for Postgres {
    async fn test(&self) -> Result<ServerInfo, ConnectError> {
        catalog::server(&self.session).await
    }

    async fn tables(&self) -> Result<Vec<RemoteTable>, ConnectError> {
        catalog::tables(&self.session).await
    }

    async fn table(&self, table: &TableRef) -> Result<RemoteTable, ConnectError> {
        Ok(catalog::describe(&self.session, table).await?.into_remote())
    }

    async fn rows(&self, table: &TableRef, query: &RowsQuery) -> Result<RowsPage, ConnectError> {
        self.selection(table, query).await?.rows(&self.session).await
    }

    async fn find(
        &self,
        table: &TableRef,
        query: &RowsQuery,
        text: &str,
        limit: usize,
    ) -> Result<Vec<FoundCell>, ConnectError> {
        self.selection(table, query).await?.find(&self.session, text, limit).await
    }

    async fn distinct(
        &self,
        table: &TableRef,
        column: &str,
        search: &str,
        limit: usize,
    ) -> Result<Vec<TopValue>, ConnectError> {
        let everything = RowsQuery::default();
        self.selection(table, &everything).await?.distinct(&self.session, column, search, limit).await
    }

    async fn statistics(
        &self,
        table: &TableRef,
        query: &RowsQuery,
        columns: &[String],
    ) -> Result<Vec<SelectionStatistics>, ConnectError> {
        self.selection(table, query).await?.statistics(&self.session, columns).await
    }

    async fn profile(&self, table: &TableRef, name: &str) -> Result<Profile, ConnectError> {
        let described = catalog::describe(&self.session, table).await?;
        profile::profile(&self.session, &described, name).await
    }

    async fn query(
        &self,
        sql: &str,
        tables: &[BoundTable],
        limit: usize,
        timeout: Duration,
    ) -> Result<RemoteRows, ConnectError> {
        let statement = guard::allow(sql, tables)?;
        let (mut table, is_cut) = self.session.fetch(&statement, &[], limit, timeout).await?;
        table.n_rows = table.rows.len() as u64;
        let notices = is_cut.then(|| {
            let message = format!("Only the first {limit} rows of the result were fetched; the database has more.");
            let fix = Some("Aggregate, filter, or ask for a higher limit.".to_owned());
            DataWarning { fix, ..DataWarning::new("result_cut", message) }
        });
        Ok(RemoteRows { table, is_cut, notices: notices.into_iter().collect() })
    }

    async fn explain(&self, sql: &str, tables: &[BoundTable]) -> Result<String, ConnectError> {
        let statement = guard::allow(sql, tables)?;
        let lines = self.session.texts(&format!("EXPLAIN {statement}"), &[], LOOKING).await?;
        Ok(lines.join("\n"))
    }
}
