//! Imported tables as Arrow IPC files: one file per content, written once, never changed.
//!
//! The files are uncompressed and hold one batch of plain types (`large_utf8`, `int64`, `double`, …), so that Polars
//! here and pyarrow in Python read them alike, and can use the values where they are mapped. Only files of our own are
//! mapped ([`Stored`]): Arrow from the sandbox is not to be trusted with unchecked memory.

mod assemble;
pub(crate) mod bits;
mod frame;
mod ipc;

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

pub(crate) use self::assemble::{ColumnWriter, assemble};
pub(crate) use self::ipc::{ColumnShape, Part, StoredType};
use crate::DataError;
use polars::prelude::*;

/// Reads an Arrow IPC file whole, in one chunk.
pub fn read_arrow(path: &Path) -> Result<DataFrame, DataError> {
    read(path, None)
}

/// Reads the columns of the given names.
pub(crate) fn read_columns(path: &Path, columns: &[&str]) -> Result<DataFrame, DataError> {
    read(path, Some(columns.iter().map(|name| (*name).to_owned()).collect()))
}

fn read(path: &Path, columns: Option<Vec<String>>) -> Result<DataFrame, DataError> {
    let file = File::open(path).map_err(|error| DataError::io("read", path, error))?;
    crate::panics::caught("the stored table", || {
        let reader = IpcReader::new(file).with_columns(columns);
        let mut frame =
            reader.finish().map_err(|error| DataError::unreadable(format!("The stored table is damaged: {error}")))?;
        frame.rechunk_mut_par();
        Ok(frame)
    })
}

/// The columns of an Arrow IPC file, without reading its values.
pub(crate) fn schema(path: &Path) -> Result<Schema, DataError> {
    let file = File::open(path).map_err(|error| DataError::io("read", path, error))?;
    let schema = IpcReader::new(file).schema().map_err(|error| DataError::unreadable(error.to_string()))?;
    Ok(Schema::from_arrow_schema(schema.as_ref()))
}

/// The number of rows of an Arrow IPC file, without reading its values.
pub(crate) fn n_rows(path: &Path) -> Result<u64, DataError> {
    let file = File::open(path).map_err(|error| DataError::io("read", path, error))?;
    crate::panics::caught("the stored table", || {
        let reader = IpcReader::new(file).with_projection(Some(Vec::new()));
        let frame =
            reader.finish().map_err(|error| DataError::unreadable(format!("The stored table is damaged: {error}")))?;
        Ok(frame.height() as u64)
    })
}

/// Writes the table into `dir` under its fingerprint, unless it is there already.
pub(crate) fn keep(table: &mut DataFrame, dir: &Path) -> Result<(String, PathBuf), DataError> {
    table.rechunk_mut_par();
    let shapes = frame::shapes(table)?;
    assemble(dir, table.height() as u64, &shapes, &|column, out| {
        frame::fill(table.columns()[column].as_materialized_series(), out)
    })
}

/// A table in the store.
pub(crate) struct Stored;

impl Stored {
    #[cfg_attr(not(test), expect(dead_code, reason = "the grid and the profile read so in the data worker"))]
    /// The table, its values where they are in the file: nothing is read before it is used.
    pub fn map(path: &Path) -> Result<DataFrame, DataError> {
        Self::map_columns(path, None)
    }

    /// Some columns of it, or all.
    pub fn map_columns(path: &Path, columns: Option<Vec<String>>) -> Result<DataFrame, DataError> {
        let file = File::open(path).map_err(|error| DataError::io("read", path, error))?;
        // SAFETY: the file is one of ours, written once by `assemble` and never changed. Should it be damaged
        // nevertheless, what goes down is the data worker, which holds nothing else.
        let reader = unsafe { IpcReader::new(file).with_columns(columns).memory_mapped(Some(path.to_path_buf())) };
        crate::panics::caught("the stored table", || {
            reader.finish().map_err(|error| DataError::unreadable(format!("The stored table is damaged: {error}")))
        })
    }
}

/// Writes an Arrow IPC file as the store keeps them, by a temporary name and a rename.
pub fn write_arrow(frame: &mut DataFrame, path: &Path) -> Result<(), DataError> {
    frame.rechunk_mut_par();
    write_atomically(path, |file| {
        let mut writer = BufWriter::with_capacity(1 << 20, file);
        IpcWriter::new(&mut writer)
            .with_compression(None)
            .with_compat_level(CompatLevel::oldest())
            .finish(frame)
            .map_err(|error| DataError::unreadable(format!("The table could not be stored: {error}")))?;
        writer.flush().map_err(|error| DataError::io("write", path, error))
    })
}

/// Gives `write` a file beside `path` and puts it in place when all went well. On failure nothing is left behind.
pub(crate) fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<(), DataError>,
) -> Result<(), DataError> {
    let failed = |error| DataError::io("write", path, error);
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(dir).map_err(failed)?;
    let mut temporary = tempfile::Builder::new().prefix(".writing-").tempfile_in(dir).map_err(failed)?;
    write(temporary.as_file_mut())?;
    temporary.as_file().sync_all().map_err(failed)?;
    temporary.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> DataFrame {
        df!("id" => [Some(1i64), None, Some(3)], "name" => [Some("ä"), None, Some("")], "ok" => [true, false, true])
            .unwrap()
    }

    fn fingerprint(frame: &DataFrame) -> Result<String, DataError> {
        let dir = tempfile::tempdir().unwrap();
        keep(&mut frame.clone(), dir.path()).map(|(fingerprint, _)| fingerprint)
    }

    #[test]
    fn every_type_comes_back_read_or_mapped() {
        let days = Series::new("day".into(), [Some(3i32), None, Some(-4)]).cast(&DataType::Date).unwrap();
        let at = Series::new("at".into(), [None, Some(5i64), Some(-6)]);
        let moment = at.cast(&DataType::Datetime(TimeUnit::Microseconds, None)).unwrap().with_name("moment".into());
        let span = at.cast(&DataType::Duration(TimeUnit::Microseconds)).unwrap().with_name("span".into());
        let time = Series::new("time".into(), [1i64, 2, 3]).cast(&DataType::Time).unwrap();
        let flags = Series::new("flag".into(), [Some(true), None, Some(false)]);
        let real = Series::new("real".into(), [Some(0.5), None, Some(f64::MIN)]);
        let none = Series::new("none".into(), [None::<&str>, None, None]);
        let mut table = frame();
        for series in [days, moment, span, time, flags, real, none] {
            table.with_column(series.into_column()).unwrap();
        }
        let dir = tempfile::tempdir().unwrap();
        let (_, path) = keep(&mut table, dir.path()).unwrap();
        let read = read_arrow(&path).unwrap();
        assert_eq!(read.schema(), table.schema());
        assert!(read.equals_missing(&table));
        assert!(Stored::map(&path).unwrap().equals_missing(&table));
        let two = Stored::map_columns(&path, Some(vec!["day".into(), "name".into()])).unwrap();
        assert_eq!(two.width(), 2);
        for empty in [table.head(Some(0)), DataFrame::empty()] {
            let (_, path) = keep(&mut empty.clone(), dir.path()).unwrap();
            assert!(read_arrow(&path).unwrap().equals_missing(&empty));
        }
    }

    #[test]
    fn a_table_is_stored_once_and_comes_back_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let (fingerprint, path) = keep(&mut frame(), dir.path()).unwrap();
        assert_eq!(fingerprint.len(), 64);
        assert!(read_arrow(&path).unwrap().equals_missing(&frame()));
        let (again, _) = keep(&mut frame(), dir.path()).unwrap();
        assert_eq!(fingerprint, again);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn names_types_and_values_make_the_fingerprint() {
        let base = fingerprint(&frame()).unwrap();
        let mut renamed = frame();
        renamed.rename("id", "key".into()).unwrap();
        let mut other = frame();
        other.with_column(Column::new("name".into(), [Some("ä"), Some(""), None])).unwrap();
        for changed in [renamed, other, frame().head(Some(2))] {
            assert_ne!(fingerprint(&changed).unwrap(), base);
        }
        let mut in_chunks = frame().head(Some(1));
        in_chunks.vstack_mut(&frame().slice(1, 2)).unwrap();
        assert_eq!(fingerprint(&in_chunks).unwrap(), base);
    }

    #[test]
    fn a_damaged_file_is_an_error_and_no_panic() {
        let dir = tempfile::tempdir().unwrap();
        let (_, path) = keep(&mut frame(), dir.path()).unwrap();
        let bytes = fs::read(&path).unwrap();
        let damaged = dir.path().join("damaged.arrow");
        for at in (0..bytes.len()).step_by(7) {
            let mut copy = bytes.clone();
            copy[at] ^= 0xFF;
            copy.truncate(bytes.len() - at / 3);
            fs::write(&damaged, copy).unwrap();
            let _ = read_arrow(&damaged);
        }
        fs::write(&damaged, b"ARROW1").unwrap();
        assert!(read_arrow(&damaged).is_err());
    }
}
