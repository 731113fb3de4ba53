//! `/rdr/pprdr.asp`: where to sign in.

use hyper::StatusCode;
use hyper::header::CACHE_CONTROL;
use msnp::auth::tweener;

use super::Passport;
use crate::http::{Answer, Asked, HTML, answer};

impl Passport {
    /// Announces the login address of the listener that was asked, by the name it was asked by.
    ///
    /// Over TLS without a scheme, since clients put `https://` before it. Over plain HTTP as a full address:
    /// only msnp11-sdk asks there, and takes it as it is.
    pub fn nexus(&self, asked: &Asked) -> Answer {
        let host = asked.host();
        let login =
            if asked.peer.tls { format!("{host}/login2.srf") } else { format!("http://{host}/login2.srf") };
        let urls = tweener::passport_urls(&login);
        // One header name to the map, twice and differently spelt on the wire, in this order: the connection
        // sees to that.
        answer(StatusCode::OK, HTML, "")
            .with(tweener::PASSPORT_URLS, &urls)
            .with(tweener::PASSPORT_URLS_PATCHED, &urls)
            .with(CACHE_CONTROL.as_str(), "private")
    }
}
