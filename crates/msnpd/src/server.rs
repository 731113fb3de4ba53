//! What all sessions share.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use msnp::auth::tweener;
use msnp::command::{Command, ipg, out};
use msnp::flow::notification;
use msnp::types::OwnedSecret;
use tracing::error;

use crate::account::{Account, AccountId};
use crate::clock::unix_now;
use crate::directory::{Directory, Encodings, EndpointId};
use crate::mail::Mail;
use crate::metrics::Metrics;
use crate::ns::{write_page, write_shutdown};
use crate::passport::throttle::Throttle;
use crate::random;
use crate::sb::Switchboard;
use crate::sessions::Sessions;
use crate::store::{Store, StoreError};
use crate::ticket::{Claims, Mint, Purpose, TicketError, Use};

/// A running service, without its listeners.
#[derive(Debug)]
pub struct Server {
    /// What the operator has chosen.
    pub settings: Settings,
    /// What is kept across a restart.
    pub store: Store,
    /// Who is signed in.
    pub directory: Directory,
    /// The chats.
    pub switchboard: Switchboard,
    /// The sessions of those who have signed in.
    pub sessions: Sessions,
    /// What is counted.
    pub metrics: Metrics,
    /// What sends mail, if anything does.
    pub mail: Option<Mail>,
    /// Who guesses passwords, here and on Passport.
    pub(crate) throttle: Arc<Throttle>,
    mint: Mint,
    numbers: AtomicU64,
    going_down: AtomicBool,
}

/// What the operator has chosen about the Messenger protocol.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Dialects and what every session is told at its beginning.
    pub opening: Arc<notification::Settings>,
    /// How clients reach this server; `None`: at the address that they have connected to.
    pub public_host: Option<PublicHost>,
    /// The port of notification server and switchboard, for clients that come from the dispatch server.
    pub msnp_port: u16,
    /// Whether clients are challenged.
    pub challenges: Challenges,
    /// How long tickets last that are made here, for who signs in without one.
    pub ticket_lifetime: Duration,
    /// How long what is said to people who are away is kept for them; `None`: it is not.
    pub offline_messages: Option<Duration>,
}

/// Whether clients have to prove that they are known ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Challenges {
    /// They are not asked.
    #[default]
    Off,
    /// They are asked once, and nothing follows from the answer.
    Ask,
    /// A wrong answer, or none, ends the session.
    Enforce,
}

/// A name under which clients reach the server, with the port if it is another one than they would use anyway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicHost {
    /// A host name or an IPv4 address: clients split addresses at the first colon.
    pub name: String,
    /// The port.
    pub port: Option<u16>,
}

impl std::str::FromStr for PublicHost {
    type Err = InvalidPublicHost;

    fn from_str(written: &str) -> Result<Self, InvalidPublicHost> {
        let (name, port) = match written.split_once(':') {
            Some((name, port)) => (name, Some(port.parse().map_err(|_| InvalidPublicHost)?)),
            None => (written, None),
        };
        let label =
            |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !name.split('.').all(label) {
            return Err(InvalidPublicHost);
        }
        Ok(Self { name: name.to_owned(), port })
    }
}

impl std::fmt::Display for PublicHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// The text is no name that clients could be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a host name or an IPv4 address, with :port if needed; not an IPv6 address, which clients can't read"
)]
pub struct InvalidPublicHost;

impl Settings {
    /// Where a client that has connected to `local` finds switchboards; `None` if nothing it could read is known.
    pub fn switchboard_address(&self, local: SocketAddr) -> Option<Arc<str>> {
        self.address(local.ip(), local.port()).map(Into::into)
    }

    /// Where a client that has connected to the dispatch server at `local` is sent on to.
    pub fn notification_address(&self, local: SocketAddr) -> String {
        self.address(local.ip(), self.msnp_port).unwrap_or_else(|| format!("localhost:{}", self.msnp_port))
    }

    /// How the dispatch server at `local` calls itself when it sends a client on.
    pub fn own_address(&self, local: SocketAddr) -> String {
        match (&self.public_host, local.ip().to_canonical()) {
            (Some(public), _) => format!("{}:{}", public.name, local.port()),
            (None, IpAddr::V4(address)) => format!("{address}:{}", local.port()),
            (None, IpAddr::V6(_)) => format!("localhost:{}", local.port()),
        }
    }

    fn address(&self, local: IpAddr, port: u16) -> Option<String> {
        if let Some(public) = &self.public_host {
            return Some(format!("{}:{}", public.name, public.port.unwrap_or(port)));
        }
        match local.to_canonical() {
            IpAddr::V4(address) => Some(format!("{address}:{port}")),
            IpAddr::V6(address) if address.is_loopback() => Some(format!("localhost:{port}")),
            IpAddr::V6(_) => None,
        }
    }
}

impl Server {
    /// A service with nobody signed in.
    pub fn new(settings: Settings, store: Store, mint: Mint) -> Self {
        let metrics = Metrics::default();
        store.count_edits(metrics.edits.clone());
        Self {
            settings,
            store,
            directory: Directory::default(),
            switchboard: Switchboard::default(),
            sessions: Sessions::default(),
            metrics,
            mail: None,
            throttle: Arc::default(),
            mint,
            numbers: AtomicU64::new(1),
            going_down: AtomicBool::new(false),
        }
    }

    /// The same service, which sends mail.
    #[must_use]
    pub fn with_mail(self, mail: Option<Mail>) -> Self {
        Self { mail, ..self }
    }

    /// The time, as the runtime has it: tests may stop it.
    pub fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    /// A number that nothing else has.
    pub fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// The number of a new endpoint.
    pub fn next_endpoint(&self) -> EndpointId {
        EndpointId(self.next_number())
    }

    /// What the ticket of a Tweener sign-in says.
    ///
    /// # Errors
    /// When it is none that is good now. Its generation is still to be compared with the account's.
    pub fn check_ticket(&self, text: &str) -> Result<Claims, TicketError> {
        self.mint.check(text, Use::Tweener, unix_now())
    }

    /// What opens web pages, and nothing else, to somebody who has signed in without a ticket.
    pub fn web_pass(&self, account: &Account) -> OwnedSecret {
        let lifetime = self.settings.ticket_lifetime;
        self.mint.issue(account.id, account.generation, Purpose::Web, unix_now(), lifetime).auth()
    }

    /// What `USR t TWN S` tells the client to show the login server.
    pub fn login_parameters(&self) -> String {
        tweener::login_parameters(unix_now(), u128::from_ne_bytes(random::bytes()))
    }

    /// Tells the operator that the store has failed.
    pub fn note_failure(&self, error: &StoreError) {
        error!(%error, "the store has failed");
        self.metrics.store_errors.increment(1);
    }

    /// Signs an account out everywhere.
    pub fn disconnect(&self, id: AccountId) {
        for endpoint in self.directory.sign_out_everywhere(id) {
            endpoint.outbox.close_with(|out| out::Push { reason: None }.write(out, endpoint.dialect));
        }
        self.switchboard.disconnect(id);
    }

    /// Tells everybody that the service goes down in so many minutes.
    pub fn announce(&self, minutes: u32) {
        let mut lines = Encodings::new(|dialect, out: &mut Vec<u8>| write_shutdown(minutes, out, dialect));
        for endpoint in self.directory.everybody() {
            endpoint.outbox.push(None, lines.of(endpoint.dialect));
        }
    }

    /// Brings somebody a page from a mobile device, wherever he is signed in and has asked for his lists.
    pub fn page(&self, to: AccountId, from: &str, text: &str) {
        let Some(email) = self.directory.email(to) else { return };
        let notification = ipg::Notification {
            to: email.to_string(),
            to_pid: to.puid(),
            from: from.to_owned(),
            from_pid: 0,
            site_url: self.settings.opening.info_url.clone(),
            text: text.to_owned(),
        };
        self.directory.tell(to, |dialect, out| write_page(&notification, out, dialect));
    }

    /// Whether the service goes down: whoever has just come is to go again.
    pub fn is_going_down(&self) -> bool {
        self.going_down.load(Ordering::Acquire)
    }

    /// Tells everybody that the service goes down, and closes.
    pub fn shut_down(&self) {
        self.going_down.store(true, Ordering::Release);
        for endpoint in self.directory.everybody() {
            let reason = Some(out::Reason::ShuttingDown);
            endpoint.outbox.close_with(|out| out::Push { reason }.write(out, endpoint.dialect));
        }
        self.switchboard.shut_down();
        if let Some(mail) = &self.mail {
            mail.close();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(public_host: Option<&str>) -> Settings {
        let opening = notification::Settings {
            served: Vec::new(),
            download_url: String::new(),
            info_url: String::new(),
        };
        Settings {
            opening: Arc::new(opening),
            public_host: public_host.map(|host| host.parse().unwrap()),
            msnp_port: 1863,
            challenges: Challenges::Off,
            ticket_lifetime: crate::ticket::LIFETIME,
            offline_messages: None,
        }
    }

    #[test]
    fn no_client_is_told_an_ipv6_address() {
        let told = |host, local: &str| {
            settings(host).switchboard_address(local.parse().unwrap()).map(|address| address.to_string())
        };
        assert_eq!(told(None, "192.0.2.1:1863").as_deref(), Some("192.0.2.1:1863"));
        assert_eq!(told(None, "[::ffff:192.0.2.1]:1863").as_deref(), Some("192.0.2.1:1863"));
        assert_eq!(told(None, "[::1]:1863").as_deref(), Some("localhost:1863"));
        assert_eq!(told(None, "[2001:db8::1]:1863"), None);
        assert_eq!(
            told(Some("msn.example.com"), "[2001:db8::1]:1863").as_deref(),
            Some("msn.example.com:1863")
        );
        assert_eq!(told(Some("msn.example.com:80"), "192.0.2.1:1863").as_deref(), Some("msn.example.com:80"));
    }

    #[test]
    fn a_public_host_is_a_name_or_ipv4() {
        for bad in ["", "::1", "[::1]:1863", "msn.example.com:port", "a b", "x..y"] {
            assert!(bad.parse::<PublicHost>().is_err(), "{bad:?}");
        }
        assert_eq!("192.0.2.1:1863".parse::<PublicHost>().unwrap().to_string(), "192.0.2.1:1863");
    }
}
