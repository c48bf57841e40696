//! The rows of a dataset: any window of them, where a text stands, which values a column has, what a selection comes to.

use std::sync::Arc;

use analyst_types::{AppError, DatasetId, FoundCell, RowsPage, RowsQuery, SelectionStatistics, TopValue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::App;

/// Cells that are found at most, and values that are listed at most.
const MOST_LISTED: u32 = 10_000;
/// Cells that are found when nothing is asked.
const DEFAULT_FOUND: u32 = 1_000;
/// Values that are listed when nothing is asked.
const DEFAULT_VALUES: u32 = 100;

/// Which rows of which dataset.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct DatasetRows {
    /// The dataset.
    pub dataset_id: DatasetId,
    /// Which rows, in which order.
    pub query: RowsQuery,
}

/// What to find where.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
pub struct FindInDataset {
    /// The dataset.
    pub dataset_id: DatasetId,
    /// Among which rows, in which order; from its `offset` on.
    pub query: RowsQuery,
    /// The text, in any case; numbers and dates are searched as they are shown.
    pub text: String,
    /// Most cells, at most 10,000; 1,000 when absent.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// Where it stands.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct FoundCells {
    /// The next cells, row by row.
    pub cells: Vec<FoundCell>,
}

/// Whose values.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(optional_fields)]
pub struct DistinctValues {
    /// The dataset.
    pub dataset_id: DatasetId,
    /// The column.
    pub column: String,
    /// What stands in the values wanted.
    #[serde(default)]
    pub search: Option<String>,
    /// Most values, at most 10,000; 100 when absent.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// The different values of a column.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct TopValues {
    /// Each with how often it occurs, most frequent first.
    pub values: Vec<TopValue>,
}

/// Which cells.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct DatasetStatistics {
    /// The dataset.
    pub dataset_id: DatasetId,
    /// Rows `offset` to `offset + limit` of its order; all that pass when `limit` is 0.
    pub query: RowsQuery,
    /// The columns; all when there are none.
    pub columns: Vec<String>,
}

/// What the selected cells come to.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
pub struct SelectionsStatistics {
    /// One entry per column.
    pub columns: Vec<SelectionStatistics>,
}

/// `dataset::rows`: a window of the rows that pass, in the order asked for.
pub async fn rows(app: &Arc<App>, request: DatasetRows) -> Result<RowsPage, AppError> {
    app.datasets.rows(request.dataset_id, request.query).await
}

/// `dataset::find`
pub async fn find(app: &Arc<App>, request: FindInDataset) -> Result<FoundCells, AppError> {
    let limit = request.limit.unwrap_or(DEFAULT_FOUND).min(MOST_LISTED) as usize;
    let cells = app.datasets.find(request.dataset_id, request.query, request.text, limit).await?;
    Ok(FoundCells { cells })
}

/// `dataset::distinct`
pub async fn distinct(app: &Arc<App>, request: DistinctValues) -> Result<TopValues, AppError> {
    let limit = request.limit.unwrap_or(DEFAULT_VALUES).min(MOST_LISTED) as usize;
    let search = request.search.unwrap_or_default();
    let values = app.datasets.distinct(request.dataset_id, request.column, search, limit).await?;
    Ok(TopValues { values })
}

/// `dataset::statistics`
pub async fn statistics(app: &Arc<App>, request: DatasetStatistics) -> Result<SelectionsStatistics, AppError> {
    let columns = app.datasets.statistics(request.dataset_id, request.query, request.columns).await?;
    Ok(SelectionsStatistics { columns })
}
