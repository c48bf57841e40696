//! The list of what a worker can be asked. To add something: a struct with its fields, a function that does it, and a
//! line here.

use std::path::PathBuf;

use analyst_types::{FoundCell, JoinCandidate, Profile, RowsPage, SelectionStatistics, TableData, TopValue};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::bench::Bench;
use super::{
    CountValues, Distinct, ExecuteSql, Executed, Explain, Export, ExportQuery, Find, FindJoins, Inspect, Open,
    PeekFile, Peeked, Preview, ProfileTable, Queried, Query, Rows, SampleRows, Statistics, Written,
};
#[cfg(debug_assertions)]
use super::{Misbehave, misbehaviour};
use super::{import, rows, sql, table};
use crate::{DataError, FileInfo, ImportedTable};

/// Something a worker can be asked, and what it answers.
pub trait Request: Into<Job> {
    /// The answer.
    type Reply: Serialize + DeserializeOwned + Send;
}

macro_rules! jobs {
    ($($(#[$meta:meta])* $name:ident -> $reply:ty = $perform:path;)+) => {
        /// One piece of work.
        #[derive(Debug, Serialize, Deserialize)]
        #[allow(missing_docs, reason = "each variant is documented at its struct")]
        pub enum Job {
            $($(#[$meta])* $name($name),)+
        }

        $(
            $(#[$meta])*
            impl Request for $name {
                type Reply = $reply;
            }

            $(#[$meta])*
            impl From<$name> for Job {
                fn from(request: $name) -> Self {
                    Self::$name(request)
                }
            }
        )+

        impl Job {
            /// Does the work; the answer as JSON.
            pub(super) fn perform(self, bench: &mut Bench<'_>) -> Result<Vec<u8>, DataError> {
                match self {
                    $($(#[$meta])* Self::$name(request) => {
                        let reply: $reply = $perform(request, bench)?;
                        serde_json::to_vec(&reply).map_err(|error| DataError::unreadable(error.to_string()))
                    })+
                }
            }
        }
    };
}

jobs! {
    Inspect -> FileInfo = import::inspect;
    PeekFile -> Peeked = import::peek;
    Open -> Vec<ImportedTable> = import::open;
    Preview -> TableData = table::preview;
    ProfileTable -> Profile = table::profile;
    Distinct -> Vec<Vec<String>> = table::distinct;
    SampleRows -> TableData = table::sample_rows;
    Export -> Written = table::export;
    Rows -> RowsPage = rows::rows;
    Find -> Vec<FoundCell> = rows::find;
    Statistics -> Vec<SelectionStatistics> = rows::statistics;
    CountValues -> Vec<TopValue> = rows::count_values;
    FindJoins -> Vec<JoinCandidate> = rows::find_joins;
    Query -> Queried = sql::query;
    Explain -> String = sql::explain;
    ExportQuery -> Written = sql::export_query;
    ExecuteSql -> Executed = sql::execute;
    #[cfg(debug_assertions)]
    Misbehave -> PathBuf = misbehaviour::misbehave;
}
