//! Under which rules a listener speaks TLS.

mod legacy;
mod modern;

use std::path::Path;

use openssl::error::ErrorStack;
use openssl::ssl::SslContext;

use super::ca::{Identity, TlsError};
use super::era::Era;
use super::names::Names;

/// The rules of a listener.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// TLS 1.2 and 1.3 with today's ciphers.
    #[default]
    Modern,
    /// The same for clients that have it, and SSL 3.0 to TLS 1.1 for those that don't, with a certificate of their own.
    Legacy,
}

/// What a listener shows of itself, to each age of clients that its policy serves.
#[derive(Clone)]
pub struct Identities {
    /// To clients that have TLS 1.2.
    pub modern: Identity,
    /// To older ones, if they are served.
    pub legacy: Option<Identity>,
}

impl Policy {
    /// What the policy needs of `data_dir`, made or renewed as [`Identity::open`] does it.
    ///
    /// # Errors
    /// As there.
    pub fn identities(self, data_dir: &Path, names: &Names, now: u64) -> Result<Identities, TlsError> {
        let open = |era| Identity::open(era, data_dir, names, now);
        let legacy = match self {
            Self::Modern => None,
            Self::Legacy => Some(open(Era::Legacy)?),
        };
        Ok(Identities { modern: open(Era::Modern)?, legacy })
    }
}

impl Identities {
    /// What accepts connections.
    pub(super) fn context(&self) -> Result<SslContext, ErrorStack> {
        match &self.legacy {
            None => modern::context(&self.modern),
            Some(legacy) => legacy::context(&self.modern, legacy),
        }
    }

    /// The same for those who have modern TLS, whatever the policy.
    pub(super) fn modern_context(&self) -> Result<SslContext, ErrorStack> {
        modern::context(&self.modern)
    }
}
