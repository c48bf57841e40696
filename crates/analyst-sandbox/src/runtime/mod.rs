//! The managed Python environment: where it is, whether it is whole, and how it is made.
//!
//! It belongs to the program alone. The person's own Python is only asked to make it and is never changed. It is
//! whole when its stamp is there and names the lock file of this program; the stamp is written last.

mod install;
mod interpreter;
mod step;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use install::{InstallError, Progress};
pub use interpreter::{NEWEST_MINOR, OLDEST_MINOR};

/// The libraries and their hashes.
const LOCK: &str = include_str!("../../python/requirements.lock");
/// Names the folder of the environment.
const DIR_VARIABLE: &str = "AUTO_ANALYST_PYTHON_DIR";
const STAMP: &str = "environment.json";
const DRAWING: &str = "drawing";
const HASH_DIGITS: usize = 12;

/// A managed Python environment, made or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PythonRuntime {
    dir: PathBuf,
}

/// What state an environment is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuntimeStatus {
    /// It can be used.
    Ready {
        /// Version of its Python: `3.11.7`.
        python: String,
        /// Versions of its libraries by name.
        versions: BTreeMap<String, String>,
    },
    /// There is none.
    Missing,
    /// There is something, but it is not whole. Installing repairs it.
    Broken {
        /// A sentence for people.
        reason: String,
    },
}

/// What is written when an environment is whole.
#[derive(Debug, Serialize, Deserialize)]
struct Stamp {
    /// SHA-256 of the lock file it was made from.
    lock: String,
    python: String,
    packages: BTreeMap<String, String>,
}

impl PythonRuntime {
    /// The environment in `dir`.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The environment in [`default_dir`].
    pub fn in_default_dir() -> Self {
        Self::new(default_dir())
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Its interpreter.
    pub fn python(&self) -> PathBuf {
        if cfg!(windows) { self.dir.join("Scripts").join("python.exe") } else { self.dir.join("bin").join("python") }
    }

    /// What state it is in. Looks at a few files; starts nothing.
    pub fn status(&self) -> RuntimeStatus {
        if !self.dir.exists() {
            return RuntimeStatus::Missing;
        }
        let broken = |reason: &str| RuntimeStatus::Broken { reason: reason.into() };
        let Ok(stamp) = fs::read(self.dir.join(STAMP)) else {
            return broken("its installation was not finished");
        };
        let Ok(stamp) = serde_json::from_slice::<Stamp>(&stamp) else {
            return broken("its description cannot be read");
        };
        if stamp.lock != lock_hash() {
            return broken("it was made for another version of this program");
        }
        if !self.python().exists() {
            return broken("the Python it was made with is gone");
        }
        RuntimeStatus::Ready { python: stamp.python, versions: stamp.packages }
    }

    /// The list of fonts that was made with it, so that no cell has to.
    pub(crate) fn font_list(&self) -> Option<PathBuf> {
        let entries = fs::read_dir(self.dir.join(DRAWING)).ok()?;
        let is_list = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "json");
        entries.flatten().map(|entry| entry.path()).find(is_list)
    }
}

/// Where the environment is: what `AUTO_ANALYST_PYTHON_DIR` says, else a folder in the person's local data that is
/// named after the lock file and the minor version of Python. One that is whole is preferred to one that would have
/// to be made, whatever interpreter is found first today.
pub fn default_dir() -> PathBuf {
    if let Some(dir) = std::env::var_os(DIR_VARIABLE).filter(|dir| !dir.is_empty()) {
        return dir.into();
    }
    let data = directories::BaseDirs::new()
        .map_or_else(std::env::temp_dir, |dirs| dirs.data_local_dir().to_path_buf())
        .join("auto-analyst");
    if !interpreter::is_chosen() {
        let minors = (OLDEST_MINOR..=NEWEST_MINOR).rev();
        let whole = |dir: &PathBuf| matches!(PythonRuntime::new(dir).status(), RuntimeStatus::Ready { .. });
        if let Some(dir) = minors.map(|minor| data.join(dir_name(minor))).find(whole) {
            return dir;
        }
    }
    let minor = interpreter::find().map_or(OLDEST_MINOR, |interpreter| interpreter.minor);
    data.join(dir_name(minor))
}

fn dir_name(minor: u32) -> String {
    let hash = hex(&Sha256::new().chain_update(LOCK).chain_update(format!("3.{minor}")).finalize());
    format!("python-{}", &hash[..HASH_DIGITS])
}

fn lock_hash() -> String {
    hex(&Sha256::digest(LOCK))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_is_pinned_by_hash_and_names_no_registry() {
        assert!(!LOCK.contains("://") && !LOCK.contains("--index") && !LOCK.contains("--find-links"));
        let packages: Vec<&str> = LOCK.lines().filter(|line| line.contains("==")).collect();
        assert!(packages.len() > 20);
        for package in packages.iter().filter(|line| !line.starts_with('#')) {
            assert!(package.ends_with('\\'), "{package} has no hash");
        }
    }

    #[test]
    fn status_tells_missing_unfinished_outdated_and_ready() {
        let place = tempfile::tempdir().unwrap();
        let runtime = PythonRuntime::new(place.path().join("env"));
        let stamp = |lock: &str| {
            let text =
                serde_json::json!({"lock": lock, "python": "3.11.7", "packages": {"numpy": "2.4.6"}}).to_string();
            fs::write(runtime.dir().join(STAMP), text).unwrap();
        };
        let is_broken = |word: &str| match runtime.status() {
            RuntimeStatus::Broken { reason } => assert!(reason.contains(word), "{reason}"),
            other => panic!("{other:?}"),
        };
        assert_eq!(runtime.status(), RuntimeStatus::Missing);
        fs::create_dir_all(runtime.python().parent().unwrap()).unwrap();
        is_broken("not finished");
        stamp("another");
        is_broken("another version");
        stamp(&lock_hash());
        is_broken("gone");
        fs::write(runtime.python(), "").unwrap();
        let versions = BTreeMap::from([("numpy".to_owned(), "2.4.6".to_owned())]);
        assert_eq!(runtime.status(), RuntimeStatus::Ready { python: "3.11.7".into(), versions });
    }
}
