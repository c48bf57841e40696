//! The folder of the database: private to the person, and shared by our processes one at a time where it matters.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Where each process leaves its lock, see [`crate::owner`].
const OWNERS: &str = "owners";
const GATE: &str = "gate";
/// Whoever is in stays for milliseconds; one that stays longer hangs, and must not make all others hang.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);

/// A prepared folder of ours.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: PathBuf,
}

/// While it lives, no other process opens the database or looks at the owners. Locks go with their process, so that
/// a crash leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Gate {
    _lock: File,
}

impl Folder {
    /// Makes the folder, readable by its owner only. A folder that already holds something keeps its permissions:
    /// it may not be ours alone. The database itself is private in any case.
    pub(crate) fn prepare(path: &Path) -> io::Result<Self> {
        let path = std::path::absolute(path)?;
        make_dir(&path)?;
        make_dir(&path.join(OWNERS))?;
        Ok(Self { path })
    }

    /// A file in the folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The folder of the processes' locks.
    pub(crate) fn owners(&self) -> PathBuf {
        self.path.join(OWNERS)
    }

    /// Waits until no other process is in, then goes in. Blocks its thread.
    pub(crate) fn enter(&self) -> io::Result<Gate> {
        self.enter_within(PATIENCE)
    }

    fn enter_within(&self, patience: Duration) -> io::Result<Gate> {
        let lock = private_file(&self.owners().join(GATE))?;
        let end = Instant::now() + patience;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Gate { _lock: lock }),
                Err(TryLockError::WouldBlock) if Instant::now() < end => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::TimedOut.into()),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }
}

fn make_dir(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    #[cfg(unix)]
    if fs::read_dir(path)?.next().is_none() {
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    }
    Ok(())
}

/// Opens a file for writing without changing it; makes it when it is missing. Only its owner can read it.
pub(crate) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_goes_through_the_gate() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::prepare(dir.path()).unwrap();
        let first = folder.enter().unwrap();
        assert_eq!(folder.enter_within(PAUSE).unwrap_err().kind(), io::ErrorKind::TimedOut);
        drop(first);
        folder.enter_within(PAUSE).unwrap();
    }
}
