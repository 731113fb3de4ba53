//! Where each service is.

use super::{Error, Url};

/// A service that a client asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// Contacts and groups.
    AddressBook,
    /// Profiles of contacts.
    Directory,
    /// Offline messages, fetched.
    FetchMessages,
    /// Where the login server is.
    Nexus,
    /// Tickets, as MSN Messenger 7.5 to Windows Live Messenger 8.5 ask for them.
    Rst,
    /// Tickets, as later clients do.
    Rst2,
    /// Who may see whom, and circles.
    Sharing,
    /// What roams.
    Storage,
    /// Offline messages, sent.
    StoreMessages,
}

impl Service {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::AddressBook,
        Self::Directory,
        Self::FetchMessages,
        Self::Nexus,
        Self::Rst,
        Self::Rst2,
        Self::Sharing,
        Self::Storage,
        Self::StoreMessages,
    ];

    /// The host on which it was, and its path there (web-services reference, 2).
    const fn historical(self) -> (&'static str, &'static str) {
        match self {
            Self::AddressBook => ("contacts.msn.com", "/abservice/abservice.asmx"),
            Self::Directory => ("directory.services.live.com", "/profile/profile.asmx"),
            Self::FetchMessages => ("rsi.hotmail.com", "/rsi/rsi.asmx"),
            Self::Nexus => ("nexus.passport.com", "/rdr/pprdr.asp"),
            Self::Rst => ("login.live.com", "/RST.srf"),
            Self::Rst2 => ("login.live.com", "/RST2.srf"),
            Self::Sharing => ("contacts.msn.com", "/abservice/SharingService.asmx"),
            Self::Storage => ("storage.msn.com", "/storageservice/SchematizedStore.asmx"),
            Self::StoreMessages => ("ows.messenger.msn.com", "/OimWS/oim.asmx"),
        }
    }

    const fn index(self) -> usize {
        self as usize
    }
}

/// Hosts that a login server of old may send a client on to (web-services reference, 2).
const LOGIN_HOSTS: [&str; 5] = [
    "login.live.com",
    "login.passport.com",
    "login.passport.net",
    "loginnet.passport.com",
    "msnia.login.live.com",
];

/// Hosts on which pictures were.
const PICTURE_HOSTS: [&str; 2] = ["byfiles.storage.msn.com", "blufiles.storage.msn.com"];

/// The addresses of all services.
///
/// ```
/// use msnp_client::web::{Service, Services};
///
/// let services = Services::at("https://chat.example.com:8443")?;
/// assert_eq!(services.url(Service::Rst).to_string(), "https://chat.example.com:8443/RST.srf");
/// assert_eq!(Services::historical().url(Service::Rst).to_string(), "https://login.live.com/RST.srf");
/// assert!(Services::at("http://chat.example.com").is_err());
/// # Ok::<(), msnp_client::web::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Services {
    /// In the order of [`Service`].
    urls: [Url; Service::ALL.len()],
    /// Hosts beside that of a login server to which it may send passwords on.
    login_hosts: Vec<Box<str>>,
    /// Hosts beside that of the storage service which are shown a ticket for a picture.
    picture_hosts: Vec<Box<str>>,
}

impl Services {
    /// All services at one server, such as msnpd, under the paths that they always had: `https://chat.example.com`.
    ///
    /// # Errors
    /// When that is no address, or one without TLS.
    pub fn at(base: &str) -> Result<Self, Error> {
        let url: Url = base.parse()?;
        if url.is_tls() { Ok(Self::under(&url)) } else { Err(Error::Plain { url }) }
    }

    /// The same without TLS: `http://127.0.0.1:8080`. Whoever sees the traffic can read the password.
    ///
    /// # Errors
    /// When that is no address.
    pub fn at_without_tls(base: &str) -> Result<Self, Error> {
        Ok(Self::under(&base.parse()?))
    }

    fn under(base: &Url) -> Self {
        let prefix = base.path().trim_end_matches('/');
        let url = |service: Service| base.with_path(&format!("{prefix}{}", service.historical().1));
        Self { urls: Service::ALL.map(url), login_hosts: Vec::new(), picture_hosts: Vec::new() }
    }

    /// Each service at the host on which it was while Messenger ran. Whoever runs them today answers to these names, and has
    /// a certificate for them.
    pub fn historical() -> Self {
        let url = |service: Service| {
            let (host, path) = service.historical();
            Url::https(host, path)
        };
        let boxed = |hosts: &[&str]| hosts.iter().map(|host| (*host).into()).collect();
        Self {
            urls: Service::ALL.map(url),
            login_hosts: boxed(&LOGIN_HOSTS),
            picture_hosts: boxed(&PICTURE_HOSTS),
        }
    }

    /// The same with one service elsewhere.
    #[must_use]
    pub fn with(mut self, service: Service, url: Url) -> Self {
        if let Some(place) = self.urls.get_mut(service.index()) {
            *place = url;
        }
        self
    }

    /// The same with another host that a login server may send the password on to. Without it, only those of Passport are
    /// taken, and the one that it comes from.
    #[must_use]
    pub fn with_login_host(mut self, host: &str) -> Self {
        self.login_hosts.push(host.to_ascii_lowercase().into());
        self
    }

    /// Where a service is.
    pub fn url(&self, service: Service) -> &Url {
        // There are as many as there are services.
        let [first, ..] = &self.urls;
        self.urls.get(service.index()).unwrap_or(first)
    }

    /// Where the services say how they are, if they are all at one server and speak TLS.
    pub(super) fn health(&self) -> Option<Url> {
        let nexus = self.url(Service::Nexus);
        let is_one = self.urls.iter().all(|url| url.is_tls() && url.authority() == nexus.authority());
        let prefix = nexus.path().strip_suffix(Service::Nexus.historical().1)?;
        is_one.then(|| nexus.with_path(&format!("{prefix}/health")))
    }

    /// Whether credentials that were for `from` may go to `to`, which `from` has named: never from TLS to none, and to no
    /// other host than those that are known.
    ///
    /// # Errors
    /// When they may not; says why.
    pub(super) fn check_login(&self, from: &Url, to: &Url) -> Result<(), Error> {
        if from.is_tls() && !to.is_tls() {
            return Err(Error::Downgrade { from: from.clone(), to: to.clone() });
        }
        if from.host() == to.host() || self.login_hosts.iter().any(|host| **host == *to.host()) {
            Ok(())
        } else {
            Err(Error::Elsewhere { from: from.clone(), to: to.clone() })
        }
    }

    /// Whether a ticket may be shown for a picture at `url`.
    pub(super) fn may_show_ticket(&self, url: &Url) -> bool {
        let storage = self.url(Service::Storage);
        let is_known =
            url.host() == storage.host() || self.picture_hosts.iter().any(|host| **host == *url.host());
        is_known && (url.is_tls() || !storage.is_tls())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_its_place() {
        for (place, service) in Service::ALL.into_iter().enumerate() {
            assert_eq!(service.index(), place);
            let path = service.historical().1;
            let url = Services::at("https://h:8443/msn/").unwrap().url(service).to_string();
            assert_eq!(url, format!("https://h:8443/msn{path}"));
            let elsewhere: Url = "https://g/x".parse().unwrap();
            let services = Services::historical().with(service, elsewhere.clone());
            assert_eq!(services.url(service), &elsewhere);
        }
    }

    #[test]
    fn there_is_tls_unless_somebody_says_so() {
        let error = Services::at("http://h:8080").unwrap_err();
        assert!(error.to_string().contains("at_without_tls"), "{error}");
        let services = Services::at_without_tls("http://h:8080").unwrap();
        assert_eq!(services.url(Service::Nexus).to_string(), "http://h:8080/rdr/pprdr.asp");
    }

    #[test]
    fn credentials_go_to_known_hosts_alone() {
        let url = |text: &str| text.parse::<Url>().unwrap();
        let own = Services::at("https://h:8443").unwrap();
        let old = Services::historical();
        for (services, from, to, is_allowed) in [
            (&own, "https://h:8443/a", "https://h/b", true),
            (&own, "https://h:8443/a", "http://h/b", false),
            (&own, "http://h:8443/a", "http://h/b", true),
            (&own, "https://h:8443/a", "https://g/b", false),
            (&own, "https://h:8443/a", "https://loginnet.passport.com/b", false),
            (&old, "https://login.live.com/a", "https://loginnet.passport.com/b", true),
            (&old, "https://login.live.com/a", "http://loginnet.passport.com/b", false),
            (&old, "https://login.live.com/a", "https://loginnet.passport.com.evil.example/b", false),
            (&own.clone().with_login_host("G"), "https://h:8443/a", "https://g/b", true),
        ] {
            assert_eq!(services.check_login(&url(from), &url(to)).is_ok(), is_allowed, "{from} to {to}");
        }
        for (services, picture, is_allowed) in [
            (&own, "https://h/tile", true),
            (&own, "http://h/tile", false),
            (&own, "https://g/tile", false),
            (&old, "https://byfiles.storage.msn.com/tile", true),
            (&old, "http://byfiles.storage.msn.com/tile", false),
        ] {
            assert_eq!(services.may_show_ticket(&url(picture)), is_allowed, "{picture}");
        }
    }
}
