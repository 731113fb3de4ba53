//! Whom TLS trusts.

use std::path::Path;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, CertificateError, ClientConfig, RootCertStore};

/// The CAs whose certificates are taken. By default those of the web.
#[derive(Clone, Debug)]
pub struct Trust {
    roots: RootCertStore,
}

/// Certificates that one file may hold. That of a system has some 150.
const MAX_CERTIFICATES: usize = 1000;

/// Bytes of a file with certificates.
const MAX_FILE: u64 = 4 * 1024 * 1024;

impl Default for Trust {
    fn default() -> Self {
        Self::web()
    }
}

impl Trust {
    /// The CAs of the web, as Mozilla knows them.
    pub fn web() -> Self {
        Self { roots: RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() } }
    }

    /// Nobody, but for those who are added.
    pub fn nobody() -> Self {
        Self { roots: RootCertStore::empty() }
    }

    /// And this CA: its certificate in PEM or DER. In PEM there may be several.
    ///
    /// # Errors
    /// When that is no certificate, or none of a CA.
    pub fn and(mut self, certificates: &[u8]) -> Result<Self, NotTrust> {
        let is_pem = certificates.windows(BEGIN.len()).any(|part| part == BEGIN);
        let all = if is_pem {
            let all = CertificateDer::pem_slice_iter(certificates).take(MAX_CERTIFICATES);
            all.collect::<Result<Vec<_>, _>>().map_err(|_| NotTrust::NoCertificate)?
        } else {
            vec![CertificateDer::from(certificates.to_vec())]
        };
        if all.is_empty() {
            return Err(NotTrust::NoCertificate);
        }
        for certificate in all {
            self.roots.add(certificate).map_err(|_| NotTrust::NoCertificate)?;
        }
        Ok(self)
    }

    /// The same, out of a file: msnpd has it as `ca.pem` in its data directory, and under `/ca.pem` on its web pages.
    ///
    /// # Errors
    /// When the file can't be read, or holds no certificate.
    pub fn and_file(self, path: impl AsRef<Path>) -> Result<Self, NotTrust> {
        let path = path.as_ref();
        let unreadable = |error| NotTrust::File { path: path.into(), error };
        if std::fs::metadata(path).map_err(unreadable)?.len() > MAX_FILE {
            return Err(NotTrust::NoCertificate);
        }
        self.and(&std::fs::read(path).map_err(unreadable)?)
    }
}

/// What a certificate in PEM begins with.
const BEGIN: &[u8] = b"-----BEGIN";

/// Why somebody can't be trusted.
#[derive(Debug, thiserror::Error)]
pub enum NotTrust {
    /// A file can't be read.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: Box<Path>,
        /// Why.
        #[source]
        error: std::io::Error,
    },
    /// Something else than certificates of CAs.
    #[error("this holds no certificate of a CA in PEM or DER")]
    NoCertificate,
}

/// Begins TLS: 1.2 and 1.3, and nothing earlier.
#[derive(Clone)]
pub struct Tls {
    connector: TlsConnector,
}

impl Tls {
    /// With those who are trusted.
    ///
    /// # Errors
    /// When the library can't do what is wanted.
    pub fn new(trust: Trust) -> Result<Self, TlsError> {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(trust.roots)
            .with_no_client_auth();
        Ok(Self { connector: TlsConnector::from(Arc::new(config)) })
    }

    /// Begins it with `host`, a name or an address, on a connection to there.
    ///
    /// # Errors
    /// When the other side is not whom it should be, or breaks off.
    pub async fn connect<S>(&self, host: &str, stream: S) -> Result<TlsStream<S>, TlsError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(bare.to_owned()).map_err(|_| TlsError::Name)?;
        self.connector.connect(name, stream).await.map_err(|error| {
            let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            cause.cloned().map_or(TlsError::Io(error), TlsError::from)
        })
    }
}

/// Shows nothing of what it is made of.
impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificate has run out, or is not valid yet.
    #[error("its certificate is out of date, or the clock of this machine is wrong")]
    Expired,
    /// The connection breaks.
    #[error("the connection broke off while TLS began: {0}")]
    Io(std::io::Error),
    /// The host has no name that a certificate could be for.
    #[error("it has no name that a certificate could be for")]
    Name,
    /// Anything else. Servers that speak nothing later than TLS 1.1 are among it.
    #[error("TLS fails: {0}")]
    Other(rustls::Error),
    /// The certificate is not for this name.
    #[error("its certificate is for another name")]
    WrongName,
    /// Nobody who is trusted vouches for the certificate.
    #[error(
        "nobody who is trusted vouches for its certificate; if the server has a CA of its own, get that CA's certificate \
         (of msnpd: /ca.pem on its web pages, or ca.pem in its data directory) and give it with Trust::and_file"
    )]
    UnknownCa,
}

impl From<rustls::Error> for TlsError {
    fn from(error: rustls::Error) -> Self {
        match &error {
            rustls::Error::InvalidCertificate(why) => match why {
                CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::UnknownCa,
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                    Self::WrongName
                }
                CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. } => Self::Expired,
                _ => Self::Other(error),
            },
            _ => Self::Other(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_certificates_are_trusted() {
        for bad in [
            &b""[..],
            b"hello",
            b"-----BEGIN CERTIFICATE-----\naGk=\n-----END CERTIFICATE-----\n",
            b"-----BEGIN PRIVATE KEY-----\naGk=\n-----END PRIVATE KEY-----\n",
            b"-----BEGIN CERTIFICATE-----\n",
        ] {
            assert!(matches!(Trust::nobody().and(bad), Err(NotTrust::NoCertificate)));
        }
        let error = Trust::web().and_file("/nowhere/ca.pem").unwrap_err();
        assert!(error.to_string().starts_with("/nowhere/ca.pem: "), "{error}");
        assert!(Tls::new(Trust::default()).is_ok());
    }
}
