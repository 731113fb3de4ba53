//! The table of keys. A key can't exist without its documentation, and nothing else lists them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use msnp::types::ClientVersion;

use super::domains::Domains;
use super::problem::Expected;
use super::value::{Kind, LogFilter, Value, Written};
use crate::logging::Format;
use crate::mail::{PageAddress, Sender, SmtpUrl};
use crate::pages::{Pages, WebAddress};
use crate::server::{Challenges, PublicHost};
use crate::text_ad::TextAd;
use crate::{accept, http, store, ticket, tls};

/// One thing an operator may choose.
#[derive(Debug)]
pub struct Key {
    /// Its name, in a TOML file.
    pub name: &'static str,
    /// What it is for, line by line.
    pub doc: &'static [&'static str],
    /// Whether `serve` has a flag for it.
    pub has_flag: bool,
    /// Whether that flag may stand by itself, and means `true` then.
    pub is_switch: bool,
    /// Whether there may be a password in its value, which is then told to nobody as it was written.
    pub is_secret: bool,
    /// Its value in a configuration, as in a TOML file.
    pub show: fn(&Config) -> String,
    /// Reads its value into a configuration.
    pub(super) read: fn(&mut Config, &Written<'_>) -> Result<(), Expected>,
}

impl Key {
    /// Its environment variable.
    pub fn variable(&self) -> String {
        format!("MSNPD_{}", self.name.to_ascii_uppercase())
    }

    /// Its flag, without the two dashes.
    pub fn flag(&self) -> String {
        self.name.replace('_', "-")
    }
}

/// Makes [`Config`] and [`KEYS`]. `flag` before a name: `serve` has a flag for it; `key`: it has none.
macro_rules! keys {
    ($($(#[doc = $doc:literal])+ $kind:ident $name:ident: $type:ty = $default:expr;)+) => {
        /// Everything that an operator may choose.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Config {
            $($(#[doc = $doc])+ pub $name: $type,)+
        }

        impl Default for Config {
            fn default() -> Self {
                Self { $($name: $default,)+ }
            }
        }

        /// All keys, in the order in which the example has them.
        pub const KEYS: &[Key] = &[$(Key {
            name: stringify!($name),
            doc: &[$($doc),+],
            has_flag: matches!(stringify!($kind).as_bytes(), b"flag"),
            is_switch: matches!(<$type as Value>::BARE, Kind::Boolean),
            is_secret: <$type as Value>::IS_SECRET,
            show: |config| config.$name.show(),
            read: |config, written| {
                config.$name = written.read()?;
                Ok(())
            },
        }),+];
    };
}

keys! {
    /// Where everything is kept: accounts, keys and certificates. It is made at the first start.
    /// A path that does not begin with / is taken from the directory the server is started in.
    flag data_dir: PathBuf = "./msnpd-data".into();

    /// Where notification server and switchboard listen. "0.0.0.0:1863" is every IPv4 address of this machine.
    /// Most clients come to port 1863 and can't be told another one.
    flag msnp: SocketAddr = ([127, 0, 0, 1], 1863).into();

    /// Where the web services listen without TLS. Who wants to connect finds a page with directions there.
    flag http: SocketAddr = ([127, 0, 0, 1], 8080).into();

    /// Where the web services listen with TLS. MSN Messenger 5.0 and later sign in here, and Windows Live Messenger has
    /// its address book and offline messages. They ask port 443: listen there, or forward it.
    flag https: SocketAddr = ([127, 0, 0, 1], 8443).into();

    /// Which TLS is spoken there: "modern" is 1.2 and 1.3; "legacy" takes clients of Windows 98 to 7 too, down to SSL 3.0,
    /// with a certificate of their own. What these send can be read by whoever takes the trouble.
    key tls: tls::Policy = tls::Policy::Modern;

    /// Where a dispatch server listens, which sends every client on to the notification server; "" for none.
    /// Only needed where clients come to another port than the notification server's.
    flag dispatch: Option<SocketAddr> = None;

    /// What clients are told to connect to: a name or an IPv4 address, with :PORT where it is another port than they
    /// would use anyway; "" for the address that the client itself has connected to. Needed behind a router or proxy.
    flag public_host: Option<PublicHost> = None;

    /// Where Prometheus finds what is counted, at /metrics; "" for nowhere. Not meant for the public.
    flag metrics: Option<SocketAddr> = None;

    /// Whether there is something to try the service with: alice@demo.example and bob@demo.example, whose passwords are
    /// printed, and on their lists echo@demo.example, a bot that gives back what is said to it.
    flag demo: bool = false;

    /// What is logged: "error", "warn", "info", "debug" or "trace", also for parts: "info,msnpd::wire=trace" shows
    /// every line of the protocol, without passwords, tickets and what people say.
    flag log: LogFilter = LogFilter::default();

    /// How it is written: "text", or "json" with one object a line.
    flag log_format: Format = Format::Text;

    /// Whether clients have to prove that they are known ones: "off"; "ask", and log what they answer;
    /// "enforce", and close where the answer is wrong. Some clients that people like don't answer.
    key challenges: Challenges = Challenges::Off;

    /// How long what is said to somebody who is away is kept for him: seconds, or "12h", "60d". With 0 nothing is, and
    /// senders are told that it did not arrive; what was kept before then stays where it is.
    key offline_message_lifetime: Duration = store::MESSAGE_LIFETIME;

    /// Where pages are that clients open, such as `{ inbox = "https://mail.example.com/" }`: inbox, folders, compose with
    /// {address} filled in, message with {id}, addrbook, person, password, profile, mobile, chat and others.
    /// With an inbox, clients show how much mail there is, as `msnpd mail` tells.
    key pages: Pages = Pages::default();

    /// A line of text that Windows Live Messenger and others show under the contact list, where the old service had an
    /// advertisement, such as `{ text = "Party on Friday", url = "https://example.com/" }`; "" for none.
    key text_ad: Option<TextAd> = None;

    /// A file with the Shields.xml that clients of MSN Messenger 7.0 and later get, which switches off what they can
    /// do; "" for one that switches off nothing.
    key shields: Option<PathBuf> = None;

    /// The version of MSN Messenger for Windows that older ones offer to upgrade to, such as "7.5.0324"; "" for none.
    key recommended_client: Option<ClientVersion> = None;

    /// The version of MSN Messenger for Windows below which it insists on that; "" for none.
    key minimum_client: Option<ClientVersion> = None;

    /// Where to get that version; "" for the front page.
    key download_url: Option<WebAddress> = None;

    /// Whether clients are told every version of the protocol that both sides speak, as the old service did in its first
    /// years, and not the best one alone. aMSN from 2002 to 2008 needs it to sign in.
    key name_all_dialects: bool = false;

    /// How many connections the Messenger ports take together, and sessions over HTTP. Further ones are closed, and the
    /// last sixteenth is for the chats of those who are signed in: who signs in while it is in use is told that the
    /// server is busy.
    key max_connections: usize = accept::Limits::default().connections;

    /// How many of these may be of clients that have not signed in yet. Further ones are closed.
    key max_connections_not_signed_in: usize = accept::Limits::default().not_signed_in;

    /// How many of these may come from one address; 0 for no limit of its own. Further ones are closed.
    /// Whole schools and mobile networks come from one address; a chat takes a connection for as long as it lasts.
    key max_connections_per_address: usize = 0;

    /// How many connections each of the two web ports takes. Further ones wait until others have gone. Half may be kept
    /// by clients that use Messenger over HTTP, who need one for themselves and one for each chat.
    key http_max_connections: usize = http::Limits::default().connections;

    /// How many of these may come from one address; 0 for no limit of its own. Further ones are closed.
    key http_max_connections_per_address: usize = 0;

    /// Whether passwords are taken over plain HTTP from other machines too: anyone on the way can read them then.
    /// A reverse proxy on this machine counts as this machine, and all who come through it as one address.
    key allow_plain_http_sign_in: bool = false;

    /// Another server, NAME or NAME:PORT, that takes the passwords of MSNP8 and later in place of this one; "" for none.
    /// It must give out tickets that this server takes.
    key login_redirect: Option<PublicHost> = None;

    /// How long a ticket is good for once its owner has shown the password: seconds, or "30m", "24h", "7d". Windows Live
    /// Messenger and its like may renew their tickets for fourteen times as long without asking for it again.
    key ticket_lifetime: Duration = ticket::LIFETIME;

    /// The mail server that takes invitations and pages: "smtps://USER:PASSWORD@HOST", with :PORT if needed, or
    /// "smtp://HOST" without TLS, "smtp://…?tls=required" with STARTTLS; "" for none. In USER and PASSWORD, write
    /// %40 for @, %3A for : and %2F for /.
    key smtp: Option<SmtpUrl> = None;

    /// Whom mail is from, as in "Messenger <messenger@example.com>".
    key mail_from: Option<Sender> = None;

    /// Where pages to a mobile telephone go by mail, as in "{number}@sms.example.com", with the digits of the number;
    /// "" for nowhere.
    key page_mail: Option<PageAddress> = None;

    /// Domains whose people, with accounts here like all others, are people of another network to everybody of another
    /// domain, as those of Yahoo! once were, such as ["yahoo.com"]. MSNP14 and later know such people.
    key federation_loopback: Domains = Domains::default();

    /// How many passwords are checked at once, each with 19 MiB of memory and a processor; 0 for one per processor.
    key password_threads: usize = 0;
}

/// The key of that name.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// The key that was probably meant.
pub(super) fn nearest(name: &str) -> Option<&'static Key> {
    let name = name.to_lowercase().replace('-', "_");
    KEYS.iter()
        .map(|key| (strsim::jaro_winkler(key.name, &name), key))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, key)| key)
}
