//! A request, as the services look at it.

use std::net::SocketAddr;

use hyper::header::{CONTENT_TYPE, HOST};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method};

use super::line::Line;

/// Who is at the other end of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its address.
    pub address: SocketAddr,
    /// The address it reached us at.
    pub local: SocketAddr,
    /// Whether the connection is encrypted.
    pub tls: bool,
}

impl Peer {
    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        self.address.ip().to_canonical().is_loopback()
    }
}

/// A request without its body.
#[derive(Debug)]
pub struct Asked {
    /// The method.
    pub method: Method,
    /// The path in lower case, with single slashes, without the query.
    pub path: String,
    /// The query, as it was written.
    pub query: Option<String>,
    /// The headers.
    pub headers: HeaderMap,
    /// Who asks.
    pub peer: Peer,
    /// The connection it came on.
    pub line: Line,
    host: String,
}

/// The longest `Host` that is repeated in an answer: a domain name and a port.
const MAX_HOST: usize = 253 + 6;

impl Asked {
    /// Looks at the head of a request.
    pub fn new(parts: Parts, peer: Peer) -> Self {
        let Parts { method, uri, headers, mut extensions, .. } = parts;
        let line = extensions.remove::<Line>().unwrap_or_default();
        let named = headers.get(HOST).and_then(|host| host.to_str().ok()).map(str::trim);
        let host = [named, uri.authority().map(hyper::http::uri::Authority::as_str)]
            .into_iter()
            .flatten()
            .find(|host| is_host(host))
            .map_or_else(|| peer.local.to_string(), str::to_owned);
        let query = uri.query().map(str::to_owned);
        Self { method, path: normal_path(uri.path()), query, headers, peer, line, host }
    }

    /// The name and port that the client knows us by: its `Host`; else the address it reached us at.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The same without the port.
    pub fn host_name(&self) -> &str {
        match self.host.rsplit_once(':') {
            // The last part of a bare IPv6 address is no port.
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => &self.host,
        }
    }

    /// The scheme of the listener that was asked.
    pub fn scheme(&self) -> &'static str {
        if self.peer.tls { "https" } else { "http" }
    }

    /// The last part of the path.
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The operation that a call of a web service names in its header, without the namespace; empty if it names none.
    pub fn soap_action(&self) -> &str {
        let action = self.headers.get("SOAPAction").and_then(|value| value.to_str().ok()).unwrap_or_default();
        action.trim().trim_matches('"').rsplit('/').next().unwrap_or_default()
    }

    /// Whether this is a call of a web service, for which an answer has to be XML.
    pub fn is_soap(&self) -> bool {
        let content_type = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        self.method == Method::POST
            && (self.headers.contains_key("SOAPAction")
                || content_type.is_some_and(|kind| kind.contains("xml")))
    }
}

/// Whether a text can stand for a host in a header or an address: nothing that would end it there.
fn is_host(host: &str) -> bool {
    (1..=MAX_HOST).contains(&host.len())
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'[' | b']'))
}

fn normal_path(path: &str) -> String {
    let mut normal = String::with_capacity(path.len());
    for c in path.chars() {
        if c != '/' || !normal.ends_with('/') {
            normal.push(c.to_ascii_lowercase());
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(uri: &str, host: Option<&str>) -> Asked {
        let mut request = hyper::Request::builder().uri(uri);
        if let Some(host) = host {
            request = request.header("Host", host);
        }
        let peer =
            Peer { address: ([192, 0, 2, 1], 1000).into(), local: ([192, 0, 2, 2], 8080).into(), tls: false };
        Asked::new(request.body(()).unwrap().into_parts().0, peer)
    }

    #[test]
    fn paths_are_in_lower_case_with_single_slashes() {
        for (uri, path, file) in [
            ("/", "/", ""),
            ("//RST.srf", "/rst.srf", "rst.srf"),
            ("///pp550//RST.SRF?x=Y", "/pp550/rst.srf", "rst.srf"),
            ("http://h:80/Rdr/pprdr.asp", "/rdr/pprdr.asp", "pprdr.asp"),
        ] {
            let asked = asked(uri, None);
            assert_eq!((asked.path.as_str(), asked.file_name()), (path, file));
        }
    }

    #[test]
    fn the_host_is_what_the_client_says_or_the_address() {
        for (uri, host, is, name) in [
            ("/", Some("Login.Live.com"), "Login.Live.com", "Login.Live.com"),
            ("/", Some("h:8443"), "h:8443", "h"),
            ("/", Some("[::1]:8443"), "[::1]:8443", "[::1]"),
            ("http://proxied:81/", None, "proxied:81", "proxied"),
            ("http://proxied:81/", Some("named"), "named", "named"),
            ("/", None, "192.0.2.2:8080", "192.0.2.2"),
            ("/", Some(""), "192.0.2.2:8080", "192.0.2.2"),
            ("/", Some("a,DALogin=evil"), "192.0.2.2:8080", "192.0.2.2"),
            ("/", Some("evil/path"), "192.0.2.2:8080", "192.0.2.2"),
        ] {
            let asked = asked(uri, host);
            assert_eq!((asked.host(), asked.host_name()), (is, name));
        }
    }

    #[test]
    fn a_mapped_loopback_address_is_one() {
        let peer = |ip: &str| Peer {
            address: (ip.parse::<std::net::IpAddr>().unwrap(), 1).into(),
            local: ([127, 0, 0, 1], 1).into(),
            tls: false,
        };
        assert!(peer("127.0.0.2").is_loopback());
        assert!(peer("::1").is_loopback());
        assert!(peer("::ffff:127.0.0.1").is_loopback());
        assert!(!peer("192.0.2.1").is_loopback());
    }
}
