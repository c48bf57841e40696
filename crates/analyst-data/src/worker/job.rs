//! The list of what a worker can be asked. To add something: a struct with its fields, a function that does it, and a
//! line here.

use std::path::PathBuf;

use analyst_types::{Profile, TableData};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::bench::Bench;
use super::{
    Distinct, ExecuteSql, Executed, Export, ExportQuery, Inspect, Open, Preview, ProfileTable, Query, SampleRows,
    Written,
};
#[cfg(debug_assertions)]
use super::{Misbehave, misbehaviour};
use super::{import, sql, table};
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
    Open -> Vec<ImportedTable> = import::open;
    Preview -> TableData = table::preview;
    ProfileTable -> Profile = table::profile;
    Distinct -> Vec<Vec<String>> = table::distinct;
    SampleRows -> TableData = table::sample_rows;
    Export -> Written = table::export;
    Query -> TableData = sql::query;
    ExportQuery -> Written = sql::export_query;
    ExecuteSql -> Executed = sql::execute;
    #[cfg(debug_assertions)]
    Misbehave -> PathBuf = misbehaviour::misbehave;
}
