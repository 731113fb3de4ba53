//! Under which rules a listener speaks TLS.

use openssl::error::ErrorStack;
use openssl::ssl::{SslAcceptor, SslMethod, SslSessionCacheMode};

use super::ca::Identity;

/// The rules of a listener. One for machines of before 2010 belongs beside this one: with SSLv3, SHA-1 and a
/// certificate of its own, chosen by the client's hello.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// TLS 1.2 and 1.3 with today's ciphers.
    #[default]
    Modern,
}

impl Policy {
    /// What accepts connections under these rules, with this identity.
    pub(super) fn acceptor(self, identity: &Identity) -> Result<SslAcceptor, ErrorStack> {
        let mut builder = match self {
            Self::Modern => SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?,
        };
        builder.set_certificate(&identity.certificate)?;
        builder.set_private_key(&identity.key)?;
        builder.check_private_key()?;
        // Sessions are resumed from the client's ticket or not at all: a cache would hold memory for clients
        // that may never come back.
        builder.set_session_cache_mode(SslSessionCacheMode::OFF);
        Ok(builder.build())
    }
}
