//! A dataset is a table a person opened; its profile is what we know about its columns.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::{DatasetId, Timestamp};

/// A table a person opened, imported once into an Arrow file of ours. The original is never changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct Dataset {
    /// Ours, made when the file was opened.
    pub id: DatasetId,
    /// A valid identifier: table name in SQL, variable name in Python.
    pub name: String,
    /// The file as it was opened.
    pub path: String,
    /// The file's own name, for people.
    pub file_name: String,
    /// How the file was read.
    pub format: Format,
    /// Number of rows.
    #[ts(type = "number")]
    pub n_rows: u64,
    /// The columns in the file's order.
    pub columns: Vec<Column>,
    /// SHA-256 over the imported table (names, types, values); equal content, equal fingerprint.
    pub fingerprint: String,
    /// What a person should know before trusting the numbers.
    pub warnings: Vec<DataWarning>,
    /// When it was opened.
    #[ts(type = "string")]
    pub opened_at: Timestamp,
}

/// A column's name and type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Column {
    /// As in the file, made unique where it was not.
    pub name: String,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: ColumnType,
}

/// The types a person thinks in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// true and false
    Boolean,
    /// whole numbers
    Integer,
    /// real numbers
    Float,
    /// exact decimal numbers
    Decimal,
    /// days
    Date,
    /// moments
    Datetime,
    /// times of day
    Time,
    /// spans of time
    Duration,
    /// text
    Text,
    /// text from a declared, closed set
    Categorical,
}

impl ColumnType {
    /// Sums and means make sense.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Float | Self::Decimal)
    }

    /// Lies on a time axis.
    pub fn is_temporal(self) -> bool {
        matches!(self, Self::Date | Self::Datetime)
    }
}

/// The file formats we open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// any delimited text: comma, semicolon, tab, pipe
    Csv,
    /// .xlsx, .xlsm, .xlsb, .xls and .ods
    Excel,
    /// one JSON document
    Json,
    /// one JSON object per line
    Ndjson,
    /// Apache Parquet
    Parquet,
    /// Arrow IPC, also called Feather
    Arrow,
}

/// How a file was read: the recipe that reads the next one alike. Fields that do not apply to the kind are absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Format {
    /// The file format.
    pub kind: FileKind,
    /// Character encoding by its WHATWG name, in lower case: `utf-8`, `windows-1252`, `utf-16le`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Between fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<String>,
    /// Around fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// Line (or sheet row) of the column names, counted from 1; absent when the file has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_row: Option<u32>,
    /// Decimal mark: `.` or `,`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal: Option<String>,
    /// Thousands mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thousands: Option<String>,
    /// `dmy`, `mdy` or `ymd`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_order: Option<String>,
    /// The sheet of a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Rows at the end that are totals and were left out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub total_rows: u32,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Format {
    /// A format of which only the kind is known.
    pub fn of(kind: FileKind) -> Self {
        Self {
            kind,
            encoding: None,
            delimiter: None,
            quote: None,
            header_row: None,
            decimal: None,
            thousands: None,
            date_order: None,
            sheet: None,
            total_rows: 0,
        }
    }
}

/// What a person says about a file where the sniffing should not decide.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[ts(optional_fields)]
pub struct ReadOptions {
    /// One sheet of a workbook, by name.
    pub sheet: Option<String>,
    /// Between fields; `\t` or `tab` for a tab.
    pub delimiter: Option<String>,
    /// Character encoding by any WHATWG label.
    pub encoding: Option<String>,
    /// Line of the column names, counted from 1; 0 when the file has none.
    pub header_row: Option<u32>,
    /// Decimal mark: `.` or `,`.
    pub decimal: Option<String>,
}

/// Something about the data a person should know before trusting the numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct DataWarning {
    /// Stable, in snake_case: `ragged_rows`, `totals_row`, `mixed_types`, …
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// The columns concerned.
    pub columns: Vec<String>,
    /// The first rows concerned, as line numbers of the file counted from 1; empty when it is not about rows.
    #[ts(type = "number[]")]
    pub rows: Vec<u64>,
}

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
