//! Whether connections to Messenger ports are in TLS.

use std::net::IpAddr;

use crate::builder::Builder;
use crate::connection::host_of;
use crate::error::Error;
use crate::web::{Tls, Trust, Web};

/// Whether what is said to notification servers and switchboards goes in TLS.
///
/// A server like msnpd takes it on the same port as what goes in clear, and says so over HTTPS. Once it has said so, nothing
/// goes there in clear any more, unless it is [`Never`](Self::Never) to be in TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encryption {
    /// Always.
    Required,
    /// Where the service offers it. Whether it does is asked of its web services, if they are at one address and in TLS: see
    /// [`Services::at`](crate::web::Services::at). Without such services, passwords of MSNP7 and older apart, all goes in
    /// clear, as with the clients of the time.
    #[default]
    WhereOffered,
    /// Never. Whoever is on the way can read what is said, and say something else.
    Never,
}

/// What TLS with a server begins with.
pub(crate) struct Secure {
    pub(crate) tls: Tls,
    /// Whom the certificate has to be for.
    pub(crate) name: String,
}

impl Builder {
    /// What a connection to `address` begins with; `None`: it is in clear.
    pub(crate) fn secure(&self, address: &str) -> Result<Option<Secure>, Error> {
        if !self.wants_tls() {
            return Ok(None);
        }
        let tls = match &self.web {
            Some(web) => web.tls().clone(),
            None => {
                Tls::new(Trust::default()).map_err(|source| Error::Tls { address: address.into(), source })?
            }
        };
        // A server that refers by address is the one that was named, or another machine of the same service.
        let host = host_of(address);
        let is_address = host.parse::<IpAddr>().is_ok();
        let name = if is_address { host_of(&self.server) } else { host };
        Ok(Some(Secure { tls, name: name.to_owned() }))
    }

    /// Whether connections are to be in TLS, by what is known.
    pub(crate) fn wants_tls(&self) -> bool {
        match self.encryption {
            Encryption::Required => true,
            Encryption::WhereOffered => self.web.as_ref().is_some_and(Web::offers_tls),
            Encryption::Never => false,
        }
    }

    /// Asks whether the service offers TLS, unless that is known or makes no difference.
    pub(crate) async fn ask_about_tls(&self) -> Result<(), Error> {
        match &self.web {
            Some(web) if self.encryption == Encryption::WhereOffered => {
                web.ask_about_tls().await.map_err(Error::web("can't ask whether the service takes TLS"))
            }
            _ => Ok(()),
        }
    }
}
