//! Where things are and how this process behaves, resolved once by the face: defaults, then environment, then flags.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use analyst_types::{AppError, Clock, ErrorCode, IdSource, Timestamp};

use crate::data_worker::WorkerCommand;

/// Names the data folder.
const DATA_DIR_VARIABLE: &str = "AUTO_ANALYST_DATA_DIR";
/// Fixes time and ids, so that the same work gives the same bytes. For tests.
const DETERMINISTIC_VARIABLE: &str = "AUTO_ANALYST_DETERMINISTIC";
/// Keeps away from the operating system's keyring. For tests and for machines where it hangs.
const NO_KEYRING_VARIABLE: &str = "AUTO_ANALYST_NO_KEYRING";
/// Raises the log level.
const DEBUG_VARIABLE: &str = "DEBUG";
/// The moment of deterministic runs: 2024-01-01T00:00:00Z, in seconds.
const FIXED_MOMENT: i64 = 1_704_067_200;

/// Where things are and how this process behaves.
#[derive(Debug, Clone)]
pub struct Config {
    /// Chats, datasets, settings and logs. Made when missing.
    pub data_dir: PathBuf,
    /// Whether the operating system's keyring may be asked.
    pub use_keyring: bool,
    /// Whether time and ids are fixed.
    pub deterministic: bool,
    /// Whether to log more.
    pub debug: bool,
    /// Where the time comes from.
    pub clock: Clock,
    /// Where ids come from.
    pub ids: Arc<IdSource>,
    /// The program that reads files and runs SQL, in a process of its own.
    pub worker: WorkerCommand,
}

impl Config {
    /// From the flag `data_dir`, the environment and the defaults.
    ///
    /// # Errors
    /// `Storage` when the machine names no home folder and nothing else was given.
    pub fn resolve(data_dir: Option<PathBuf>) -> Result<Self, AppError> {
        let data_dir =
            data_dir.or_else(|| path_from(DATA_DIR_VARIABLE)).or_else(default_data_dir).ok_or_else(|| {
                AppError::new(ErrorCode::Storage, "there is no folder to keep data in")
                    .with_hint(format!("Name one with --data-dir or {DATA_DIR_VARIABLE}."))
            })?;
        let deterministic = is_set(DETERMINISTIC_VARIABLE);
        Ok(Self {
            data_dir,
            use_keyring: !is_set(NO_KEYRING_VARIABLE),
            deterministic,
            debug: is_set(DEBUG_VARIABLE),
            clock: if deterministic { fixed_clock() } else { Clock::System },
            ids: Arc::new(if deterministic { IdSource::sequential() } else { IdSource::Random }),
            worker: WorkerCommand::own(),
        })
    }

    /// Our Arrow copies of opened files.
    pub(crate) fn datasets_dir(&self) -> PathBuf {
        self.data_dir.join("datasets")
    }

    /// What runs hand over between their steps; swept at start.
    pub(crate) fn exchange_dir(&self) -> PathBuf {
        self.data_dir.join("exchange")
    }

    /// Samples as files, so that they open like any other.
    pub(crate) fn samples_dir(&self) -> PathBuf {
        self.data_dir.join("samples")
    }

    /// The person's own agents.
    pub(crate) fn agents_dir(&self) -> PathBuf {
        self.data_dir.join("agents")
    }

    /// Log files, one per day.
    pub(crate) fn logs_dir(&self) -> PathBuf {
        self.data_dir.join("logs")
    }
}

fn path_from(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn is_set(variable: &str) -> bool {
    std::env::var(variable).is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

fn default_data_dir() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "auto-analyst").map(|dirs| dirs.data_dir().to_owned())
}

fn fixed_clock() -> Clock {
    Clock::Fixed(Timestamp::from_timestamp(FIXED_MOMENT, 0).unwrap_or_default())
}

/// Makes a folder that only its owner can look into.
pub(crate) fn make_private_dir(dir: &Path) -> Result<(), AppError> {
    std::fs::create_dir_all(dir).and_then(|()| restrict(dir)).map_err(|error| {
        AppError::new(ErrorCode::Storage, format!("the folder {} cannot be used: {error}", dir.display()))
            .with_hint("Check its permissions and the free space, or name another one with --data-dir.")
    })
}

#[cfg(unix)]
fn restrict(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn restrict(_: &Path) -> std::io::Result<()> {
    Ok(())
}
