//! The front page: what this server is, its CA, and what to change in each client to use it.

use std::net::IpAddr;

use askama::Template;
use hyper::StatusCode;
use hyper::header::CACHE_CONTROL;

use super::answer::{Answer, HTML, answer};
use super::asked::Asked;
use crate::tls::{Identity, TlsError};

/// What the front page says of this server.
#[derive(Clone, Debug)]
pub struct Front {
    ca_der: Vec<u8>,
    ca_pem: Vec<u8>,
    ca_fingerprint: String,
    public_host: Option<String>,
    msnp_port: u16,
    http_port: u16,
    https_port: u16,
}

impl Front {
    /// A page that offers this CA. `public_host` is the name or address that clients use, without a port; by
    /// default the one that the page was asked for by.
    ///
    /// # Errors
    /// When OpenSSL can't write the certificate.
    pub fn new(
        identity: &Identity,
        public_host: Option<String>,
        msnp_port: u16,
        http_port: u16,
        https_port: u16,
    ) -> Result<Self, TlsError> {
        Ok(Self {
            ca_der: identity.ca.to_der()?,
            ca_pem: identity.ca.to_pem()?,
            ca_fingerprint: identity.ca_fingerprint()?,
            public_host,
            msnp_port,
            http_port,
            https_port,
        })
    }

    pub(super) fn page(&self, asked: &Asked) -> Answer {
        let host = self.public_host.as_deref().unwrap_or_else(|| asked.host_name());
        let page = Page {
            host,
            address: address(host, asked),
            fingerprint: &self.ca_fingerprint,
            msnp_port: self.msnp_port,
            http_port: self.http_port,
            https_port: self.https_port,
            version: env!("CARGO_PKG_VERSION"),
        };
        match page.render() {
            Ok(page) => answer(StatusCode::OK, "text/html; charset=utf-8", page)
                .with(CACHE_CONTROL.as_str(), "no-cache"),
            Err(error) => {
                tracing::error!(%error, "the front page");
                answer(StatusCode::INTERNAL_SERVER_ERROR, HTML, "")
            }
        }
    }

    /// In the form that Windows imports on a double click.
    pub(super) fn ca_der(&self) -> Answer {
        answer(StatusCode::OK, "application/x-x509-ca-cert", self.ca_der.clone())
    }

    /// In the form that everything else wants.
    pub(super) fn ca_pem(&self) -> Answer {
        answer(StatusCode::OK, "application/x-pem-file", self.ca_pem.clone())
    }
}

/// A hosts file needs an address. Behind a router it may be the wrong one, as the page says.
fn address(host: &str, asked: &Asked) -> IpAddr {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse().unwrap_or_else(|_| asked.peer.local.ip().to_canonical())
}

#[derive(Template)]
#[template(path = "front.html")]
struct Page<'a> {
    host: &'a str,
    address: IpAddr,
    fingerprint: &'a str,
    msnp_port: u16,
    http_port: u16,
    https_port: u16,
    version: &'a str,
}
