//! The tickets of an account: kept, shown to the service that each is for, and renewed before they run out.

use std::sync::Arc;
use std::time::{Duration, Instant};

use msnp::soap::rst::{Answer, Grant, Refusal, Wanted};
use msnp::types::OwnedSecret;
use tokio::sync::Mutex;

use super::passport::{
    Account, CONTACTS, MESSENGER, MESSENGER_CLEAR, MESSENGER_SECURE, STORAGE, TicketSecret,
};
use super::{Error, Method, Web};

/// How long before it runs out a ticket is renewed.
const RENEW_BEFORE: Duration = Duration::from_secs(300);

/// How long a ticket of Passport 1.4 is kept, which says nothing about that. Services say it when it has run out.
const UNTOLD_LIFETIME: Duration = Duration::from_secs(8 * 3600);

/// What a ticket is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The address book and the directory.
    Contacts,
    /// Offline messages, fetched.
    FetchMessages,
    /// What roams.
    Storage,
    /// Offline messages, sent.
    StoreMessages,
}

impl Purpose {
    /// The name under which a token service has it.
    const fn address(self) -> &'static str {
        match self {
            Self::Contacts => CONTACTS,
            Self::FetchMessages => MESSENGER,
            Self::Storage => STORAGE,
            Self::StoreMessages => MESSENGER_SECURE,
        }
    }
}

/// What the notification server is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInTicket {
    /// For `USR t TWN S` or `USR t SSO S`: `t=…&p=…`.
    pub ticket: OwnedSecret,
    /// With single sign-on, what the response to the nonce is made with.
    pub secret: Option<SignInSecret>,
}

/// The secret of a ticket. It does not show in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInSecret(TicketSecret);

impl SignInSecret {
    /// The secret itself.
    pub const fn expose(&self) -> &TicketSecret {
        &self.0
    }
}

impl std::fmt::Debug for SignInSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<hidden>")
    }
}

/// The tickets of an account. Clones share them.
#[derive(Clone, Debug)]
pub struct Tickets {
    web: Web,
    account: Arc<Account>,
    method: Arc<Method>,
    held: Arc<Mutex<Held>>,
}

/// What there is.
#[derive(Debug)]
enum Held {
    /// One ticket for everything.
    One(Kept<OwnedSecret>),
    /// One for each service.
    Many { broker: Option<Kept<Grant>>, tickets: Vec<Kept<Grant>>, cid: Option<u64> },
    /// None any more: the password has become wrong. It is not tried again, which would look like guessing.
    Refused { text: String },
}

/// Something that runs out.
#[derive(Clone, Debug)]
struct Kept<T> {
    what: T,
    /// When it is to be renewed, by this machine's monotonic clock: calendars may be wrong.
    until: Instant,
}

impl Tickets {
    /// Signs in with a password. Which method it is, the notification server's answer to `USR` tells: [`Method::of`].
    ///
    /// The password is kept, since tickets run out.
    ///
    /// # Errors
    /// [`Error::WrongPassword`], and whatever may happen on the way.
    pub async fn get(web: &Web, email: &str, password: OwnedSecret, method: Method) -> Result<Self, Error> {
        let account = Account { email: email.trim().to_owned(), password };
        let held = Held::get(web, &account, &method).await?;
        let (account, method) = (Arc::new(account), Arc::new(method));
        Ok(Self { web: web.clone(), account, method, held: Arc::new(Mutex::new(held)) })
    }

    /// The address that they are for.
    pub fn email(&self) -> &str {
        &self.account.email
    }

    /// The account's number in the address book, if the server has told it.
    pub async fn cid(&self) -> Option<u64> {
        match &*self.held.lock().await {
            Held::Many { cid, .. } => *cid,
            Held::One(_) | Held::Refused { .. } => None,
        }
    }

    /// What the notification server is to be shown.
    ///
    /// # Errors
    /// When it has run out and there is no new one, or the server gave none.
    pub async fn for_sign_in(&self) -> Result<SignInTicket, Error> {
        let address = match *self.method {
            Method::Login { .. } | Method::Tokens { .. } => MESSENGER,
            Method::SingleSignOn { .. } => MESSENGER_CLEAR,
        };
        let (ticket, secret) = self.ticket(address, None).await?;
        let secret = match (address, secret) {
            (MESSENGER_CLEAR, None) => return Err(Error::NoTicket(MESSENGER_CLEAR)),
            (MESSENGER_CLEAR, Some(secret)) => Some(SignInSecret(secret)),
            _ => None,
        };
        Ok(SignInTicket { ticket, secret })
    }

    /// The ticket for a service, good for some minutes at least.
    pub(super) async fn for_service(&self, purpose: Purpose) -> Result<OwnedSecret, Error> {
        self.ticket(purpose.address(), None).await.map(|(ticket, _)| ticket)
    }

    /// Another ticket for a service, which has not taken this one.
    pub(super) async fn instead_of(&self, purpose: Purpose, bad: &OwnedSecret) -> Result<OwnedSecret, Error> {
        self.ticket(purpose.address(), Some(bad)).await.map(|(ticket, _)| ticket)
    }

    /// One sign-in at a time: who waits for it finds new tickets.
    async fn ticket(
        &self,
        address: &'static str,
        bad: Option<&OwnedSecret>,
    ) -> Result<(OwnedSecret, Option<TicketSecret>), Error> {
        let mut held = self.held.lock().await;
        if let Some(found) = held.find(address, bad) {
            return Ok(found);
        }
        if let Some(grant) = self.renewed(&held, address).await? {
            held.replace(grant);
            if let Some(found) = held.find(address, bad) {
                return Ok(found);
            }
        }
        if let Held::Refused { text } = &*held {
            return Err(Error::WrongPassword { text: text.clone() });
        }
        match Held::get(&self.web, &self.account, &self.method).await {
            Ok(new) => *held = new,
            Err(Error::WrongPassword { text }) => {
                *held = Held::Refused { text: text.clone() };
                return Err(Error::WrongPassword { text });
            }
            Err(error) => return Err(error),
        }
        held.find(address, bad).ok_or(Error::NoTicket(address))
    }

    /// Another ticket by that of the broker, if that does; without one, the password is needed.
    async fn renewed(&self, held: &Held, address: &str) -> Result<Option<Grant>, Error> {
        let (Some(form), Held::Many { broker: Some(broker), .. }) = (self.method.form(), held) else {
            return Ok(None);
        };
        let wanted = self.method.wanted();
        let Some(wanted) = wanted.iter().find(|wanted| wanted.address == address) else { return Ok(None) };
        if broker.until <= Instant::now() {
            return Ok(None);
        }
        match self.web.renew(form, &broker.what, wanted).await {
            Ok(grant) => Ok(grant),
            // Not all servers know how, and none says so in the same way.
            Err(Error::Tokens(Refusal::BadContextToken | Refusal::Other { .. }))
            | Err(Error::WrongPassword { .. } | Error::Unreadable { .. } | Error::Status { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Held {
    async fn get(web: &Web, account: &Account, method: &Method) -> Result<Self, Error> {
        // From here on, what it is good for runs.
        let now = Instant::now();
        match (method, method.form()) {
            (Method::Login { parameters }, _) => {
                let ticket = web.log_in(account, parameters).await?;
                Ok(Self::One(Kept { what: ticket, until: now + UNTOLD_LIFETIME }))
            }
            (_, Some(form)) => {
                let wanted: Vec<Wanted> = method.wanted();
                let Answer { cid, tokens, .. } = web.tokens(form, account, &wanted).await?;
                let (brokers, tickets): (Vec<_>, Vec<_>) = tokens.into_iter().partition(Grant::is_broker);
                let broker = brokers.into_iter().next().map(|grant| kept(grant, now));
                let tickets = tickets.into_iter().map(|grant| kept(grant, now)).collect();
                Ok(Self::Many { broker, tickets, cid })
            }
            (_, None) => Err(Error::NoTicket(MESSENGER)),
        }
    }

    /// One that is good and is not this.
    fn find(&self, address: &str, bad: Option<&OwnedSecret>) -> Option<(OwnedSecret, Option<TicketSecret>)> {
        let now = Instant::now();
        match self {
            Self::Refused { .. } => None,
            Self::One(Kept { what, until }) => {
                (*until > now && Some(what) != bad).then(|| (what.clone(), None))
            }
            Self::Many { tickets, .. } => tickets
                .iter()
                .filter(|kept| kept.until > now && kept.what.address.eq_ignore_ascii_case(address))
                .filter_map(|kept| Some((kept.what.ticket()?, kept.what.secret)))
                .find(|(ticket, _)| Some(*ticket) != bad)
                .map(|(ticket, secret)| (ticket.clone(), secret)),
        }
    }

    /// In place of the one for the same.
    fn replace(&mut self, grant: Grant) {
        if let Self::Many { tickets, .. } = self {
            tickets.retain(|kept| !kept.what.address.eq_ignore_ascii_case(&grant.address));
            tickets.push(kept(grant, Instant::now()));
        }
    }
}

/// Until when it is kept. How long it is good is told by the server's clock, at both ends.
fn kept(grant: Grant, now: Instant) -> Kept<Grant> {
    let lifetime = Duration::from_secs(grant.expires.saturating_sub(grant.created).min(MAX_LIFETIME));
    // What is good for a short time only is used for half of that.
    let good = lifetime.saturating_sub(RENEW_BEFORE).max(lifetime / 2);
    Kept { what: grant, until: now + good }
}

/// The longest time that a ticket is kept, in seconds, whatever it says.
const MAX_LIFETIME: u64 = 7 * 86_400;

#[cfg(test)]
mod tests {
    use msnp::soap::rst::Token;

    use super::*;

    fn grant(ticket: &str, lifetime: u64) -> Grant {
        Grant {
            address: CONTACTS.to_uppercase(),
            // Whatever the time is there.
            created: 1000,
            expires: 1000 + lifetime,
            secret: None,
            token: Token::Compact(OwnedSecret::new(ticket)),
        }
    }

    #[test]
    fn tickets_are_renewed_before_they_run_out() {
        let now = Instant::now();
        for (lifetime, good) in [(86_400, 86_100), (600, 300), (100, 50), (0, 0), (u64::MAX - 1000, 604_500)]
        {
            let until = kept(grant("t=a&p=", lifetime), now).until;
            assert_eq!(until.duration_since(now).as_secs(), good, "{lifetime}");
        }
        let held = |lifetime| Held::Many {
            broker: None,
            tickets: vec![kept(grant("t=a&p=", lifetime), now)],
            cid: None,
        };
        assert!(held(0).find(CONTACTS, None).is_none());
        assert!(held(600).find(STORAGE, None).is_none());
        let mut held = held(600);
        let (bad, _) = held.find(CONTACTS, None).unwrap();
        assert_eq!(held.find(CONTACTS, Some(&bad)), None);
        held.replace(grant("t=b&p=", 600));
        assert_eq!(held.find(CONTACTS, Some(&bad)).unwrap().0.expose(), "t=b&p=");
        let Held::Many { tickets, .. } = &held else { panic!() };
        assert_eq!(tickets.len(), 1);
        assert!(!format!("{held:?}").contains("t=b"));
    }
}
