//! `connection::…`: databases whose tables are datasets.

use std::sync::Arc;

use analyst_types::{AppError, ChatId, Connection, ErrorCode, RemoteTable};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use super::dataset::Datasets;
use crate::App;
use crate::remote::secret_name;

const LONGEST_NAME: usize = 60;

/// All connections, by name.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct Connections {
    /// The connections.
    pub connections: Vec<Connection>,
}

/// A connection to keep, and its password.
#[derive(Debug, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields)]
pub struct SaveConnection {
    /// The connection; one of the same name is replaced.
    pub connection: Connection,
    /// The password; absent when it stays as it is, or when there is none.
    #[schemars(with = "Option<String>")]
    #[ts(type = "string", optional)]
    pub password: Option<SecretString>,
}

/// Names a connection.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ConnectionRef {
    /// Its name.
    pub name: String,
}

/// What came of trying a connection.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionTest {
    /// Who answered: `PostgreSQL 15.4`.
    pub version: String,
    /// The server has proved its name, and nobody can listen.
    pub is_verified: bool,
    /// The user could change data there. We never do; a user with fewer rights would be wiser.
    pub may_write: bool,
}

/// The tables of a database.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct RemoteTables {
    /// By schema and name.
    pub tables: Vec<RemoteTable>,
}

/// A table of a database to work with.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields)]
pub struct OpenTable {
    /// The connection's name.
    pub connection: String,
    /// The schema.
    pub schema: String,
    /// The table.
    pub table: String,
    /// The chat it joins.
    pub chat_id: Option<ChatId>,
}

/// `connection::list`
pub async fn list(app: &Arc<App>, _: Nothing) -> Result<Connections, AppError> {
    Ok(Connections { connections: app.store.connections().list().await? })
}

/// `connection::save`
pub async fn save(app: &Arc<App>, request: SaveConnection) -> Result<Connections, AppError> {
    let SaveConnection { mut connection, password } = request;
    connection.name = connection.name.trim().to_owned();
    if connection.name.is_empty() || connection.name.chars().count() > LONGEST_NAME {
        return Err(AppError::new(ErrorCode::InvalidRequest, "a connection needs a name of at most 60 letters"));
    }
    // What could not be safe is refused before anything is kept.
    analyst_connect::postgres::Postgres::new(&connection, None)?;
    if let Some(password) = password {
        app.secrets.set(&secret_name(&connection), password).await?;
    }
    app.store.connections().save(&connection, app.config.clock.now()).await?;
    app.remote.forget(&connection.name);
    list(app, Nothing {}).await
}

/// `connection::delete`
pub async fn delete(app: &Arc<App>, request: ConnectionRef) -> Result<Connections, AppError> {
    let connection = app.store.connections().get(&request.name).await?;
    app.store.connections().delete(&request.name).await?;
    app.remote.forget(&request.name);
    if let Err(error) = app.secrets.delete(&secret_name(&connection)).await {
        tracing::warn!(error = %error.message, "the password of a deleted connection is left behind");
    }
    list(app, Nothing {}).await
}

/// `connection::test`
pub async fn test(app: &Arc<App>, request: ConnectionRef) -> Result<ConnectionTest, AppError> {
    app.remote.forget(&request.name);
    let info = app.remote.engine(&request.name).await?.test().await?;
    Ok(ConnectionTest { version: info.version, is_verified: info.is_verified, may_write: info.may_write })
}

/// `connection::tables`
pub async fn tables(app: &Arc<App>, request: ConnectionRef) -> Result<RemoteTables, AppError> {
    Ok(RemoteTables { tables: app.remote.engine(&request.name).await?.tables().await? })
}

/// `dataset::open_table`
pub async fn open_table(app: &Arc<App>, request: OpenTable) -> Result<Datasets, AppError> {
    let table = analyst_types::TableRef { schema: request.schema, table: request.table };
    let dataset = app.datasets.open_table(&request.connection, table, request.chat_id).await?;
    Ok(Datasets { datasets: vec![dataset] })
}
