//! What the server says about itself and its tables.

use analyst_types::{Column, ColumnType, RemoteTable, RemoteTableKind, TableRef};
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::LOOKING;
use super::session::Session;
use super::value;
use crate::{ConnectError, ServerInfo};

/// A table with what the making of statements needs to know.
#[derive(Debug, Clone)]
pub(super) struct Described {
    pub table: TableRef,
    pub kind: RemoteTableKind,
    pub columns: Vec<DescribedColumn>,
    pub primary_key: Vec<String>,
    pub estimated_rows: Option<u64>,
    pub size_bytes: Option<u64>,
    pub comment: Option<String>,
}

/// A column with its type as the server spells it.
#[derive(Debug, Clone)]
pub(super) struct DescribedColumn {
    pub name: String,
    pub sql_type: String,
    pub kind: ColumnType,
}

impl Described {
    /// `"schema"."table"`
    pub fn quoted(&self) -> String {
        format!("{}.{}", quote(&self.table.schema), quote(&self.table.table))
    }

    pub fn column(&self, name: &str) -> Result<&DescribedColumn, ConnectError> {
        self.columns.iter().find(|column| column.name == name).ok_or_else(|| {
            let nearest = self
                .columns
                .iter()
                .max_by(|a, b| strsim::jaro_winkler(&a.name, name).total_cmp(&strsim::jaro_winkler(&b.name, name)));
            let nearest = nearest.map(|column| format!(" The nearest is “{}”.", column.name)).unwrap_or_default();
            ConnectError::Refused {
                message: format!("There is no column “{name}” in {}.{nearest}", self.table.table)
            }
        })
    }

    pub fn into_remote(self) -> RemoteTable {
        let columns = self.columns.into_iter().map(|column| Column { name: column.name, kind: column.kind }).collect();
        RemoteTable {
            table: self.table,
            kind: self.kind,
            columns,
            estimated_rows: self.estimated_rows,
            size_bytes: self.size_bytes,
            comment: self.comment,
        }
    }
}

/// An identifier as a statement may hold it.
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(super) async fn server(session: &Session) -> Result<ServerInfo, ConnectError> {
    let statement = "SELECT split_part(version(), ' on ', 1), \
        (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) \
        OR has_database_privilege(current_database(), 'CREATE')";
    let rows = session.our_rows(statement, &[], LOOKING).await?;
    let row = rows.first().ok_or_else(nothing)?;
    Ok(ServerInfo { version: get(row, 0)?, is_verified: session.is_verified, may_write: get(row, 1)? })
}

const TABLES: &str = "
SELECT n.nspname, c.relname, c.relkind::text, c.reltuples::float8,
       CASE WHEN c.relkind IN ('r', 'p', 'm') THEN pg_total_relation_size(c.oid) END,
       obj_description(c.oid, 'pg_class'),
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
       ARRAY(SELECT format_type(a.atttypid, NULL) FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
       ARRAY(SELECT t.typtype = 'e' FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
       ARRAY(SELECT a.attname::text FROM pg_index i CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k(num, place)
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
             WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY k.place)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%'
  AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')";

pub(super) async fn tables(session: &Session) -> Result<Vec<RemoteTable>, ConnectError> {
    let statement = format!("{TABLES} ORDER BY 1, 2");
    let rows = session.our_rows(&statement, &[], LOOKING).await?;
    rows.iter().map(|row| Ok(described(row)?.into_remote())).collect()
}

pub(super) async fn describe(session: &Session, table: &TableRef) -> Result<Described, ConnectError> {
    let statement = format!("{TABLES} AND n.nspname = $1 AND c.relname = $2");
    let arguments = [table.schema.clone(), table.table.clone()];
    let rows = session.our_rows(&statement, &arguments, LOOKING).await?;
    let row = rows.first().ok_or_else(|| ConnectError::NoTable {
        name: format!("{}.{}", table.schema, table.table),
        user: session.user.clone(),
    })?;
    described(row)
}

fn described(row: &PgRow) -> Result<Described, ConnectError> {
    let kind: String = get(row, 2)?;
    let estimate: f64 = get(row, 3)?;
    let size: Option<i64> = get(row, 4)?;
    let names: Vec<String> = get(row, 6)?;
    let types: Vec<String> = get(row, 7)?;
    let enums: Vec<bool> = get(row, 8)?;
    let columns = names.into_iter().zip(types).zip(enums).map(|((name, sql_type), is_enum)| {
        let kind = if is_enum { ColumnType::Categorical } else { value::kind_named(&sql_type) };
        DescribedColumn { name, sql_type, kind }
    });
    let kind = match kind.as_str() {
        "v" => RemoteTableKind::View,
        "m" => RemoteTableKind::MaterializedView,
        "f" => RemoteTableKind::Foreign,
        _ => RemoteTableKind::Table,
    };
    let is_counted = kind != RemoteTableKind::View && estimate >= 0.0;
    Ok(Described {
        table: TableRef { schema: get(row, 0)?, table: get(row, 1)? },
        kind,
        columns: columns.collect(),
        primary_key: get(row, 9)?,
        estimated_rows: is_counted.then_some(estimate as u64),
        size_bytes: size.and_then(|bytes| u64::try_from(bytes).ok()),
        comment: get(row, 5)?,
    })
}

/// A value of a statement of ours.
pub(super) fn get<'r, T>(row: &'r PgRow, index: usize) -> Result<T, ConnectError>
where
    T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    row.try_get(index)
        .map_err(|error| ConnectError::Failed { message: format!("the database answered oddly: {error}") })
}

fn nothing() -> ConnectError {
    ConnectError::Failed { message: "the database answered nothing".into() }
}
