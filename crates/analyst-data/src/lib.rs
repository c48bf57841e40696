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
mod peek;
mod profile;
mod rows;
mod sniff;
mod source;
mod sql;
mod store;
mod traps;
mod value;
pub mod worker;

pub use chart::draw;
pub use chart_page::chart_page;
pub use error::{DataError, Place, SqlError};
pub use export::{export, export_frame, export_notes, table_csv};
pub use import::{FileInfo, ImportedTable, Parts, inspect, open, open_in_parts};
pub use name::{identifier, unique_identifier};
pub use peek::{Peek, peek};
pub use polars::frame::DataFrame;
pub use profile::{join_candidates, profile, profile_watched, quick_profile};
pub use rows::Tables;
pub use source::{SourceFile, Watch};
pub use sql::{Engine, Pages, QueryResult, SqlRunner, explain, query};
pub use store::{read_arrow, write_arrow};
pub use value::{distinct_values, preview, sample_rows, table_data};
