//! The connections to one server: read-only, with a limit in time, and stopped on the server when nobody waits.

use std::net::IpAddr;
use std::time::Duration;

use analyst_types::{Column, Connection, TableData, TlsMode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow, PgSslMode};
use sqlx::{Arguments, AssertSqlSafe, Column as _, Connection as _, Executor, Row, SqlSafeStr, Statement};

use super::value;
use crate::ConnectError;

const CONNECT_LIMIT: Duration = Duration::from_secs(10);
const MOST_CONNECTIONS: u32 = 4;
/// The database reports a statement that ran into its limit with this code.
const QUERY_CANCELED: &str = "57014";
/// A function takes at most so many arguments, and a row becomes one JSON array by such a call.
const MOST_ARGUMENTS: usize = 90;

/// Connections to one database as one user.
pub(super) struct Session {
    pool: PgPool,
    options: PgConnectOptions,
    pub server: String,
    pub user: String,
    pub is_verified: bool,
}

/// The driver's own would show the password.
impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("server", &self.server).field("user", &self.user).finish_non_exhaustive()
    }
}

impl Session {
    pub fn new(connection: &Connection, password: Option<&SecretString>) -> Result<Self, ConnectError> {
        let bad = |message: &str| ConnectError::BadConnection { message: message.to_owned() };
        let parts = [("host", &connection.host), ("database", &connection.database), ("user", &connection.user)];
        if let Some((part, _)) = parts.iter().find(|(_, value)| value.trim().is_empty()) {
            return Err(bad(&format!("The connection has no {part}.")));
        }
        let is_local = is_on_this_machine(&connection.host);
        if connection.tls == TlsMode::Plain && !is_local {
            return Err(bad(
                "Without encryption only a server on this machine can be used: password and data could be read on the way. Use verified TLS.",
            ));
        }
        let mut options = PgConnectOptions::new_without_pgpass()
            .port(connection.port)
            .database(&connection.database)
            .username(&connection.user)
            .application_name("auto-analyst")
            .ssl_mode(if connection.tls == TlsMode::Plain { PgSslMode::Disable } else { PgSslMode::VerifyFull })
            .options([("default_transaction_read_only", "on"), ("TimeZone", "UTC"), ("IntervalStyle", "iso_8601")]);
        options = if connection.host.starts_with('/') {
            options.socket(&connection.host)
        } else {
            options.host(&connection.host)
        };
        if let Some(file) = &connection.root_certificate {
            let pem = std::fs::read(file).map_err(|error| bad(&format!("The certificate file {file}: {error}.")))?;
            options = options.ssl_root_cert_from_pem(pem);
        }
        if let Some(password) = password {
            options = options.password(password.expose_secret());
        }
        let pool = PgPoolOptions::new()
            .max_connections(MOST_CONNECTIONS)
            .acquire_timeout(CONNECT_LIMIT)
            .idle_timeout(Duration::from_secs(120))
            .connect_lazy_with(options.clone());
        let server = format!("{}:{}", connection.host, connection.port);
        let is_verified = connection.tls == TlsMode::Verified;
        Ok(Self { pool, options, server, user: connection.user.clone(), is_verified })
    }

    /// The rows of `statement`, at most `limit`, and whether there are more.
    pub async fn fetch(
        &self,
        statement: &str,
        arguments: &[String],
        limit: usize,
        timeout: Duration,
    ) -> Result<(TableData, bool), ConnectError> {
        self.in_transaction(timeout, async |connection| {
            let prepared = connection.prepare(AssertSqlSafe(statement.to_owned()).into_sql_str()).await?;
            let columns: Vec<Column> = prepared
                .columns()
                .iter()
                .map(|column| Column { name: column.name().to_owned(), kind: value::kind_of(column.type_info()) })
                .collect();
            let as_text: Vec<bool> =
                prepared.columns().iter().map(|column| value::travels_as_text(column.type_info())).collect();
            let wrapped = as_json_rows(statement, &as_text, limit);
            let rows = connection.fetch_all(with_arguments(&wrapped, arguments)?).await?;
            let is_cut = rows.len() > limit;
            let mut table = TableData { columns, ..TableData::default() };
            for row in rows.iter().take(limit) {
                table.rows.push(value::row(row.try_get::<String, _>(0)?.as_str(), &table.columns)?);
            }
            table.n_rows = table.rows.len() as u64;
            Ok((table, is_cut))
        })
        .await
    }

    /// The rows of a statement of ours, in the types it was written for.
    pub async fn our_rows(
        &self,
        statement: &str,
        arguments: &[String],
        timeout: Duration,
    ) -> Result<Vec<PgRow>, ConnectError> {
        self.in_transaction(timeout, async |connection| {
            connection.fetch_all(with_arguments(statement, arguments)?).await
        })
        .await
    }

    /// The first column of every row, which is text.
    pub async fn texts(
        &self,
        statement: &str,
        arguments: &[String],
        timeout: Duration,
    ) -> Result<Vec<String>, ConnectError> {
        let rows = self.our_rows(statement, arguments, timeout).await?;
        rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map_err(|error| self.explain(error, timeout))
    }

    /// Runs `work` in a transaction that cannot write. When the future is dropped, the server is told to stop.
    async fn in_transaction<T>(
        &self,
        timeout: Duration,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, ConnectError> {
        let failed = |error| self.explain(error, timeout);
        let mut connection = self.pool.acquire().await.map_err(failed)?;
        let pid: i32 =
            sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *connection).await.map_err(failed)?;
        let mut stop = StopOnServer { options: Some(self.options.clone()), pid };
        let milliseconds = timeout.as_millis().max(1);
        let begin = format!("BEGIN READ ONLY; SET LOCAL statement_timeout = {milliseconds}");
        connection.execute(AssertSqlSafe(begin).into_sql_str()).await.map_err(failed)?;
        let done = work(&mut connection).await;
        let ended = connection.execute("ROLLBACK").await;
        stop.options = None;
        if ended.is_err() {
            let _ = connection.detach().close().await; // broken: the pool shall not have it back
        }
        done.map_err(failed)
    }

    /// In words for the person.
    fn explain(&self, error: sqlx::Error, timeout: Duration) -> ConnectError {
        let unreachable = |reason: String| ConnectError::Unreachable { server: self.server.clone(), reason };
        match error {
            sqlx::Error::Database(error) => match error.code().as_deref() {
                Some(QUERY_CANCELED) => ConnectError::TookTooLong { seconds: timeout.as_secs().max(1) },
                Some(code) if code.starts_with("28") || code == "3D000" => ConnectError::LoginRefused {
                    server: self.server.clone(),
                    user: self.user.clone(),
                    reason: error.message().to_owned(),
                },
                _ => {
                    let hint = error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().and_then(|e| e.hint());
                    let message = match hint {
                        Some(hint) => format!("{} ({hint})", error.message()),
                        None => error.message().to_owned(),
                    };
                    ConnectError::Failed { message }
                }
            },
            sqlx::Error::Tls(reason) => {
                ConnectError::NotTrusted { server: self.server.clone(), reason: reason.to_string() }
            }
            sqlx::Error::Io(reason) if reason.to_string().contains("certificate") => {
                ConnectError::NotTrusted { server: self.server.clone(), reason: reason.to_string() }
            }
            sqlx::Error::Io(reason) => unreachable(reason.to_string()),
            sqlx::Error::PoolTimedOut => unreachable(format!("no answer within {} s", CONNECT_LIMIT.as_secs())),
            other => ConnectError::Failed { message: other.to_string() },
        }
    }
}

/// Has the server stop a statement that nobody waits for any more.
struct StopOnServer {
    options: Option<PgConnectOptions>,
    pid: i32,
}

impl Drop for StopOnServer {
    fn drop(&mut self) {
        let Some(options) = self.options.take() else { return };
        let pid = self.pid;
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            let stopped = async {
                let mut connection = PgConnection::connect_with(&options).await?;
                sqlx::query("SELECT pg_cancel_backend($1)").bind(pid).execute(&mut connection).await?;
                connection.close().await
            };
            if let Err(error) = stopped.await {
                tracing::warn!(%error, "a statement could not be stopped on the server; its time limit will");
            }
        });
    }
}

fn with_arguments<'q>(
    statement: &str,
    arguments: &[String],
) -> Result<sqlx::query::Query<'q, sqlx::Postgres, PgArguments>, sqlx::Error> {
    let mut bound = PgArguments::default();
    for argument in arguments {
        bound.add(argument.clone()).map_err(sqlx::Error::Encode)?;
    }
    Ok(sqlx::query_with(AssertSqlSafe(statement.to_owned()), bound))
}

/// The statement with every row as one JSON array: whatever the columns are called and typed, and one row more than
/// wanted, which tells that there are more.
fn as_json_rows(statement: &str, as_text: &[bool], limit: usize) -> String {
    let names: Vec<String> = (0..as_text.len()).map(|index| format!("c{index}")).collect();
    let cells: Vec<String> = names
        .iter()
        .zip(as_text)
        .map(|(name, as_text)| if *as_text { format!("{name}::text") } else { name.clone() })
        .collect();
    let arrays: Vec<String> =
        cells.chunks(MOST_ARGUMENTS).map(|cells| format!("jsonb_build_array({})", cells.join(", "))).collect();
    let arrays = if arrays.is_empty() { "'[]'::jsonb".to_owned() } else { arrays.join(" || ") };
    let names = if names.is_empty() { String::new() } else { format!("({})", names.join(", ")) };
    format!("SELECT ({arrays})::text FROM ({statement}) AS rows_asked_for{names} LIMIT {}", limit + 1)
}

/// A server here, by name, address or the folder of its socket.
fn is_on_this_machine(host: &str) -> bool {
    host.starts_with('/')
        || host.eq_ignore_ascii_case("localhost")
        || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Text of a JSON value as an argument, which the statement casts to the column's type.
pub(super) fn argument(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
