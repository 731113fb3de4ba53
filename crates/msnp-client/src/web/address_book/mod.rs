//! The address book: contacts, groups, who may see whom, circles (web-services reference, 12 to 16).

mod circles;
mod contacts;
mod groups;
mod members;

use std::sync::{Arc, Mutex, PoisonError};

pub use contacts::Invitation;
use msnp::soap::abch::types::{AbHandle, ServiceType, Timestamp};
use msnp::soap::abch::{
    AbAdd, AbFindAll, AbFindContactsPaged, AddressBook as Book, ApplicationHeader, ErrorCode,
    ExtendedContent, FindMembership, Headers, Memberships, Operation, Reply, Request, ServiceHeader, Since,
};
use msnp::soap::{BOOK_ANSWER, InvalidAnswer, Refused};
use msnp::types::OwnedSecret;

use super::tickets::Purpose;
use super::{Error, Service, Tickets, Url, Web};

/// Which clients are followed where they differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// Windows Live Messenger 8, and everybody who spoke MSNP13 to MSNP15.
    Before2009,
    /// Windows Live Messenger 2009 and later.
    From2009,
}

impl Generation {
    /// What the client calls itself: as Windows Live Messenger 8 and 2009 did.
    const fn application_id(self) -> &'static str {
        match self {
            Self::Before2009 => "09607671-1C32-421F-A6A6-CBFAA51AB5F4",
            Self::From2009 => "AAD9B99B-58E6-4F23-B975-D9EC1F9EC24A",
        }
    }
}

/// The address book of an account. Clones share what the service says about where to ask.
#[derive(Clone, Debug)]
pub struct AddressBook {
    web: Web,
    tickets: Tickets,
    generation: Generation,
    affinity: Arc<Mutex<Affinity>>,
}

/// What the service wants to be asked with from then on.
#[derive(Debug, Default)]
struct Affinity {
    cache_key: String,
    /// The server to ask, where that is another one.
    host: Option<String>,
}

impl AddressBook {
    /// That of the account that the tickets are for.
    pub fn new(web: &Web, tickets: &Tickets, generation: Generation) -> Self {
        Self { web: web.clone(), tickets: tickets.clone(), generation, affinity: Arc::default() }
    }

    /// Contacts, groups and circles: all of them, or what has changed since the time of an answer before,
    /// [`Ab::last_change`](msnp::soap::abch::types::Ab::last_change). What is gone is told among changes alone.
    ///
    /// # Errors
    /// One that [is such](Error::is_full_sync_required) if changes since then are not known any more, and whatever may
    /// happen on the way.
    pub async fn contacts(&self, since: Option<Timestamp>) -> Result<Book, Error> {
        let since = since.map_or(Since::Ever, Since::Change);
        let request = match self.generation {
            Generation::Before2009 => Request::AbFindAll(AbFindAll { ab_id: AbHandle::OWN.id, since }),
            Generation::From2009 => Request::AbFindContactsPaged(AbFindContactsPaged {
                book: AbHandle::OWN,
                since,
                include_hidden: true,
                include_shell: true,
                extended_content: ExtendedContent { ab: true, all_groups: true, circle_result: true },
            }),
        };
        match self.ask(&request, "Initial").await? {
            Reply::AbFindAll(book) | Reply::AbFindContactsPaged(book) => Ok(book),
            _ => Err(self.another()),
        }
    }

    /// Who may see whom: all of it, or what has changed since the time of an answer before,
    /// [`Service::last_change`](msnp::soap::abch::Service::last_change).
    ///
    /// # Errors
    /// As of [`contacts`](Self::contacts).
    pub async fn lists(&self, since: Option<Timestamp>) -> Result<Memberships, Error> {
        let services = vec![
            ServiceType::Messenger,
            ServiceType::Invitation,
            ServiceType::SocialNetwork,
            ServiceType::Space,
            ServiceType::Profile,
        ];
        let since = since.map_or(Since::Ever, Since::Change);
        match self.ask(&Request::FindMembership(FindMembership { services, since }), "Initial").await? {
            Reply::FindMembership(lists) => Ok(lists),
            _ => Err(self.another()),
        }
    }

    /// Makes any request, for what there is no call for. `why` says to the service why it is made: `ContactSave`, `Timer` …
    ///
    /// A ticket that is not taken any more is renewed, and an address book that is not there is made, once.
    ///
    /// # Errors
    /// [`Error::AddressBook`] if the service says no, and whatever may happen on the way.
    pub async fn ask(&self, request: &Request, why: &str) -> Result<Reply, Error> {
        match self.ask_book(request, why).await {
            Err(error)
                if is(&error, ErrorCode::AbDoesNotExist)
                    && request.operation() != Operation::AbAdd
                    && request.book() == AbHandle::OWN.id =>
            {
                let owner_email = self.tickets.email().to_owned();
                let book = AbAdd { name: String::new(), owner_email, is_default: true };
                match self.ask_book(&Request::AbAdd(book), "Initial").await {
                    Err(error) if !is(&error, ErrorCode::AbAlreadyExists) => return Err(error),
                    _ => {}
                }
                self.ask_book(request, why).await
            }
            other => other,
        }
    }

    async fn ask_book(&self, request: &Request, why: &str) -> Result<Reply, Error> {
        let ticket = self.tickets.for_service(Purpose::Contacts).await?;
        match self.ask_with(request, why, &ticket).await {
            Err(error) if error.is_bad_ticket() => {
                let ticket = self.tickets.instead_of(Purpose::Contacts, &ticket).await?;
                self.ask_with(request, why, &ticket).await
            }
            other => other,
        }
    }

    async fn ask_with(&self, request: &Request, why: &str, ticket: &OwnedSecret) -> Result<Reply, Error> {
        let here = self.web.services().url(service(request.operation()));
        let (cache_key, host) = {
            let affinity = self.affinity();
            (affinity.cache_key.clone(), affinity.host.clone())
        };
        let headers = Headers {
            application: ApplicationHeader {
                application_id: self.generation.application_id().to_owned(),
                partner_scenario: why.to_owned(),
                cache_key,
            },
            ticket: Some(ticket.clone()),
        };
        let envelope = request.to_xml(&headers);
        // Whoever is preferred is asked as the first one was: over TLS, if that was so.
        let preferred = host.and_then(|host| here.with_authority(&host).ok()).filter(|url| url != here);
        if let Some(url) = preferred {
            match self.post(&url, request, envelope.clone()).await {
                // Then it is not to be preferred.
                Err(error) if error.is_before_request() => self.affinity().host = None,
                other => return other,
            }
        }
        self.post(here, request, envelope).await
    }

    async fn post(&self, url: &Url, request: &Request, envelope: String) -> Result<Reply, Error> {
        let operation = request.operation();
        let answer = self.web.post(url, &operation.action(), envelope, BOOK_ANSWER.bytes).await?;
        match Reply::parse(&answer, operation) {
            Ok((header, reply)) => {
                self.follow(header);
                Ok(reply)
            }
            Err(Refused::Fault(refusal)) => Err(Error::AddressBook(refusal)),
            Err(Refused::Unreadable(why)) => Err(Error::Unreadable { url: url.clone(), why }),
        }
    }

    /// Keeps what the service wants to be asked with.
    fn follow(&self, header: ServiceHeader) {
        let mut affinity = self.affinity();
        if header.cache_key_changed || affinity.cache_key.is_empty() {
            affinity.cache_key = header.cache_key;
        }
        if !header.preferred_host_name.is_empty() {
            affinity.host = Some(header.preferred_host_name);
        }
    }

    fn affinity(&self) -> std::sync::MutexGuard<'_, Affinity> {
        self.affinity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An answer was read as that to another request, which does not happen.
    fn another(&self) -> Error {
        let url = self.web.services().url(Service::AddressBook).clone();
        Error::Unreadable { url, why: InvalidAnswer::AnotherOperation }
    }
}

/// Where an operation is asked for. Some services know it in one place alone.
const fn service(operation: Operation) -> Service {
    match operation {
        Operation::AddMember
        | Operation::AddService
        | Operation::CreateCircle
        | Operation::DeleteMember
        | Operation::FindMembership
        | Operation::FindMembershipByRole
        | Operation::UpdateMember => Service::Sharing,
        _ => Service::AddressBook,
    }
}

/// Whether it is this fault.
fn is(error: &Error, code: ErrorCode) -> bool {
    matches!(error, Error::AddressBook(refusal) if refusal.error == Some(code))
}
