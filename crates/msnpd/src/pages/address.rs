//! Addresses of web pages that the operator gives out.

use std::fmt;
use std::str::FromStr;

/// The longest address, in bytes: it has to fit onto a line, and into the address bars of 1999.
const MAX_LEN: usize = 1024;

/// An absolute address, `https://mail.example.com/`, that can stand on a line of the protocol and in a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebAddress(String);

impl WebAddress {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WebAddress {
    type Err = InvalidAddress;

    fn from_str(written: &str) -> Result<Self, InvalidAddress> {
        if written.len() > MAX_LEN || !written.bytes().all(|b| b.is_ascii_graphic() && b != b'"') {
            return Err(InvalidAddress);
        }
        let uri: hyper::Uri = written.parse().map_err(|_| InvalidAddress)?;
        let is_web = uri.scheme_str().is_some_and(|scheme| matches!(scheme, "http" | "https"));
        match uri.host() {
            Some(host) if is_web && !host.is_empty() => Ok(Self(written.to_owned())),
            _ => Err(InvalidAddress),
        }
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is no address of a web page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an address that begins with http:// or https://, without spaces or letters outside ASCII")]
pub struct InvalidAddress;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_absolute_and_one_word() {
        for good in [
            "http://a",
            "https://mail.example.com:8443/x?y=z&a",
            "HTTP://example.com/",
            "http://192.0.2.1/#top",
        ] {
            assert_eq!(good.parse::<WebAddress>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "/inbox",
            "mail.example.com",
            "http://",
            "http:///x",
            "ftp://example.com/",
            "javascript:alert(1)",
            "http://a b/",
            "http://a/\r\nX: y",
            "http://é/",
            "http://a/\"",
        ] {
            assert_eq!(bad.parse::<WebAddress>(), Err(InvalidAddress), "{bad}");
        }
        assert!(format!("http://a/{}", "x".repeat(MAX_LEN)).parse::<WebAddress>().is_err());
    }
}
