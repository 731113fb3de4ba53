//! The front page: what this server is, its CA, and what to change in each client to use it.

use std::net::IpAddr;

use askama::Template;
use hyper::StatusCode;
use hyper::header::CACHE_CONTROL;
use openssl::hash::MessageDigest;

use super::answer::{Answer, HTML, answer};
use super::asked::Asked;
use crate::msgr_config::Here;
use crate::text_ad::TextAd;
use crate::tls::{Identities, Identity, TlsError};

/// What the front page says of this server.
#[derive(Clone, Debug)]
pub struct Front {
    ca: Ca,
    legacy_ca: Option<Ca>,
    public_host: Option<String>,
    msnp_port: u16,
    http_port: u16,
    https_port: u16,
    text_ad: Option<TextAd>,
}

/// A CA, as it is offered.
#[derive(Clone, Debug)]
struct Ca {
    der: Vec<u8>,
    pem: Vec<u8>,
    sha256: String,
    /// What dialogs of old Windows show.
    sha1: String,
}

impl Ca {
    fn of(identity: &Identity) -> Result<Self, TlsError> {
        Ok(Self {
            der: identity.ca.to_der()?,
            pem: identity.ca.to_pem()?,
            sha256: identity.ca_fingerprint(MessageDigest::sha256())?,
            sha1: identity.ca_fingerprint(MessageDigest::sha1())?,
        })
    }

    /// In the form that Windows imports on a double click.
    fn der(&self) -> Answer {
        answer(StatusCode::OK, "application/x-x509-ca-cert", self.der.clone())
    }

    /// In the form that everything else wants.
    fn pem(&self) -> Answer {
        answer(StatusCode::OK, "application/x-pem-file", self.pem.clone())
    }
}

impl Front {
    /// A page that offers the CAs of these identities. `public_host` is the name or address that clients use, without a port; by
    /// default the one that the page was asked for by.
    ///
    /// # Errors
    /// When OpenSSL can't write the certificate.
    pub fn new(
        identities: &Identities,
        public_host: Option<String>,
        msnp_port: u16,
        http_port: u16,
        https_port: u16,
    ) -> Result<Self, TlsError> {
        Ok(Self {
            ca: Ca::of(&identities.modern)?,
            legacy_ca: identities.legacy.as_ref().map(Ca::of).transpose()?,
            public_host,
            msnp_port,
            http_port,
            https_port,
            text_ad: None,
        })
    }

    /// The same of a server whose operator has a line of text to show.
    #[must_use]
    pub fn with_text_ad(self, text_ad: Option<TextAd>) -> Self {
        Self { text_ad, ..self }
    }

    /// The operator's line of text.
    pub(super) const fn text_ad(&self) -> Option<&TextAd> {
        self.text_ad.as_ref()
    }

    pub(super) fn page(&self, asked: &Asked) -> Answer {
        let host = self.public_host.as_deref().unwrap_or_else(|| asked.host_name());
        let page = Page {
            host,
            address: address(host, asked),
            fingerprint: &self.ca.sha256,
            legacy: self.legacy_ca.as_ref(),
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

    /// Where this server is, by the name that it was asked by.
    pub(super) fn here(&self, asked: &Asked) -> Here {
        let host = asked.host_name().to_owned();
        let with_port = |scheme: &str, port: u16, usual: u16| {
            if port == usual { format!("{scheme}://{host}") } else { format!("{scheme}://{host}:{port}") }
        };
        // The listener that was asked may be reached at another port than it has: then the client knows better.
        let asked_here = format!("{}://{}", asked.scheme(), asked.host());
        let (plain, secure) =
            (with_port("http", self.http_port, 80), with_port("https", self.https_port, 443));
        match asked.peer.tls {
            true => Here { host, plain, secure: asked_here, is_secure: true },
            false => Here { host, plain: asked_here, secure, is_secure: false },
        }
    }

    /// The CA's certificate that this path is for, if there is one.
    pub(super) fn certificate(&self, path: &str) -> Option<Answer> {
        match path {
            "/ca.crt" => Some(self.ca.der()),
            "/ca.pem" => Some(self.ca.pem()),
            "/legacy-ca.crt" => self.legacy_ca.as_ref().map(Ca::der),
            "/legacy-ca.pem" => self.legacy_ca.as_ref().map(Ca::pem),
            _ => None,
        }
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
    legacy: Option<&'a Ca>,
    msnp_port: u16,
    http_port: u16,
    https_port: u16,
    version: &'a str,
}
