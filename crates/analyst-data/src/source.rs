//! The bytes of a file a person chose, taken once and without harm.
//!
//! Refuses what is no ordinary file before opening it (a pipe would block for ever, a device never ends) and files
//! beyond [`MAX_FILE_BYTES`]. The original is only read.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use tokio_util::sync::CancellationToken;

use crate::DataError;

/// The greatest file we hold in memory. Positions in text are kept as 32-bit numbers.
pub(crate) const MAX_FILE_BYTES: u64 = (4 << 30) - 2;

const CHUNK_BYTES: u64 = 16 << 20;
const HEAD_BYTES: u64 = 256 << 10;

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
    pub fn read(path: &Path, cancel: &CancellationToken) -> Result<Self, DataError> {
        Self::new(path, read_regular_file(path, MAX_FILE_BYTES, cancel)?.0)
    }

    /// Reads enough to tell what the file is, and says how large it is.
    pub fn read_head(path: &Path, cancel: &CancellationToken) -> Result<(Self, u64), DataError> {
        let (bytes, size_bytes) = read_regular_file(path, HEAD_BYTES, cancel)?;
        Ok((Self::new(path, bytes)?, size_bytes))
    }

    /// What a container held, under the name it had there; only the last part of the name is kept.
    pub fn unpacked(file_name: String, bytes: Vec<u8>) -> Result<Self, DataError> {
        Self::new(Path::new(&file_name), bytes)
    }

    fn new(path: &Path, bytes: Vec<u8>) -> Result<Self, DataError> {
        let part = |text: Option<&std::ffi::OsStr>| text.map(|t| t.to_string_lossy().into_owned()).unwrap_or_default();
        let source = Self {
            file_name: part(path.file_name()),
            stem: part(path.file_stem()),
            extension: part(path.extension()).to_lowercase(),
            bytes,
        };
        if source.bytes.is_empty() {
            return Err(DataError::Empty { what: source.file_name });
        }
        Ok(source)
    }
}

/// The first `limit` bytes, and how many there are.
fn read_regular_file(path: &Path, limit: u64, cancel: &CancellationToken) -> Result<(Vec<u8>, u64), DataError> {
    let shown = || path.display().to_string();
    let failed = |source| DataError::io("read", path, source);
    require_regular(path, &fs::metadata(path).map_err(failed)?)?;
    let file = File::open(path).map_err(failed)?;
    // Asked again of the open file: the path may have been swapped in between.
    let metadata = file.metadata().map_err(failed)?;
    require_regular(path, &metadata)?;
    let too_large = || DataError::TooLarge { what: shown(), limit: "4 GiB".into() };
    if metadata.len() > MAX_FILE_BYTES {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(metadata.len().min(limit) as usize + 1).map_err(|_| too_large())?;
    loop {
        if cancel.is_cancelled() {
            return Err(DataError::Cancelled);
        }
        let wanted = CHUNK_BYTES.min(limit - bytes.len() as u64);
        let n_read = (&file).take(wanted).read_to_end(&mut bytes).map_err(failed)?;
        if n_read == 0 {
            return Ok((bytes, metadata.len()));
        }
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
