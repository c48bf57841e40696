//! Traps in the data itself: what makes a correct calculation give a wrong answer. Told at import, before anyone asks.
//!
//! Each family of traps is a file and a line in [`FAMILIES`]. They look at the typed table and at what its profile found
//! already, so most of them read nothing. A warning that is wrong teaches people to read none: where a rule cannot
//! tell a trap from an honest column, it stays silent.

mod constants;
mod dates;
mod identifiers;
mod magnitude;
mod missing;
mod naming;
mod plausibility;
mod repeats;
mod sample;
mod sentinels;
mod spelling;
mod totals;
mod units;

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use analyst_types::{ColumnProfile, DataWarning, FileKind, Format, Severity};

use crate::profile::{self, Found};
use crate::rows::table::{StoredColumn, Table};

/// What is looked at.
struct Look<'t> {
    table: &'t Table,
    found: &'t Found,
    /// The line (or the row) of the file where the first row stands.
    first_line: u64,
    /// Days since 1970-01-01.
    today: i64,
}

/// A family looks at a table and tells what it found.
type Family = fn(&Look<'_>) -> Vec<DataWarning>;

/// All of them, those that concern whole rows first.
const FAMILIES: &[Family] = &[
    repeats::find,
    totals::find,
    constants::find,
    missing::find,
    sentinels::find,
    identifiers::find,
    units::find,
    dates::find,
    magnitude::find,
    plausibility::find,
    spelling::find,
];

/// Warnings of one family at most: of thousands of columns, the first ones show what is the matter.
const MAX_PER_FAMILY: usize = 20;
/// Rows named in a warning.
const MAX_ROWS: usize = 10;

/// Looks at a stored table. Its profile, which this rests on, is worked out and kept on the way, or known already.
/// A table that cannot be looked at has no warnings: whoever opens it will hear why.
pub(crate) fn find(arrow_path: &Path, format: &Format) -> Vec<DataWarning> {
    let Ok(table) = Table::map(arrow_path) else { return Vec::new() };
    let Ok(found) = profile::found(arrow_path, &table, &|_| true) else { return Vec::new() };
    in_table(&table, &found, first_line(format))
}

/// Looks at a profiled table.
fn in_table(table: &Table, found: &Found, first_line: u64) -> Vec<DataWarning> {
    let today = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs() / 86_400) as i64;
    let look = Look { table, found, first_line, today };
    if table.n_rows() < 2 {
        return Vec::new();
    }
    FAMILIES.iter().flat_map(|family| family(&look).into_iter().take(MAX_PER_FAMILY)).collect()
}

/// The line below the header, in files that have lines; the number of the row in others.
fn first_line(format: &Format) -> u64 {
    match format.kind {
        FileKind::Csv | FileKind::Excel | FileKind::FixedWidth => u64::from(format.header_row.unwrap_or(0)) + 1,
        _ => 1,
    }
}

impl<'t> Look<'t> {
    fn columns(&self) -> impl Iterator<Item = (&'t StoredColumn, &'t ColumnProfile)> + use<'t> {
        self.table.columns().iter().zip(&self.found.columns)
    }

    fn n_rows(&self) -> usize {
        self.table.n_rows()
    }

    /// The first rows that `concerned`, and how many there are.
    fn rows_where(&self, mut concerned: impl FnMut(usize) -> bool) -> Rows {
        let mut rows = Rows::default();
        for row in (0..self.n_rows()).filter(|&row| concerned(row)) {
            rows.count += 1;
            if rows.first.len() < MAX_ROWS {
                rows.first.push(self.first_line + row as u64);
            }
        }
        rows
    }
}

/// Rows concerned.
#[derive(Default)]
struct Rows {
    first: Vec<u64>,
    count: u64,
}

/// A warning that numbers may be wrong.
fn warning(code: &str, message: String, fix: &str, columns: Vec<String>, rows: Rows) -> DataWarning {
    DataWarning {
        code: code.into(),
        severity: Severity::Warning,
        message,
        columns,
        rows: rows.first,
        count: Some(rows.count).filter(|count| *count > 0),
        fix: Some(fix.into()),
    }
}

/// Told for completeness.
fn info(code: &str, message: String, fix: &str, columns: Vec<String>) -> DataWarning {
    DataWarning { severity: Severity::Info, ..warning(code, message, fix, columns, Rows::default()) }
}

#[cfg(test)]
mod tests;
