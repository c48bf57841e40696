//! Who is at work: each process holds the lock of one file, `owners/<id>.lock`, for as long as it lives. The system
//! lets go of a lock when its process ends, however it ends, so that a lock that can be taken belongs to the dead.
//! Process ids would not do: they are given out again, and mean nothing in another container.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::folder::{self, Folder, Gate};

const EXTENSION: &str = "lock";

/// This process, as the runs it is at work on name it.
#[derive(Debug)]
pub(crate) struct Owner {
    id: String,
    lock: Option<(PathBuf, File)>,
}

impl Owner {
    /// Takes a lock of its own. The gate keeps others from finding the file before it is locked.
    pub(crate) fn claim(folder: &Folder, _gate: &Gate) -> io::Result<Self> {
        let id = Uuid::new_v4().to_string();
        let path = lock_path(&folder.owners(), &id);
        let file = folder::private_file(&path)?;
        file.lock()?;
        Ok(Self { id, lock: Some((path, file)) })
    }

    /// The owner of a database that no other process can see.
    pub(crate) fn alone() -> Self {
        Self { id: Uuid::new_v4().to_string(), lock: None }
    }

    /// As it stands in the runs.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        if let Some((path, _lock)) = &self.lock {
            // A file left behind does no harm: its lock can be taken, and the next start sweeps it away.
            let _ = fs::remove_file(path);
        }
    }
}

/// Whether the process with this id has ended: its file is missing, or its lock can be taken.
pub(crate) fn is_dead(folder: &Folder, _gate: &Gate, id: &str) -> io::Result<bool> {
    match File::open(lock_path(&folder.owners(), id)) {
        Ok(file) => can_be_locked(&file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Removes the files of processes that have ended.
pub(crate) fn sweep(folder: &Folder, _gate: &Gate) -> io::Result<()> {
    for entry in fs::read_dir(folder.owners())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION) {
            match sweep_file(&path) {
                // Its process has just ended, and took it along.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                swept => swept?,
            }
        }
    }
    Ok(())
}

fn sweep_file(path: &Path) -> io::Result<()> {
    if can_be_locked(&File::open(path)?)? {
        fs::remove_file(path)?;
    }
    Ok(())
}

fn lock_path(owners: &Path, id: &str) -> PathBuf {
    owners.join(id).with_extension(EXTENSION)
}

fn can_be_locked(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_lives_until_it_is_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::prepare(dir.path()).unwrap();
        let gate = folder.enter().unwrap();
        let owner = Owner::claim(&folder, &gate).unwrap();
        let id = owner.id().to_owned();
        assert!(!is_dead(&folder, &gate, &id).unwrap());
        sweep(&folder, &gate).unwrap();
        assert!(!is_dead(&folder, &gate, &id).unwrap(), "a sweep leaves the living alone");
        drop(owner);
        assert!(is_dead(&folder, &gate, &id).unwrap());
    }

    #[test]
    fn a_file_without_its_process_is_swept_away() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::prepare(dir.path()).unwrap();
        let gate = folder.enter().unwrap();
        let left = folder.owners().join("left.lock");
        fs::write(&left, "").unwrap();
        assert!(is_dead(&folder, &gate, "left").unwrap());
        sweep(&folder, &gate).unwrap();
        assert!(!left.exists());
    }
}
