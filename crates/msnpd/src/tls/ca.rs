//! CAs and the server's certificates in the data directory: made on the first start, renewed when due.

use std::io;
use std::path::{Path, PathBuf};

use openssl::asn1::Asn1Time;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use super::era::Era;
use super::issue;
use super::names::Names;
use crate::data_dir::{self, Readers};

/// A server's certificate is renewed when it has less than this left.
const RENEW_DAYS: i32 = 60;

/// What the server shows of itself over TLS, to clients of one age.
#[derive(Clone)]
pub struct Identity {
    /// The CA's certificate.
    pub ca: X509,
    /// The server's certificate.
    pub certificate: X509,
    /// The server's key.
    pub key: PKey<Private>,
}

/// Why there is no identity.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read or made.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        error: io::Error,
    },
    /// A certificate without its key, or with another one's.
    #[error(
        "{certificate} and {key} do not belong together; restore the missing or changed one, or remove \
             both to start with a new CA, which every user has to import again"
    )]
    Mismatch {
        /// The certificate.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
    },
    /// A file holds something else than it should.
    #[error("{path} is not what it should be: {error}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What OpenSSL says.
        #[source]
        error: ErrorStack,
    },
    /// OpenSSL failed.
    #[error("OpenSSL: {0}")]
    OpenSsl(#[from] ErrorStack),
}

impl Identity {
    /// What lies in `data_dir` for this age of clients, made where it is missing, and the server's certificate renewed where it is not
    /// for exactly these names or expires within 60 days. `now` in seconds since 1970.
    ///
    /// A crash between any two writes leaves what the next start can go on with.
    ///
    /// # Errors
    /// When files can't be read or written, or the CA's are damaged: it is never replaced unasked.
    pub fn open(era: Era, data_dir: &Path, names: &Names, now: u64) -> Result<Self, TlsError> {
        let now = i64::try_from(now).unwrap_or(i64::MAX / 2);
        let (ca, ca_key) = open_ca(era, data_dir, now)?;
        let files = era.files();
        let (certificate_path, key_path) = (data_dir.join(files.certificate), data_dir.join(files.key));
        let certificate = read(&certificate_path)?.and_then(|pem| X509::from_pem(&pem).ok());
        let key = read(&key_path)?.and_then(|pem| PKey::private_key_from_pem(&pem).ok());
        if let (Some(certificate), Some(key)) = (certificate, key) {
            let good = certificate.public_key()?.public_eq(&key)
                && certificate.verify(&*ca.public_key()?)?
                && Names::of(&certificate) == *names
                && days_left(&certificate, now)? >= RENEW_DAYS;
            if good {
                return Ok(Self { ca, certificate, key });
            }
        }
        let key = issue::key()?;
        let certificate = issue::leaf(era, &key, names, &ca, &ca_key, now)?;
        // Between the two writes a crash leaves a pair that does not match, which is renewed.
        write(&key_path, &key.private_key_to_pem_pkcs8()?, Readers::Owner)?;
        write(&certificate_path, &certificate.to_pem()?, Readers::Everyone)?;
        tracing::info!(certificate = %certificate_path.display(), "made a server certificate");
        Ok(Self { ca, certificate, key })
    }

    /// The CA's fingerprint, as certificate dialogs show it.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn ca_fingerprint(&self, digest: MessageDigest) -> Result<String, TlsError> {
        let digest = self.ca.digest(digest)?;
        Ok(digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":"))
    }
}

fn open_ca(era: Era, data_dir: &Path, now: i64) -> Result<(X509, PKey<Private>), TlsError> {
    let files = era.files();
    let (certificate_path, key_path) = (data_dir.join(files.ca_certificate), data_dir.join(files.ca_key));
    let malformed = |path: &Path| {
        let path = path.to_owned();
        |error| TlsError::Malformed { path, error }
    };
    let certificate = read(&certificate_path)?
        .map(|pem| X509::from_pem(&pem))
        .transpose()
        .map_err(malformed(&certificate_path))?;
    let key = read(&key_path)?
        .map(|pem| PKey::private_key_from_pem(&pem))
        .transpose()
        .map_err(malformed(&key_path))?;
    let mismatch = || TlsError::Mismatch { certificate: certificate_path.clone(), key: key_path.clone() };
    let key = match (certificate, key) {
        (Some(certificate), Some(key)) if certificate.public_key()?.public_eq(&key) => {
            return Ok((certificate, key));
        }
        (Some(_), _) => return Err(mismatch()),
        // The first start was cut off between the two writes.
        (None, Some(key)) => key,
        (None, None) => {
            let key = issue::key()?;
            write(&key_path, &key.private_key_to_pem_pkcs8()?, Readers::Owner)?;
            key
        }
    };
    let certificate = issue::ca(era, &key, now)?;
    write(&certificate_path, &certificate.to_pem()?, Readers::Everyone)?;
    tracing::info!(certificate = %certificate_path.display(), "made a CA");
    Ok((certificate, key))
}

fn days_left(certificate: &X509, now: i64) -> Result<i32, ErrorStack> {
    let now = Asn1Time::from_unix(now)?;
    Ok(now.diff(certificate.not_after())?.days)
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, TlsError> {
    data_dir::read(path).map_err(|error| TlsError::File { path: path.to_owned(), error })
}

fn write(path: &Path, contents: &[u8], readers: Readers) -> Result<(), TlsError> {
    data_dir::replace(path, contents, readers)
        .map_err(|error| TlsError::File { path: path.to_owned(), error })
}

#[cfg(test)]
mod tests;
