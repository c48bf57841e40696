//! What is in a table and its columns, computed over all its values.
//!
//! Columns are profiled side by side over the mapped file. The result is kept beside the file, for the same file has the
//! same profile ([`keep`]); for a first look, [`quick_profile`] reads the first rows only and says so. What does not fit
//! a bounded memory (the number of different values among millions) is sketched, and the profile says that too.

mod column;
mod correlation;
mod gaps;
pub(crate) mod hash;
mod histogram;
pub(crate) mod identity;
mod joins;
mod keep;
pub(crate) mod moments;
mod quantiles;
mod tally;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use analyst_types::{ColumnProfile, DataWarning, Format, Profile};
use rayon::prelude::*;

pub use self::joins::join_candidates;
use crate::DataError;
use crate::rows::table::Table;

/// Rows of a quick profile.
const QUICK_ROWS: usize = 100_000;
/// The share of the work that columns are; the rest is what is found between columns.
const SHARE_OF_COLUMNS: f64 = 0.9;

/// Profiles a stored table, or reads the profile kept beside it.
pub fn profile(
    arrow_path: &Path,
    name: &str,
    format: Format,
    warnings: Vec<DataWarning>,
) -> Result<Profile, DataError> {
    profile_watched(arrow_path, name, format, warnings, &|_| true)
}

/// Profiles a stored table, or reads the profile kept beside it. `goes_on` is told the share that is done, 0 to 1, from
/// any thread, and says whether to go on.
///
/// Errors: [`DataError::Cancelled`] when it says no.
pub fn profile_watched(
    arrow_path: &Path,
    name: &str,
    format: Format,
    warnings: Vec<DataWarning>,
    goes_on: &(dyn Fn(f64) -> bool + Sync),
) -> Result<Profile, DataError> {
    let found = match keep::kept(arrow_path) {
        Some(found) => found,
        None => found(arrow_path, &Table::map(arrow_path)?, goes_on)?,
    };
    goes_on(1.0);
    Ok(found.into_profile(name, format, warnings))
}

/// Profiles the first 100,000 rows of a stored table; `sampled_rows` tells how many when there are more.
pub fn quick_profile(
    arrow_path: &Path,
    name: &str,
    format: Format,
    warnings: Vec<DataWarning>,
) -> Result<Profile, DataError> {
    if let Some(found) = keep::kept(arrow_path) {
        return Ok(found.into_profile(name, format, warnings));
    }
    let table = Table::map(arrow_path)?;
    let head = table.head(QUICK_ROWS);
    let mut found = find(&head, &|_| true)?;
    if head.n_rows() < table.n_rows() {
        found.rows = table.n_rows() as u64;
        found.sampled_rows = Some(head.n_rows() as u64);
        found.duplicate_rows = None;
        found.keys.clear();
    }
    Ok(found.into_profile(name, format, warnings))
}

/// What is found in a stored table: kept beside it, or worked out and kept now.
pub(crate) fn found(
    arrow_path: &Path,
    table: &Table,
    goes_on: &(dyn Fn(f64) -> bool + Sync),
) -> Result<Found, DataError> {
    if let Some(found) = keep::kept(arrow_path) {
        return Ok(found);
    }
    let found = find(table, goes_on)?;
    keep::keep(arrow_path, &found);
    Ok(found)
}

/// What the values themselves tell: all of a [`Profile`] that does not come from elsewhere.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Found {
    /// Number of rows.
    pub rows: u64,
    /// One entry per column.
    pub columns: Vec<ColumnProfile>,
    /// See [`Profile::duplicate_rows`].
    pub duplicate_rows: Option<u64>,
    /// See [`Profile::keys`].
    pub keys: Vec<Vec<String>>,
    /// See [`Profile::correlations`].
    pub correlations: Vec<analyst_types::Correlation>,
    /// See [`Profile::sampled_rows`].
    pub sampled_rows: Option<u64>,
}

impl Found {
    fn into_profile(self, name: &str, format: Format, warnings: Vec<DataWarning>) -> Profile {
        Profile {
            dataset: name.to_owned(),
            rows: self.rows,
            format,
            columns: self.columns,
            warnings,
            duplicate_rows: self.duplicate_rows,
            keys: self.keys,
            correlations: self.correlations,
            sampled_rows: self.sampled_rows,
        }
    }
}

/// Looks at all values of a table.
pub(crate) fn find(table: &Table, goes_on: &(dyn Fn(f64) -> bool + Sync)) -> Result<Found, DataError> {
    let n_rows = table.n_rows();
    let n_columns = table.columns().len().max(1) as f64;
    let n_done = AtomicUsize::new(0);
    let columns: Vec<ColumnProfile> = table
        .columns()
        .par_iter()
        .with_max_len(1)
        .map(|column| {
            let done = n_done.fetch_add(1, Ordering::Relaxed) as f64;
            let goes_on = goes_on(SHARE_OF_COLUMNS * done / n_columns);
            if goes_on { Ok(column::profile(column, n_rows)) } else { Err(DataError::Cancelled) }
        })
        .collect::<Result<_, _>>()?;
    let step = |done: f64| if goes_on(done) { Ok(()) } else { Err(DataError::Cancelled) };
    step(SHARE_OF_COLUMNS)?;
    let correlations = correlation::correlations(table, &columns);
    step(0.95)?;
    let duplicate_rows = identity::duplicate_rows(table, &columns);
    step(0.97)?;
    let keys = identity::keys(table, &columns, duplicate_rows);
    Ok(Found {
        rows: n_rows as u64,
        columns,
        duplicate_rows: Some(duplicate_rows),
        keys,
        correlations,
        sampled_rows: None,
    })
}

#[cfg(test)]
mod tests {
    use analyst_types::{FileKind, Format, TopValue};
    use polars::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn profile_frame(frame: &DataFrame, name: &str, format: Format, warnings: Vec<DataWarning>) -> Profile {
        find(&Table::of_frame(frame).unwrap(), &|_| true).unwrap().into_profile(name, format, warnings)
    }

    #[test]
    fn statistics_are_those_of_the_textbook() {
        let frame = df!(
            "n" => [Some(4i64), Some(1), Some(3), Some(2), None],
            "x" => [1e100, 1.0, -1e100, 3.0, 0.0],
            "t" => ["b", "a", "b", "ccc", "a"],
            "ok" => [true, true, false, true, true],
        )
        .unwrap();
        let profile = profile_frame(&frame, "t", Format::of(FileKind::Csv), Vec::new());
        let [n, x, t, ok] = &profile.columns[..] else { panic!("four columns") };
        assert_eq!((n.nulls, n.distinct, n.mean), (1, 4, Some(2.5)));
        assert!((n.std.unwrap() - 1.290_994_448_735_805_6).abs() < 1e-15);
        let q = n.quantiles.unwrap();
        assert_eq!((q.p25, q.p50, q.p75), (1.75, 2.5, 3.25));
        assert_eq!(x.mean, Some(0.8));
        assert_eq!((&t.min, &t.max, t.distinct), (&json!(1), &json!(3), 3));
        assert_eq!(t.top[0], TopValue { value: json!("a"), count: 2 });
        assert_eq!(ok.top[0], TopValue { value: json!(true), count: 4 });
    }

    #[test]
    fn a_column_of_nothing_has_no_statistics() {
        let frame = df!("x" => [None::<f64>, None], "t" => [None::<&str>, None]).unwrap();
        let profile = profile_frame(&frame, "t", Format::of(FileKind::Csv), Vec::new());
        for column in &profile.columns {
            assert_eq!((column.nulls, column.distinct, column.mean, column.quantiles), (2, 0, None, None));
            assert_eq!(column.min, Value::Null);
        }
    }

    #[test]
    fn only_the_most_frequent_values_are_kept() {
        let values: Vec<i64> = (0..1000).flat_map(|n| std::iter::repeat_n(n, if n < 3 { 5 } else { 1 })).collect();
        let frame = df!("n" => values).unwrap();
        let profile = profile_frame(&frame, "t", Format::of(FileKind::Csv), Vec::new());
        let top = &profile.columns[0].top;
        assert_eq!(top.len(), column::MAX_TOP);
        assert_eq!(top[0], TopValue { value: json!(0), count: 5 });
        assert_eq!(top[3].count, 1);
    }

    #[test]
    fn keys_and_repeated_rows_are_told() {
        let of =
            |frame: PolarsResult<DataFrame>| profile_frame(&frame.unwrap(), "t", Format::of(FileKind::Csv), vec![]);
        let single = of(df!("id" => [1i64, 2, 3], "x" => [0.1, 0.2, 0.3], "g" => ["a", "a", "b"]));
        assert_eq!((single.keys, single.duplicate_rows), (vec![vec!["id".to_owned()]], Some(0)));
        let pair = of(df!("day" => [1i64, 1, 2, 2], "shop" => ["a", "b", "a", "b"], "x" => [1i64, 1, 1, 1]));
        assert_eq!((pair.keys, pair.duplicate_rows), (vec![vec!["day".to_owned(), "shop".to_owned()]], Some(0)));
        let repeated = of(df!("a" => [Some(1i64), None, Some(1), None], "b" => ["x", "", "x", ""]));
        assert_eq!((repeated.keys, repeated.duplicate_rows), (vec![], Some(2)));
    }

    #[test]
    fn dates_texts_and_numbers_have_shapes() {
        let days: Vec<i32> = (0..60).filter(|day| *day != 7).map(|day| 19_723 + day).collect();
        let n = days.len();
        let days = Series::new("day".into(), days).cast(&DataType::Date).unwrap();
        let mut frame = df!("t" => vec!["äö"; n], "n" => (0..n as i64).collect::<Vec<_>>()).unwrap();
        frame.with_column(days.into_column()).unwrap();
        let profile = profile_frame(&frame, "t", Format::of(FileKind::Csv), vec![]);
        let [text, number, day] = &profile.columns[..] else { panic!("three columns") };
        let lengths = text.lengths.unwrap();
        assert_eq!((lengths.min, lengths.max, lengths.mean), (2, 2, 2.0));
        assert_eq!(number.histogram.len(), 30);
        assert_eq!((&day.min, &day.max), (&json!("2024-01-01"), &json!("2024-02-29")));
        assert_eq!(day.gaps.as_ref().unwrap().first, ["2024-01-08"]);
        assert_eq!(day.histogram.iter().map(|bin| bin.count).sum::<u64>(), n as u64);
    }

    #[test]
    fn the_first_rows_tell_that_they_are_the_first() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.arrow");
        let mut frame = df!("n" => (0..150_000i64).collect::<Vec<_>>()).unwrap();
        crate::store::write_arrow(&mut frame, &path).unwrap();
        let quick = quick_profile(&path, "t", Format::of(FileKind::Csv), vec![]).unwrap();
        assert_eq!((quick.rows, quick.sampled_rows, quick.columns[0].distinct), (150_000, Some(100_000), 100_000));
        let stopped = profile_watched(&path, "t", Format::of(FileKind::Csv), vec![], &|_| false);
        assert!(matches!(stopped, Err(DataError::Cancelled)));
        let whole = profile(&path, "t", Format::of(FileKind::Csv), vec![]).unwrap();
        assert_eq!((whole.sampled_rows, whole.columns[0].distinct), (None, 150_000));
        // The whole profile is kept by now, and the quick one is it.
        assert_eq!(quick_profile(&path, "t", Format::of(FileKind::Csv), vec![]).unwrap(), whole);
    }
}
