//! How a file is read: the recipe, and what a person says about it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ColumnType;

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
    /// Text in columns of fixed width
    FixedWidth,
    /// Apache Avro
    Avro,
    /// An SQLite database; one dataset per table
    Sqlite,
    /// Stata (.dta)
    Stata,
    /// SPSS (.sav, .zsav, .por)
    Spss,
    /// SAS (.sas7bdat, .xpt)
    Sas,
    /// A table in a PostgreSQL database, queried where it is
    Postgresql,
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
    /// The container the file was packed in: `gzip`, `zstd` or `zip`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub compression: Option<String>,
    /// Before a quote inside a quoted field, where quotes are not doubled: `\`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub escape: Option<String>,
    /// What starts a line that is a comment: `#`, `//`, `%`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub comment: Option<String>,
    /// Which of several tables of the file, or its name where tables have names (SQLite); counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub table: Option<String>,
    /// Where columns of fixed width begin, counted in characters from 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<u32>>")]
    pub column_starts: Vec<u32>,
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
            compression: None,
            escape: None,
            comment: None,
            table: None,
            column_starts: Vec::new(),
        }
    }

    /// The recipe as options that read the next file of the same make alike.
    pub fn as_options(&self) -> ReadOptions {
        let header_row = matches!(self.kind, FileKind::Csv | FileKind::Excel | FileKind::FixedWidth);
        ReadOptions {
            sheet: self.sheet.clone(),
            table: self.table.clone(),
            delimiter: self.delimiter.clone(),
            quote: self.quote.clone(),
            encoding: self.encoding.clone(),
            header_row: header_row.then(|| self.header_row.unwrap_or(0)),
            decimal: self.decimal.clone(),
            thousands: self.thousands.clone(),
            date_order: self.date_order.clone(),
            comment: self.comment.clone(),
            ..ReadOptions::default()
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
    /// One of several tables in the file: its name, or its number counted from 1.
    pub table: Option<String>,
    /// Around fields: `"`, `'`, or empty when fields are never quoted.
    pub quote: Option<String>,
    /// Thousands mark: `,`, `.`, a space, `'`, or empty when there is none.
    pub thousands: Option<String>,
    /// `dmy`, `mdy` or `ymd`.
    pub date_order: Option<String>,
    /// What starts a line that is a comment; empty when no line is.
    pub comment: Option<String>,
    /// Keep rows that look like totals as data.
    pub keep_totals: Option<bool>,
    /// What becomes of rows that are too short or too long.
    pub ragged: Option<RaggedRows>,
    /// The type of a column, by its name; cells that do not fit become missing and are counted.
    #[ts(as = "Option<std::collections::HashMap<String, ColumnType>>")]
    pub types: BTreeMap<String, ColumnType>,
}

/// What becomes of rows that are too short or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum RaggedRows {
    /// Short rows end in missing values, long ones make further columns. What happens when nobody says.
    Pad,
    /// They are left out, and counted.
    Skip,
    /// The file is refused.
    Refuse,
}
