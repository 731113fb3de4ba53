//! The web services, as a client uses them: tickets, the address book, offline messages, what roams.
//!
//! ```no_run
//! use msnp_client::web::{AddressBook, Generation, Method, Services, Settings, Tickets, Trust, Web};
//! use msnp::types::OwnedSecret;
//!
//! # async fn example() -> Result<(), msnp_client::web::Error> {
//! let services = Services::at("https://chat.example.com:8443")?;
//! let trust = Trust::web().and_file("ca.pem")?;
//! let web = Web::new(services, Settings { trust, ..Settings::default() })?;
//!
//! let password = OwnedSecret::new("wonderland");
//! let tickets = Tickets::get(&web, "alice@example.com", password, Method::single_sign_on("MBI_KEY_OLD")).await?;
//! let book = AddressBook::new(&web, &tickets, Generation::From2009);
//! for contact in book.contacts(None).await?.contacts {
//!     println!("{}", contact.info.shown_name());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Where the services are is said by [`Services`], whom TLS trusts by [`Trust`]. There is always TLS, unless it is said that
//! there should be none, and nothing that a server says leads from TLS to none. Passwords and tickets go to those servers
//! alone, and to whom they name as far as Passport's rules allow that. What servers answer has an end: in time, in bytes, in
//! how often they send a client on.

mod address_book;
mod directory;
mod error;
mod http;
mod offline_messages;
mod passport;
mod services;
mod storage;
mod tickets;
mod trust;
mod url;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use hyper::Method as HttpMethod;
use hyper::header::HeaderValue;

pub use address_book::{AddressBook, Generation, Invitation};
pub use directory::Directory;
pub use error::Error;
use http::{Answer, Ask, Http};
pub use http::{ConnectTo, Limits};
pub use offline_messages::{Letter, OfflineMessages};
pub use passport::Method;
pub use services::{Service, Services};
pub use storage::Storage;
pub use tickets::{SignInSecret, SignInTicket, Tickets};
pub use trust::{NotTrust, Tls, TlsError, Trust};
pub use url::{NotUrl, Url};

/// Bytes of what a service says of its health, or of a page that says that there is none.
const MAX_HEALTH: usize = 64 * 1024;

/// The web services of one Messenger service. Clones share what they have.
#[derive(Clone)]
pub struct Web {
    shared: Arc<Shared>,
}

impl std::fmt::Debug for Web {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Web({})", self.services().url(Service::Nexus))
    }
}

struct Shared {
    http: Http,
    services: Services,
}

/// How services are reached.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Whom TLS trusts.
    pub trust: Trust,
    /// How long to wait.
    pub limits: Limits,
    /// Where connections go, whatever the server is called: for a server that answers to the historical names, where these
    /// lead nowhere or to somebody else. Certificates have to be for the names all the same.
    pub connect_to: Option<ConnectTo>,
}

impl Web {
    /// With these services.
    ///
    /// # Errors
    /// When there can't be TLS.
    pub fn new(services: Services, settings: Settings) -> Result<Self, Error> {
        let Settings { trust, limits, connect_to } = settings;
        let url = services.url(Service::Nexus).clone();
        let tls = Tls::new(trust).map_err(|error| Error::Tls { url, error })?;
        let http = Http { tls, limits, connect_to, offers_tls: Arc::default() };
        Ok(Self { shared: Arc::new(Shared { http, services }) })
    }

    /// Where they are.
    pub fn services(&self) -> &Services {
        &self.shared.services
    }

    /// Begins TLS with those whom the web services trust: for other connections to the same server.
    pub fn tls(&self) -> &Tls {
        &self.shared.http.tls
    }

    /// Whether the service has said that its Messenger ports take TLS.
    pub fn offers_tls(&self) -> bool {
        self.shared.http.offers_tls.load(Ordering::Relaxed)
    }

    /// Asks the service whether they do, unless it has said so already. One that does not know the question does not.
    pub(crate) async fn ask_about_tls(&self) -> Result<(), Error> {
        let Some(url) = self.services().health().filter(|_| !self.offers_tls()) else { return Ok(()) };
        let answer = self.get(&url, Vec::new(), MAX_HEALTH).await?;
        match answer.status {
            passport::BUSY if !self.offers_tls() => Err(Error::Busy { url }),
            _ => Ok(()),
        }
    }

    /// Gets what is at an address.
    async fn get(
        &self,
        url: &Url,
        headers: Vec<(&'static str, HeaderValue)>,
        most: usize,
    ) -> Result<Answer, Error> {
        self.shared.http.ask(Ask { method: HttpMethod::GET, url, headers, body: Bytes::new(), most }).await
    }

    /// Asks a SOAP service, and gives what it answers, a fault or not.
    async fn post(&self, url: &Url, action: &str, envelope: String, most: usize) -> Result<Bytes, Error> {
        let mut headers = vec![("content-type", HeaderValue::from_static("text/xml; charset=utf-8"))];
        if let Ok(action) = HeaderValue::from_str(&format!("\"{action}\"")) {
            headers.push(("soapaction", action));
        }
        self.post_with(url, headers, envelope, most).await
    }

    async fn post_with(
        &self,
        url: &Url,
        headers: Vec<(&'static str, HeaderValue)>,
        envelope: String,
        most: usize,
    ) -> Result<Bytes, Error> {
        let body = Bytes::from(envelope);
        let answer = self.shared.http.ask(Ask { method: HttpMethod::POST, url, headers, body, most }).await?;
        match answer.status {
            // Faults come with either.
            200 | 500 => Ok(answer.body),
            passport::BUSY => Err(Error::Busy { url: url.clone() }),
            status => Err(Error::Status { url: url.clone(), status }),
        }
    }
}
