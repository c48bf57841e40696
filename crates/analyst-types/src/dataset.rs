//! A dataset is a table a person opened.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{DatasetId, Format, Timestamp};

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
    /// How the file was read, in a sentence for people.
    #[serde(default)]
    pub explanation: String,
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

/// Something about the data a person should know before trusting the numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct DataWarning {
    /// Stable, in snake_case: `ragged_rows`, `totals_row`, `mixed_types`, …
    pub code: String,
    /// How much it matters.
    #[serde(default)]
    pub severity: Severity,
    /// A sentence for people.
    pub message: String,
    /// The columns concerned.
    pub columns: Vec<String>,
    /// The first rows concerned, as line numbers of the file counted from 1; empty when it is not about rows.
    #[ts(type = "number[]")]
    pub rows: Vec<u64>,
    /// How many rows or cells are concerned in all; absent when that was not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    pub count: Option<u64>,
    /// What a person can do about it, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fix: Option<String>,
}

/// How much a warning matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Told for completeness; the numbers are right either way.
    Info,
    /// Numbers may be wrong unless somebody looks.
    #[default]
    Warning,
    /// Two readings are possible; we took one, and the person decides.
    Question,
}

impl DataWarning {
    /// A warning that concerns the table as a whole; the other fields are set on it.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), ..Self::default() }
    }
}
