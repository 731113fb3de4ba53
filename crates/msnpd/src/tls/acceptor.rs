//! Accepting TLS connections.

use std::fmt;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use openssl::error::ErrorStack;
use openssl::ssl::{Ssl, SslContext};
use parking_lot::RwLock;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

use super::ca::TlsError;
use super::names::Names;
use super::policy::{Identities, Policy};
use crate::clock::unix_now;

/// How often the certificate's age is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// Turns connections into TLS ones. Cheap to clone; all clones change their certificates together.
#[derive(Clone)]
pub struct Acceptor {
    current: Arc<RwLock<Contexts>>,
}

/// What is shown under the operator's policy, and where nobody needs anything but modern TLS.
struct Contexts {
    chosen: SslContext,
    modern: SslContext,
}

impl Contexts {
    fn new(identities: &Identities) -> Result<Self, TlsError> {
        Ok(Self { chosen: identities.context()?, modern: identities.modern_context()? })
    }
}

/// A client that could not agree with us: it wants older TLS, does not trust the CA, or speaks something else.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct HandshakeError(#[from] openssl::ssl::Error);

impl Acceptor {
    /// An acceptor with these identities, under the policy that they were opened for.
    ///
    /// # Errors
    /// When OpenSSL does not take a certificate.
    pub fn new(identities: &Identities) -> Result<Self, TlsError> {
        Ok(Self { current: Arc::new(RwLock::new(Contexts::new(identities)?)) })
    }

    /// Goes on with renewed identities. Connections that are open keep the old ones.
    ///
    /// # Errors
    /// When OpenSSL does not take a certificate.
    pub fn replace(&self, identities: &Identities) -> Result<(), TlsError> {
        let renewed = Contexts::new(identities)?;
        *self.current.write() = renewed;
        Ok(())
    }

    /// Renews the certificates in `data_dir` when they are due, once a day, for ever. A server may run for years.
    pub async fn keep_renewed(self, policy: Policy, data_dir: PathBuf, names: Names) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let (data_dir, names, acceptor) = (data_dir.clone(), names.clone(), self.clone());
            // Making a key takes a good part of a second.
            let renewed = tokio::task::spawn_blocking(move || {
                acceptor.replace(&policy.identities(&data_dir, &names, unix_now())?)
            });
            match renewed.await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "can't renew the server certificates"),
                Err(error) => tracing::error!(%error, "renewing the server certificates"),
            }
        }
    }

    /// Shakes hands under the operator's policy. The caller limits the time.
    ///
    /// # Errors
    /// When client and server can't agree.
    pub async fn accept(&self, stream: TcpStream) -> Result<SslStream<TcpStream>, HandshakeError> {
        let ssl = Ssl::new(&self.current.read().chosen);
        Self::shake_hands(ssl, stream).await
    }

    /// Shakes hands with somebody who has modern TLS, whatever the policy. The caller limits the time.
    ///
    /// # Errors
    /// When client and server can't agree.
    pub async fn accept_modern<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
    ) -> Result<SslStream<S>, HandshakeError> {
        let ssl = Ssl::new(&self.current.read().modern);
        Self::shake_hands(ssl, stream).await
    }

    async fn shake_hands<S: AsyncRead + AsyncWrite + Unpin>(
        ssl: Result<Ssl, ErrorStack>,
        stream: S,
    ) -> Result<SslStream<S>, HandshakeError> {
        let ssl = ssl.map_err(openssl::ssl::Error::from)?;
        let mut stream = SslStream::new(ssl, stream).map_err(openssl::ssl::Error::from)?;
        Pin::new(&mut stream).accept().await?;
        Ok(stream)
    }
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acceptor").finish_non_exhaustive()
    }
}
