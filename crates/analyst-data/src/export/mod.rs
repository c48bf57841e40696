//! Writes tables where a person wants them: whole or not at all, and so that no spreadsheet runs what a cell holds.
//!
//! Arrow and Parquet keep everything; the others cannot, and [`export_notes`] says what.

mod delimited;
mod json;
mod notes;
#[cfg(test)]
mod round_trips;
mod workbook;

use std::io::{self, BufWriter, Write};
use std::path::Path;

use polars::prelude::*;

pub use self::delimited::table_csv;
pub use self::notes::export_notes;
use crate::{DataError, store};

/// The formats we write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Csv,
    Tsv,
    Lines,
    Json,
    Parquet,
    Arrow,
    Workbook,
}

impl Target {
    fn of(path: &Path) -> Result<Self, DataError> {
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        Ok(match extension.as_str() {
            "csv" => Self::Csv,
            "tsv" => Self::Tsv,
            "ndjson" | "jsonl" => Self::Lines,
            "json" => Self::Json,
            "parquet" => Self::Parquet,
            "arrow" | "feather" | "ipc" => Self::Arrow,
            "xlsx" => Self::Workbook,
            _ => {
                let message = format!(
                    "{:?} names no format to write. Use .csv, .ndjson, .parquet, .arrow or .xlsx.",
                    path.display()
                );
                return Err(DataError::BadOption { message });
            }
        })
    }

    /// Writes the whole table; only errors of the system are left to name the path.
    fn write(self, frame: &mut DataFrame, out: &mut (impl Write + Send)) -> Result<(), Failed> {
        match self {
            Self::Csv => delimited::write(frame, out, ',')?,
            Self::Tsv => delimited::write(frame, out, '\t')?,
            Self::Lines => json::write_lines(frame, out)?,
            Self::Json => json::write_document(frame, out)?,
            Self::Parquet => Noting::around(out, |out| ParquetWriter::new(out).finish(frame).map(drop))?,
            Self::Arrow => Noting::around(out, |out| {
                let writer = IpcWriter::new(out).with_compression(None);
                writer.with_compat_level(CompatLevel::oldest()).finish(frame)
            })?,
            Self::Workbook => workbook::write(frame, out)?,
        }
        Ok(())
    }
}

/// Why a table was not written.
enum Failed {
    System(io::Error),
    Data(DataError),
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

impl From<DataError> for Failed {
    fn from(error: DataError) -> Self {
        Self::Data(error)
    }
}

/// Remembers what the system said, which Polars does not pass on as such.
struct Noting<'o, W> {
    out: &'o mut W,
    error: Option<(io::ErrorKind, String)>,
}

impl<'o, W: Write> Noting<'o, W> {
    fn around(out: &'o mut W, write: impl FnOnce(&mut Self) -> PolarsResult<()>) -> Result<(), Failed> {
        let mut noting = Self { out, error: None };
        write(&mut noting).map_err(|failed| match noting.error {
            Some((kind, text)) => Failed::System(io::Error::new(kind, text)),
            None => Failed::Data(DataError::unreadable(format!("The table could not be written: {failed}"))),
        })
    }

    fn note<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &result {
            self.error.get_or_insert_with(|| (error.kind(), error.to_string()));
        }
        result
    }
}

impl<W: Write> Write for Noting<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.out.write(bytes);
        self.note(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.out.flush();
        self.note(result)
    }
}

/// Writes a stored table in the format that `out_path`'s extension names; returns the number of rows.
pub fn export(arrow_path: &Path, out_path: &Path) -> Result<u64, DataError> {
    export_frame(&mut store::read_arrow(arrow_path)?, out_path)
}

/// Writes a table in the format that `out_path`'s extension names; returns the number of rows. The file appears when it
/// is complete; what stood there before stays until then.
pub fn export_frame(frame: &mut DataFrame, out_path: &Path) -> Result<u64, DataError> {
    let target = Target::of(out_path)?;
    frame.rechunk_mut_par();
    store::write_atomically(out_path, |file| {
        let mut out = BufWriter::with_capacity(1 << 20, file);
        let written = target.write(frame, &mut out).and_then(|()| out.flush().map_err(Failed::System));
        written.map_err(|failed| match failed {
            Failed::System(error) => DataError::io("write", out_path, error),
            Failed::Data(error) => error,
        })
    })?;
    Ok(frame.height() as u64)
}

/// Calls `each` with the values of every row.
fn for_each_row<'f, E>(frame: &'f DataFrame, mut each: impl FnMut(&[AnyValue<'f>]) -> Result<(), E>) -> Result<(), E> {
    let mut columns: Vec<_> = frame.columns().iter().map(|column| column.as_materialized_series().iter()).collect();
    let mut values = Vec::with_capacity(columns.len());
    for _ in 0..frame.height() {
        values.clear();
        values.extend(columns.iter_mut().map(|column| column.next().unwrap_or(AnyValue::Null)));
        each(&values)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_written_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let mut frame = df!("a" => [Some(1i64), None], "b" => ["x,y", "q\"r"]).unwrap();
        for name in ["t.csv", "t.tsv", "t.json", "t.ndjson", "t.parquet", "t.arrow", "t.xlsx"] {
            assert_eq!(export_frame(&mut frame, &dir.path().join(name)).unwrap(), 2, "{name}");
        }
        assert!(export_frame(&mut frame, &dir.path().join("t.doc")).is_err());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 7);
        assert_eq!(std::fs::read_to_string(dir.path().join("t.csv")).unwrap(), "a,b\n1,\"x,y\"\n,\"q\"\"r\"\n");
        assert_eq!(
            std::fs::read_to_string(dir.path().join("t.ndjson")).unwrap(),
            "{\"a\":1,\"b\":\"x,y\"}\n{\"a\":null,\"b\":\"q\\\"r\"}\n"
        );
    }

    #[test]
    fn a_table_too_long_for_a_sheet_leaves_the_old_file_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.xlsx");
        std::fs::write(&path, b"before").unwrap();
        let mut long = DataFrame::new(1_048_576, vec![Column::new("n".into(), vec![1i64; 1_048_576])]).unwrap();
        let error = export_frame(&mut long, &path).unwrap_err();
        assert!(matches!(error, DataError::TooLarge { .. }), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), b"before");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    /// A disk with room for so many bytes.
    struct SmallDisk(usize);

    impl Write for SmallDisk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_is_an_error_of_the_system_in_every_format() {
        let mut frame = df!("a" => [1i64, 2, 3], "b" => ["x", "y", "z"]).unwrap();
        for name in ["t.csv", "t.tsv", "t.json", "t.ndjson", "t.parquet", "t.arrow", "t.xlsx"] {
            let target = Target::of(Path::new(name)).unwrap();
            assert!(target.write(&mut frame, &mut SmallDisk(1 << 20)).is_ok(), "{name}");
            let failed = target.write(&mut frame, &mut SmallDisk(10));
            assert!(matches!(failed, Err(Failed::System(_))), "{name}");
        }
    }
}
