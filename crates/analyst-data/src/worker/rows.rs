//! Looking at the rows of an opened table: any window of them, where a text stands, what a column holds, what a
//! selection comes to. Orders and filter results stay with the worker.

use std::path::PathBuf;

use analyst_types::{FoundCell, JoinCandidate, Profile, RowsPage, RowsQuery, SelectionStatistics, TopValue};
use serde::{Deserialize, Serialize};

use super::bench::Bench;
use crate::DataError;

/// A window of the rows that pass, in the order asked for.
#[derive(Debug, Serialize, Deserialize)]
pub struct Rows {
    /// The table's Arrow file.
    pub table: PathBuf,
    /// Which rows.
    pub query: RowsQuery,
}

/// The next cells in which a text stands.
#[derive(Debug, Serialize, Deserialize)]
pub struct Find {
    /// The table's Arrow file.
    pub table: PathBuf,
    /// Among which rows, and from where on.
    pub query: RowsQuery,
    /// The text.
    pub text: String,
    /// Most cells.
    pub limit: usize,
}

/// What selected cells come to.
#[derive(Debug, Serialize, Deserialize)]
pub struct Statistics {
    /// The table's Arrow file.
    pub table: PathBuf,
    /// Which rows; all that pass when its limit is 0.
    pub query: RowsQuery,
    /// Which columns; all when there are none.
    pub columns: Vec<String>,
}

/// The different values of a column with how often each occurs.
#[derive(Debug, Serialize, Deserialize)]
pub struct CountValues {
    /// The table's Arrow file.
    pub table: PathBuf,
    /// The column.
    pub column: String,
    /// What stands in the values wanted; empty for all.
    pub search: String,
    /// Most values.
    pub limit: usize,
}

/// Columns that seem to name rows of other tables.
#[derive(Debug, Serialize, Deserialize)]
pub struct FindJoins {
    /// The table.
    pub table: KnownTable,
    /// Those it may belong to.
    pub others: Vec<KnownTable>,
}

/// A table and what is known of it.
#[derive(Debug, Serialize, Deserialize)]
pub struct KnownTable {
    /// What it is called.
    pub name: String,
    /// Its Arrow file.
    pub table: PathBuf,
    /// Its profile.
    pub profile: Profile,
}

pub(super) fn rows(request: Rows, bench: &mut Bench<'_>) -> Result<RowsPage, DataError> {
    bench.tables().rows(&request.table, &request.query)
}

pub(super) fn find(request: Find, bench: &mut Bench<'_>) -> Result<Vec<FoundCell>, DataError> {
    bench.tables().find(&request.table, &request.query, &request.text, request.limit)
}

pub(super) fn statistics(request: Statistics, bench: &mut Bench<'_>) -> Result<Vec<SelectionStatistics>, DataError> {
    bench.tables().statistics(&request.table, &request.query, &request.columns)
}

pub(super) fn count_values(request: CountValues, bench: &mut Bench<'_>) -> Result<Vec<TopValue>, DataError> {
    bench.tables().distinct(&request.table, &request.column, &request.search, request.limit)
}

pub(super) fn find_joins(request: FindJoins, _: &mut Bench<'_>) -> Result<Vec<JoinCandidate>, DataError> {
    fn known(table: &KnownTable) -> (&str, &std::path::Path, &Profile) {
        (&table.name, &table.table, &table.profile)
    }
    let others: Vec<_> = request.others.iter().map(known).collect();
    crate::join_candidates(known(&request.table), &others)
}
