//! A connection leads to a database whose tables are datasets without being copied.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Column;

/// How to reach a database. The password is not part of it: the secret store keeps it under the connection's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Connection {
    /// What the person calls it; unique among connections.
    pub name: String,
    /// Host name, address, or the folder of a local socket.
    pub host: String,
    /// TCP port.
    #[serde(default = "Connection::default_port")]
    pub port: u16,
    /// The database on that server.
    pub database: String,
    /// Who asks.
    pub user: String,
    /// How the server has to prove who it is.
    #[serde(default)]
    pub tls: TlsMode,
    /// A PEM file with the certificate authority to trust, where it is not one the system knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub root_certificate: Option<String>,
}

impl Connection {
    /// PostgreSQL's.
    pub fn default_port() -> u16 {
        5432
    }
}

/// How a server has to prove who it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum TlsMode {
    /// A certificate for this very host name, from an authority we trust.
    #[default]
    Verified,
    /// No encryption. Allowed only for a server on this machine.
    Plain,
}

/// Names a table of a database.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
pub struct TableRef {
    /// The schema.
    pub schema: String,
    /// The table, view or the like.
    pub table: String,
}

/// What a database says of one of its tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct RemoteTable {
    /// Its name.
    #[serde(flatten)]
    #[ts(flatten)]
    pub table: TableRef,
    /// Table, view, …
    pub kind: RemoteTableKind,
    /// Names and types.
    pub columns: Vec<Column>,
    /// Rows as the database estimates them; null when it never counted.
    #[ts(type = "number | null")]
    pub estimated_rows: Option<u64>,
    /// Bytes on its disk, indexes included; null for a view.
    #[ts(type = "number | null")]
    pub size_bytes: Option<u64>,
    /// What its owner wrote about it.
    pub comment: Option<String>,
}

/// What stands behind a table's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum RemoteTableKind {
    /// rows of its own, partitioned or not
    Table,
    /// a query, run each time
    View,
    /// a query, its result kept
    MaterializedView,
    /// rows on another server
    Foreign,
}
