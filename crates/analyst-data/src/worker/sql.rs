//! SQL over opened tables.

use std::path::PathBuf;

use analyst_types::{DataWarning, DatasetBinding, ExecutionOutcome, ExecutionRequest, JoinReport, TableData};
use serde::{Deserialize, Serialize};

use super::bench::Bench;
use super::table::{Written, export_path};
use crate::DataError;

/// Some rows of one SELECT's result.
#[derive(Debug, Serialize, Deserialize)]
pub struct Query {
    /// The statement.
    pub sql: String,
    /// Its tables.
    pub tables: Vec<DatasetBinding>,
    /// The first row wanted, counted from 0.
    pub offset: u64,
    /// Most rows to answer with.
    pub limit: u64,
}

/// What one SELECT came to.
#[derive(Debug, Serialize, Deserialize)]
pub struct Queried {
    /// The rows wanted; its `n_rows` counts all.
    pub table: TableData,
    /// What its joins did to the rows.
    pub joins: Vec<JoinReport>,
    /// What a person should know of the result.
    pub notices: Vec<DataWarning>,
}

/// How one SELECT would be run.
#[derive(Debug, Serialize, Deserialize)]
pub struct Explain {
    /// The statement.
    pub sql: String,
    /// Its tables.
    pub tables: Vec<DatasetBinding>,
}

/// The result of one SELECT as a file in the worker's folder.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExportQuery {
    /// The statement.
    pub sql: String,
    /// Its tables.
    pub tables: Vec<DatasetBinding>,
    /// The extension of the file to write, which says the format.
    pub extension: String,
}

/// A SQL cell.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExecuteSql {
    request: ExecutionRequest,
    /// The wire form of a variable leaves its file out; here they are, in the order of the variables.
    variable_paths: Vec<Option<PathBuf>>,
}

/// What came of a SQL cell. Files of its variables are in the worker's folder.
#[derive(Debug, Serialize, Deserialize)]
pub struct Executed {
    outcome: ExecutionOutcome,
    variable_paths: Vec<Option<PathBuf>>,
}

impl ExecuteSql {
    /// A cell to run.
    pub fn new(request: ExecutionRequest) -> Self {
        let variable_paths = request.variables.iter().map(|variable| variable.arrow_path.clone()).collect();
        Self { request, variable_paths }
    }
}

impl Executed {
    /// What came of it, complete.
    pub fn into_outcome(self) -> ExecutionOutcome {
        let mut outcome = self.outcome;
        for (variable, path) in outcome.variables.iter_mut().zip(self.variable_paths) {
            variable.arrow_path = path;
        }
        outcome
    }
}

pub(super) fn query(request: Query, bench: &mut Bench<'_>) -> Result<Queried, DataError> {
    let result = bench.pages().result(&request.sql, &request.tables)?;
    let table = crate::table_data(&result.frame, request.offset, request.limit);
    Ok(Queried { table, joins: result.joins.clone(), notices: result.notices.clone() })
}

pub(super) fn explain(request: Explain, _: &mut Bench<'_>) -> Result<String, DataError> {
    crate::explain(&request.sql, &request.tables)
}

pub(super) fn export_query(request: ExportQuery, bench: &mut Bench<'_>) -> Result<Written, DataError> {
    let path = export_path(bench, &request.extension);
    let mut result = crate::query(&request.sql, &request.tables, None)?;
    let n_rows = crate::export_frame(&mut result.frame, &path)?;
    Ok(Written { path, n_rows })
}

pub(super) fn execute(job: ExecuteSql, bench: &mut Bench<'_>) -> Result<Executed, DataError> {
    let mut request = job.request;
    for (variable, path) in request.variables.iter_mut().zip(job.variable_paths) {
        variable.arrow_path = path;
    }
    bench.folder().clone_into(&mut request.exchange_dir);
    let outcome = crate::sql::run(&request);
    let variable_paths = outcome.variables.iter().map(|variable| variable.arrow_path.clone()).collect();
    Ok(Executed { outcome, variable_paths })
}
