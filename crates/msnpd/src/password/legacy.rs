//! Passwords that can be read again, for accounts that sign in from MSNP2-7.
//!
//! Those versions prove the password by the MD5 of a challenge and the password itself, and the challenge must be
//! fresh each time, so the server needs the password. It is kept in the database, sealed with a key that is in a file
//! beside it, and only for accounts whose operator asked for it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fmt, fs};

use openssl::error::ErrorStack;
use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};

use crate::account::AccountId;
use crate::data_dir::{self, Readers};
use crate::hex_key;
use crate::store::Seal;

/// The key's file name in the data directory.
pub const KEY_FILE: &str = "legacy.key";

const NONCE: usize = 12;
const TAG: usize = 16;

/// The first byte of what is sealed, so that another way to seal can be told apart.
const AES_256_GCM: u8 = 1;

/// What passwords are sealed with.
#[derive(Clone)]
pub struct LegacyKey([u8; hex_key::LEN]);

impl fmt::Debug for LegacyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LegacyKey(..)")
    }
}

/// Why a password could not be sealed or opened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LegacyError {
    /// The encryption failed.
    #[error("sealing a password failed: {0}")]
    Crypto(Arc<ErrorStack>),
    /// The key file can't be used.
    #[error("cannot use {file}: {source}; the user that runs msnpd needs to own it", file = .file.display())]
    File {
        /// The key file.
        file: PathBuf,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// The key file holds something else.
    #[error(
        "{file} holds no key of 64 hexadecimal digits: restore it from a backup, or move it away and set the \
         passwords of all accounts with --legacy-md5 again",
        file = .file.display()
    )]
    NoKey {
        /// The key file.
        file: PathBuf,
    },
    /// The password was sealed with another key, or for another account.
    #[error("the sealed password does not fit legacy.key: set the account's password again")]
    Sealed,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
}

impl From<ErrorStack> for LegacyError {
    fn from(error: ErrorStack) -> Self {
        Self::Crypto(Arc::new(error))
    }
}

impl LegacyKey {
    /// The key of this data directory, if it has one. Blocks for as long as it takes to read a file.
    ///
    /// # Errors
    /// When the file can't be read, or holds no key.
    pub fn load(data_dir: &Path) -> Result<Option<Self>, LegacyError> {
        let file = data_dir.join(KEY_FILE);
        match fs::read_to_string(&file) {
            Ok(text) => match hex_key::parse(text.trim()) {
                Some(key) => Ok(Some(Self(key))),
                None => Err(LegacyError::NoKey { file }),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(LegacyError::NoKey { file }),
            Err(error) => Err(LegacyError::File { file, source: Arc::new(error) }),
        }
    }

    /// The key of this data directory, which is made at the first use. Blocks for as long as that takes.
    ///
    /// # Errors
    /// When the file can't be read or made, or holds no key.
    pub fn load_or_create(data_dir: &Path) -> Result<Self, LegacyError> {
        if let Some(key) = Self::load(data_dir)? {
            return Ok(key);
        }
        let file = data_dir.join(KEY_FILE);
        let failed = |source| LegacyError::File { file: file.clone(), source: Arc::new(source) };
        data_dir::create(data_dir).map_err(failed)?;
        // Of two processes that find none, the second has to take the first one's.
        let _lock = data_dir::lock_for_setup(data_dir).map_err(failed)?;
        if let Some(key) = Self::load(data_dir)? {
            return Ok(key);
        }
        let mut key = [0; hex_key::LEN];
        getrandom::fill(&mut key).map_err(LegacyError::Random)?;
        let line = hex_key::write(&key) + "\n";
        data_dir::replace(&file, line.as_bytes(), Readers::Owner).map_err(failed)?;
        Ok(Self(key))
    }

    /// Seals what counts of a password, for one account.
    ///
    /// # Errors
    /// When randomness or the encryption fails.
    pub fn seal(&self, account: AccountId, password: &str) -> Result<Vec<u8>, LegacyError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(LegacyError::Random)?;
        let mut tag = [0; TAG];
        let clear = super::counted(password).as_bytes();
        let sealed =
            encrypt_aead(Cipher::aes_256_gcm(), &self.0, Some(&nonce), &of(account), clear, &mut tag)?;
        Ok([&[AES_256_GCM], &nonce[..], &tag[..], &sealed].concat())
    }

    /// [`seal`](Self::seal), for an account that has no number yet.
    pub fn sealing(&self, password: &str) -> Seal {
        let (key, password) = (self.clone(), password.to_owned());
        Box::new(move |account| key.seal(account, &password))
    }

    /// The password that was sealed for this account.
    ///
    /// # Errors
    /// [`Sealed`](LegacyError::Sealed) where it was not, or not with this key.
    pub fn open(&self, account: AccountId, sealed: &[u8]) -> Result<String, LegacyError> {
        let (nonce, tag, sealed) = split(sealed).ok_or(LegacyError::Sealed)?;
        let clear = decrypt_aead(Cipher::aes_256_gcm(), &self.0, Some(nonce), &of(account), sealed, tag)
            .map_err(|_| LegacyError::Sealed)?;
        String::from_utf8(clear).map_err(|_| LegacyError::Sealed)
    }
}

/// What ties a sealed password to its account.
fn of(account: AccountId) -> [u8; 4] {
    account.0.to_be_bytes()
}

fn split(sealed: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let sealed = sealed.strip_prefix(&[AES_256_GCM])?;
    let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
    let (tag, sealed) = sealed.split_at_checked(TAG)?;
    Some((nonce, tag, sealed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_for_its_account_only() {
        let dir = tempfile::tempdir().unwrap();
        assert!(LegacyKey::load(dir.path()).unwrap().is_none());
        let key = LegacyKey::load_or_create(dir.path()).unwrap();
        let sealed = key.seal(AccountId(7), "0123456789äbcdefgh").unwrap();
        let again = LegacyKey::load(dir.path()).unwrap().unwrap();
        assert_eq!(again.open(AccountId(7), &sealed).unwrap(), "0123456789äbcdef");
        assert!(matches!(key.open(AccountId(8), &sealed), Err(LegacyError::Sealed)));
        assert_ne!(sealed, key.seal(AccountId(7), "0123456789äbcdefgh").unwrap());
        for at in 0..sealed.len() {
            let mut broken = sealed.clone();
            broken[at] ^= 1;
            assert!(key.open(AccountId(7), &broken).is_err());
            assert!(key.open(AccountId(7), &sealed[..at]).is_err());
        }
        assert_eq!(format!("{key:?}"), "LegacyKey(..)");
    }

    #[test]
    fn all_who_make_a_key_get_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path();
        let keys: Vec<_> = std::thread::scope(|scope| {
            let each: Vec<_> =
                (0..8).map(|_| scope.spawn(|| LegacyKey::load_or_create(path).unwrap().0)).collect();
            each.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
    }

    #[test]
    fn a_broken_key_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        for broken in ["", "abc", &"g".repeat(64), &"0".repeat(66)] {
            fs::write(dir.path().join(KEY_FILE), broken).unwrap();
            let error = LegacyKey::load_or_create(dir.path()).unwrap_err();
            assert!(matches!(error, LegacyError::NoKey { .. }), "{error}");
        }
    }
}
