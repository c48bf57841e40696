//! The folder a worker owns: its home, and where it leaves Arrow files for the host.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

const MAX_DEPTH: usize = 32;
/// Folders that are there from the start.
const OWN_ENTRIES: usize = 3;
/// Before the number of the process that made the folder.
const PREFIX: &str = "analyst-cell-";

/// A worker's folder; gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: TempDir,
}

impl Scratch {
    /// A new folder below `root`.
    pub fn new(root: &Path, font_list: Option<&Path>) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        let prefix = format!("{PREFIX}{}-", std::process::id());
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir_in(root)?;
        let scratch = Self { folder };
        for part in [scratch.home(), scratch.out(), scratch.drawing()] {
            fs::create_dir(part)?;
        }
        if let Some((list, name)) = font_list.and_then(|list| Some((list, list.file_name()?))) {
            fs::copy(list, scratch.drawing().join(name))?;
        }
        Ok(scratch)
    }

    /// A new folder in that of the fork server, for one run of it.
    #[cfg(target_os = "linux")]
    pub fn of_run(server: &Self) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("run-").tempdir_in(server.path())?;
        let scratch = Self { folder };
        for part in [scratch.home(), scratch.out()] {
            fs::create_dir(part)?;
        }
        Ok(scratch)
    }

    /// All of it.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Home and working folder of the run.
    pub fn home(&self) -> PathBuf {
        self.path().join("home")
    }

    /// Where the run leaves Arrow files.
    pub fn out(&self) -> PathBuf {
        self.path().join("out")
    }

    /// Where matplotlib keeps its list of fonts.
    pub fn drawing(&self) -> PathBuf {
        self.path().join("drawing")
    }

    /// Whether the run keeps within its share of the disk.
    pub fn is_within(&self, max_bytes: u64, max_files: u32) -> bool {
        let n_own = OWN_ENTRIES + self.path().join("drawing").read_dir().map_or(0, Iterator::count);
        let mut left = Left { bytes: max_bytes, entries: max_files as usize + n_own };
        left.count(self.path(), 0).is_some()
    }
}

/// A new folder below `root` for a process that is no cell; swept like theirs when its program is killed.
pub(crate) fn process_folder(root: &Path) -> io::Result<TempDir> {
    fs::create_dir_all(root)?;
    tempfile::Builder::new().prefix(&format!("{PREFIX}{}-", std::process::id())).tempdir_in(root)
}

/// Removes folders that programs left behind which were killed.
#[cfg(unix)]
pub(crate) fn sweep(root: &Path) {
    let Ok(entries) = root.read_dir() else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let maker = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next()?.parse::<i32>().ok());
        if maker.is_some_and(is_gone)
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::debug!(%error, "a folder of an ended program stays");
        }
    }
}

#[cfg(unix)]
fn is_gone(pid: i32) -> bool {
    // SAFETY: signal 0 only asks.
    pid > 0 && unsafe { libc::kill(pid, 0) } < 0 && io::Error::last_os_error().raw_os_error() == Some(libc::ESRCH)
}

/// Removes nothing: here nobody tells whether a process is gone.
#[cfg(not(unix))]
pub(crate) fn sweep(_root: &Path) {}

struct Left {
    bytes: u64,
    entries: usize,
}

impl Left {
    fn count(&mut self, folder: &Path, depth: usize) -> Option<()> {
        let Ok(entries) = folder.read_dir() else { return Some(()) }; // removed meanwhile
        for entry in entries.flatten() {
            self.entries = self.entries.checked_sub(1)?;
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_dir() {
                (depth < MAX_DEPTH).then_some(())?;
                self.count(&entry.path(), depth + 1)?;
            } else {
                self.bytes = self.bytes.checked_sub(size_on_disk(&metadata))?;
            }
        }
        Some(())
    }
}

/// What a file takes, which for one with holes is less than it is long.
#[cfg(unix)]
fn size_on_disk(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(metadata) * 512
}

#[cfg(not(unix))]
fn size_on_disk(metadata: &fs::Metadata) -> u64 {
    metadata.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_files_are_counted_beside_what_was_there_from_the_start() {
        let root = tempfile::tempdir().unwrap();
        let scratch = Scratch::new(root.path(), None).unwrap();
        assert!(scratch.is_within(0, 0));
        fs::write(scratch.home().join("a"), vec![1; 10_000]).unwrap();
        assert!(scratch.is_within(1 << 20, 1));
        assert!(!scratch.is_within(1 << 20, 0) && !scratch.is_within(4_000, 1));
    }

    #[test]
    fn too_many_files_or_folders_in_folders_are_noticed() {
        let root = tempfile::tempdir().unwrap();
        let scratch = Scratch::new(root.path(), None).unwrap();
        fs::write(scratch.home().join("a"), "a").unwrap();
        assert!(scratch.is_within(1 << 20, 100));
        fs::create_dir_all(scratch.home().join("d/".repeat(MAX_DEPTH))).unwrap();
        assert!(!scratch.is_within(1 << 20, 100));
    }

    #[test]
    #[cfg(unix)]
    fn only_folders_of_ended_programs_are_swept() {
        let root = tempfile::tempdir().unwrap();
        let ours = Scratch::new(root.path(), None).unwrap();
        let mut ended = std::process::Command::new("true").spawn().unwrap();
        ended.wait().unwrap();
        let left = root.path().join(format!("{PREFIX}{}-x", ended.id()));
        let other = root.path().join(format!("{PREFIX}letters"));
        for folder in [&left, &other] {
            fs::create_dir(folder).unwrap();
        }
        sweep(root.path());
        assert_eq!((ours.path().exists(), left.exists(), other.exists()), (true, false, true));
    }
}
