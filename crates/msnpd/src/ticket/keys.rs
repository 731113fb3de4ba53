//! The keys that sign tickets, and the file they lie in.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::{SECRET_LEN, SIGNATURE_LEN, hmac_sha256};
use crate::data_dir::{self, Readers};
use crate::hex_key;

/// The name of the key file in the data directory.
///
/// One key a line, 64 hex digits: the first one signs, the second one, if there is one, is still believed. To
/// change keys put a new first line before the old one; it may go when a ticket's lifetime is over.
pub const FILE: &str = "ticket.key";

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file can't be read or made.
    #[error("the ticket key {path}: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        error: io::Error,
    },
    /// The file holds something else.
    #[error("the ticket key {path}: expected one or two lines of 64 hex digits each")]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// The system gives no random numbers.
    #[error("no random numbers for a ticket key: {0}")]
    Random(#[from] getrandom::Error),
}

/// The current key and the one before.
#[derive(Clone)]
pub(super) struct Keys {
    current: Key,
    previous: Option<Key>,
}

impl Keys {
    pub(super) fn new(current: [u8; 32], previous: Option<[u8; 32]>) -> Self {
        Self { current: Key::new(&current), previous: previous.as_ref().map(Key::new) }
    }

    pub(super) fn open(data_dir: &Path) -> Result<Self, KeyError> {
        let path = data_dir.join(FILE);
        let failed = |error| KeyError::File { path: path.clone(), error };
        if let Some(contents) = data_dir::read(&path).map_err(failed)? {
            return Self::parse(&contents).ok_or(KeyError::Malformed { path });
        }
        let mut key = [0; hex_key::LEN];
        getrandom::fill(&mut key)?;
        let line = hex_key::write(&key) + "\n";
        data_dir::replace(&path, line.as_bytes(), Readers::Owner).map_err(failed)?;
        Ok(Self::new(key, None))
    }

    fn parse(contents: &[u8]) -> Option<Self> {
        let mut lines = std::str::from_utf8(contents).ok()?.split_whitespace();
        let current = hex_key::parse(lines.next()?)?;
        let previous = lines.next().map(|line| hex_key::parse(line).ok_or(())).transpose().ok()?;
        lines.next().is_none().then(|| Self::new(current, previous))
    }

    pub(super) fn current(&self) -> &Key {
        &self.current
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

/// One key, split into one for each use, so that a signature tells nothing of a secret.
#[derive(Clone)]
pub(super) struct Key {
    signing: [u8; 32],
    secrets: [u8; 32],
}

impl Key {
    fn new(key: &[u8; 32]) -> Self {
        Self { signing: hmac_sha256(key, b"ticket signature"), secrets: hmac_sha256(key, b"ticket secret") }
    }

    pub(super) fn sign(&self, claims: &[u8]) -> [u8; SIGNATURE_LEN] {
        first(&hmac_sha256(&self.signing, claims))
    }

    pub(super) fn secret(&self, ticket: &[u8]) -> [u8; SECRET_LEN] {
        first(&hmac_sha256(&self.secrets, ticket))
    }
}

fn first<const N: usize>(bytes: &[u8; 32]) -> [u8; N] {
    const { assert!(N <= 32) };
    let mut out = [0; N];
    for (to, from) in out.iter_mut().zip(bytes) {
        *to = *from;
    }
    out
}
