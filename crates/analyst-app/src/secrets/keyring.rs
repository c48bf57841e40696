//! The operating system's keyring, spoken to from one thread of its own: on Linux the library panics inside an async
//! runtime and waits for ever on a locked keyring, so every call is queued there and given a deadline.

use std::sync::mpsc;
use std::time::Duration;

use analyst_types::{AppError, ErrorCode};
use async_trait::async_trait;
use keyring::v1::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;

use super::SecretStore;

/// The name our entries carry in the keyring.
const SERVICE: &str = "auto-analyst";
/// A locked keyring asks its person for a password; after this long we stop waiting.
const DEADLINE: Duration = Duration::from_secs(8);
/// The entry that shows, by being written and removed, that the keyring works.
const PROBE: &str = "probe";

type Job = Box<dyn FnOnce() + Send>;

/// The operating system's keyring.
pub(super) struct KeyringStore {
    jobs: mpsc::Sender<Job>,
}

impl KeyringStore {
    /// Starts the thread. It ends with the last sender; a call that hangs in it does not keep the program alive.
    pub(super) fn start() -> Self {
        let (jobs, queue) = mpsc::channel::<Job>();
        let started = std::thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            for job in queue {
                job();
            }
        });
        if let Err(error) = started {
            tracing::warn!(%error, "no thread for the keyring");
        }
        Self { jobs }
    }

    /// Writes and removes an entry: a keyring can be present and still refuse.
    pub(super) async fn probe(&self) -> Result<(), String> {
        let entry = format!("{PROBE}-{}", std::process::id());
        self.call(move || {
            let entry = Entry::new(SERVICE, &entry)?;
            entry.set_password("works")?;
            entry.delete_credential()
        })
        .await
    }

    async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, String> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(move || {
            // The receiver may have given up waiting.
            let _ = answer.send(work());
        });
        self.jobs.send(job).map_err(|_| "its thread has ended".to_owned())?;
        match tokio::time::timeout(DEADLINE, answered).await {
            Ok(Ok(result)) => result.map_err(|error| plain(&error)),
            Ok(Err(_)) => Err("it failed unexpectedly".to_owned()),
            Err(_) => Err(format!("it did not answer within {} seconds", DEADLINE.as_secs())),
        }
    }
}

fn plain(error: &Error) -> String {
    match error {
        Error::NoDefaultStore => "this session has none".to_owned(),
        other => other.to_string(),
    }
}

fn storage(reason: String) -> AppError {
    AppError::new(ErrorCode::Storage, format!("the keyring cannot be used: {reason}"))
        .with_hint("Unlock it, or start again to keep keys in an encrypted file instead.")
}

#[async_trait]
impl SecretStore for KeyringStore {
    async fn get(&self, name: &str) -> Result<Option<SecretString>, AppError> {
        let name = name.to_owned();
        self.call(move || match Entry::new(SERVICE, &name)?.get_password() {
            Ok(secret) => Ok(Some(SecretString::from(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
        .await
        .map_err(storage)
    }

    async fn set(&self, name: &str, secret: SecretString) -> Result<(), AppError> {
        let name = name.to_owned();
        self.call(move || Entry::new(SERVICE, &name)?.set_password(secret.expose_secret())).await.map_err(storage)
    }

    async fn delete(&self, name: &str) -> Result<(), AppError> {
        let name = name.to_owned();
        self.call(move || match Entry::new(SERVICE, &name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        })
        .await
        .map_err(storage)
    }
}
