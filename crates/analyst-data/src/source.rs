//! The bytes of a file a person chose, taken without harm.
//!
//! Refuses what is no ordinary file before opening it: a pipe would block for ever, a device never ends. After
//! that the path is never used again, because what it names may change; everything reads the one open file, which
//! may also come from another process. The original is only read.

use std::fs::{self, File, OpenOptions};
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use memmap2::Mmap;
use tokio_util::sync::CancellationToken;

use crate::DataError;

/// The greatest file whose whole text we hold in memory. Positions in such text are kept as 32-bit numbers.
pub(crate) const MAX_FILE_BYTES: u64 = (4 << 30) - 2;

/// Smaller files are copied: a mapped file that somebody cuts short kills the process that looks at it.
const COPIED_UP_TO: u64 = 64 << 20;
const CHUNK_BYTES: usize = 8 << 20;
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

/// Stops work that nobody wants any more.
pub(crate) fn check(watch: &dyn Watch) -> Result<(), DataError> {
    if watch.is_cancelled() { Err(DataError::Cancelled) } else { Ok(()) }
}

/// An ordinary file, open for reading.
#[derive(Debug, Clone)]
pub struct SourceFile {
    file: Arc<File>,
    file_name: String,
    size: u64,
}

impl SourceFile {
    /// Opens the file at `path`. Links are followed once, here; devices, pipes, sockets and folders are refused.
    pub fn at(path: &Path) -> Result<Self, DataError> {
        let failed = |source| DataError::io("read", path, source);
        let shown = path.display().to_string();
        let resolved = fs::canonicalize(path).map_err(failed)?;
        require_regular(&shown, &fs::metadata(&resolved).map_err(failed)?)?;
        let file = open_without_waiting(&resolved).map_err(failed)?;
        let file_name = path.file_name().or(resolved.file_name()).map(|name| name.to_string_lossy().into_owned());
        // Asked again of the open file: the path may have been swapped in between.
        Self::checked(file, file_name.unwrap_or_default(), &shown)
    }

    /// Takes a file that was opened elsewhere, perhaps by another process.
    pub fn from_file(file: File, file_name: String) -> Result<Self, DataError> {
        let shown = file_name.clone();
        Self::checked(file, file_name, &shown)
    }

    fn checked(file: File, file_name: String, shown: &str) -> Result<Self, DataError> {
        let metadata = file.metadata().map_err(|source| DataError::io("read", Path::new(shown), source))?;
        require_regular(shown, &metadata)?;
        Ok(Self { file: Arc::new(file), file_name, size: metadata.len() })
    }

    /// The file's own name.
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// How large it was when it was opened.
    pub fn size_bytes(&self) -> u64 {
        self.size
    }

    /// Fills `buffer` with the bytes from `offset` on. Bytes that are gone by now are an error that names the file.
    pub(crate) fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> Result<(), DataError> {
        read_at(&self.file, buffer, offset).map_err(|source| match source.kind() {
            std::io::ErrorKind::UnexpectedEof => self.changed(),
            _ => DataError::io("read", Path::new(&self.file_name), source),
        })
    }

    /// An error when the file is no longer as long as it was: what was read of it belongs to no version of it.
    pub(crate) fn check_unchanged(&self) -> Result<(), DataError> {
        let metadata = self.file.metadata().map_err(|e| DataError::io("read", Path::new(&self.file_name), e))?;
        if metadata.len() == self.size { Ok(()) } else { Err(self.changed()) }
    }

    fn changed(&self) -> DataError {
        DataError::unreadable(format!("{} changed while it was being read. Open it again.", self.file_name))
    }
}

#[cfg(unix)]
fn open_without_waiting(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    // Should a pipe have taken the file's place by now, opening it must not wait for a writer.
    OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_CLOEXEC).open(path)
}

#[cfg(not(unix))]
fn open_without_waiting(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> std::io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, offset)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            n => {
                buffer = &mut buffer[n..];
                offset += n as u64;
            }
        }
    }
    Ok(())
}

/// A file's content: mapped, or in memory of ours.
#[derive(Debug)]
pub(crate) enum Bytes {
    /// The file itself.
    Mapped(Mmap),
    /// A copy, or what was unpacked from the file.
    Owned(Vec<u8>),
}

impl Bytes {
    /// As memory of ours; copies a mapped file.
    pub fn into_vec(self) -> Vec<u8> {
        match self {
            Self::Mapped(map) => map.to_vec(),
            Self::Owned(bytes) => bytes,
        }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Owned(bytes) => bytes,
        }
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Owned(bytes)
    }
}

/// A file's name and its whole content.
#[derive(Debug)]
pub(crate) struct Source {
    /// The last part of the path.
    pub file_name: String,
    /// The name without its last extension.
    pub stem: String,
    /// The last extension in lower case, without the dot; empty when there is none.
    pub extension: String,
    /// The content.
    pub bytes: Bytes,
}

impl Source {
    /// The whole file.
    pub fn read(file: &SourceFile, watch: &dyn Watch) -> Result<Self, DataError> {
        let bytes = if file.size <= COPIED_UP_TO { copy(file, file.size, watch)?.into() } else { map(file)? };
        Self::of(&file.file_name, bytes)
    }

    /// Enough to tell what the file is.
    pub fn read_head(file: &SourceFile, watch: &dyn Watch) -> Result<Self, DataError> {
        Self::of(&file.file_name, copy(file, file.size.min(HEAD_BYTES), watch)?.into())
    }

    /// What a container held, under the name it had there; only the last part of the name is kept.
    pub fn unpacked(file_name: &str, bytes: Vec<u8>) -> Result<Self, DataError> {
        let last = Path::new(file_name).file_name().unwrap_or_default().to_string_lossy();
        Self::of(&last, bytes.into())
    }

    /// Content that has a name: of a file, or of what was packed in one. Refuses to be empty.
    pub fn of(file_name: &str, bytes: Bytes) -> Result<Self, DataError> {
        let path = Path::new(file_name);
        let part = |text: Option<&std::ffi::OsStr>| text.map(|t| t.to_string_lossy().into_owned()).unwrap_or_default();
        if bytes.is_empty() {
            return Err(DataError::Empty { what: file_name.to_owned() });
        }
        let (stem, extension) = (part(path.file_stem()), part(path.extension()).to_lowercase());
        Ok(Self { file_name: file_name.to_owned(), stem, extension, bytes })
    }
}

/// The first `length` bytes.
fn copy(file: &SourceFile, length: u64, watch: &dyn Watch) -> Result<Vec<u8>, DataError> {
    let mut bytes = vec![0; length as usize];
    let mut offset = 0;
    for part in bytes.chunks_mut(CHUNK_BYTES) {
        check(watch)?;
        file.read_exact_at(part, offset)?;
        offset += part.len() as u64;
    }
    Ok(bytes)
}

fn map(file: &SourceFile) -> Result<Bytes, DataError> {
    // SAFETY: the map is only read, as bytes of which every value is valid. Should another program cut the file short
    // meanwhile, the system ends this process, which is a worker that holds nothing else.
    let map = unsafe { Mmap::map(&*file.file) };
    map.map(Bytes::Mapped).map_err(|source| DataError::io("read", Path::new(&file.file_name), source))
}

fn require_regular(path: &str, metadata: &fs::Metadata) -> Result<(), DataError> {
    let path = path.to_owned();
    match metadata.file_type() {
        kind if kind.is_file() => Ok(()),
        kind if kind.is_dir() => Err(DataError::IsDirectory { path }),
        _ => Err(DataError::NotAFile { path }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_cut_short_is_an_error_that_names_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        fs::write(&path, "a,b\n1,2\n").unwrap();
        let file = SourceFile::at(&path).unwrap();
        OpenOptions::new().write(true).open(&path).unwrap().set_len(3).unwrap();
        let error = Source::read(&file, &CancellationToken::new()).unwrap_err();
        assert!(error.to_string().contains("a.csv changed"), "{error}");
        assert!(file.check_unchanged().is_err());
    }

    #[test]
    fn a_file_that_was_replaced_or_deleted_is_read_as_it_was_opened() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        fs::write(&path, "old").unwrap();
        let file = SourceFile::at(&path).unwrap();
        fs::write(dir.path().join("b.csv"), "newer").unwrap();
        fs::rename(dir.path().join("b.csv"), &path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(&*Source::read(&file, &CancellationToken::new()).unwrap().bytes, b"old");
    }

    #[test]
    fn a_file_from_elsewhere_is_checked_as_well() {
        let dir = tempfile::tempdir().unwrap();
        let folder = File::open(dir.path()).unwrap();
        assert!(matches!(SourceFile::from_file(folder, "x".into()), Err(DataError::IsDirectory { .. })));
        #[cfg(unix)]
        {
            let device = File::open("/dev/null").unwrap();
            assert!(matches!(SourceFile::from_file(device, "x".into()), Err(DataError::NotAFile { .. })));
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_once_and_a_circle_of_them_ends() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a.csv"), dir.path().join("b.csv"));
        std::os::unix::fs::symlink(&a, &b).unwrap();
        std::os::unix::fs::symlink(&b, &a).unwrap();
        assert!(SourceFile::at(&a).is_err());
        let link = dir.path().join("link.csv");
        fs::write(dir.path().join("real.csv"), "x").unwrap();
        std::os::unix::fs::symlink(dir.path().join("real.csv"), &link).unwrap();
        assert_eq!(SourceFile::at(&link).unwrap().file_name(), "link.csv");
    }
}
