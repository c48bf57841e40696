//! The web UI: its packages and its bundle, each made anew only when what it is made from has changed.
//!
//! What was used is remembered as a fingerprint of the sources beside the installed packages, never inside `ui/dist`,
//! which goes into the program as it is.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::step::{self, Failure, Outcome, Step};

/// Folders and files of `ui/` that the bundle is not made from.
const NOT_SOURCES: &[&str] = &["node_modules", "dist", "coverage", "tests", "test-results"];

/// Whether there is a UI to build at all.
pub fn exists() -> bool {
    folder().join("package.json").is_file()
}

/// Installs packages and builds the bundle, where needed.
pub fn prepare() -> Outcome {
    if !exists() {
        return Ok(());
    }
    install()?;
    build()
}

/// `ui/`.
pub fn folder() -> PathBuf {
    step::root().join("ui")
}

/// The npm of this system.
pub fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

fn install() -> Outcome {
    let wanted = fingerprint(&[folder().join("package.json"), folder().join("package-lock.json")])?;
    let stamp = Stamp::new("packages");
    if stamp.matches(&wanted) {
        return Ok(());
    }
    // No script of a package runs on installing: nothing here needs one.
    Step::new("Install the UI's packages", npm())
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .within(folder())
        .run()?;
    stamp.write(&wanted)
}

fn build() -> Outcome {
    let mut sources = Vec::new();
    collect(&folder(), &mut sources).map_err(|error| Failure::new(format!("read the UI's sources: {error}")))?;
    sources.sort();
    let wanted = fingerprint(&sources)?;
    let stamp = Stamp::new("bundle");
    if stamp.matches(&wanted) && folder().join("dist/index.html").is_file() {
        return Ok(());
    }
    Step::new("Build the UI", npm()).args(["run", "build"]).within(folder()).run()?;
    stamp.write(&wanted)
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if NOT_SOURCES.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), into)?;
        } else {
            into.push(entry.path());
        }
    }
    Ok(())
}

fn fingerprint(files: &[PathBuf]) -> Outcome<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.strip_prefix(step::root()).unwrap_or(file).hash(&mut hasher);
        let content = fs::read(file).map_err(|error| Failure::new(format!("read {}: {error}", file.display())))?;
        content.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// A remembered fingerprint.
struct Stamp(PathBuf);

impl Stamp {
    fn new(name: &str) -> Self {
        Self(folder().join("node_modules/.auto-analyst").join(name))
    }

    fn matches(&self, fingerprint: &str) -> bool {
        fs::read_to_string(&self.0).is_ok_and(|kept| kept == fingerprint)
    }

    fn write(&self, fingerprint: &str) -> Outcome {
        let folder = self.0.parent().expect("BUG: a stamp lies in a folder");
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&self.0, fingerprint))
            .map_err(|error| Failure::new(format!("remember the UI's state: {error}")))
    }
}
