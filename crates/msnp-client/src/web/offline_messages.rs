//! Offline messages: said to somebody who is away, and read by him later (web-services reference, 18).

use std::sync::{Arc, Mutex, PoisonError};

use msnp::auth::challenge::{self, Product};
use msnp::dialect::Challenge;
use msnp::soap::oim::{Acknowledged, Refusal, STORE, STORE_2, Sender, Store, to_mime};
use msnp::soap::rsi::{Call, MAX_IDS, MailData, Message, Reply, Request};
use msnp::soap::tree::Limits;
use msnp::soap::{InvalidAnswer, Refused, SMALL_ANSWER};
use msnp::types::{Guid, OwnedSecret};

use super::tickets::Purpose;
use super::{Error, Service, Tickets, Web};

/// The offline messages of an account. Clones share what they know.
#[derive(Clone, Debug)]
pub struct OfflineMessages {
    web: Web,
    tickets: Tickets,
    /// What the service was last shown to open the lock.
    lock_key: Arc<Mutex<String>>,
}

/// What the client shows itself as, where a service asks for that: Windows Live Messenger 8.1.
const PRODUCT: &str = "PROD0114ES4Z%Q5W";
/// The version that goes with it.
const BUILD: &str = "8.1.0178";
/// And the version of the protocol.
const DIALECT: &str = "MSNP15";

/// A message to be kept for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter<'a> {
    /// The receiver's address.
    pub to: &'a str,
    /// What the sender calls himself.
    pub my_name: &'a str,
    /// What he says.
    pub text: &'a str,
    /// The conversation that it belongs to: any GUID, the same for what follows.
    pub run: Guid,
    /// The place in it, from 1 on.
    pub number: u32,
}

impl OfflineMessages {
    /// Those of the account that the tickets are for.
    pub fn new(web: &Web, tickets: &Tickets) -> Self {
        Self { web: web.clone(), tickets: tickets.clone(), lock_key: Arc::default() }
    }

    /// Sends a message to somebody who is away.
    ///
    /// # Errors
    /// [`Error::Messages`] if it is not kept, and whatever may happen on the way.
    pub async fn send(&self, letter: &Letter<'_>) -> Result<(), Error> {
        let ticket = self.tickets.for_service(Purpose::StoreMessages).await?;
        match self.store_behind_lock(letter, &ticket).await {
            Err(Error::Messages(Refusal::AuthenticationFailed { .. })) => {
                let ticket = self.tickets.instead_of(Purpose::StoreMessages, &ticket).await?;
                self.store_behind_lock(letter, &ticket).await
            }
            // A service of old knows the earlier name alone.
            Err(Error::Status { status: 404 | 405, .. }) => self.store(letter, &ticket, STORE).await,
            other => other,
        }
    }

    /// Opens the lock, if there is one. Some services say that it is locked when it is the ticket that they don't take.
    async fn store_behind_lock(&self, letter: &Letter<'_>, ticket: &OwnedSecret) -> Result<(), Error> {
        match self.store(letter, ticket, STORE_2).await {
            Err(Error::Messages(Refusal::AuthenticationFailed { lock_key: Some(lock), .. })) => {
                *self.lock_key() = opened(&lock);
                self.store(letter, ticket, STORE_2).await
            }
            other => other,
        }
    }

    async fn store(&self, letter: &Letter<'_>, ticket: &OwnedSecret, action: &str) -> Result<(), Error> {
        let Letter { to, my_name, text, run, number } = *letter;
        let store = Store {
            from: self.tickets.email().to_owned(),
            to: to.to_owned(),
            ticket: Some(ticket.clone()),
            message_number: number,
            message_type: "text".to_owned(),
            content: to_mime(run, number, text),
        };
        let lock_key = self.lock_key().clone();
        let sender = Sender {
            name: my_name,
            dialect: DIALECT,
            build: BUILD,
            product_id: PRODUCT,
            lock_key: &lock_key,
        };
        let url = self.web.services().url(Service::StoreMessages);
        let answer = self.web.post(url, action, store.to_xml(&sender), SMALL_ANSWER.bytes).await?;
        match Acknowledged::parse(&answer) {
            Ok(_) => Ok(()),
            Err(Refused::Fault(refusal)) => Err(Error::Messages(refusal)),
            Err(Refused::Unreadable(why)) => Err(Error::Unreadable { url: url.clone(), why }),
        }
    }

    fn lock_key(&self) -> std::sync::MutexGuard<'_, String> {
        self.lock_key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What waits.
    ///
    /// # Errors
    /// [`Error::Messages`], and whatever may happen on the way.
    pub async fn waiting(&self) -> Result<MailData, Error> {
        match self.ask(Request::GetMetadata).await? {
            Reply::GetMetadata(data) => Ok(data),
            _ => Err(self.another()),
        }
    }

    /// One message. It stays until it is deleted.
    ///
    /// # Errors
    /// [`Error::Messages`] if it is not there, [`Error::Unreadable`] if there is no text in it, and whatever may happen on
    /// the way.
    pub async fn fetch(&self, id: Guid) -> Result<Message, Error> {
        let Reply::GetMessage(mime) = self.ask(Request::GetMessage(id)).await? else {
            return Err(self.another());
        };
        let url = || self.web.services().url(Service::FetchMessages).clone();
        Message::read(id, &mime)
            .map_err(|_| Error::Unreadable { url: url(), why: InvalidAnswer::Value("the message") })
    }

    /// Removes messages, for instance those that have been shown.
    ///
    /// # Errors
    /// [`Error::Messages`], and whatever may happen on the way.
    pub async fn delete(&self, ids: &[Guid]) -> Result<(), Error> {
        for ids in ids.chunks(MAX_IDS) {
            self.ask(Request::DeleteMessages(ids.to_vec())).await?;
        }
        Ok(())
    }

    async fn ask(&self, request: Request) -> Result<Reply, Error> {
        let ticket = self.tickets.for_service(Purpose::FetchMessages).await?;
        match self.ask_with(&request, &ticket).await {
            Err(error) if error.is_bad_ticket() => {
                let ticket = self.tickets.instead_of(Purpose::FetchMessages, &ticket).await?;
                self.ask_with(&request, &ticket).await
            }
            other => other,
        }
    }

    async fn ask_with(&self, request: &Request, ticket: &OwnedSecret) -> Result<Reply, Error> {
        let url = self.web.services().url(Service::FetchMessages);
        let call = Call { ticket: Some(ticket.clone()), request: request.clone() };
        let answer = self.web.post(url, &request.action(), call.to_xml(), Limits::LISTS.bytes).await?;
        match Reply::parse(&answer, request) {
            Ok(reply) => Ok(reply),
            Err(Refused::Fault(refusal)) => Err(Error::Messages(refusal)),
            Err(Refused::Unreadable(why)) => Err(Error::Unreadable { url: url.clone(), why }),
        }
    }

    /// An answer was read as that to another request, which does not happen.
    fn another(&self) -> Error {
        let url = self.web.services().url(Service::FetchMessages).clone();
        Error::Unreadable { url, why: InvalidAnswer::AnotherOperation }
    }
}

/// What opens a lock: the answer to a challenge of MSNP11.
fn opened(lock: &str) -> String {
    let key = Product::named(PRODUCT).and_then(|product| product.key).unwrap_or_default();
    challenge::respond(Challenge::LockAndKey, lock, PRODUCT, key)
}
