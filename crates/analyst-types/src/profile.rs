//! A profile is what we know about a table and its columns.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::{ColumnType, DataWarning, Format};

/// What we know about a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Profile {
    /// The dataset's name.
    pub dataset: String,
    /// Number of rows.
    #[ts(type = "number")]
    pub rows: u64,
    /// How the file was read.
    pub format: Format,
    /// One entry per column, in the table's order.
    pub columns: Vec<ColumnProfile>,
    /// What a person should know before trusting the numbers.
    pub warnings: Vec<DataWarning>,
    /// Rows that repeat an earlier one in every column; null where that was not counted.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub duplicate_rows: Option<u64>,
    /// Columns, or smallest sets of columns, whose values name a row: no missing ones, no repetition.
    #[serde(default)]
    pub keys: Vec<Vec<String>>,
    /// Pairs of numeric columns, strongest first.
    #[serde(default)]
    pub correlations: Vec<Correlation>,
    /// Rows the statistics rest on, where that is not every row.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub sampled_rows: Option<u64>,
}

/// What we know about a column. Statistics that do not apply to its type are null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ColumnProfile {
    /// The column's name.
    pub name: String,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Number of missing values.
    #[ts(type = "number")]
    pub nulls: u64,
    /// Number of different values, missing ones not counted.
    #[ts(type = "number")]
    pub distinct: u64,
    /// Smallest value; dates as ISO 8601 text, for text the shortest length.
    #[ts(type = "unknown")]
    pub min: Value,
    /// Greatest value; dates as ISO 8601 text, for text the greatest length.
    #[ts(type = "unknown")]
    pub max: Value,
    /// Arithmetic mean.
    pub mean: Option<f64>,
    /// Sample standard deviation (n − 1).
    pub std: Option<f64>,
    /// Quantiles by linear interpolation.
    pub quantiles: Option<Quantiles>,
    /// The most frequent values, most frequent first, at most 20.
    pub top: Vec<TopValue>,
    /// `distinct` was sketched (within about 2 %), not counted.
    #[serde(default)]
    pub distinct_is_estimate: bool,
    /// Bins of equal width from `min` to `max`, for numbers, dates and moments; a column with one value has one bin.
    #[serde(default)]
    pub histogram: Vec<Bin>,
    /// Of a text column.
    #[serde(default)]
    pub lengths: Option<TextLengths>,
    /// Of a date or datetime column whose values follow a step: what is left out.
    #[serde(default)]
    pub gaps: Option<DateGaps>,
}

/// One bar of a histogram: values from `from` (included) to `to` (excluded, but for the last bin).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Bin {
    /// Lower bound: a number, or ISO 8601 text.
    #[ts(type = "unknown")]
    pub from: Value,
    /// Upper bound.
    #[ts(type = "unknown")]
    pub to: Value,
    /// Number of rows in it.
    #[ts(type = "number")]
    pub count: u64,
}

/// Lengths of texts, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct TextLengths {
    /// Of the shortest.
    #[ts(type = "number")]
    pub min: u64,
    /// Of the longest.
    #[ts(type = "number")]
    pub max: u64,
    /// On average.
    pub mean: f64,
}

/// Steps of a time axis that no row has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct DateGaps {
    /// `hour`, `day`, `week`, `month`, `quarter` or `year`.
    pub step: String,
    /// How many steps between the first and the last are missing.
    #[ts(type = "number")]
    pub missing: u64,
    /// The first of them, as ISO 8601 text, at most 5.
    pub first: Vec<String>,
}

/// How two numeric columns move together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Correlation {
    /// One column.
    pub a: String,
    /// The other.
    pub b: String,
    /// Pearson's r over the rows where both have a value.
    pub r: f64,
    /// Number of those rows.
    #[ts(type = "number")]
    pub n: u64,
}

/// A column that seems to name the rows of another table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct JoinCandidate {
    /// The column here.
    pub column: String,
    /// The other dataset's name.
    pub other_dataset: String,
    /// The column there.
    pub other_column: String,
    /// Share of the different values here that occur there, 0 to 1.
    pub matched_share: f64,
    /// Whether the column there names a row: then a join multiplies nothing.
    pub other_is_key: bool,
}

/// What a join does to the rows: told for every join, so that none multiplies rows in silence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct JoinReport {
    /// Table on the left, as named in the statement.
    pub left: String,
    /// Table on the right.
    pub right: String,
    /// Pairs of columns that are compared.
    pub on: Vec<(String, String)>,
    /// `inner`, `left`, `right`, `full`, `semi`, `anti` or `cross`.
    pub how: String,
    /// Whether the left key repeats no value.
    pub left_is_unique: bool,
    /// Whether the right key repeats no value.
    pub right_is_unique: bool,
    /// Share of the left rows that find a partner, 0 to 1.
    pub left_matched: f64,
    /// Share of the right rows that find a partner, 0 to 1.
    pub right_matched: f64,
    /// Rows on the left.
    #[ts(type = "number")]
    pub left_rows: u64,
    /// Rows on the right.
    #[ts(type = "number")]
    pub right_rows: u64,
    /// Rows that come out.
    #[ts(type = "number")]
    pub rows: u64,
}

/// Quantiles of a numeric column, by linear interpolation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Quantiles {
    /// 5 %
    pub p05: f64,
    /// 25 %
    pub p25: f64,
    /// the median
    pub p50: f64,
    /// 75 %
    pub p75: f64,
    /// 95 %
    pub p95: f64,
}

/// A value and how often it occurs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct TopValue {
    /// The value; dates as ISO 8601 text.
    #[ts(type = "unknown")]
    pub value: Value,
    /// Number of rows that have it.
    #[ts(type = "number")]
    pub count: u64,
}
