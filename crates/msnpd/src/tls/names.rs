//! The names that the server's certificate is for.

use std::collections::BTreeSet;
use std::net::IpAddr;

use openssl::x509::X509Ref;

/// The names that clients have built in. Old ones name no host in their hello, so one certificate has to
/// carry them all.
pub const BUILT_IN: [&str; 29] = [
    // Signing in.
    "nexus.passport.com",
    "login.live.com",
    "login.passport.com",
    "login.passport.net",
    "loginnet.passport.com",
    "msnia.login.live.com",
    // Notification servers, and the gateway in front of them.
    "messenger.hotmail.com",
    "muser.messenger.hotmail.com",
    "gateway.messenger.hotmail.com",
    "muser.gateway.messenger.hotmail.com",
    "gateway.edge.messenger.live.com",
    // Address book, profiles, offline messages.
    "contacts.msn.com",
    "byrdr.omega.contacts.msn.com",
    "omega.contacts.msn.com",
    "local-bay.contacts.msn.com",
    "storage.msn.com",
    "tkrdr.storage.msn.com",
    "byfiles.storage.msn.com",
    "blufiles.storage.msn.com",
    "rsi.hotmail.com",
    "ows.messenger.msn.com",
    "directory.services.live.com",
    "sup.live.com",
    // Configuration and pages.
    "config.messenger.msn.com",
    "muser.config.messenger.msn.com",
    "appdirectory.messenger.msn.com",
    "svcs.microsoft.com",
    "g.msn.com",
    // This machine.
    "localhost",
];

/// Host names and addresses, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Host names in lower case.
    pub hosts: BTreeSet<String>,
    /// Addresses.
    pub addresses: BTreeSet<IpAddr>,
}

impl Names {
    /// The built-in names, this machine's own, and those that the operator calls the server by: `name`,
    /// `name:port`, an address, or an address with a port.
    pub fn with_public_hosts<'a>(hosts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names = Self {
            hosts: BUILT_IN.into_iter().map(str::to_owned).collect(),
            addresses: [[127, 0, 0, 1].into(), std::net::Ipv6Addr::LOCALHOST.into()].into(),
        };
        for host in hosts {
            names.add(host);
        }
        names
    }

    fn add(&mut self, host: &str) {
        let bare = host.trim().trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            self.addresses.insert(address);
        } else if let Ok(address) = host.trim().parse::<std::net::SocketAddr>() {
            self.addresses.insert(address.ip());
        } else {
            let name = bare.split(':').next().unwrap_or_default().to_ascii_lowercase();
            // Others can't stand in a certificate, nor be looked up.
            let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
            if !name.is_empty() && name.bytes().all(plain) {
                self.hosts.insert(name);
            }
        }
    }

    /// What a certificate is for.
    pub(super) fn of(certificate: &X509Ref) -> Self {
        let mut names = Self::default();
        for name in certificate.subject_alt_names().into_iter().flatten() {
            if let Some(host) = name.dnsname() {
                names.hosts.insert(host.to_owned());
            } else if let Some(address) = name.ipaddress() {
                let v4 = <[u8; 4]>::try_from(address).map(IpAddr::from);
                let v6 = <[u8; 16]>::try_from(address).map(IpAddr::from);
                names.addresses.extend(v4.or(v6));
            }
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_hosts_come_in_all_forms() {
        let public =
            ["Chat.Example.com:1863", "192.0.2.1", "192.0.2.2:80", "[2001:db8::1]:443", "2001:db8::2", "a b"];
        let names = Names::with_public_hosts(public);
        assert!(names.hosts.contains("chat.example.com") && names.hosts.contains("login.live.com"));
        assert_eq!(names.hosts.len(), BUILT_IN.len() + 1);
        let addresses: Vec<String> = names.addresses.iter().map(IpAddr::to_string).collect();
        assert_eq!(addresses, ["127.0.0.1", "192.0.2.1", "192.0.2.2", "::1", "2001:db8::1", "2001:db8::2"]);
    }
}
