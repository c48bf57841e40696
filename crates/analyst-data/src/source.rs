//! The bytes of a file a person chose, taken once and without harm.
//!
//! Refuses what is no ordinary file before opening it (a pipe would block for ever, a device never ends) and files
//! beyond [`MAX_FILE_BYTES`]. The original is only read.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::DataError;

/// The greatest file we hold in memory. Positions in text are kept as 32-bit numbers.
pub(crate) const MAX_FILE_BYTES: u64 = (4 << 30) - 2;

const CHUNK_BYTES: u64 = 16 << 20;
const HEAD_BYTES: u64 = 256 << 10;

/// Somebody who watches long work and may stop it.
pub trait Watch: Sync {
    /// How much is done, from 0 to 1.
    fn progress(&self, done: f64);
    /// Whether the work should stop.
    fn is_cancelled(&self) -> bool;
}

impl Watch for CancellationToken {
    fn progress(&self, _done: f64) {}

    fn is_cancelled(&self) -> bool {
        Self::is_cancelled(self)
    }
}

/// An ordinary file, open for reading.
#[derive(Debug, Clone)]
pub struct SourceFile {
    file: Arc<File>,
    file_name: String,
    size: u64,
}

impl SourceFile {
    /// Opens the file at `path`; devices, pipes, sockets and folders are refused.
    pub fn at(path: &Path) -> Result<Self, DataError> {
        let failed = |source| DataError::io("read", path, source);
        require_regular(path, &fs::metadata(path).map_err(failed)?)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self::checked(File::open(path).map_err(failed)?, name, path)
    }

    /// Takes a file that was opened elsewhere, perhaps by another process.
    pub fn from_file(file: File, file_name: String) -> Result<Self, DataError> {
        let shown = file_name.clone();
        Self::checked(file, file_name, Path::new(&shown))
    }

    fn checked(file: File, file_name: String, shown: &Path) -> Result<Self, DataError> {
        let metadata = file.metadata().map_err(|source| DataError::io("read", shown, source))?;
        require_regular(shown, &metadata)?;
        Ok(Self { file: Arc::new(file), file_name, size: metadata.len() })
    }

    /// How large it was when it was opened.
    pub fn size_bytes(&self) -> u64 {
        self.size
    }
}

/// A file's name and its whole content.
pub(crate) struct Source {
    /// The last part of the path.
    pub file_name: String,
    /// The name without its last extension.
    pub stem: String,
    /// The last extension in lower case, without the dot; empty when there is none.
    pub extension: String,
    /// The content.
    pub bytes: Vec<u8>,
}

impl Source {
    /// Reads the whole file.
    pub fn read(file: &SourceFile, watch: &dyn Watch) -> Result<Self, DataError> {
        Self::read_up_to(file, MAX_FILE_BYTES, watch)
    }

    /// Reads enough to tell what the file is.
    pub fn read_head(file: &SourceFile, watch: &dyn Watch) -> Result<Self, DataError> {
        Self::read_up_to(file, HEAD_BYTES, watch)
    }

    fn read_up_to(file: &SourceFile, limit: u64, watch: &dyn Watch) -> Result<Self, DataError> {
        let path = Path::new(&file.file_name);
        let bytes = read_file(file, limit, watch)?;
        let part = |text: Option<&std::ffi::OsStr>| text.map(|t| t.to_string_lossy().into_owned()).unwrap_or_default();
        if bytes.is_empty() {
            return Err(DataError::Empty { what: file.file_name.clone() });
        }
        Ok(Self {
            file_name: file.file_name.clone(),
            stem: part(path.file_stem()),
            extension: part(path.extension()).to_lowercase(),
            bytes,
        })
    }
}

/// The first `limit` bytes.
fn read_file(source: &SourceFile, limit: u64, watch: &dyn Watch) -> Result<Vec<u8>, DataError> {
    let too_large = || DataError::TooLarge { what: source.file_name.clone(), limit: "4 GiB".into() };
    if source.size > MAX_FILE_BYTES {
        return Err(too_large());
    }
    let mut file = &*source.file;
    file.seek(SeekFrom::Start(0)).map_err(|e| DataError::io("read", Path::new(&source.file_name), e))?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(source.size.min(limit) as usize + 1).map_err(|_| too_large())?;
    loop {
        if watch.is_cancelled() {
            return Err(DataError::Cancelled);
        }
        let wanted = CHUNK_BYTES.min(limit - bytes.len() as u64);
        let read = file.take(wanted).read_to_end(&mut bytes);
        if read.map_err(|e| DataError::io("read", Path::new(&source.file_name), e))? == 0 {
            return Ok(bytes);
        }
        watch.progress(0.3 * bytes.len() as f64 / source.size.max(1) as f64);
    }
}

fn require_regular(path: &Path, metadata: &fs::Metadata) -> Result<(), DataError> {
    let path = path.display().to_string();
    match metadata.file_type() {
        kind if kind.is_file() => Ok(()),
        kind if kind.is_dir() => Err(DataError::IsDirectory { path }),
        _ => Err(DataError::NotAFile { path }),
    }
}
