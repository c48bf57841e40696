//! Keys in one file, encrypted with XChaCha20-Poly1305 under a key that Argon2id derives from the person's passphrase.
//! Names are encrypted with the values. The file is replaced as a whole, so it is always the old or the new one.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use analyst_types::{AppError, ErrorCode};
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Generate, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::SecretStore;

const FORMAT_VERSION: u32 = 1;
/// Argon2id cost: 64 MiB, 3 passes, 1 lane (RFC 9106, second recommended option, with one lane).
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const KEY_BYTES: usize = 32;
const SALT_BYTES: usize = 16;

/// The file's form; bytes in Base64.
#[derive(Serialize, Deserialize)]
struct VaultFile {
    version: u32,
    memory_kib: u32,
    passes: u32,
    salt: String,
    nonce: String,
    ciphertext: String,
}

/// An unlocked vault.
pub(super) struct VaultStore {
    path: PathBuf,
    salt: Vec<u8>,
    cipher: XChaCha20Poly1305,
    secrets: Mutex<BTreeMap<String, SecretString>>,
}

impl VaultStore {
    /// Unlocks the vault at `path`, or makes an empty one. Takes about a tenth of a second of work on purpose.
    pub(super) fn open(path: PathBuf, passphrase: &SecretString) -> Result<Self, AppError> {
        match std::fs::read(&path) {
            Ok(bytes) => Self::unlock(path, &bytes, passphrase),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::create(path, passphrase),
            Err(error) => Err(unreadable(&error)),
        }
    }

    fn create(path: PathBuf, passphrase: &SecretString) -> Result<Self, AppError> {
        let salt = <[u8; SALT_BYTES]>::try_generate().map_err(|error| unreadable(&error))?.to_vec();
        let cipher = derive(passphrase, &salt, MEMORY_KIB, PASSES)?;
        let vault = Self { path, salt, cipher, secrets: Mutex::default() };
        vault.write(&BTreeMap::new())?;
        Ok(vault)
    }

    fn unlock(path: PathBuf, bytes: &[u8], passphrase: &SecretString) -> Result<Self, AppError> {
        let file: VaultFile = serde_json::from_slice(bytes).map_err(|error| unreadable(&error))?;
        if file.version != FORMAT_VERSION {
            return Err(unreadable(&format!("it has format {}, this program knows {FORMAT_VERSION}", file.version)));
        }
        let decode = |text: &str| STANDARD.decode(text).map_err(|error| unreadable(&error));
        let salt = decode(&file.salt)?;
        let cipher = derive(passphrase, &salt, file.memory_kib, file.passes)?;
        let nonce = XNonce::try_from(decode(&file.nonce)?.as_slice()).map_err(|error| unreadable(&error))?;
        let plain = cipher.decrypt(&nonce, decode(&file.ciphertext)?.as_slice()).map_err(|_| {
            AppError::new(ErrorCode::KeyRejected, "the passphrase is not right for the key file")
                .with_hint("Try again. Without the passphrase the file cannot be opened; it can only be deleted.")
        })?;
        let plain = Zeroizing::new(plain);
        let secrets: BTreeMap<String, String> = serde_json::from_slice(&plain).map_err(|error| unreadable(&error))?;
        let secrets = secrets.into_iter().map(|(name, secret)| (name, SecretString::from(secret))).collect();
        Ok(Self { path, salt, cipher, secrets: Mutex::new(secrets) })
    }

    fn write(&self, secrets: &BTreeMap<String, SecretString>) -> Result<(), AppError> {
        let plain: BTreeMap<&str, &str> =
            secrets.iter().map(|(name, secret)| (name.as_str(), secret.expose_secret())).collect();
        let plain = Zeroizing::new(serde_json::to_vec(&plain).map_err(|error| unreadable(&error))?);
        let nonce = XNonce::try_generate().map_err(|error| unreadable(&error))?;
        let ciphertext = self
            .cipher
            .encrypt(&nonce, plain.as_slice())
            .map_err(|_| AppError::new(ErrorCode::Internal, "the key file could not be encrypted"))?;
        let file = VaultFile {
            version: FORMAT_VERSION,
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            salt: STANDARD.encode(&self.salt),
            nonce: STANDARD.encode(nonce.as_slice()),
            ciphertext: STANDARD.encode(ciphertext),
        };
        let text = serde_json::to_vec_pretty(&file).map_err(|error| unreadable(&error))?;
        replace(&self.path, &text).map_err(|error| {
            AppError::new(ErrorCode::Storage, format!("the key file could not be written: {error}"))
                .with_hint("The keys as they were before are kept.")
        })
    }
}

fn derive(passphrase: &SecretString, salt: &[u8], memory_kib: u32, passes: u32) -> Result<XChaCha20Poly1305, AppError> {
    let params = Params::new(memory_kib, passes, 1, Some(KEY_BYTES)).map_err(|error| unreadable(&error))?;
    let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose_secret().as_bytes(), salt, key.as_mut_slice())
        .map_err(|error| unreadable(&error))?;
    Ok(XChaCha20Poly1305::new(&Key::from(*key)))
}

/// Writes beside the file, to disk, and then takes its place.
fn replace(path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(std::path::Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn unreadable(reason: &dyn std::fmt::Display) -> AppError {
    AppError::new(ErrorCode::Storage, format!("the key file cannot be used: {reason}"))
        .with_hint("It was left as it is. Moving it away makes a new, empty one.")
}

#[async_trait]
impl SecretStore for VaultStore {
    async fn get(&self, name: &str) -> Result<Option<SecretString>, AppError> {
        Ok(self.secrets.lock().await.get(name).cloned())
    }

    async fn set(&self, name: &str, secret: SecretString) -> Result<(), AppError> {
        let mut secrets = self.secrets.lock().await;
        let mut changed = secrets.clone();
        changed.insert(name.to_owned(), secret);
        self.write(&changed)?;
        *secrets = changed;
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<(), AppError> {
        let mut secrets = self.secrets.lock().await;
        let mut changed = secrets.clone();
        changed.remove(name);
        self.write(&changed)?;
        *secrets = changed;
        Ok(())
    }
}
