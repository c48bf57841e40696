//! Opens tabular files, keeps them as Arrow, profiles them, answers SQL over them, draws and exports them.
//!
//! A file is imported once ([`open`]): read, typed over all its rows, and written as an uncompressed Arrow file that
//! preview, profile, SQL and Python all share. What was guessed or left out is told as warnings; the original is never
//! changed. Knows nothing of models, chats or faces.
//!
//! Everything here blocks and belongs on a blocking thread, except [`SqlRunner`], which finds one itself.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod chart;
mod chart_page;
mod compose;
mod dtype;
mod error;
mod export;
mod format;
mod grid;
mod import;
mod infer;
mod layout;
mod name;
mod panics;
mod profile;
mod sniff;
mod source;
mod sql;
mod store;
mod traps;
mod value;

pub use chart::draw;
pub use chart_page::chart_page;
pub use error::{DataError, SqlError};
pub use export::{export, export_frame, table_csv};
pub use import::{FileInfo, ImportedTable, inspect, open};
pub use name::{identifier, unique_identifier};
pub use polars::frame::DataFrame;
pub use profile::profile;
pub use sql::{SqlRunner, query};
pub use store::{read_arrow, write_arrow};
pub use value::{distinct_values, preview, sample_rows, table_data};
