//! What can go wrong with data, by what the caller can do about it.
//!
//! Every message is for a person: what happened, and what to do next. No message holds cell values beyond the name
//! of a column or a sheet, and none holds a stack trace.

use std::io;
use std::path::Path;

use analyst_types::{AppError, ErrorCode};
use serde::{Deserialize, Serialize};

use crate::worker::amount;

/// Why a file could not be opened, a query not answered or a table not written.
#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
pub enum DataError {
    /// No such file.
    #[error("There is no file at {path}. Check the path, or choose the file again.")]
    NotFound {
        /// As it was given.
        path: String,
    },
    /// A folder where a file is wanted.
    #[error("{path} is a folder. Choose a file in it.")]
    IsDirectory {
        /// As it was given.
        path: String,
    },
    /// A pipe, device or socket: reading it might never end.
    #[error("{path} is not an ordinary file but a device, pipe or socket. Save its content to a file first.")]
    NotAFile {
        /// As it was given.
        path: String,
    },
    /// The system refuses.
    #[error("You may not read or write {path}. Change its permissions, or choose another place.")]
    PermissionDenied {
        /// As it was given.
        path: String,
    },
    /// Nothing in it.
    #[error("{what} is empty: there is nothing to read. Check that it was exported or downloaded completely.")]
    Empty {
        /// The file, or the sheets.
        what: String,
    },
    /// Beyond what we hold in memory.
    #[error("{what} is larger than this program reads ({limit}). Split it, or export only the part you need.")]
    TooLarge {
        /// The file or sheet.
        what: String,
        /// The limit, with its unit.
        limit: String,
    },
    /// Beyond the memory that may be used.
    #[error("{what} needs about {} of memory, and {} may be used. Keep only the columns or rows you need, or raise the memory limit in the settings.", amount(*.needed_bytes), amount(*.budget_bytes))]
    NotEnoughMemory {
        /// The file, or the work.
        what: String,
        /// About how much it takes.
        needed_bytes: u64,
        /// How much there is.
        budget_bytes: u64,
    },
    /// A file of another kind than we read.
    #[error("{file} cannot be read as a table: it is {found}. {advice}")]
    WrongFormat {
        /// The file's name.
        file: String,
        /// What its first bytes say it is.
        found: String,
        /// What to do.
        advice: String,
    },
    /// A workbook without that sheet.
    #[error("There is no sheet {sheet:?}. This file has: {}.", .available.join(", "))]
    NoSuchSheet {
        /// The name that was asked for.
        sheet: String,
        /// The names there are.
        available: Vec<String>,
    },
    /// Several tables, and nobody said which.
    #[error("{what} holds several tables. Choose one of: {}.", .available.join(", "))]
    WhichTable {
        /// The file.
        what: String,
        /// The names there are; the first ones of many.
        available: Vec<String>,
    },
    /// A file without that table.
    #[error("There is no table {table:?} in it. There are: {}.", .available.join(", "))]
    NoSuchTableInFile {
        /// The name that was asked for.
        table: String,
        /// The names there are; the first ones of many.
        available: Vec<String>,
    },
    /// Bytes that are no text in the given encoding.
    #[error("The text cannot be decoded: {message}")]
    BadEncoding {
        /// What and what to do.
        message: String,
    },
    /// An option that cannot be used.
    #[error("{message}")]
    BadOption {
        /// What and what to do.
        message: String,
    },
    /// The right kind of file, but damaged or protected.
    #[error("{message}")]
    Unreadable {
        /// What and what to do.
        message: String,
    },
    /// Stopped by the person.
    #[error("Stopped.")]
    Cancelled,
    /// The statement is refused, wrong, or failed.
    #[error(transparent)]
    Sql(#[from] SqlError),
    /// A chart that the columns do not allow.
    #[error("{message}")]
    Chart {
        /// What and what to do.
        message: String,
    },
    /// No such column in the table.
    #[error("There is no column {column:?}.{}", nearest_sentence(.nearest))]
    NoSuchColumn {
        /// The name that was asked for.
        column: String,
        /// The most similar name there is.
        nearest: Option<String>,
    },
    /// The disk or the system.
    #[error("Could not {action}: {source}")]
    Io {
        /// What we were doing.
        action: String,
        /// What the system says.
        #[serde(with = "crate::worker::io_error")]
        source: io::Error,
    },
}

/// Where in a statement, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The character in it.
    pub column: u32,
}

/// Why a statement gave no table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum SqlError {
    /// It does not parse.
    #[error("The SQL could not be understood: {message}")]
    Syntax {
        /// What the parser says.
        message: String,
        /// The line, counted from 1.
        line: Option<u32>,
    },
    /// It parses, but is not allowed or not supported here.
    #[error("{message}{}", place_words(.at))]
    Refused {
        /// What and what to do instead.
        message: String,
        /// Where, if it is one place.
        at: Option<Place>,
    },
    /// A table that is not open.
    #[error("There is no table {table:?}{}.{} Open tables: {}.", place_words(.at), nearest_sentence(.nearest), .available.join(", "))]
    NoSuchTable {
        /// The name in the statement.
        table: String,
        /// The tables there are.
        available: Vec<String>,
        /// The most similar of them.
        nearest: Option<String>,
        /// Where.
        at: Option<Place>,
    },
    /// A column that no table has.
    #[error("There is no column {column:?} in {}{}.{} Columns: {}.", .tables.join(", "), place_words(.at), nearest_sentence(.nearest), .available.join(", "))]
    NoSuchColumn {
        /// The name in the statement.
        column: String,
        /// The tables that were looked at.
        tables: Vec<String>,
        /// The columns there are, at most a few dozen.
        available: Vec<String>,
        /// The most similar of them.
        nearest: Option<String>,
        /// Where.
        at: Option<Place>,
    },
    /// It failed while it ran.
    #[error("The query failed: {message}")]
    Failed {
        /// What the engine says, shortened.
        message: String,
    },
}

impl SqlError {
    /// The line it is about, counted from 1.
    pub fn line(&self) -> Option<u32> {
        match self {
            Self::Syntax { line, .. } => *line,
            Self::Refused { at, .. } | Self::NoSuchTable { at, .. } | Self::NoSuchColumn { at, .. } => {
                at.map(|place| place.line)
            }
            Self::Failed { .. } => None,
        }
    }
}

fn place_words(at: &Option<Place>) -> String {
    at.map(|place| format!(" (line {}, column {})", place.line, place.column)).unwrap_or_default()
}

fn nearest_sentence(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!(" Did you mean {name:?}?")).unwrap_or_default()
}

impl DataError {
    /// An error of the system while doing something with a path.
    pub(crate) fn io(action: &str, path: &Path, source: io::Error) -> Self {
        let shown = path.display().to_string();
        match source.kind() {
            io::ErrorKind::NotFound => Self::NotFound { path: shown },
            io::ErrorKind::PermissionDenied => Self::PermissionDenied { path: shown },
            io::ErrorKind::IsADirectory => Self::IsDirectory { path: shown },
            _ => Self::Io { action: format!("{action} {shown}"), source },
        }
    }

    /// A damaged or protected file.
    pub(crate) fn unreadable(message: impl Into<String>) -> Self {
        Self::Unreadable { message: message.into() }
    }
}

impl From<DataError> for AppError {
    fn from(error: DataError) -> Self {
        let code = match &error {
            DataError::NotFound { .. } | DataError::NoSuchSheet { .. } | DataError::NoSuchTableInFile { .. } => {
                ErrorCode::NotFound
            }
            DataError::BadOption { .. } | DataError::NoSuchColumn { .. } | DataError::WhichTable { .. } => {
                ErrorCode::InvalidRequest
            }
            DataError::IsDirectory { .. }
            | DataError::NotAFile { .. }
            | DataError::PermissionDenied { .. }
            | DataError::Empty { .. }
            | DataError::TooLarge { .. }
            | DataError::WrongFormat { .. }
            | DataError::BadEncoding { .. }
            | DataError::Unreadable { .. } => ErrorCode::UnreadableFile,
            DataError::NotEnoughMemory { .. } => ErrorCode::NotEnoughMemory,
            DataError::Cancelled => ErrorCode::Cancelled,
            DataError::Sql(_) | DataError::Chart { .. } => ErrorCode::CodeFailed,
            DataError::Io { .. } => ErrorCode::Storage,
        };
        // The messages of this crate already say what to do next.
        Self::new(code, error.to_string())
    }
}
