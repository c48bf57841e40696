//! Keys in memory, forgotten when the program ends.

use std::collections::BTreeMap;

use analyst_types::AppError;
use async_trait::async_trait;
use secrecy::SecretString;
use tokio::sync::Mutex;

use super::SecretStore;

/// Keys in memory.
#[derive(Default)]
pub(super) struct SessionStore {
    secrets: Mutex<BTreeMap<String, SecretString>>,
}

#[async_trait]
impl SecretStore for SessionStore {
    async fn get(&self, name: &str) -> Result<Option<SecretString>, AppError> {
        Ok(self.secrets.lock().await.get(name).cloned())
    }

    async fn set(&self, name: &str, secret: SecretString) -> Result<(), AppError> {
        self.secrets.lock().await.insert(name.to_owned(), secret);
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<(), AppError> {
        self.secrets.lock().await.remove(name);
        Ok(())
    }

    async fn all_in_memory(&self) -> BTreeMap<String, SecretString> {
        self.secrets.lock().await.clone()
    }
}
