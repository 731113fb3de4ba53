//! What all sessions share.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use msnp::auth::tweener;
use msnp::command::{Command, ipg, out};
use msnp::dialect::{Dialect, Package};
use msnp::flow::notification;
use msnp::types::OwnedSecret;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tracing::error;

use crate::account::{Account, AccountId};
use crate::announcement::{Announcement, Due, Plan};
use crate::circle::ticket::CircleTickets;
use crate::clock::unix_now;
use crate::connection::Ends;
use crate::directory::{Directory, Encodings, EndpointId};
use crate::federation::{Federation, Network};
use crate::mail::Mail;
use crate::metrics::Metrics;
use crate::ns::{write_news, write_page, write_shutdown};
use crate::oim;
use crate::pages::Pages;
use crate::passport::throttle::Throttle;
use crate::random;
use crate::recording::Recorder;
use crate::sb::Switchboard;
use crate::sessions::Sessions;
use crate::shields::Shields;
use crate::store::{MailNews, Store, StoreError};
use crate::ticket::{Claims, Mint, Purpose, SECRET_LEN, TicketError, Use};

/// A running service, without its listeners.
#[derive(Debug)]
pub struct Server {
    /// What the operator has chosen.
    pub settings: Settings,
    /// What is kept across a restart.
    pub store: Store,
    /// Who is signed in.
    pub directory: Directory,
    /// The networks beside this one.
    pub federation: Federation,
    /// The chats.
    pub switchboard: Switchboard,
    /// The sessions of those who have signed in.
    pub sessions: Sessions,
    /// What is counted.
    pub metrics: Metrics,
    /// Who is recorded.
    pub recorder: Arc<Recorder>,
    /// What sends mail, if anything does.
    pub mail: Option<Mail>,
    /// Who guesses passwords, here and on Passport.
    pub(crate) throttle: Arc<Throttle>,
    /// How fast people write to others who are away.
    pub(crate) oim_pace: oim::Pace,
    /// What issues tickets for circles, if anything does.
    pub circle_tickets: Option<CircleTickets>,
    mint: Mint,
    numbers: AtomicU64,
    going_down: AtomicBool,
    announcement: Mutex<Option<Announcement>>,
    time_is_up: Notify,
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
    /// The web server beside us, where pages are.
    pub web: WebServer,
    /// Where the operator has pages.
    pub pages: Arc<Pages>,
    /// What clients ask for as `Shields.xml`.
    pub shields: Shields,
}

/// How browsers reach the web server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebServer {
    /// Its port without TLS.
    pub http: u16,
    /// Its port with TLS.
    pub https: u16,
    /// Whether signing in without TLS is open to other machines.
    pub plain_sign_in: bool,
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

    /// Where the browser beside a client finds web pages, without a slash at the end.
    ///
    /// What signs it in there crosses the network, so it goes over TLS; not from this machine itself, where nobody is
    /// on the way and the browser need not know our CA, and not from versions of before Passport, whose computers may
    /// have neither the CA nor a TLS that is served, if the operator lets them sign in so.
    pub fn web_address(&self, ends: Ends, dialect: &Dialect) -> String {
        let is_near = ends.peer.ip().to_canonical().is_loopback();
        let is_old = dialect.sign_in.contains(&Package::Md5);
        let (scheme, port, usual) = if is_near || (is_old && self.web.plain_sign_in) {
            ("http", self.web.http, 80)
        } else {
            ("https", self.web.https, 443)
        };
        let host = match (&self.public_host, ends.local.ip().to_canonical()) {
            (Some(public), _) => public.name.clone(),
            (None, IpAddr::V4(address)) => address.to_string(),
            // Unlike Messenger, a browser can read it.
            (None, IpAddr::V6(address)) => format!("[{address}]"),
        };
        if port == usual { format!("{scheme}://{host}") } else { format!("{scheme}://{host}:{port}") }
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
            federation: Federation::default(),
            switchboard: Switchboard::default(),
            sessions: Sessions::default(),
            metrics,
            recorder: Arc::default(),
            mail: None,
            throttle: Arc::default(),
            oim_pace: oim::Pace::default(),
            circle_tickets: None,
            mint,
            numbers: AtomicU64::new(1),
            going_down: AtomicBool::new(false),
            announcement: Mutex::default(),
            time_is_up: Notify::new(),
        }
    }

    /// The same service, which sends mail.
    #[must_use]
    pub fn with_mail(self, mail: Option<Mail>) -> Self {
        Self { mail, ..self }
    }

    /// The same service, which issues tickets for circles.
    #[must_use]
    pub fn with_circle_tickets(self, tickets: CircleTickets) -> Self {
        Self { circle_tickets: Some(tickets), ..self }
    }

    /// The same service, with these networks beside it. [`federate`](Self::federate) is to follow.
    #[must_use]
    pub fn with_networks(self, networks: Vec<Arc<dyn Network>>) -> Self {
        Self { federation: Federation::new(networks), ..self }
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

    /// What a ticket says that somebody shows for `needed`.
    ///
    /// # Errors
    /// When it is none that is good for that now. Its generation is still to be compared with the account's.
    pub fn check_ticket(&self, text: &str, needed: Use) -> Result<Claims, TicketError> {
        self.mint.check(text, needed, unix_now())
    }

    /// The secret that goes with a ticket of ours; `None` of anything else.
    pub fn secret_of_ticket(&self, text: &str) -> Option<[u8; SECRET_LEN]> {
        self.mint.secret_of(text)
    }

    /// What opens pages, and nothing else, to somebody who has signed in without a ticket that does.
    pub fn page_pass(&self, account: &Account) -> OwnedSecret {
        let lifetime = self.settings.ticket_lifetime;
        self.mint.issue(account.id, account.generation, Purpose::Page, unix_now(), lifetime).auth()
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

    /// Tells everybody that the service goes down, now and again until it does, in place of what was announced before.
    pub fn announce(&self, plan: Plan) {
        let announcement = Announcement::new(plan, self.now());
        *self.announcement.lock() = Some(announcement);
        // One that is for now has nothing to be said before it.
        if let Some(minutes) = self.minutes_left() {
            self.tell_minutes(minutes);
        }
    }

    /// Forgets what was announced, and says whether anything was. Nobody can be told: clients know no such message.
    pub fn call_off(&self) -> bool {
        self.announcement.lock().take().is_some()
    }

    /// Does what is due of an announcement. To be called every second or oftener.
    pub fn follow_announcement(&self) {
        let mut slot = self.announcement.lock();
        let due = slot.as_mut().map_or(Due::Nothing, |announcement| announcement.due(self.now()));
        if due == Due::Forget {
            *slot = None;
        }
        drop(slot);
        match due {
            Due::Say(minutes) => self.tell_minutes(minutes),
            Due::GoDown => self.time_is_up.notify_one(),
            Due::Nothing | Due::Forget => {}
        }
    }

    /// In how many minutes the service goes down, if that is announced: for who has just come.
    pub fn minutes_left(&self) -> Option<u32> {
        let left = self.announcement.lock().as_ref()?.minutes_left(self.now());
        (left > 0).then_some(left)
    }

    /// Waits until the time that was announced is up.
    pub async fn time_is_up(&self) {
        self.time_is_up.notified().await;
    }

    /// Who has told no status yet is told when he does: in the middle of signing in, clients are not fond of surprises.
    fn tell_minutes(&self, minutes: u32) {
        let mut lines = Encodings::new(|dialect, out: &mut Vec<u8>| write_shutdown(minutes, out, dialect));
        for endpoint in self.directory.everybody().into_iter().filter(|endpoint| endpoint.is_live()) {
            endpoint.outbox.push(None, lines.of(endpoint.dialect));
        }
    }

    /// Tells somebody what has happened to his mail, wherever he has told a status: with that he was told how much there
    /// is.
    pub fn tell_mail(&self, id: AccountId, news: &MailNews) {
        for endpoint in self.directory.endpoints_of(id).into_iter().filter(|endpoint| endpoint.is_live()) {
            let Some(web) = &endpoint.web else { continue };
            let mut message = Vec::new();
            write_news(news, web, &self.settings.pages, &mut message, endpoint.dialect);
            endpoint.outbox.push(None, message.into());
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

    /// Tells everybody that the service goes down, and closes. Where a restart was announced, those who know the word
    /// are told when to come back, however it ends.
    ///
    /// Of the other reasons the directory says that somebody has signed in elsewhere. Nobody is sent away to have his
    /// lists migrated, since all of them are kept in the newer form, nor for terms of use, of which there are none.
    pub fn shut_down(&self) {
        self.going_down.store(true, Ordering::Release);
        let back_in = self.announcement.lock().as_ref().and_then(Announcement::back_in);
        for endpoint in self.directory.everybody() {
            let reason = Some(match back_in {
                Some(minutes) if endpoint.dialect.knows_when_to_return => out::Reason::ReconnectIn(minutes),
                _ => out::Reason::ShuttingDown,
            });
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
    use msnp::dialect::{MSNP7, MSNP8};

    use super::*;

    fn settings(public_host: Option<&str>) -> Settings {
        let opening = notification::Settings {
            served: Vec::new(),
            names_all_dialects: false,
            upgrades: notification::Upgrades::default(),
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
            web: WebServer { http: 80, https: 8443, plain_sign_in: false },
            pages: Arc::default(),
            shields: Shields::default(),
        }
    }

    #[test]
    fn browsers_are_led_to_tls_but_on_this_machine() {
        let led = |host, peer: &str, local: &str, dialect, plain| {
            let mut settings = settings(host);
            settings.web.plain_sign_in = plain;
            let ends = Ends { peer: peer.parse().unwrap(), local: local.parse().unwrap() };
            settings.web_address(ends, dialect)
        };
        let (far, near, here) = ("192.0.2.7:1", "[::ffff:127.0.0.1]:1", "192.0.2.1:1863");
        assert_eq!(led(None, far, here, &MSNP8, true), "https://192.0.2.1:8443");
        assert_eq!(led(None, far, here, &MSNP7, false), "https://192.0.2.1:8443");
        assert_eq!(led(None, far, here, &MSNP7, true), "http://192.0.2.1");
        assert_eq!(led(None, near, "127.0.0.1:1863", &MSNP8, false), "http://127.0.0.1");
        assert_eq!(led(None, far, "[2001:db8::1]:1863", &MSNP8, false), "https://[2001:db8::1]:8443");
        assert_eq!(led(Some("msn.example.com:1"), far, here, &MSNP8, false), "https://msn.example.com:8443");
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
