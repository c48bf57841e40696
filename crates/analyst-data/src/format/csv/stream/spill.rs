//! Where typed values wait until the whole file is read: in memory while they are few, then in a file of the store's
//! folder that has no name.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crate::DataError;

/// Values of stretches, each written once.
pub(super) struct Spill {
    budget: u64,
    in_memory: AtomicU64,
    file: Mutex<Option<(Arc<File>, u64)>>,
    dir: std::path::PathBuf,
}

/// Where the values of one stretch are.
#[derive(Debug)]
pub(super) enum Place {
    Memory(Vec<u8>),
    File { file: Arc<File>, at: u64 },
}

impl Spill {
    /// Keeps at most `budget` bytes in memory.
    pub fn new(dir: &Path, budget: u64) -> Self {
        Self { budget, in_memory: AtomicU64::new(0), file: Mutex::new(None), dir: dir.to_path_buf() }
    }

    /// Keeps the values of a stretch; the buffer is given back empty.
    pub fn keep(&self, bytes: &mut Vec<u8>) -> Result<Place, DataError> {
        let length = bytes.len() as u64;
        if self.in_memory.fetch_add(length, Ordering::Relaxed) + length <= self.budget {
            let kept = bytes.as_slice().to_vec();
            bytes.clear();
            return Ok(Place::Memory(kept));
        }
        self.in_memory.fetch_sub(length, Ordering::Relaxed);
        let (file, at) = self.room(length)?;
        write_at(&file, bytes, at).map_err(failed)?;
        bytes.clear();
        Ok(Place::File { file, at })
    }

    fn room(&self, length: u64) -> Result<(Arc<File>, u64), DataError> {
        let mut guard = self.file.lock().expect("BUG: a reading thread panicked");
        let (file, end) = match guard.take() {
            Some(open) => open,
            None => {
                std::fs::create_dir_all(&self.dir).map_err(failed)?;
                (Arc::new(tempfile::tempfile_in(&self.dir).map_err(failed)?), 0)
            }
        };
        let own = Arc::clone(&file);
        *guard = Some((file, end + length));
        Ok((own, end))
    }
}

impl Place {
    /// Gives `each` the bytes from `at` on, `length` of them, in pieces.
    pub fn read(
        &self,
        at: usize,
        length: usize,
        buffer: &mut Vec<u8>,
        each: &mut dyn FnMut(&[u8]) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        match self {
            Self::Memory(bytes) => each(&bytes[at..at + length]),
            Self::File { file, at: start } => {
                buffer.resize(length, 0);
                read_at(file, buffer, start + at as u64).map_err(failed)?;
                each(buffer)
            }
        }
    }
}

fn failed(error: std::io::Error) -> DataError {
    DataError::io("write", Path::new("a temporary file in the data folder"), error)
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut at: u64) -> std::io::Result<()> {
    while !bytes.is_empty() {
        let n = std::os::windows::fs::FileExt::seek_write(file, bytes, at)?;
        bytes = &bytes[n..];
        at += n as u64;
    }
    Ok(())
}

#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> std::io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, at)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            n => {
                bytes = &mut bytes[n..];
                at += n as u64;
            }
        }
    }
    Ok(())
}
