//! Windows of rows, as statements: the server filters, sorts, counts and sums.

use analyst_types::{
    ColumnType, FilterTest, FoundCell, RemoteTableKind, RowFilter, RowsPage, RowsQuery, SelectionStatistics, TopValue,
};
use serde_json::Value;

use super::LOOKING;
use super::catalog::{Described, DescribedColumn, get, quote};
use super::session::{Session, argument};
use super::value::plain;
use crate::ConnectError;

const MOST_ROWS: u64 = 10_000;

/// Some rows of a table in some order.
pub(super) struct Selection<'q> {
    table: Described,
    query: &'q RowsQuery,
    filter: String,
    order: String,
    arguments: Vec<String>,
}

impl<'q> Selection<'q> {
    pub fn new(table: Described, query: &'q RowsQuery) -> Result<Self, ConnectError> {
        let mut arguments = Vec::new();
        let mut conditions = Vec::new();
        for filter in &query.filters {
            conditions.push(condition(table.column(&filter.column)?, filter, &mut arguments)?);
        }
        let filter = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
        let order = order(&table, query)?;
        Ok(Self { table, query, filter, order, arguments })
    }

    pub async fn rows(&self, session: &Session) -> Result<RowsPage, ConnectError> {
        let limit = self.query.limit.min(MOST_ROWS);
        let from = self.table.quoted();
        let columns: Vec<String> = self.table.columns.iter().map(|column| quote(&column.name)).collect();
        let statement = format!(
            "SELECT {} FROM {from}{}{} LIMIT {limit} OFFSET {}",
            columns.join(", "),
            self.filter,
            self.order,
            self.query.offset
        );
        let (mut table, _) = session.fetch(&statement, &self.arguments, limit as usize, LOOKING).await?;
        let passing = self.count(session, &self.filter, &self.arguments).await?;
        let total_rows = if self.filter.is_empty() { passing } else { self.count(session, "", &[]).await? };
        table.offset = self.query.offset;
        table.n_rows = passing;
        // A database has no positions of its own: these are places in the order asked for.
        let positions = (0..table.rows.len() as u64).map(|row| self.query.offset + row).collect();
        Ok(RowsPage { table, positions, total_rows })
    }

    async fn count(&self, session: &Session, filter: &str, arguments: &[String]) -> Result<u64, ConnectError> {
        let statement = format!("SELECT count(*) FROM {}{filter}", self.table.quoted());
        let rows = session.our_rows(&statement, arguments, LOOKING).await?;
        rows.first().map_or(Ok(0), |row| Ok(get::<i64>(row, 0)?.unsigned_abs()))
    }

    pub async fn find(&self, session: &Session, text: &str, limit: usize) -> Result<Vec<FoundCell>, ConnectError> {
        let mut arguments = self.arguments.clone();
        arguments.push(text.to_owned());
        let place = arguments.len();
        let hits: Vec<String> = self
            .table
            .columns
            .iter()
            .map(|column| {
                format!("coalesce(position(lower(${place}::text) in lower({}::text)) > 0, false)", quote(&column.name))
            })
            .collect();
        let over = self.order.trim_start();
        let statement = format!(
            "SELECT place, hits FROM (SELECT row_number() OVER ({over}) - 1 AS place, ARRAY[{}]::bool[] AS hits FROM {}{}) AS searched \
             WHERE true = ANY(hits) ORDER BY place LIMIT {limit}",
            hits.join(", "),
            self.table.quoted(),
            self.filter
        );
        let mut found = Vec::new();
        for row in session.our_rows(&statement, &arguments, LOOKING).await? {
            let place = get::<i64>(&row, 0)?.unsigned_abs();
            let hits: Vec<bool> = get(&row, 1)?;
            let columns = self.table.columns.iter().zip(hits).filter(|(_, hit)| *hit);
            found.extend(columns.map(|(column, _)| FoundCell { row: place, column: column.name.clone() }));
        }
        found.truncate(limit);
        Ok(found)
    }

    pub async fn distinct(
        &self,
        session: &Session,
        column: &str,
        search: &str,
        limit: usize,
    ) -> Result<Vec<TopValue>, ConnectError> {
        let column = self.table.column(column)?;
        let name = quote(&column.name);
        let statement = format!(
            "SELECT {}, count(*)::text FROM {} WHERE {name} IS NOT NULL AND position(lower($1::text) in lower({name}::text)) > 0 \
             GROUP BY {name} ORDER BY count(*) DESC, {name} LIMIT {limit}",
            as_json(column),
            self.table.quoted()
        );
        let rows = session.our_rows(&statement, &[search.to_owned()], LOOKING).await?;
        rows.iter().map(|row| Ok(TopValue { value: json(row, 0, column.kind)?, count: number(row, 1)? })).collect()
    }

    pub async fn statistics(
        &self,
        session: &Session,
        columns: &[String],
    ) -> Result<Vec<SelectionStatistics>, ConnectError> {
        let mut all = Vec::with_capacity(columns.len());
        for name in columns {
            let column = self.table.column(name)?;
            all.push(self.statistics_of(session, column).await?);
        }
        Ok(all)
    }

    async fn statistics_of(
        &self,
        session: &Session,
        column: &DescribedColumn,
    ) -> Result<SelectionStatistics, ConnectError> {
        let name = quote(&column.name);
        let window = if self.query.limit == 0 {
            String::new()
        } else {
            format!(" LIMIT {} OFFSET {}", self.query.limit, self.query.offset)
        };
        let is_numeric = column.kind.is_numeric();
        let sums = if is_numeric { "sum(v)::float8, avg(v)::float8" } else { "NULL::float8, NULL::float8" };
        let ends = if is_numeric || column.kind.is_temporal() {
            "to_json(min(v))::text, to_json(max(v))::text"
        } else {
            "NULL::text, NULL::text"
        };
        let statement = format!(
            "SELECT count(*)::text, (count(*) - count(v))::text, count(DISTINCT v)::text, {sums}, {ends} \
             FROM (SELECT {name} AS v FROM {}{}{}{window}) AS selected",
            self.table.quoted(),
            self.filter,
            if window.is_empty() { "" } else { self.order.as_str() },
        );
        let rows = session.our_rows(&statement, &self.arguments, LOOKING).await?;
        let row =
            rows.first().ok_or_else(|| ConnectError::Failed { message: "the database answered nothing".into() })?;
        Ok(SelectionStatistics {
            column: column.name.clone(),
            rows: number(row, 0)?,
            nulls: number(row, 1)?,
            distinct: number(row, 2)?,
            sum: get(row, 3)?,
            mean: get(row, 4)?,
            min: json(row, 5, column.kind)?,
            max: json(row, 6, column.kind)?,
        })
    }
}

/// A count, which travels as text because it may be `bigint` or `numeric`.
pub(super) fn number(row: &sqlx::postgres::PgRow, index: usize) -> Result<u64, ConnectError> {
    let text: String = get(row, index)?;
    text.parse().map_err(|_| ConnectError::Failed { message: format!("the database counted “{text}”") })
}

/// A value that travels as JSON text.
pub(super) fn json(row: &sqlx::postgres::PgRow, index: usize, kind: ColumnType) -> Result<Value, ConnectError> {
    let text: Option<String> = get(row, index)?;
    let value = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    Ok(plain(value, kind))
}

/// A column's value as JSON text; what JSON has no plain value for goes as text.
pub(super) fn as_json(column: &DescribedColumn) -> String {
    let name = quote(&column.name);
    if column.kind == ColumnType::Text {
        format!("to_json({name}::text)::text")
    } else {
        format!("to_json({name})::text")
    }
}

/// The keys asked for, and last what names a row, so that pages neither overlap nor leave out.
fn order(table: &Described, query: &RowsQuery) -> Result<String, ConnectError> {
    let mut keys = Vec::new();
    for key in &query.sort {
        let column = table.column(&key.column)?;
        let direction = if key.descending { "DESC" } else { "ASC" };
        keys.push(format!("{} {direction} NULLS LAST", quote(&column.name)));
    }
    if !table.primary_key.is_empty() {
        keys.extend(table.primary_key.iter().map(|name| quote(name)));
    } else if table.kind == RemoteTableKind::Table {
        keys.push("tableoid, ctid".to_owned());
    }
    Ok(if keys.is_empty() { String::new() } else { format!(" ORDER BY {}", keys.join(", ")) })
}

fn condition(
    column: &DescribedColumn,
    filter: &RowFilter,
    arguments: &mut Vec<String>,
) -> Result<String, ConnectError> {
    let name = quote(&column.name);
    let mut places = Vec::new();
    for value in &filter.values {
        arguments.push(argument(value));
        places.push(format!("${}::text", arguments.len()));
    }
    let typed = |place: &String| format!("{place}::{}", column.sql_type);
    let wanted = |n: usize| {
        if places.len() == n {
            return Ok(());
        }
        let message = format!("A filter on “{}” needs {n} value(s) and has {}.", column.name, places.len());
        Err(ConnectError::Refused { message })
    };
    let compared = |sign: &str| -> Result<String, ConnectError> {
        wanted(1)?;
        Ok(format!("{name} {sign} {}", typed(&places[0])))
    };
    let text = |made: &dyn Fn(&str) -> String| -> Result<String, ConnectError> {
        wanted(1)?;
        Ok(made(&places[0]))
    };
    Ok(match filter.test {
        FilterTest::Equals => compared("=")?,
        FilterTest::NotEquals => compared("IS DISTINCT FROM")?,
        FilterTest::LessThan => compared("<")?,
        FilterTest::AtMost => compared("<=")?,
        FilterTest::GreaterThan => compared(">")?,
        FilterTest::AtLeast => compared(">=")?,
        FilterTest::Between => {
            wanted(2)?;
            format!("{name} BETWEEN {} AND {}", typed(&places[0]), typed(&places[1]))
        }
        FilterTest::In | FilterTest::NotIn => {
            let list: Vec<String> = places.iter().map(typed).collect();
            let list = if list.is_empty() { "NULL".to_owned() } else { list.join(", ") };
            if filter.test == FilterTest::In {
                format!("{name} IN ({list})")
            } else {
                format!("({name} IN ({list})) IS NOT TRUE")
            }
        }
        FilterTest::Contains => text(&|place| format!("position(lower({place}) in lower({name}::text)) > 0"))?,
        FilterTest::StartsWith => text(&|place| format!("starts_with(lower({name}::text), lower({place}))"))?,
        FilterTest::EndsWith => text(&|place| format!("right(lower({name}::text), length({place})) = lower({place})"))?,
        FilterTest::IsMissing => format!("{name} IS NULL"),
        FilterTest::IsPresent => format!("{name} IS NOT NULL"),
    })
}
