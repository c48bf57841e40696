//! Looking at rows: which, in what order, and what a selection of them comes to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::TableData;

/// A window of a table's rows after filters and sorting.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct RowsQuery {
    /// Rows must pass all of them.
    #[ts(as = "Option<Vec<RowFilter>>")]
    pub filters: Vec<RowFilter>,
    /// First key first; rows that are equal in all keys stay in the file's order.
    #[ts(as = "Option<Vec<SortKey>>")]
    pub sort: Vec<SortKey>,
    /// First row wanted, counted from 0 among those that pass.
    #[ts(type = "number")]
    pub offset: u64,
    /// Rows wanted, at most 10,000.
    #[ts(type = "number")]
    pub limit: u64,
}

/// One key of a sort. Missing values come last.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
pub struct SortKey {
    /// The column.
    pub column: String,
    /// Greatest first.
    #[serde(default)]
    pub descending: bool,
}

/// A condition on one column. A missing value passes only `is_missing`, `not_equals` and `not_in`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct RowFilter {
    /// The column.
    pub column: String,
    /// What is asked.
    pub test: FilterTest,
    /// What it is compared with: none for `is_missing` and `is_present`, two for `between`, any number for `in` and
    /// `not_in`, else one. Dates as ISO 8601 text.
    #[serde(default)]
    #[ts(type = "unknown[]")]
    pub values: Vec<Value>,
}

/// What a filter asks of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum FilterTest {
    /// the same
    Equals,
    /// another, or missing
    NotEquals,
    /// smaller
    LessThan,
    /// smaller or the same
    AtMost,
    /// greater
    GreaterThan,
    /// greater or the same
    AtLeast,
    /// from the first to the second value, both included
    Between,
    /// one of the values
    In,
    /// none of the values, or missing
    NotIn,
    /// the text occurs in it, in any case
    Contains,
    /// it begins with the text, in any case
    StartsWith,
    /// it ends with the text, in any case
    EndsWith,
    /// no value
    IsMissing,
    /// any value
    IsPresent,
}

/// Rows, and how many passed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct RowsPage {
    /// The rows wanted; its `n_rows` is the number of rows that pass the filters.
    pub table: TableData,
    /// Position in the whole table of every row in it, counted from 0.
    #[ts(type = "number[]")]
    pub positions: Vec<u64>,
    /// Rows of the whole table.
    #[ts(type = "number")]
    pub total_rows: u64,
}

/// Where a text occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundCell {
    /// The row among those that pass the filters, in the order asked for, counted from 0.
    #[ts(type = "number")]
    pub row: u64,
    /// The column's name.
    pub column: String,
}

/// What the selected cells of one column come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct SelectionStatistics {
    /// The column.
    pub column: String,
    /// Rows selected.
    #[ts(type = "number")]
    pub rows: u64,
    /// Of them without a value.
    #[ts(type = "number")]
    pub nulls: u64,
    /// Different values.
    #[ts(type = "number")]
    pub distinct: u64,
    /// Of a numeric column.
    pub sum: Option<f64>,
    /// Of a numeric column.
    pub mean: Option<f64>,
    /// Smallest value; null for text.
    #[ts(type = "unknown")]
    pub min: Value,
    /// Greatest value; null for text.
    #[ts(type = "unknown")]
    pub max: Value,
}
