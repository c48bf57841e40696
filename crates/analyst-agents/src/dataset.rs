//! What the agents know of a dataset: everything a local reasoner may use. What a remote model sees of it is decided
//! in the disclosure module, and nowhere else; therefore this type is not `Serialize`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use analyst_types::{DatasetBinding, Profile, TableData};

/// A dataset as the agents know it.
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetContext {
    /// A valid identifier: table name in SQL, variable name in Python. The first dataset is also `df`.
    pub name: String,
    /// The file's own name, for people.
    pub file_name: String,
    /// Types, ranges, frequent values of each column.
    pub profile: Profile,
    /// The distinct values of text and categorical columns that have at most 500 of them, by column name.
    pub values: BTreeMap<String, Vec<String>>,
    /// The first rows.
    pub sample: TableData,
    /// The Arrow IPC file that code reads.
    pub arrow_path: PathBuf,
}

impl DatasetContext {
    /// The dataset as code sees it.
    pub fn binding(&self) -> DatasetBinding {
        DatasetBinding { name: self.name.clone(), arrow_path: self.arrow_path.clone() }
    }
}
