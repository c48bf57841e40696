//! What a file would not keep of a table: the table is written into memory, read back as anybody's file is read, and
//! compared. So a note is never a guess about our own reader.

use std::path::Path;

use analyst_types::{DataWarning, ReadOptions, Severity};
use polars::prelude::*;
use tokio_util::sync::CancellationToken;

use super::{Failed, Target};
use crate::source::Source;
use crate::{DataError, dtype, format};

/// Rows that are tried; a table that loses something usually does so early.
const ROWS_TRIED: usize = 100_000;

/// Says, before a table is written to `out_path`, what the format that its extension names cannot keep: types that
/// would come back as others, values that would come back changed. Arrow and Parquet keep everything.
pub fn export_notes(frame: &DataFrame, out_path: &Path) -> Result<Vec<DataWarning>, DataError> {
    let target = Target::of(out_path)?;
    if matches!(target, Target::Arrow | Target::Parquet) || frame.width() == 0 {
        return Ok(Vec::new());
    }
    let mut sample = frame.head(Some(ROWS_TRIED));
    sample.rechunk_mut_par();
    let mut bytes = Vec::new();
    target.write(&mut sample, &mut bytes).map_err(|failed| match failed {
        Failed::Data(error) => error,
        Failed::System(source) => DataError::Io { action: "try the export".into(), source },
    })?;
    let name = Path::new("table").with_extension(out_path.extension().unwrap_or_default());
    let source = Source::unpacked(&name.to_string_lossy(), bytes)?;
    let read = format::read(source, &ReadOptions::default(), &CancellationToken::new());
    let back = match read {
        Ok(format::Opened { mut tables, .. }) if tables.len() == 1 => tables.remove(0).frame,
        _ => return Ok(vec![other_layout()]),
    };
    if back.height() != sample.height() || back.width() != sample.width() {
        return Ok(vec![other_layout()]);
    }
    Ok(compare(&sample, &back))
}

fn other_layout() -> DataWarning {
    DataWarning::new(
        "export_layout",
        "Read back, the file would not give the same rows and columns. Choose .parquet or .arrow to keep the table exactly.",
    )
}

fn compare(before: &DataFrame, after: &DataFrame) -> Vec<DataWarning> {
    let mut notes = Vec::new();
    for (old, new) in before.columns().iter().zip(after.columns()) {
        let name = old.name().to_string();
        let mut note = |code: &str, message: String, count: Option<u64>| {
            let told = DataWarning::new(code, message);
            notes.push(DataWarning { severity: Severity::Info, columns: vec![name.clone()], count, ..told });
        };
        if old.name() != new.name() {
            note("export_name", format!("The column {name:?} would be called {:?}.", new.name()), None);
        }
        let (old_type, new_type) = (dtype::column_type(old.dtype()), dtype::column_type(new.dtype()));
        if old_type != new_type {
            let message = format!(
                "The file cannot say that {name:?} is {}; it would be read back as {}.",
                word(old_type),
                word(new_type)
            );
            note("export_type", message, None);
            continue;
        }
        let n_changed = n_different(old, new);
        if n_changed > 0 {
            let message = format!("{n_changed} values of {name:?} would be read back changed or missing.");
            note("export_values", message, Some(n_changed));
        }
    }
    notes
}

fn n_different(old: &Column, new: &Column) -> u64 {
    let pairs = old.as_materialized_series().iter().zip(new.as_materialized_series().iter());
    pairs.filter(|(old, new)| !old.eq_missing(new, true)).count() as u64
}

fn word(kind: analyst_types::ColumnType) -> &'static str {
    use analyst_types::ColumnType as Kind;
    match kind {
        Kind::Boolean => "true or false",
        Kind::Integer => "whole numbers",
        Kind::Float => "real numbers",
        Kind::Decimal => "exact decimals",
        Kind::Date => "dates",
        Kind::Datetime => "moments",
        Kind::Time => "times of day",
        Kind::Duration => "spans of time",
        Kind::Text => "text",
        Kind::Categorical => "categories",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(frame: &DataFrame, name: &str) -> Vec<String> {
        let notes = export_notes(frame, Path::new(name)).unwrap();
        notes.into_iter().map(|note| format!("{} {}", note.code, note.columns.join(","))).collect()
    }

    #[test]
    fn what_a_format_cannot_keep_is_told_by_column() {
        let frame = df!(
            "code" => ["12", "13", "14"],
            "text" => [Some("plain"), Some(""), Some("=1+1")],
            "big" => [1i64, 2, (1 << 60) + 1],
            "n" => [1i64, 2, 3],
        )
        .unwrap();
        assert_eq!(notes(&frame, "t.csv"), ["export_type code", "export_values text"]);
        assert_eq!(notes(&frame, "t.ndjson"), Vec::<String>::new());
        assert_eq!(notes(&frame, "t.parquet"), Vec::<String>::new());
        let in_workbook = notes(&frame, "t.xlsx");
        assert!(in_workbook.contains(&"export_type code".to_owned()), "{in_workbook:?}");
        assert!(in_workbook.contains(&"export_values text".to_owned()), "{in_workbook:?}");
        assert!(!in_workbook.iter().any(|note| note.ends_with(" n")), "{in_workbook:?}");
    }
}
