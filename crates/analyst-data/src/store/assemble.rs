//! Writes a stored table column by column, on all cores, and names the file by its content.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::ipc::{ColumnShape, Part, Plan};
use crate::DataError;
use crate::infer::in_parallel;

const BUFFER_BYTES: usize = 1 << 20;
/// Smaller files are on the disk before the table is told to be there. Waiting for larger ones would take as long as
/// reading them did, for a copy that can be made again from the original.
const SYNCED_UP_TO: u64 = 64 << 20;

/// Writes the values of one column: all bytes of each part, the parts in their order.
pub(crate) struct ColumnWriter<'f> {
    file: &'f File,
    parts: &'f [(Part, u64, u64)],
    /// The part being written.
    current: usize,
    /// Bytes of it that are in the file.
    written: u64,
    buffer: Vec<u8>,
    hash: blake3::Hasher,
}

impl ColumnWriter<'_> {
    /// Appends to a part.
    pub fn put(&mut self, part: Part, bytes: &[u8]) -> Result<(), DataError> {
        while self.parts[self.current].0 != part {
            self.end_part()?;
        }
        if self.buffer.len() + bytes.len() > BUFFER_BYTES {
            self.flush()?;
        }
        if bytes.len() >= BUFFER_BYTES {
            self.write(bytes)
        } else {
            self.buffer.extend_from_slice(bytes);
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<(), DataError> {
        let buffer = std::mem::take(&mut self.buffer);
        self.write(&buffer)?;
        self.buffer = buffer;
        self.buffer.clear();
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), DataError> {
        self.hash.update(bytes);
        let at = self.parts[self.current].1 + self.written;
        self.written += bytes.len() as u64;
        write_at(self.file, bytes, at)
    }

    fn end_part(&mut self) -> Result<(), DataError> {
        self.flush()?;
        let (part, _, length) = self.parts[self.current];
        assert!(self.written == length, "BUG: {part:?} of a column has {} bytes, not {length}", self.written);
        self.current += 1;
        self.written = 0;
        Ok(())
    }

    fn finish(mut self) -> Result<blake3::Hash, DataError> {
        while self.current < self.parts.len() {
            self.end_part()?;
        }
        Ok(self.hash.finalize())
    }
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> Result<(), DataError> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at).map_err(failed)
}

#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut at: u64) -> Result<(), DataError> {
    while !bytes.is_empty() {
        let n = std::os::windows::fs::FileExt::seek_write(file, bytes, at).map_err(failed)?;
        bytes = &bytes[n..];
        at += n as u64;
    }
    Ok(())
}

fn failed(error: std::io::Error) -> DataError {
    DataError::io("write", Path::new("the stored table"), error)
}

/// Writes the table of `columns` into `dir` under its fingerprint, unless it is there already. `fill` writes the
/// values of one column, several at a time.
pub(crate) fn assemble(
    dir: &Path,
    n_rows: u64,
    columns: &[ColumnShape],
    fill: &(dyn Fn(usize, &mut ColumnWriter<'_>) -> Result<(), DataError> + Sync),
) -> Result<(String, PathBuf), DataError> {
    fs::create_dir_all(dir).map_err(failed)?;
    let temporary = tempfile::Builder::new().prefix(".writing-").tempfile_in(dir).map_err(failed)?;
    let plan = Plan::of(n_rows, columns);
    let file = temporary.as_file();
    file.set_len(plan.tail_at).map_err(failed)?;
    write_at(file, &plan.head, 0)?;
    write_at(file, &plan.tail, plan.tail_at)?;
    let hashes = hashes_of_columns(file, &plan, fill)?;
    let fingerprint = fingerprint(n_rows, columns, &hashes);
    let path = dir.join(format!("{fingerprint}.arrow"));
    if !path.is_file() {
        let size = plan.tail_at + plan.tail.len() as u64;
        if size <= SYNCED_UP_TO {
            file.sync_all().map_err(failed)?;
        }
        let kept = temporary.persist(&path).map_err(|error| failed(error.error))?;
        if size > SYNCED_UP_TO {
            std::thread::spawn(move || kept.sync_all());
        }
    }
    Ok((fingerprint, path))
}

fn hashes_of_columns(
    file: &File,
    plan: &Plan,
    fill: &(dyn Fn(usize, &mut ColumnWriter<'_>) -> Result<(), DataError> + Sync),
) -> Result<Vec<blake3::Hash>, DataError> {
    // The largest first, so that no core is left with one of them at the end.
    let mut order: Vec<usize> = (0..plan.parts.len()).collect();
    order.sort_by_key(|&column| std::cmp::Reverse(plan.parts[column].iter().map(|part| part.2).sum::<u64>()));
    let first_error = Mutex::new(None);
    let mut hashes = in_parallel(order.len(), |turn| {
        let column = order[turn];
        if first_error.lock().expect("BUG: a column's thread panicked").is_some() {
            return (column, None);
        }
        let mut writer = ColumnWriter {
            file,
            parts: &plan.parts[column],
            current: 0,
            written: 0,
            buffer: Vec::with_capacity(BUFFER_BYTES.min(plan.parts[column].iter().map(|part| part.2 as usize).sum())),
            hash: blake3::Hasher::new(),
        };
        match fill(column, &mut writer).and_then(|()| writer.finish()) {
            Ok(hash) => (column, Some(hash)),
            Err(error) => {
                first_error.lock().expect("BUG: a column's thread panicked").get_or_insert(error);
                (column, None)
            }
        }
    });
    if let Some(error) = first_error.into_inner().expect("BUG: a column's thread panicked") {
        return Err(error);
    }
    hashes.sort_by_key(|(column, _)| *column);
    Ok(hashes.into_iter().filter_map(|(_, hash)| hash).collect())
}

/// BLAKE3 over names, types and values: equal content, equal fingerprint, whatever file it came from and however it
/// was read.
fn fingerprint(n_rows: u64, columns: &[ColumnShape], hashes: &[blake3::Hash]) -> String {
    let mut hash = blake3::Hasher::new();
    hash.update(&n_rows.to_le_bytes());
    for (column, values) in columns.iter().zip(hashes) {
        hash.update(&(column.name.len() as u64).to_le_bytes());
        hash.update(column.name.as_bytes());
        hash.update(column.kind.name().as_bytes());
        hash.update(&column.nulls.to_le_bytes());
        hash.update(values.as_bytes());
    }
    hash.finalize().to_hex().to_string()
}
