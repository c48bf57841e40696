//! A file a person chose, opened once. After that its path is only a name: what it points at may change, what is
//! open does not. Links are resolved first, once; whatever takes the file's place between then and the opening is
//! refused, and so is everything that is no ordinary file, before it could block.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use analyst_data::DataError;
use analyst_data::worker::Chosen;

/// An open file, and what was known of it when it was opened.
#[derive(Debug)]
pub(crate) struct ChosenFile {
    file: File,
    name: String,
    resolved: PathBuf,
    metadata: Metadata,
}

/// A path that was resolved and looked at, and not opened yet.
#[derive(Debug)]
pub(crate) struct Resolved<'p> {
    given: &'p Path,
    path: PathBuf,
    metadata: Metadata,
}

impl<'p> Resolved<'p> {
    /// Follows links, and refuses what is no ordinary file.
    pub(crate) fn new(given: &'p Path) -> Result<Self, DataError> {
        let path = fs::canonicalize(given).map_err(|error| unreadable(given, error))?;
        let metadata = fs::symlink_metadata(&path).map_err(|error| unreadable(given, error))?;
        require_regular(given, &metadata)?;
        Ok(Self { given, path, metadata })
    }

    /// Opens the file that was looked at, and no other.
    pub(crate) fn open(self) -> Result<ChosenFile, DataError> {
        let Self { given, path, metadata } = self;
        let file = open_without_following(&path).map_err(|error| unreadable(given, error))?;
        let opened = file.metadata().map_err(|error| unreadable(given, error))?;
        require_regular(given, &opened)?;
        if !is_same(&metadata, &opened) {
            let message = format!("{} was replaced while it was being opened. Open it again.", given.display());
            return Err(DataError::Unreadable { message });
        }
        let name = given.file_name().or(path.file_name()).map(|name| name.to_string_lossy().into_owned());
        Ok(ChosenFile { file, name: name.unwrap_or_default(), resolved: path, metadata: opened })
    }
}

impl ChosenFile {
    /// Opens the file at `path`. Blocks for as long as the disk does.
    pub(crate) fn at(path: &Path) -> Result<Self, DataError> {
        Resolved::new(path)?.open()
    }

    /// The file's own name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where it is, links resolved.
    pub(crate) fn resolved(&self) -> &Path {
        &self.resolved
    }

    /// Its size when it was opened.
    pub(crate) fn size_bytes(&self) -> u64 {
        self.metadata.len()
    }

    /// When and as what it was last changed, as far as the system tells; none while that is so recent that a change
    /// right now might look the same.
    pub(crate) fn version(&self) -> Option<String> {
        const CLOCK_STEP: std::time::Duration = std::time::Duration::from_millis(50);
        let modified = self.metadata.modified().ok()?;
        let age = SystemTime::now().duration_since(modified).ok()?;
        (age > CLOCK_STEP).then(|| version(&self.metadata, modified))
    }

    /// As it is handed to a worker.
    pub(crate) fn handed(&self) -> Chosen {
        let path = (!cfg!(unix)).then(|| self.resolved.clone());
        Chosen { file_name: self.name.clone(), path }
    }

    /// The open file once more.
    pub(crate) fn descriptor(&self) -> io::Result<File> {
        self.file.try_clone()
    }
}

#[cfg(unix)]
fn open_without_following(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    // Should a pipe have taken the file's place by now, opening it must not wait for a writer.
    OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
}

#[cfg(not(unix))]
fn open_without_following(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(unix)]
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    a.created().ok() == b.created().ok()
}

#[cfg(unix)]
fn version(metadata: &Metadata, _: SystemTime) -> String {
    use std::os::unix::fs::MetadataExt;
    format!(
        "{}.{:09} {}.{:09} {}",
        metadata.mtime(),
        metadata.mtime_nsec(),
        metadata.ctime(),
        metadata.ctime_nsec(),
        metadata.ino()
    )
}

#[cfg(not(unix))]
fn version(_: &Metadata, modified: SystemTime) -> String {
    modified.duration_since(SystemTime::UNIX_EPOCH).map_or_else(|_| String::new(), |age| age.as_nanos().to_string())
}

fn require_regular(given: &Path, metadata: &Metadata) -> Result<(), DataError> {
    let path = given.display().to_string();
    match metadata.file_type() {
        kind if kind.is_file() => Ok(()),
        kind if kind.is_dir() => Err(DataError::IsDirectory { path }),
        _ => Err(DataError::NotAFile { path }),
    }
}

fn unreadable(given: &Path, error: io::Error) -> DataError {
    let path = given.display().to_string();
    match error.kind() {
        io::ErrorKind::NotFound => DataError::NotFound { path },
        io::ErrorKind::PermissionDenied => DataError::PermissionDenied { path },
        _ if is_loop(&error) => DataError::NotAFile { path },
        _ => DataError::Io { action: format!("read {path}"), source: error },
    }
}

#[cfg(unix)]
fn is_loop(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ELOOP | libc::ENXIO))
}

#[cfg(not(unix))]
fn is_loop(_: &io::Error) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read;
    use std::os::unix::fs::symlink;
    use std::time::{Duration, Instant};

    use super::*;

    fn content(mut file: ChosenFile) -> String {
        let mut text = String::new();
        file.file.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn what_is_no_ordinary_file_is_refused_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        symlink(at("loop"), at("loop")).unwrap();
        symlink("/dev/zero", at("device")).unwrap();
        symlink(at("pipe"), at("link to pipe")).unwrap();
        let started = Instant::now();
        for name in ["pipe", "socket", "loop", "device", "link to pipe", "."] {
            let error = ChosenFile::at(&at(name)).unwrap_err();
            assert!(matches!(error, DataError::NotAFile { .. } | DataError::IsDirectory { .. }), "{name}: {error:?}");
        }
        assert!(matches!(ChosenFile::at(Path::new("/dev/zero")), Err(DataError::NotAFile { .. })));
        assert!(started.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn a_link_that_the_person_chose_is_followed_once() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.csv"), "chosen").unwrap();
        symlink("a.csv", dir.path().join("link.csv")).unwrap();
        let file = ChosenFile::at(&dir.path().join("link.csv")).unwrap();
        assert_eq!((file.name(), file.resolved().ends_with("a.csv")), ("link.csv", true));
        assert_eq!(content(file), "chosen");
    }

    #[test]
    fn a_file_swapped_a_thousand_times_is_never_another_one() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("secret"), "secret").unwrap();
        for round in 0..1000 {
            fs::write(at("a.csv"), "chosen").unwrap();
            let (path, secret) = (at("a.csv"), at("secret"));
            let resolved = Resolved::new(&path).unwrap();
            fs::rename(&path, at("kept")).unwrap();
            match round % 4 {
                0 => symlink(&secret, &path).unwrap(),
                1 => fs::hard_link(&secret, &path).unwrap(),
                2 => drop(fs::copy(&secret, &path).unwrap()),
                _ => symlink("/dev/zero", &path).unwrap(),
            }
            assert!(resolved.open().is_err(), "round {round}");
            fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn what_is_open_stays_what_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        fs::write(&path, "before").unwrap();
        let file = ChosenFile::at(&path).unwrap();
        fs::write(dir.path().join("b"), "after").unwrap();
        fs::rename(dir.path().join("b"), &path).unwrap();
        assert_eq!(content(file), "before");
        let file = ChosenFile::at(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(content(file), "after");
    }
}
