//! The grid's service: any window of a table's rows by filter and order, where a text stands, which values a column
//! has, what a selection comes to.
//!
//! Tables are mapped, so a page touches only its own rows. The rows that pass the filters and their order are worked
//! out once and kept under a memory budget; a page after that is a look-up. What this refuses: to hold more than the
//! budget, pages beyond [`MAX_CELLS`], and comparing what cannot be compared.

pub(crate) mod bits;
mod cache;
pub(crate) mod distinct;
mod filter;
mod find;
mod operand;
pub(crate) mod order;
pub(crate) mod page;
mod statistics;
pub(crate) mod table;
mod wording;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use analyst_types::{FoundCell, RowsPage, RowsQuery, SelectionStatistics, SortKey, TopValue};

use self::bits::Bits;
use self::cache::Cache;
use self::table::Table;
use crate::DataError;

/// Rows of a page at most.
const MAX_ROWS: u64 = 10_000;
/// Cells of a page at most: of a very wide table, a page has fewer rows than asked for (but one).
const MAX_CELLS: u64 = 1_000_000;
/// Mapped files at most; a mapping costs address space, no memory.
const MAX_TABLES: usize = 256;

/// Mapped tables, and the orders and filter results of them that were asked for.
pub struct Tables {
    tables: Mutex<HashMap<PathBuf, (Stamp, Arc<Table>)>>,
    views: Mutex<Cache<ViewKey, Arc<View>>>,
}

/// Tells a file that was replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified_at: Option<SystemTime>,
}

/// A table's path, its filters as JSON, its sort keys.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct ViewKey {
    path: PathBuf,
    filters: String,
    sort: Vec<SortKey>,
}

/// The rows that pass, in the order asked for.
pub(crate) enum View {
    /// All rows in the table's order.
    Whole(usize),
    /// These.
    Rows(Vec<u32>),
}

impl View {
    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Whole(n_rows) => *n_rows,
            Self::Rows(rows) => rows.len(),
        }
    }

    /// The table's row that stands at `at`.
    #[inline]
    pub fn row(&self, at: usize) -> usize {
        match self {
            Self::Whole(_) => at,
            Self::Rows(rows) => rows[at] as usize,
        }
    }
}

impl Tables {
    /// Keeps orders and filter results of up to `budget_bytes`.
    pub fn new(budget_bytes: u64) -> Self {
        Self { tables: Mutex::default(), views: Mutex::new(Cache::new(budget_bytes)) }
    }

    /// A window of the rows that pass, in the order asked for: at most 10,000 rows and a million cells, so that of a
    /// table with very many columns fewer rows come than were asked for.
    pub fn rows(&self, arrow_path: &Path, query: &RowsQuery) -> Result<RowsPage, DataError> {
        let table = self.table(arrow_path)?;
        let view = self.view(arrow_path, &table, query)?;
        Ok(page::page(&table, &view, query.offset, query.limit))
    }

    /// The next cells from row `query.offset` on (among those that pass, in their order) in which the text stands, in
    /// any case; at most `limit`. Numbers and dates are searched as they are shown.
    pub fn find(
        &self,
        arrow_path: &Path,
        query: &RowsQuery,
        text: &str,
        limit: usize,
    ) -> Result<Vec<FoundCell>, DataError> {
        let table = self.table(arrow_path)?;
        let view = self.view(arrow_path, &table, query)?;
        Ok(find::find(&table, &view, query.offset, text, limit))
    }

    /// What the selected cells of each column come to: rows `offset` to `offset + limit` of those that pass, or all of
    /// them when `limit` is 0. No columns means all.
    pub fn statistics(
        &self,
        arrow_path: &Path,
        query: &RowsQuery,
        columns: &[String],
    ) -> Result<Vec<SelectionStatistics>, DataError> {
        let table = self.table(arrow_path)?;
        let view = self.view(arrow_path, &table, query)?;
        statistics::statistics(&table, &view, query.offset, query.limit, columns)
    }

    /// The different values of a column with how often each occurs, most frequent first, missing ones left out; with
    /// `search`, those in which it stands. Beyond two million different values, those that occur first.
    pub fn distinct(
        &self,
        arrow_path: &Path,
        column: &str,
        search: &str,
        limit: usize,
    ) -> Result<Vec<TopValue>, DataError> {
        let table = self.table(arrow_path)?;
        Ok(distinct::distinct(table.column(column)?, table.n_rows(), search, limit))
    }

    /// The mapped table, mapped again when its file was replaced.
    fn table(&self, path: &Path) -> Result<Arc<Table>, DataError> {
        let metadata = fs::metadata(path).map_err(|error| DataError::io("read", path, error))?;
        let stamp = Stamp { size: metadata.len(), modified_at: metadata.modified().ok() };
        if let Some((known, table)) = locked(&self.tables).get(path)
            && *known == stamp
        {
            return Ok(table.clone());
        }
        let table = Arc::new(Table::map(path)?);
        if u32::try_from(table.n_rows()).is_err() {
            return Err(DataError::TooLarge { what: "The table".into(), limit: "4 billion rows".into() });
        }
        locked(&self.views).drop_where(|key| key.path == path);
        let mut tables = locked(&self.tables);
        if tables.len() >= MAX_TABLES {
            tables.clear();
        }
        tables.insert(path.to_owned(), (stamp, table.clone()));
        Ok(table)
    }

    fn view(&self, path: &Path, table: &Table, query: &RowsQuery) -> Result<Arc<View>, DataError> {
        if query.filters.is_empty() && query.sort.is_empty() {
            return Ok(Arc::new(View::Whole(table.n_rows())));
        }
        let filters = if query.filters.is_empty() { String::new() } else { text_of(&query.filters) };
        let key = ViewKey { path: path.to_owned(), filters, sort: query.sort.clone() };
        if let Some(view) = locked(&self.views).get(&key) {
            return Ok(view);
        }
        let passing = filter::passing(table, &query.filters)?;
        let rows = self.ordered(path, table, passing, &query.sort)?;
        let size = 4 * rows.len() as u64;
        let view = Arc::new(View::Rows(rows));
        locked(&self.views).put(key, view.clone(), size);
        Ok(view)
    }

    fn ordered(
        &self,
        path: &Path,
        table: &Table,
        passing: Option<Bits>,
        sort: &[SortKey],
    ) -> Result<Vec<u32>, DataError> {
        let Some(passing) = passing else { return order::sort(table, sort, (0..table.n_rows() as u32).collect()) };
        if sort.is_empty() {
            return Ok(passing.rows());
        }
        // An order of all rows that is there already only has to be thinned out.
        let of_all = ViewKey { path: path.to_owned(), filters: String::new(), sort: sort.to_vec() };
        let known = locked(&self.views).get(&of_all);
        match known.as_deref() {
            Some(View::Rows(rows)) if passing.count() > passing.n_rows() / 32 => {
                Ok(rows.iter().copied().filter(|&row| passing.has(row as usize)).collect())
            }
            _ => order::sort(table, sort, passing.rows()),
        }
    }
}

fn text_of(filters: &[analyst_types::RowFilter]) -> String {
    serde_json::to_string(filters).expect("BUG: filters came as JSON")
}

/// The lock, also after a panic elsewhere: what it guards is whole between two statements.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
