//! Web addresses, as few of them as a client has to do with.

use std::fmt;
use std::str::FromStr;

use hyper::Uri;

/// The longest address that is taken, in bytes: one may come from a server.
const MAX_LEN: usize = 4096;

/// An address: `https://contacts.example.com:8443/abservice/abservice.asmx`.
///
/// ```
/// use msnp_client::web::Url;
///
/// let url: Url = "https://login.live.com/RST.srf?lc=1033".parse()?;
/// assert_eq!((url.host(), url.port(), url.is_tls()), ("login.live.com", 443, true));
/// assert!("ftp://login.live.com/".parse::<Url>().is_err());
/// assert!("https://user:password@login.live.com/".parse::<Url>().is_err());
/// # Ok::<(), msnp_client::web::NotUrl>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Url {
    is_tls: bool,
    /// In lower case; an IPv6 address stands in brackets.
    host: Box<str>,
    port: u16,
    /// With the query, and a slash at the front.
    path: Box<str>,
}

/// Why a text is no address that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no web address: it has to begin with https:// or http:// and name a host, and no user")]
pub struct NotUrl {
    text: Box<str>,
}

impl Url {
    /// On a host that is known to be one.
    pub(super) fn https(host: &'static str, path: &'static str) -> Self {
        Self { is_tls: true, host: host.into(), port: 443, path: path.into() }
    }

    /// The host name or address, in lower case.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, by default that of the scheme.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Whether it is reached over TLS.
    pub const fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// The path and the query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The host, with the port if it is not that of the scheme: what stands in `Host`.
    pub fn authority(&self) -> String {
        let usual = if self.is_tls { 443 } else { 80 };
        if self.port == usual { self.host.to_string() } else { format!("{}:{}", self.host, self.port) }
    }

    /// Another path on the same server.
    pub(super) fn with_path(&self, path: &str) -> Self {
        let slash = if path.starts_with('/') { "" } else { "/" };
        Self { path: format!("{slash}{path}").into(), ..self.clone() }
    }

    /// The same on another server, which is called as in an address: `host` or `host:port`. Without a port it is that of the
    /// scheme, or the same as before if the host is.
    ///
    /// # Errors
    /// When that is no name of a server.
    pub(super) fn with_authority(&self, authority: &str) -> Result<Self, NotUrl> {
        let scheme = if self.is_tls { "https" } else { "http" };
        let other: Self = format!("{scheme}://{authority}").parse()?;
        if &*other.path != "/" {
            return Err(NotUrl::new(authority));
        }
        let says_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let port = if other.host == self.host && !says_port { self.port } else { other.port };
        Ok(Self { port, path: self.path.clone(), ..other })
    }

    /// What a redirect from here leads to.
    ///
    /// # Errors
    /// When it leads nowhere.
    pub(super) fn join(&self, location: &str) -> Result<Self, NotUrl> {
        if location.starts_with('/') && !location.starts_with("//") {
            let scheme = if self.is_tls { "https" } else { "http" };
            return format!("{scheme}://{}{location}", self.authority()).parse();
        }
        location.parse()
    }
}

impl NotUrl {
    fn new(text: &str) -> Self {
        Self { text: text.chars().take(200).collect() }
    }
}

impl FromStr for Url {
    type Err = NotUrl;

    fn from_str(text: &str) -> Result<Self, NotUrl> {
        let bad = || NotUrl::new(text);
        if text.len() > MAX_LEN {
            return Err(bad());
        }
        let uri: Uri = text.trim().parse().map_err(|_| bad())?;
        let is_tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(bad()),
        };
        let authority = uri.authority().ok_or_else(bad)?;
        if authority.host().is_empty() || authority.as_str().contains('@') {
            return Err(bad());
        }
        // A port that is none is not one that is not said.
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") => {
                if is_tls {
                    443
                } else {
                    80
                }
            }
            _ => authority.port_u16().filter(|port| *port != 0).ok_or_else(bad)?,
        };
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self { is_tls, host: authority.host().to_ascii_lowercase().into(), port, path: path.into() })
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_tls { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.authority(), self.path)
    }
}

/// Without the query, which may be a secret.
impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Shown(self), f)
    }
}

/// An address as it is told to people: its query may be a secret.
pub(super) struct Shown<'a>(pub(super) &'a Url);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Url { is_tls, path, .. } = self.0;
        let scheme = if *is_tls { "https" } else { "http" };
        let path = path.split_once('?').map_or(&**path, |(path, _)| path);
        write!(f, "{scheme}://{}{path}", self.0.authority())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn addresses_are_read_and_written() {
        for (text, written, port) in [
            ("https://Login.Live.COM", "https://login.live.com/", 443),
            ("HTTP://h:8080/a?b=c#d", "http://h:8080/a?b=c", 8080),
            ("https://h:443/", "https://h/", 443),
            ("https://[::1]:8443/x", "https://[::1]:8443/x", 8443),
            (" http://127.0.0.1/ ", "http://127.0.0.1/", 80),
        ] {
            assert_eq!((url(text).to_string().as_str(), url(text).port()), (written, port), "{text}");
            assert_eq!(url(written), url(text));
        }
        for bad in [
            "",
            "h",
            "/a",
            "h:443",
            "ftp://h/",
            "https:///a",
            "https://u@h/",
            "https://u:p@h/",
            "https://h:0/",
            "https://h:99999/",
            "https://h:/",
            "https://h/ä b",
            "https://h\r\nX: y/",
            &format!("https://h/{}", "x".repeat(MAX_LEN)),
        ] {
            assert!(bad.parse::<Url>().is_err(), "{bad}");
        }
    }

    #[test]
    fn redirects_and_preferred_hosts_lead_where_they_say() {
        let here = url("https://h:8443/login2.srf?lc=1");
        for (location, there) in [
            ("/other?x", "https://h:8443/other?x"),
            ("https://g/login2.srf", "https://g/login2.srf"),
            ("http://g/login2.srf", "http://g/login2.srf"),
        ] {
            assert_eq!(here.join(location), Ok(url(there)));
        }
        for bad in ["", "other", "//g/x", "ldap://g/"] {
            assert!(here.join(bad).is_err(), "{bad}");
        }
        for (host, there) in [
            ("g", "https://g/login2.srf?lc=1"),
            ("g:99", "https://g:99/login2.srf?lc=1"),
            ("H", "https://h:8443/login2.srf?lc=1"),
            ("h:443", "https://h/login2.srf?lc=1"),
        ] {
            assert_eq!(here.with_authority(host), Ok(url(there)), "{host}");
        }
        for bad in ["", "g/x", "u@g", "g h", "http://g", "g?x"] {
            assert!(here.with_authority(bad).is_err(), "{bad}");
        }
        assert_eq!(Shown(&here).to_string(), "https://h:8443/login2.srf");
        assert_eq!(format!("{here:?}"), "https://h:8443/login2.srf");
    }

    proptest! {
        #[test]
        fn what_is_read_is_written(text in "(https?://)?[a-z0-9.:@/?#\\[\\]-]{0,30}") {
            if let Ok(url) = text.parse::<Url>() {
                prop_assert_eq!(url.to_string().parse(), Ok(url.clone()));
                let _ = (url.join(&text), url.with_authority(&text));
            }
        }
    }
}
