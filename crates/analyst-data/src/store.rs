//! Imported tables as Arrow IPC files: one file per content, written once, never changed.
//!
//! The files are uncompressed and hold one batch of plain types (`large_utf8`, `int64`, `double`, …), so that Polars
//! here and pyarrow in Python read them alike. They are read with ordinary reads, not mapped: Arrow from the sandbox is
//! not to be trusted with unchecked memory.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use polars::prelude::*;
use sha2::{Digest, Sha256};

use crate::DataError;

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
pub(crate) fn keep(frame: &mut DataFrame, dir: &Path) -> Result<(String, PathBuf), DataError> {
    let fingerprint = fingerprint(frame)?;
    let path = dir.join(format!("{fingerprint}.arrow"));
    if !path.is_file() {
        write_arrow(frame, &path)?;
    }
    Ok((fingerprint, path))
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

/// SHA-256 over names, types and values: equal content, equal fingerprint, whatever file it came from.
pub(crate) fn fingerprint(frame: &DataFrame) -> Result<String, DataError> {
    let mut hash = Sha256::new();
    hash.update((frame.height() as u64).to_le_bytes());
    for column in frame.columns() {
        let name = column.name().as_bytes();
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name);
        hash.update(column.dtype().to_string().as_bytes());
        hash_values(&mut hash, column.as_materialized_series())?;
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

const HASH_BUFFER: usize = 64 << 10;
const MISSING: u32 = u32::MAX;

struct Buffered<'h> {
    hash: &'h mut Sha256,
    bytes: Vec<u8>,
}

impl Buffered<'_> {
    fn push(&mut self, bytes: &[u8]) {
        if self.bytes.len() + bytes.len() > HASH_BUFFER {
            self.hash.update(&self.bytes);
            self.bytes.clear();
        }
        if bytes.len() > HASH_BUFFER {
            self.hash.update(bytes);
        } else {
            self.bytes.extend_from_slice(bytes);
        }
    }
}

fn hash_values(hash: &mut Sha256, series: &Series) -> Result<(), DataError> {
    let mut out = Buffered { hash, bytes: Vec::with_capacity(HASH_BUFFER) };
    let physical = series.to_physical_repr();
    match physical.dtype() {
        DataType::Int64 => {
            for value in physical.i64().map_err(internal)?.iter() {
                push_option(&mut out, value.map(i64::to_le_bytes));
            }
        }
        DataType::Int32 => {
            for value in physical.i32().map_err(internal)?.iter() {
                push_option(&mut out, value.map(i32::to_le_bytes));
            }
        }
        DataType::Float64 => {
            for value in physical.f64().map_err(internal)?.iter() {
                push_option(&mut out, value.map(f64::to_le_bytes));
            }
        }
        DataType::Boolean => {
            for value in physical.bool().map_err(internal)?.iter() {
                push_option(&mut out, value.map(|value| [u8::from(value)]));
            }
        }
        DataType::String => {
            for value in physical.str().map_err(internal)?.iter() {
                out.push(&value.map_or(MISSING, |text| text.len() as u32).to_le_bytes());
                out.push(value.unwrap_or_default().as_bytes());
            }
        }
        other => return Err(DataError::unreadable(format!("A column of the type {other} cannot be stored."))),
    }
    out.hash.update(&out.bytes);
    Ok(())
}

fn push_option<const N: usize>(out: &mut Buffered<'_>, value: Option<[u8; N]>) {
    match value {
        Some(bytes) => {
            out.push(&[1]);
            out.push(&bytes);
        }
        None => out.push(&[0]),
    }
}

fn internal(error: PolarsError) -> DataError {
    DataError::unreadable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> DataFrame {
        df!("id" => [Some(1i64), None, Some(3)], "name" => [Some("ä"), None, Some("")], "ok" => [true, false, true])
            .unwrap()
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
        let base = super::fingerprint(&frame()).unwrap();
        let mut renamed = frame();
        renamed.rename("id", "key".into()).unwrap();
        let mut other = frame();
        other.with_column(Column::new("name".into(), [Some("ä"), Some(""), None])).unwrap();
        for changed in [renamed, other, frame().head(Some(2))] {
            assert_ne!(super::fingerprint(&changed).unwrap(), base);
        }
        let mut in_chunks = frame().head(Some(1));
        in_chunks.vstack_mut(&frame().slice(1, 2)).unwrap();
        assert_eq!(super::fingerprint(&in_chunks).unwrap(), base);
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
