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
        let starts: Vec<String> = self.column_starts.iter().map(u32::to_string).collect();
        let fixed = (self.kind == FileKind::FixedWidth).then(|| format!("fixed:{}", starts.join(",")));
        ReadOptions {
            sheet: self.sheet.clone(),
            table: self.table.clone(),
            delimiter: fixed.or_else(|| self.delimiter.clone()),
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

impl Format {
    /// How the file was read, in a sentence for people: `Read as Windows-1252, separated by ;, decimal comma, header in
    /// line 4, 2 total rows at the end left out.`
    pub fn explain(&self) -> String {
        let mut parts = vec![self.explain_kind()];
        parts.extend(self.sheet.as_ref().map(|sheet| format!("sheet {sheet}")));
        parts.extend(self.table.as_ref().map(|table| match table.parse::<u32>() {
            Ok(number) => format!("table {number} of several"),
            Err(_) => format!("table {table}"),
        }));
        parts.extend(self.explain_separation());
        parts.extend(self.explain_values());
        let has_lines = matches!(self.kind, FileKind::Csv | FileKind::FixedWidth | FileKind::Excel);
        match self.header_row {
            Some(row) if self.kind == FileKind::Excel => parts.push(format!("header in row {row}")),
            Some(line) => parts.push(format!("header in line {line}")),
            None if has_lines => parts.push("no header".to_owned()),
            None => {}
        }
        parts.extend(self.comment.as_ref().map(|sign| format!("comments after {sign} left out")));
        match self.total_rows {
            0 => {}
            1 => parts.push("1 total row at the end left out".to_owned()),
            n => parts.push(format!("{n} total rows at the end left out")),
        }
        format!("Read as {}.", parts.join(", "))
    }

    fn explain_kind(&self) -> String {
        let encoding = self.encoding.as_deref().map(encoding_named);
        let kind = match self.kind {
            FileKind::Csv | FileKind::FixedWidth => encoding.clone().unwrap_or_else(|| "text".to_owned()),
            FileKind::Excel => "a workbook".to_owned(),
            FileKind::Json => "JSON".to_owned(),
            FileKind::Ndjson => "JSON, one object per line".to_owned(),
            FileKind::Parquet => "Parquet".to_owned(),
            FileKind::Arrow => "Arrow".to_owned(),
            FileKind::Avro => "Avro".to_owned(),
            FileKind::Sqlite => "an SQLite database".to_owned(),
            FileKind::Stata => "Stata".to_owned(),
            FileKind::Spss => "SPSS".to_owned(),
            FileKind::Sas => "SAS".to_owned(),
            FileKind::Postgresql => "a PostgreSQL table".to_owned(),
        };
        let kind = match encoding {
            Some(encoding) if !matches!(self.kind, FileKind::Csv | FileKind::FixedWidth) => {
                format!("{kind} in {encoding}")
            }
            _ => kind,
        };
        match &self.compression {
            Some(packed) => format!("{kind} packed with {packed}"),
            None => kind,
        }
    }

    fn explain_separation(&self) -> Vec<String> {
        let mut parts = Vec::new();
        if self.kind == FileKind::FixedWidth {
            parts.push(format!("{} columns of fixed width", self.column_starts.len()));
        }
        parts.extend(self.delimiter.as_deref().map(|delimiter| match delimiter {
            "\t" => "separated by tabs".to_owned(),
            " " => "separated by blanks".to_owned(),
            sign if sign.chars().all(char::is_control) => {
                format!("separated by the sign {:#04x}", sign.chars().next().map_or(0, u32::from))
            }
            sign => format!("separated by {sign}"),
        }));
        // Double quotes are what everybody expects.
        match self.quote.as_deref() {
            Some("'") => parts.push("single quotes".to_owned()),
            Some("") if self.delimiter.is_some() => parts.push("quotes are letters".to_owned()),
            _ => {}
        }
        parts.extend(self.escape.as_ref().map(|sign| format!("{sign} before quotes within fields")));
        parts
    }

    fn explain_values(&self) -> Vec<String> {
        let mut parts = Vec::new();
        match self.decimal.as_deref() {
            Some(",") => parts.push("decimal comma".to_owned()),
            Some(".") => parts.push("decimal point".to_owned()),
            _ => {}
        }
        parts.extend(self.thousands.as_deref().map(|mark| match mark {
            " " => "thousands set apart by blanks".to_owned(),
            mark => format!("thousands set apart by {mark}"),
        }));
        parts.extend(self.date_order.as_deref().map(|order| {
            let words = match order {
                "dmy" => "day, month, year",
                "mdy" => "month, day, year",
                _ => "year, month, day",
            };
            format!("dates as {words}")
        }));
        parts
    }
}

/// As people write it: `UTF-8`, `Windows-1252`, `Shift_JIS`.
fn encoding_named(name: &str) -> String {
    match name {
        "shift_jis" => "Shift_JIS".to_owned(),
        "macintosh" => "Mac Roman".to_owned(),
        "ibm850" => "DOS (code page 850)".to_owned(),
        "ibm866" => "DOS (code page 866)".to_owned(),
        "big5" => "Big5".to_owned(),
        name if name.starts_with("windows-") => name.replacen('w', "W", 1),
        name => name.to_uppercase(),
    }
}

/// What a person says about a file where the sniffing should not decide.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[ts(optional_fields)]
pub struct ReadOptions {
    /// One sheet of a workbook, by name.
    pub sheet: Option<String>,
    /// Between fields: one sign or several, `\t` or `tab` for a tab; `fixed` for columns of fixed width, which may say
    /// where they begin (`fixed:0,10,25`).
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

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(change: impl FnOnce(&mut Format)) -> Format {
        let mut format = Format { encoding: Some("utf-8".into()), header_row: Some(1), ..Format::of(FileKind::Csv) };
        change(&mut format);
        format
    }

    #[test]
    fn a_recipe_is_explained_in_a_sentence() {
        let bank = csv(|f| {
            f.encoding = Some("windows-1252".into());
            f.delimiter = Some(";".into());
            f.quote = Some("\"".into());
            f.decimal = Some(",".into());
            f.header_row = Some(4);
            f.total_rows = 2;
        });
        assert_eq!(
            bank.explain(),
            "Read as Windows-1252, separated by ;, decimal comma, header in line 4, 2 total rows at the end left out."
        );
    }

    #[test]
    fn each_part_of_a_recipe_is_told() {
        let cases: [(fn(&mut Format), &str); 22] = [
            (|f| f.encoding = Some("shift_jis".into()), "Read as Shift_JIS, "),
            (|f| f.delimiter = Some("\t".into()), ", separated by tabs,"),
            (|f| f.delimiter = Some(" ".into()), ", separated by blanks,"),
            (|f| f.delimiter = Some("\u{1}".into()), ", separated by the sign 0x01,"),
            (|f| f.delimiter = Some("||".into()), ", separated by ||,"),
            (|f| f.quote = Some("'".into()), ", single quotes,"),
            (|f| (f.quote, f.delimiter) = (Some(String::new()), Some(",".into())), ", quotes are letters,"),
            (|f| f.escape = Some("\\".into()), ", \\ before quotes within fields,"),
            (|f| f.decimal = Some(".".into()), ", decimal point,"),
            (|f| f.thousands = Some(" ".into()), ", thousands set apart by blanks,"),
            (|f| f.thousands = Some(".".into()), ", thousands set apart by .,"),
            (|f| f.date_order = Some("dmy".into()), ", dates as day, month, year,"),
            (|f| f.date_order = Some("mdy".into()), ", dates as month, day, year,"),
            (|f| f.date_order = Some("ymd".into()), ", dates as year, month, day,"),
            (|f| f.header_row = None, ", no header."),
            (|f| f.comment = Some("#".into()), ", comments after # left out."),
            (|f| f.total_rows = 1, ", 1 total row at the end left out."),
            (|f| f.table = Some("2".into()), ", table 2 of several,"),
            (|f| f.compression = Some("gzip".into()), "Read as UTF-8 packed with gzip,"),
            (|f| (f.kind, f.column_starts) = (FileKind::FixedWidth, vec![0, 9]), ", 2 columns of fixed width,"),
            (
                |f| (f.kind, f.encoding, f.sheet) = (FileKind::Excel, None, Some("May".into())),
                "Read as a workbook, sheet May, header in row 1.",
            ),
            (|f| (f.kind, f.header_row) = (FileKind::Json, None), "Read as JSON in UTF-8."),
        ];
        for (change, expected) in cases {
            let sentence = csv(change).explain();
            assert!(sentence.contains(expected), "{sentence} | {expected}");
        }
    }

    #[test]
    fn a_recipe_becomes_the_options_that_read_alike() {
        let fixed = csv(|f| (f.kind, f.column_starts) = (FileKind::FixedWidth, vec![0, 9]));
        assert_eq!(fixed.as_options().delimiter.as_deref(), Some("fixed:0,9"));
        assert_eq!(csv(|f| f.header_row = None).as_options().header_row, Some(0));
        assert_eq!(Format::of(FileKind::Parquet).as_options(), ReadOptions::default());
    }
}
