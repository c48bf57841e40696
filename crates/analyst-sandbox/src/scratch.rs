//! The folder a worker owns: its home, and where it leaves Arrow files for the host.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Most bytes a run may leave in its folder at any time.
const MAX_BYTES: u64 = 1 << 30;
/// Most files and folders a run may leave in its folder.
const MAX_ENTRIES: usize = 5_000;
const MAX_DEPTH: usize = 32;

/// A worker's folder; gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: TempDir,
}

impl Scratch {
    /// A new folder below `root`.
    pub fn new(root: &Path, font_list: Option<&Path>) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        let folder = tempfile::Builder::new().prefix("analyst-cell-").tempdir_in(root)?;
        let scratch = Self { folder };
        for part in [scratch.home(), scratch.out(), scratch.drawing()] {
            fs::create_dir(part)?;
        }
        if let Some((list, name)) = font_list.and_then(|list| Some((list, list.file_name()?))) {
            fs::copy(list, scratch.drawing().join(name))?;
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
    pub fn is_within_limits(&self) -> bool {
        let mut left = Left { bytes: MAX_BYTES, entries: MAX_ENTRIES };
        left.count(self.path(), 0).is_some()
    }
}

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
                self.bytes = self.bytes.checked_sub(metadata.len())?;
            }
        }
        Some(())
    }
}
