//! Passport sign-in: a password in, tickets out, over HTTP.
//!
//! `nexus` tells clients where to sign in, `login` is how MSNP8 to 11 clients do it (Passport 1.4), `rst` how later
//! ones do it (SOAP). Both end in `Passport::prove`. Unknown, disabled and wrong look
//! alike there and cost alike. Who has proved it once may renew his tickets without the password (`renewal`). `web` takes
//! a ticket instead, and leads to a web page.

mod accounts;
mod login;
mod nexus;
mod renewal;
mod rst;
pub(crate) mod throttle;
mod token;
mod web;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use msnp::types::Email;

use crate::account::Account;
use crate::http::{Asked, Peer};
use crate::password::HashError;
use crate::ticket::{self, Mint, Purpose, Ticket};
pub use accounts::{Accounts, Later, Unavailable};
pub use rst::MAX_RST_BYTES;
pub use throttle::MAX_DELAY;
use throttle::Throttle;
pub use web::MAX_FORM_BYTES;

/// How many times longer the token broker's token lasts than others. Clients renew the others with it when these have
/// expired, so it has to outlive them; it opens nothing by itself, and is worth nothing without its secret. A client that
/// runs for longer needs the password again.
pub const BROKER_LIFETIMES: u32 = 14;

/// What the operator may choose.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Passwords are taken over plain HTTP from everywhere, not only from this machine.
    ///
    /// A reverse proxy on this machine that forwards plain HTTP is this machine: whatever it lets in may sign in, also
    /// while this is off, so it should take HTTPS only. All who come through it have its address, and with it one
    /// address's share of attempts and its delays: the throttle looks at connections and at no header that tells
    /// where a request was before. Better let clients connect directly.
    pub allow_plain_http_sign_in: bool,
    /// Another server, `host[:port]`, that takes the passwords: clients are sent there.
    pub login_redirect: Option<String>,
    /// How long tickets last.
    pub ticket_lifetime: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { allow_plain_http_sign_in: false, login_redirect: None, ticket_lifetime: ticket::LIFETIME }
    }
}

/// The sign-in service.
pub struct Passport {
    accounts: Arc<dyn Accounts>,
    mint: Mint,
    settings: Settings,
    throttle: Arc<Throttle>,
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    /// Too many attempts at a time: from this address, at this account from it, or of everybody.
    Busy,
    /// No such account, a disabled one, or the wrong password.
    Credentials,
    /// The store failed, or there was no memory to check the password with.
    Unavailable,
}

impl From<HashError> for Refusal {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Busy,
            HashError::Failed => Self::Unavailable,
        }
    }
}

impl Passport {
    /// The service for these accounts, with tickets from this mint.
    pub fn new(accounts: Arc<dyn Accounts>, mint: Mint, settings: Settings) -> Self {
        Self { accounts, mint, settings, throttle: Arc::default() }
    }

    /// Counts wrong passwords together with others who look at passwords: a guesser gains nothing by trying here and
    /// there.
    #[must_use]
    pub(crate) fn with_throttle(self, throttle: Arc<Throttle>) -> Self {
        Self { throttle, ..self }
    }

    /// Whether this peer may send a password at all: over TLS, from this machine, or as the operator likes.
    fn may_sign_in(&self, peer: Peer) -> bool {
        let may = peer.tls || self.settings.allow_plain_http_sign_in || peer.is_loopback();
        if !may {
            tracing::warn!(
                address = %peer.address.ip(),
                "refused a sign-in over plain HTTP from another machine; \
                 allow_plain_http_sign_in would let anyone on the way read passwords and tickets"
            );
        }
        may
    }

    /// The account whose address and password these are.
    async fn prove(&self, sign_in: &str, password: &str, from: IpAddr) -> Result<Account, Refusal> {
        let attempt =
            self.throttle.begin(sign_in, from, Instant::now()).map_err(|throttle::Busy| Refusal::Busy)?;
        if !attempt.delay().is_zero() {
            tokio::time::sleep(attempt.delay()).await;
        }
        let account = match sign_in.trim().parse::<Email>() {
            Ok(email) => self.accounts.by_email(&email).await.map_err(|Unavailable| Refusal::Unavailable)?,
            Err(_) => None,
        };
        let account = account.filter(|account| !account.disabled);
        let hash = account.as_ref().map(|account| account.password_hash.as_str());
        // An attempt that ends here counts for nothing: nobody knows whether the password was right.
        let right = self.accounts.verify(password, hash).await.map_err(|error| {
            tracing::warn!(%error, %from, "a sign-in was put off");
            Refusal::from(error)
        })?;
        match account {
            Some(account) if right => {
                attempt.succeeded();
                tracing::info!(account = %account.id, %from, "signed in to Passport");
                Ok(account)
            }
            account => {
                attempt.failed();
                // What was typed stays out of the log: it may be a password in the wrong field.
                let account = account.map(|account| account.id.0);
                tracing::info!(account, %from, "refused a sign-in");
                Err(Refusal::Credentials)
            }
        }
    }

    fn issue(&self, account: &Account, purpose: Purpose, now: u64) -> Ticket {
        self.mint.issue(account.id, account.generation, purpose, now, self.lifetime(purpose))
    }

    /// How long a ticket lasts.
    fn lifetime(&self, purpose: Purpose) -> Duration {
        match purpose {
            Purpose::Broker => self.settings.ticket_lifetime.saturating_mul(BROKER_LIFETIMES),
            Purpose::Page | Purpose::SingleSignOn | Purpose::Tweener | Purpose::Web => {
                self.settings.ticket_lifetime
            }
        }
    }

    /// The address of `file` at the other server that is responsible, unless this is already it.
    fn elsewhere(&self, asked: &Asked, file: &str) -> Option<String> {
        let host = self.settings.login_redirect.as_deref()?;
        let scheme = asked.scheme();
        (!host.eq_ignore_ascii_case(asked.host())).then(|| format!("{scheme}://{host}/{file}"))
    }
}
