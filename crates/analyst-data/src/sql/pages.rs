//! Results that are kept, so that a page of one does not run its statement again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use analyst_types::{DatasetBinding, TableData};

use super::engine::{QueryResult, query};
use crate::DataError;

/// The last results, under a budget of memory. A stored table never changes under its path, so that the statement and
/// the paths say what a result is.
#[derive(Debug)]
pub struct Pages {
    budget_bytes: usize,
    kept: Mutex<VecDeque<(Key, Arc<QueryResult>)>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    sql: String,
    tables: Vec<DatasetBinding>,
}

impl Pages {
    /// Keeps results of at most this size together; the last one always.
    pub fn new(budget_bytes: usize) -> Self {
        Self { budget_bytes, kept: Mutex::new(VecDeque::new()) }
    }

    /// The result of a statement, run once.
    pub fn result(&self, sql: &str, tables: &[DatasetBinding]) -> Result<Arc<QueryResult>, DataError> {
        let key = Key { sql: sql.to_owned(), tables: tables.to_vec() };
        if let Some(found) = self.find(&key) {
            return Ok(found);
        }
        let result = Arc::new(query(sql, tables, None)?);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front((key, Arc::clone(&result)));
        let mut bytes = 0;
        let mut n_kept = 0;
        for (_, result) in kept.iter() {
            bytes += result.frame.estimated_size();
            if n_kept > 0 && bytes > self.budget_bytes {
                break;
            }
            n_kept += 1;
        }
        kept.truncate(n_kept);
        Ok(result)
    }

    /// Rows `offset` to `offset + limit` of a statement's result.
    pub fn page(&self, sql: &str, tables: &[DatasetBinding], offset: u64, limit: u64) -> Result<TableData, DataError> {
        Ok(crate::value::table_data(&self.result(sql, tables)?.frame, offset, limit))
    }

    fn find(&self, key: &Key) -> Option<Arc<QueryResult>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let position = kept.iter().position(|(known, _)| known == key)?;
        let found = kept.remove(position)?;
        let result = Arc::clone(&found.1);
        kept.push_front(found);
        Some(result)
    }
}
