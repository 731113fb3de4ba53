//! What a client is told before it signs in.

use std::sync::Arc;
use std::time::Duration;

use msnp::dialect::Dialect;
use msnp::flow::client::Program;
use msnp::types::{Capabilities, Email, Guid, OwnedSecret, Status};
use msnp::version::Version;

use crate::client::Client;
use crate::encryption::Encryption;
use crate::error::Error;
use crate::event::{self, Events};
use crate::exchange::Direct;
use crate::web::Web;

/// How many events wait for a slow reader unless it is said otherwise.
const EVENT_CAPACITY: usize = 1024;

/// A client that is to be: made with [`Client::builder`].
///
/// Without more than an account it looks for the service where it was once, at `messenger.hotmail.com`; name a
/// [`server`](Self::server), and where its [`web`](Self::web) services are.
#[derive(Clone, Debug)]
#[must_use = "a client begins with sign_in"]
pub struct Builder {
    pub(crate) written: String,
    pub(crate) password: OwnedSecret,
    pub(crate) server: String,
    pub(crate) web: Option<Web>,
    pub(crate) offered: Vec<&'static Dialect>,
    pub(crate) status: Status,
    pub(crate) message: Option<String>,
    /// `None`: what this library can do in the version that is settled.
    pub(crate) capabilities: Option<Capabilities>,
    pub(crate) object: Option<String>,
    pub(crate) picture: Option<Arc<[u8]>>,
    pub(crate) direct: Direct,
    pub(crate) encryption: Encryption,
    pub(crate) place: Option<Guid>,
    pub(crate) place_name: String,
    pub(crate) program: Program,
    pub(crate) reconnects: bool,
    pub(crate) event_capacity: usize,
}

impl Builder {
    pub(crate) fn new(email: &str, password: &str) -> Self {
        Self {
            written: email.to_owned(),
            password: OwnedSecret::new(password),
            server: "messenger.hotmail.com:1863".to_owned(),
            web: None,
            offered: Dialect::ALL.iter().rev().copied().collect(),
            status: Status::Online,
            message: None,
            capabilities: None,
            object: None,
            picture: None,
            direct: Direct::Off,
            encryption: Encryption::WhereOffered,
            place: None,
            place_name: "msnp-client".to_owned(),
            program: Program::default(),
            reconnects: true,
            event_capacity: EVENT_CAPACITY,
        }
    }

    /// The dispatch or notification server, `host` or `host:port`; without a port it is 1863.
    pub fn server(mut self, address: impl Into<String>) -> Self {
        self.server = address.into();
        self
    }

    /// Where the web services are. Versions from MSNP8 on sign in with a ticket from there, those from MSNP13 on have their
    /// lists there.
    pub fn web(mut self, web: Web) -> Self {
        self.web = Some(web);
        self
    }

    /// Speaks this version and no other. A version that is none is passed over.
    pub fn version(self, version: Version) -> Self {
        self.versions(&[version])
    }

    /// Offers these versions, the best first; by default all of them. The server takes the best that it has.
    pub fn versions(mut self, versions: &[Version]) -> Self {
        let dialect = |version: &Version| Dialect::ALL.iter().find(|d| d.version == *version).copied();
        let offered: Vec<_> = versions.iter().filter_map(dialect).collect();
        if !offered.is_empty() {
            self.offered = offered;
        }
        self
    }

    /// The status that is shown as soon as the user is in; [`Status::Online`] by default.
    pub const fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// The personal message that is told as soon as the user is in, in versions that have it.
    pub fn personal_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// What others are told that the client can do; by default what this library can: text, pictures, emoticons and files, in
    /// versions whose clients know them.
    pub const fn capabilities(mut self, capabilities: Capabilities) -> Self {
        self.capabilities = Some(capabilities);
        self
    }

    /// The user's display picture, a PNG or JPEG of 96 by 96 points mostly. Whoever wants to see it gets it. It can have up to
    /// [`OBJECT`](msnp::p2p::limits::OBJECT) bytes; the official clients expect much fewer.
    pub fn picture(mut self, data: impl Into<Arc<[u8]>>) -> Self {
        self.picture = Some(data.into());
        self
    }

    /// Whether what is said to notification servers and switchboards goes in TLS; by default where the service offers it.
    pub const fn tls(mut self, encryption: Encryption) -> Self {
        self.encryption = encryption;
        self
    }

    /// Whether files go directly from client to client; by default they don't.
    pub const fn direct(mut self, direct: Direct) -> Self {
        self.direct = direct;
        self
    }

    /// The MSN object of a display picture that others are told of, for who gives it away himself: see
    /// [`picture`](Self::picture).
    pub fn display_picture(mut self, object: impl Into<String>) -> Self {
        self.object = Some(object.into());
        self
    }

    /// What names the place that the user signs in at, and what it is called, in versions where he can be at several.
    /// Without it the place is another one each time.
    pub fn place(mut self, id: Guid, name: impl Into<String>) -> Self {
        (self.place, self.place_name) = (Some(id), name.into());
        self
    }

    /// What the client says of itself; by default that it is this library.
    pub fn program(mut self, program: Program) -> Self {
        self.program = program;
        self
    }

    /// Whether a lost connection is made anew, after a second first, then after longer and longer up to two minutes. It is,
    /// by default; not after the account has signed in elsewhere, nor when the password is wrong.
    pub const fn reconnect(mut self, reconnects: bool) -> Self {
        self.reconnects = reconnects;
        self
    }

    /// How many events may wait to be taken; 1,024 by default. See [`Events`].
    pub const fn event_capacity(mut self, capacity: usize) -> Self {
        self.event_capacity = capacity;
        self
    }

    /// Signs in: connects, goes where the server sends the client, proves who the user is, gets his lists, and shows his
    /// status.
    ///
    /// # Errors
    /// Says what to do about it. Nothing goes on in the background then.
    pub async fn sign_in(self) -> Result<(Client, Events), Error> {
        let email: Email = self
            .written
            .parse()
            .map_err(|source| Error::Address { written: self.written.clone(), source })?;
        let (teller, events) = event::queue(self.event_capacity);
        let client = Client::sign_in(self, email, teller).await?;
        Ok((client, events))
    }

    /// How long a sign-in may take in all.
    pub(crate) const SIGN_IN_LIMIT: Duration = Duration::from_secs(180);
}
