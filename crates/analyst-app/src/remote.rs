//! Tables that stay in a database: found through the person's connections, asked where they are.
//!
//! A dataset of this kind has no Arrow file. In its place stands a [`Locator`]; whoever is handed one asks the
//! database instead of a file.

mod cells;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use analyst_connect::postgres::Postgres;
use analyst_connect::{BoundTable, SqlEngine};
use analyst_store::Store;
use analyst_types::{AppError, Connection, DatasetBinding, ErrorCode, TableRef, TlsMode};

pub(crate) use self::cells::{LocalCells, RemoteSqlCells};
use crate::secrets::Secrets;
use crate::settings::SettingsDesk;

const SCHEME: &str = "postgresql://";

/// Where a table is that has no file here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Locator {
    /// The connection's name.
    pub connection: String,
    /// The table there.
    pub table: TableRef,
}

impl Locator {
    /// Out of what stands in a file's place; none for a file.
    pub fn of(path: &Path) -> Option<Self> {
        let mut parts = path.to_str()?.strip_prefix(SCHEME)?.split('/').map(unescape);
        let (connection, schema, table) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { connection, table: TableRef { schema, table } })
    }

    /// What stands in a file's place.
    pub fn to_path(&self) -> PathBuf {
        let Self { connection, table } = self;
        format!("{SCHEME}{}/{}/{}", escape(connection), escape(&table.schema), escape(&table.table)).into()
    }
}

fn escape(part: &str) -> String {
    part.replace('%', "%25").replace('/', "%2F")
}

fn unescape(part: &str) -> String {
    part.replace("%2F", "/").replace("%25", "%")
}

/// The person's connections, and the engines behind them.
pub(crate) struct RemoteDesk {
    store: Arc<Store>,
    secrets: Arc<Secrets>,
    settings: SettingsDesk,
    /// By connection; a connection that is changed gets a new engine.
    engines: Mutex<HashMap<String, (Connection, Arc<dyn SqlEngine>)>>,
}

impl RemoteDesk {
    pub fn new(store: Arc<Store>, secrets: Arc<Secrets>) -> Self {
        Self { settings: SettingsDesk::new(Arc::clone(&store)), store, secrets, engines: Mutex::default() }
    }

    /// The engine behind the connection of this name.
    pub async fn engine(&self, name: &str) -> Result<Arc<dyn SqlEngine>, AppError> {
        let connection = self.store.connections().get(name).await?;
        self.check_offline(&connection).await?;
        if let Some((known, engine)) = self.engines().get(name)
            && *known == connection
        {
            return Ok(Arc::clone(engine));
        }
        // A TLS provider must stand before the first connection; a second one is not needed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let password = self.secrets.get(&secret_name(&connection)).await?;
        let engine: Arc<dyn SqlEngine> = Arc::new(Postgres::new(&connection, password.as_ref())?);
        self.engines().insert(name.to_owned(), (connection, Arc::clone(&engine)));
        Ok(engine)
    }

    /// Forgets what was open, so that the next question uses what the person changed.
    pub fn forget(&self, name: &str) {
        self.engines().remove(name);
    }

    /// The one database that holds all these tables, when every one of them is in a database.
    pub async fn engine_of(&self, bindings: &[DatasetBinding]) -> Result<Option<RemoteTables>, AppError> {
        let located: Vec<Option<Locator>> = bindings.iter().map(|binding| Locator::of(&binding.arrow_path)).collect();
        let Some(first) = located.iter().flatten().next() else { return Ok(None) };
        if located.iter().any(|locator| locator.as_ref().is_none_or(|other| other.connection != first.connection)) {
            return Err(AppError::new(
                ErrorCode::CodeFailed,
                "one statement cannot read tables of a database together with files, or with tables of another database",
            )
            .with_hint("Ask the database for what is needed, save the result as a file, and open that."));
        }
        let engine = self.engine(&first.connection).await?;
        let table = |(binding, locator): (&DatasetBinding, Option<Locator>)| {
            locator.map(|locator| BoundTable { name: binding.name.clone(), table: locator.table })
        };
        let tables = bindings.iter().zip(located).filter_map(table).collect();
        Ok(Some(RemoteTables { engine, tables }))
    }

    async fn check_offline(&self, connection: &Connection) -> Result<(), AppError> {
        if connection.tls == TlsMode::Plain || !self.settings.get().await?.offline {
            return Ok(()); // without encryption only this machine is reached
        }
        Err(AppError::new(
            ErrorCode::InvalidRequest,
            format!("Auto-Analyst is set to stay offline, and “{}” is on another machine", connection.name),
        )
        .with_hint("Switch “offline” off in the settings to ask this database."))
    }

    fn engines(&self) -> std::sync::MutexGuard<'_, HashMap<String, (Connection, Arc<dyn SqlEngine>)>> {
        self.engines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tables of one database under the names that statements use.
pub(crate) struct RemoteTables {
    pub engine: Arc<dyn SqlEngine>,
    pub tables: Vec<BoundTable>,
}

/// The name under which a password is kept. It holds the address: a password is never sent elsewhere.
pub(crate) fn secret_name(connection: &Connection) -> String {
    let Connection { host, port, database, user, .. } = connection;
    format!("postgresql:{user}@{host}:{port}/{database}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locator_survives_any_name() {
        let table = TableRef { schema: "a/b".into(), table: "100 % / \"x\"".into() };
        let locator = Locator { connection: "my/shop".into(), table };
        assert_eq!(Locator::of(&locator.to_path()), Some(locator));
        assert_eq!(Locator::of(Path::new("/data/file.arrow")), None);
    }
}
