//! SQL over datasets: its result, its result as a file, and how it would be run.

use std::path::PathBuf;
use std::sync::Arc;

use analyst_types::{AppError, DataWarning, DatasetId, JoinReport, TableData};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::dataset::Exported;
use crate::App;

/// Rows a query gives when nothing is asked.
const DEFAULT_ROWS: u64 = 1_000;

/// One SELECT over some datasets.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
pub struct QueryDatasets {
    /// The statement; tables are the datasets' names.
    pub sql: String,
    /// The tables.
    pub dataset_ids: Vec<DatasetId>,
    /// Most rows to answer with; 1,000 when absent.
    #[serde(default)]
    #[ts(as = "Option<u32>", optional)]
    pub limit: Option<u64>,
    /// The first row wanted, counted from 0.
    #[serde(default)]
    #[ts(as = "Option<u32>", optional)]
    pub offset: Option<u64>,
}

/// What a SELECT came to.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct QueryResult {
    /// The rows wanted.
    pub table: TableData,
    /// Rows of the whole result.
    #[ts(type = "number")]
    pub n_rows: u64,
    /// What its joins did to the rows.
    pub joins: Vec<JoinReport>,
    /// What a person should know of the result: a join that multiplies rows, for one.
    pub notices: Vec<DataWarning>,
}

/// Which statement to explain.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExplainQuery {
    /// The statement; tables are the datasets' names.
    pub sql: String,
    /// The tables.
    pub dataset_ids: Vec<DatasetId>,
}

/// How a statement would be run.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct QueryPlan {
    /// The engine's plan, in lines of text.
    pub plan: String,
}

/// Where to write the result of a SELECT to.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
pub struct ExportQuery {
    /// The statement; tables are the datasets' names.
    pub sql: String,
    /// The tables.
    pub dataset_ids: Vec<DatasetId>,
    /// The file; its extension says the format: csv, ndjson, parquet, arrow or xlsx.
    #[ts(type = "string")]
    pub path: PathBuf,
    /// By which `task::get` and `task::cancel` find the work; made by the client.
    #[serde(default)]
    pub task_id: Option<String>,
}

/// `dataset::query`
pub async fn query(app: &Arc<App>, request: QueryDatasets) -> Result<QueryResult, AppError> {
    let (offset, limit) = (request.offset.unwrap_or(0), request.limit.unwrap_or(DEFAULT_ROWS));
    app.datasets.query(&request.sql, &request.dataset_ids, offset, limit).await
}

/// `dataset::explain`
pub async fn explain(app: &Arc<App>, request: ExplainQuery) -> Result<QueryPlan, AppError> {
    let plan = app.datasets.explain(&request.sql, &request.dataset_ids).await?;
    Ok(QueryPlan { plan })
}

/// `dataset::export_query`
pub async fn export_query(app: &Arc<App>, request: ExportQuery) -> Result<Exported, AppError> {
    let task = app.tasks.begin(request.task_id)?;
    let n_rows = app.datasets.export_query(&request.sql, &request.dataset_ids, &request.path, &task).await?;
    Ok(Exported { path: request.path, n_rows })
}
