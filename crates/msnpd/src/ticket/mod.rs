//! Tickets: what a client shows instead of its password.
//!
//! They are signed, not stored: a ticket says whose it is, what for, until when, and of which generation the
//! account's secrets were. So it is checked in microseconds, without the database, on any node that has the
//! key. The generation is compared by the caller, where the account is loaded anyway; a new password or
//! `disable` raises it and so ends all tickets at once.
//!
//! ```text
//! byte  0       1        2        6           10       15                31
//!       format  purpose  account  generation  expires  signature         end
//! ```
//! in base64 without padding, 42 characters, and on the wire `t=<that>&p=`.

mod keys;

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::Mac as _;
use msnp::types::OwnedSecret;
use subtle::ConstantTimeEq as _;

use crate::account::AccountId;
pub use keys::{FILE as KEY_FILE, KeyError};
use keys::{Key, Keys};

/// How long a ticket lasts unless the operator says otherwise. The old service gave 8 to 24 hours. A client
/// holds the ticket of its sign-in for as long as it runs, and few renew it.
pub const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The length of the secret that goes with a ticket, in bytes: a 3DES key, as clients expect.
pub const SECRET_LEN: usize = msnp::auth::sso::SECRET_LEN;

/// Forms of more than this many bytes are no tickets of ours.
const MAX_TEXT: usize = 256;

const FORMAT: u8 = 1;
const CLAIMS_LEN: usize = 15;
const SIGNATURE_LEN: usize = 16;
const TICKET_LEN: usize = CLAIMS_LEN + SIGNATURE_LEN;

/// What a ticket was issued for. The numbers stand in tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Purpose {
    /// The token broker's, `http://Passport.NET/tb`: shown to the token service instead of a password.
    Broker = 3,
    /// Of nobody's asking: stands in the profile of somebody who has signed in without a ticket that opens pages, where
    /// it crosses the network in clear. It opens pages and no service.
    Page = 5,
    /// Of `messengerclear.live.com`, for `USR t SSO S`: crosses the network in clear, beside a proof that its
    /// owner knows the secret.
    SingleSignOn = 1,
    /// Of `login2.srf`, or of `messenger.msn.com`, for `USR t TWN S`. It may be the only one a client has, so
    /// it is good for web services too.
    Tweener = 4,
    /// Of any other name: web services.
    Web = 2,
}

impl Purpose {
    fn from_number(number: u8) -> Option<Self> {
        [Self::Broker, Self::Page, Self::SingleSignOn, Self::Tweener, Self::Web]
            .into_iter()
            .find(|purpose| *purpose as u8 == number)
    }
}

/// What somebody shows a ticket for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A page that the server leads to.
    Page,
    /// New tickets without a password.
    Renewal,
    /// `USR t SSO S` on the notification server.
    SingleSignOn,
    /// `USR t TWN S` on the notification server. Not with the ticket of single sign-on, which whoever
    /// listens could repeat here, where no proof goes with it.
    Tweener,
    /// A web service.
    Web,
}

impl Use {
    fn is_served_by(self, purpose: Purpose) -> bool {
        match self {
            Self::Page => matches!(purpose, Purpose::Page | Purpose::Tweener | Purpose::Web),
            Self::Renewal => purpose == Purpose::Broker,
            Self::SingleSignOn => purpose == Purpose::SingleSignOn,
            Self::Tweener => purpose == Purpose::Tweener,
            Self::Web => matches!(purpose, Purpose::Tweener | Purpose::Web),
        }
    }
}

/// What a ticket says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Whose it is.
    pub account: AccountId,
    /// The account's generation when it was issued. The ticket is void when the account has another by now.
    pub generation: u32,
    /// What it was issued for.
    pub purpose: Purpose,
    /// From when on it is void, in seconds since 1970.
    pub expires: u64,
}

/// Why a ticket is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// Its time is over.
    #[error("the ticket has expired")]
    Expired,
    /// Not signed with our key, changed since, or no ticket at all.
    #[error("this is no ticket of this server")]
    Forged,
    /// A good ticket, but not for this.
    #[error("the ticket is for something else")]
    Purpose,
}

/// A ticket. It opens the account, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket([u8; TICKET_LEN]);

impl Ticket {
    /// Its auth part, what stands between `t=` and `&p=`: also the value of `MSPAuth`.
    pub fn auth(&self) -> OwnedSecret {
        OwnedSecret::new(URL_SAFE_NO_PAD.encode(self.0))
    }

    /// `t=…&p=`, as it travels. All readers want both names and nothing else; the second part may be empty.
    pub fn text(&self) -> OwnedSecret {
        OwnedSecret::new(format!("t={}&p=", self.auth().expose()))
    }

    /// The ticket out of any form in which clients show it: `t=…&p=…`, `t=…`, or the auth part alone.
    fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let auth = text.strip_prefix("t=").unwrap_or(text);
        let auth = auth.split_once('&').map_or(auth, |(auth, _)| auth);
        Some(Self(URL_SAFE_NO_PAD.decode(auth).ok()?.try_into().ok()?))
    }

    fn claims(&self) -> Option<Claims> {
        let [format, purpose, a, b, c, d, e, f, g, h, i, j, k, l, m, ..] = self.0;
        Some(Claims {
            account: AccountId(u32::from_be_bytes([a, b, c, d])),
            generation: u32::from_be_bytes([e, f, g, h]),
            purpose: (format == FORMAT).then(|| Purpose::from_number(purpose))??,
            expires: u64::from_be_bytes([0, 0, 0, i, j, k, l, m]),
        })
    }

    fn signed(&self) -> (&[u8], &[u8]) {
        self.0.split_at(CLAIMS_LEN)
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(…)")
    }
}

/// Issues tickets and checks them. Holds the keys.
#[derive(Clone, Debug)]
pub struct Mint {
    keys: Keys,
}

impl Mint {
    /// The mint whose keys lie in `data_dir`. Makes a key on the first start.
    ///
    /// # Errors
    /// When the key file can't be read, made, or understood.
    pub fn open(data_dir: &std::path::Path) -> Result<Self, KeyError> {
        Ok(Self { keys: Keys::open(data_dir)? })
    }

    /// A mint with these keys, the current one first; for nodes that get them from elsewhere, and for tests.
    pub fn with_keys(current: [u8; 32], previous: Option<[u8; 32]>) -> Self {
        Self { keys: Keys::new(current, previous) }
    }

    /// A new ticket, good for `lifetime` from `now` on (seconds since 1970).
    pub fn issue(
        &self,
        account: AccountId,
        generation: u32,
        purpose: Purpose,
        now: u64,
        lifetime: Duration,
    ) -> Ticket {
        let [a, b, c, d] = account.0.to_be_bytes();
        let [e, f, g, h] = generation.to_be_bytes();
        let [_, _, _, i, j, k, l, m] = now.saturating_add(lifetime.as_secs()).min(MAX_EXPIRES).to_be_bytes();
        let claims = [FORMAT, purpose as u8, a, b, c, d, e, f, g, h, i, j, k, l, m];
        let mut ticket = [0; TICKET_LEN];
        let (head, tail) = ticket.split_at_mut(CLAIMS_LEN);
        head.copy_from_slice(&claims);
        tail.copy_from_slice(&self.keys.current().sign(&claims));
        Ticket(ticket)
    }

    /// What `text` says, if it is a ticket of ours that is good for `needed` at `now` (seconds since 1970).
    /// The generation is for the caller to compare.
    ///
    /// # Errors
    /// When it is not.
    pub fn check(&self, text: &str, needed: Use, now: u64) -> Result<Claims, TicketError> {
        let ticket = Ticket::parse(text).ok_or(TicketError::Forged)?;
        self.key_of(&ticket).ok_or(TicketError::Forged)?;
        let claims = ticket.claims().ok_or(TicketError::Forged)?;
        if claims.expires <= now {
            return Err(TicketError::Expired);
        }
        if !needed.is_served_by(claims.purpose) {
            return Err(TicketError::Purpose);
        }
        Ok(claims)
    }

    /// The secret that goes with a ticket: the token service hands it out beside the ticket, over TLS, and the
    /// notification server works it out again to check the proof of single sign-on.
    pub fn secret(&self, ticket: &Ticket) -> [u8; SECRET_LEN] {
        self.key_of(ticket).unwrap_or(self.keys.current()).secret(&ticket.0)
    }

    /// As [`Mint::secret`], of a ticket that has passed [`Mint::check`]; `None` of anything else.
    pub fn secret_of(&self, text: &str) -> Option<[u8; SECRET_LEN]> {
        let ticket = Ticket::parse(text)?;
        self.key_of(&ticket).map(|key| key.secret(&ticket.0))
    }

    /// The ticket as the opaque `CipherValue` of the token broker. Clients expect at least 64 bytes there.
    pub fn cipher_value(&self, ticket: &Ticket) -> OwnedSecret {
        let mut bytes = ticket.0.to_vec();
        bytes.extend_from_slice(&[0; 64 - TICKET_LEN]);
        OwnedSecret::new(STANDARD.encode(bytes))
    }

    /// As [`Mint::check`], of a ticket in the form of [`Mint::cipher_value`], for renewal.
    ///
    /// # Errors
    /// When it is none, or void.
    pub fn check_cipher_value(&self, text: &str, now: u64) -> Result<(Claims, Ticket), TicketError> {
        let bytes = (text.len() <= MAX_TEXT)
            .then(|| STANDARD.decode(text).ok())
            .flatten()
            .ok_or(TicketError::Forged)?;
        let ticket = bytes.first_chunk().map(|bytes| Ticket(*bytes)).ok_or(TicketError::Forged)?;
        let claims = self.check(ticket.auth().expose(), Use::Renewal, now)?;
        Ok((claims, ticket))
    }

    fn key_of(&self, ticket: &Ticket) -> Option<&Key> {
        let (claims, signature) = ticket.signed();
        self.keys.iter().find(|key| key.sign(claims).ct_eq(signature).into())
    }
}

/// Five bytes of seconds.
const MAX_EXPIRES: u64 = (1 << 40) - 1;

/// HMAC-SHA256 of `message` under `key`.
pub(crate) fn hmac_sha256(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    use hmac::KeyInit as _;
    // HMAC pads a short key with zeros to a block itself; done here, there is no length left to be wrong.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = hmac::Hmac::<sha2::Sha256>::new(&block.into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests;
