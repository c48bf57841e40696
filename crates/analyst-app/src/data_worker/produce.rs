//! What a worker left in its folder, taken over by us. A worker only names files; whatever is not an ordinary file of
//! its own folder is refused, and nothing that exists is overwritten but an export the person asked for.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use analyst_types::{AppError, ErrorCode};

/// What a worker left in its folder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Produce<'w> {
    folder: &'w Path,
}

impl<'w> Produce<'w> {
    pub(super) fn new(folder: &'w Path) -> Self {
        Self { folder }
    }

    /// Keeps a table in `dir`, under the name the worker gave it, which stands for its content; gives its new path.
    pub(crate) fn keep(self, named: &Path, dir: &Path) -> Result<PathBuf, AppError> {
        super::make_dir(dir)?;
        let file = self.checked(named)?;
        let is_content_name = named
            .file_stem()
            .and_then(|stem| stem.to_str())
            .is_some_and(|stem| stem.len() >= 32 && stem.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if !is_content_name || named.extension().is_none_or(|extension| extension != "arrow") {
            return Err(not_its_own());
        }
        let target = dir.join(file.file_name().ok_or_else(not_its_own)?);
        if target.is_file() {
            let _ = fs::remove_file(&file); // its folder goes anyway
            return Ok(target);
        }
        place(&file, &target).map_err(|error| unwritable(&target, &error))?;
        Ok(target)
    }

    /// Puts an export where the person wants it; makes the folder when it is missing.
    pub(crate) fn hand_over(self, named: &Path, target: &Path) -> Result<(), AppError> {
        let file = self.checked(named)?;
        if let Some(dir) = target.parent() {
            fs::create_dir_all(dir).map_err(|error| unwritable(target, &error))?;
        }
        place(&file, target).map_err(|error| unwritable(target, &error))
    }

    /// The file itself, when it is one of the worker's own.
    fn checked(self, named: &Path) -> Result<PathBuf, AppError> {
        let name = named.file_name().ok_or_else(not_its_own)?;
        let file = self.folder.join(name);
        let is_own =
            named.parent() == Some(self.folder) && fs::symlink_metadata(&file).is_ok_and(|found| is_plain(&found));
        if is_own { Ok(file) } else { Err(not_its_own()) }
    }
}

#[cfg(unix)]
fn is_plain(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(metadata) == 1 && metadata.is_file()
}

#[cfg(not(unix))]
fn is_plain(metadata: &fs::Metadata) -> bool {
    metadata.is_file()
}

/// Moves; copies, and then moves, where the target is on another disk. The target appears whole or not at all.
fn place(file: &Path, target: &Path) -> io::Result<()> {
    match fs::rename(file, target) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {}
        done => return done,
    }
    let dir = target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut copy = tempfile::Builder::new().prefix(".writing-").tempfile_in(dir)?;
    io::copy(&mut fs::File::open(file)?, copy.as_file_mut())?;
    copy.as_file().sync_all()?;
    copy.persist(target).map_err(|error| error.error)?;
    Ok(())
}

fn not_its_own() -> AppError {
    tracing::error!("a data worker named a file that is not its own");
    AppError::new(ErrorCode::UnreadableFile, "the process that worked on the file misbehaved; its result is not used")
        .with_hint("The file may be hostile. Nothing was changed.")
}

fn unwritable(target: &Path, error: &io::Error) -> AppError {
    AppError::new(ErrorCode::Storage, format!("{} cannot be written: {error}", target.display()))
        .with_hint("Check the folder, its permissions and the free space.")
}
