//! Keys of model providers: kept by the operating system's keyring, else in a file encrypted with the person's
//! passphrase, else in memory until the program ends. Never in plain text, and never given back to a face.
//!
//! A key belongs to a provider *at an address*: when the address changes, the key must be entered again, so that an
//! imported setting cannot send a key elsewhere.

mod keyring;
mod session;
mod vault;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use analyst_types::{AppError, ErrorCode};
use async_trait::async_trait;
use secrecy::SecretString;
use tokio::sync::{RwLock, RwLockReadGuard};

use self::{keyring::KeyringStore, session::SessionStore, vault::VaultStore};
use crate::commands::model::{SecretStoreInfo, SecretStoreKind};
use crate::config::Config;

/// Length below which a passphrase is refused.
const MIN_PASSPHRASE_CHARS: usize = 8;

/// Keeps secrets by name. The implementations pass one contract suite (below).
#[async_trait]
pub(crate) trait SecretStore: Send + Sync {
    async fn get(&self, name: &str) -> Result<Option<SecretString>, AppError>;
    async fn set(&self, name: &str, secret: SecretString) -> Result<(), AppError>;
    async fn delete(&self, name: &str) -> Result<(), AppError>;

    /// Everything that would be lost when the program ends; a store that outlives it has nothing to say.
    async fn all_in_memory(&self) -> BTreeMap<String, SecretString> {
        BTreeMap::new()
    }
}

/// The store in use, and the way to a better one. It is chosen when a key is first wanted: asking a keyring can take
/// seconds, and most starts want no key.
pub(crate) struct Secrets {
    chosen: RwLock<Option<Chosen>>,
    vault_path: PathBuf,
    use_keyring: bool,
}

struct Chosen {
    store: Box<dyn SecretStore>,
    info: SecretStoreInfo,
}

impl Secrets {
    pub(crate) fn new(config: &Config) -> Self {
        Self::at(&config.data_dir, config.use_keyring)
    }

    fn at(data_dir: &Path, use_keyring: bool) -> Self {
        Self { chosen: RwLock::new(None), vault_path: data_dir.join("keys.vault"), use_keyring }
    }

    /// Where keys are kept now.
    pub(crate) async fn info(&self) -> SecretStoreInfo {
        self.chosen().await.info.clone()
    }

    pub(crate) async fn get(&self, name: &str) -> Result<Option<SecretString>, AppError> {
        self.chosen().await.store.get(name).await
    }

    pub(crate) async fn set(&self, name: &str, secret: SecretString) -> Result<(), AppError> {
        let chosen = self.chosen().await;
        if chosen.info.locked {
            return Err(AppError::new(ErrorCode::Storage, "the key file is locked")
                .with_hint("Unlock it with its passphrase first."));
        }
        chosen.store.set(name, secret).await
    }

    pub(crate) async fn delete(&self, name: &str) -> Result<(), AppError> {
        self.chosen().await.store.delete(name).await
    }

    /// Opens the vault, or makes it; keys that were only in memory move into it.
    pub(crate) async fn unlock(&self, passphrase: SecretString) -> Result<(), AppError> {
        check_passphrase(&passphrase)?;
        drop(self.chosen().await);
        let mut chosen = self.chosen.write().await;
        let Some(current) = chosen.as_mut().filter(|current| current.info.kind != SecretStoreKind::Keyring) else {
            return Err(AppError::new(ErrorCode::InvalidRequest, "keys are in this computer's keyring already"));
        };
        let path = self.vault_path.clone();
        let vault = tokio::task::spawn_blocking(move || VaultStore::open(path, &passphrase))
            .await
            .map_err(|_| AppError::new(ErrorCode::Internal, "the key file could not be opened"))??;
        for (name, secret) in current.store.all_in_memory().await {
            vault.set(&name, secret).await?;
        }
        *current = Chosen { store: Box::new(vault), info: in_vault() };
        Ok(())
    }

    /// A keyring that passes a write, else the vault (locked at first), else memory.
    async fn chosen(&self) -> RwLockReadGuard<'_, Chosen> {
        loop {
            if let Ok(chosen) = RwLockReadGuard::try_map(self.chosen.read().await, Option::as_ref) {
                return chosen;
            }
            let mut empty = self.chosen.write().await;
            if empty.is_none() {
                *empty = Some(self.choose().await);
            }
        }
    }

    async fn choose(&self) -> Chosen {
        match keyring_if_it_works(self.use_keyring).await {
            Ok(store) => Chosen { store: Box::new(store), info: in_keyring() },
            Err(reason) => {
                let exists = self.vault_path.exists();
                let info = if exists { vault_locked(&reason) } else { in_memory(&reason) };
                Chosen { store: Box::new(SessionStore::default()), info }
            }
        }
    }
}

async fn keyring_if_it_works(use_keyring: bool) -> Result<KeyringStore, String> {
    if !use_keyring {
        return Err("the keyring is switched off".to_owned());
    }
    let store = KeyringStore::start();
    store.probe().await?;
    Ok(store)
}

fn check_passphrase(passphrase: &SecretString) -> Result<(), AppError> {
    use secrecy::ExposeSecret;
    if passphrase.expose_secret().chars().count() >= MIN_PASSPHRASE_CHARS {
        return Ok(());
    }
    let message = format!("the passphrase must have at least {MIN_PASSPHRASE_CHARS} characters");
    Err(AppError::new(ErrorCode::InvalidRequest, message))
}

fn in_keyring() -> SecretStoreInfo {
    let detail = "Keys are kept in this computer's keyring.".to_owned();
    SecretStoreInfo { kind: SecretStoreKind::Keyring, detail, locked: false }
}

fn in_vault() -> SecretStoreInfo {
    let detail = "Keys are kept in a file encrypted with your passphrase.".to_owned();
    SecretStoreInfo { kind: SecretStoreKind::Vault, detail, locked: false }
}

fn vault_locked(reason: &str) -> SecretStoreInfo {
    let detail = format!("There is no keyring ({reason}). Your encrypted key file is locked: enter its passphrase.");
    SecretStoreInfo { kind: SecretStoreKind::Vault, detail, locked: true }
}

fn in_memory(reason: &str) -> SecretStoreInfo {
    let detail = format!(
        "There is no keyring ({reason}). Keys are kept in memory until the program ends; \
         with a passphrase they are kept in an encrypted file."
    );
    SecretStoreInfo { kind: SecretStoreKind::Session, detail, locked: false }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    async fn contract(store: &dyn SecretStore) {
        let text = |secret: Option<SecretString>| secret.map(|secret| secret.expose_secret().to_owned());
        assert_eq!(text(store.get("a").await.unwrap()), None);
        store.set("a", "one".into()).await.unwrap();
        store.set("b", "zwei €".into()).await.unwrap();
        store.set("a", "three".into()).await.unwrap();
        assert_eq!(text(store.get("a").await.unwrap()).as_deref(), Some("three"));
        store.delete("a").await.unwrap();
        store.delete("a").await.unwrap();
        assert_eq!(text(store.get("a").await.unwrap()), None);
        assert_eq!(text(store.get("b").await.unwrap()).as_deref(), Some("zwei €"));
    }

    #[tokio::test]
    async fn the_session_store_keeps_the_contract() {
        contract(&SessionStore::default()).await;
    }

    #[tokio::test]
    async fn the_vault_keeps_the_contract() {
        let dir = tempfile::tempdir().unwrap();
        contract(&VaultStore::open(dir.path().join("keys.vault"), &"correct horse".into()).unwrap()).await;
    }

    #[tokio::test]
    async fn keys_in_memory_move_into_a_new_vault_and_outlive_the_program() {
        let dir = tempfile::tempdir().unwrap();
        let secrets = Secrets::at(dir.path(), false);
        assert_eq!(secrets.info().await.kind, SecretStoreKind::Session);
        secrets.set("openai", "sk-1".into()).await.unwrap();
        secrets.unlock("correct horse".into()).await.unwrap();
        assert_eq!(secrets.info().await, in_vault());

        let later = Secrets::at(dir.path(), false);
        assert!(later.info().await.locked);
        assert!(later.set("openai", "sk-2".into()).await.is_err());
        assert!(later.unlock("wrong horse!".into()).await.unwrap_err().message.contains("passphrase"));
        later.unlock("correct horse".into()).await.unwrap();
        assert_eq!(later.get("openai").await.unwrap().unwrap().expose_secret(), "sk-1");
    }

    #[tokio::test]
    async fn the_vault_file_holds_no_secret_in_plain_text() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys.vault");
        let vault = VaultStore::open(path.clone(), &"correct horse".into()).unwrap();
        vault.set("openai", "sk-very-secret".into()).await.unwrap();
        let bytes = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        assert!(!bytes.contains("sk-very-secret") && !bytes.contains("openai"));
    }

    #[tokio::test]
    async fn a_short_passphrase_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let secrets = Secrets::at(dir.path(), false);
        assert!(secrets.unlock("short".into()).await.unwrap_err().message.contains("8 characters"));
        assert!(!dir.path().join("keys.vault").exists());
    }
}
