//! The directory: what contacts show of themselves, as clients from 2011 on ask for it (web-services reference, 20.1).

use msnp::soap::directory::{MAX_PEOPLE, Person, Reply, Request, View};
use msnp::soap::{InvalidAnswer, Refused, SMALL_ANSWER};
use msnp::types::OwnedSecret;

use super::tickets::Purpose;
use super::{Error, Service, Tickets, Web};

/// The directory, as it is for an account.
#[derive(Clone, Debug)]
pub struct Directory {
    web: Web,
    tickets: Tickets,
}

impl Directory {
    /// For the account that the tickets are for.
    pub fn new(web: &Web, tickets: &Tickets) -> Self {
        Self { web: web.clone(), tickets: tickets.clone() }
    }

    /// What somebody shows, by the number of his account.
    ///
    /// # Errors
    /// [`Error::Refused`] if there is nobody, or nobody who may be seen, and whatever may happen on the way.
    pub async fn person(&self, cid: u64) -> Result<Person, Error> {
        match self.ask(&Request::Get(view(), cid)).await? {
            Reply::Get(_, person) => Ok(person),
            Reply::GetMany(..) => Err(self.unreadable(InvalidAnswer::AnotherOperation)),
        }
    }

    /// What several people show: those of them who may be seen.
    ///
    /// # Errors
    /// [`Error::Refused`], and whatever may happen on the way.
    pub async fn people(&self, cids: &[u64]) -> Result<Vec<Person>, Error> {
        let mut people = Vec::with_capacity(cids.len());
        for cids in cids.chunks(MAX_PEOPLE) {
            match self.ask(&Request::GetMany(view(), cids.to_vec())).await? {
                Reply::GetMany(_, told) => people.extend(told),
                Reply::Get(..) => return Err(self.unreadable(InvalidAnswer::AnotherOperation)),
            }
        }
        Ok(people)
    }

    async fn ask(&self, request: &Request) -> Result<Reply, Error> {
        let ticket = self.tickets.for_service(Purpose::Contacts).await?;
        match self.ask_with(request, &ticket).await {
            Err(error) if error.is_bad_ticket() => {
                let ticket = self.tickets.instead_of(Purpose::Contacts, &ticket).await?;
                self.ask_with(request, &ticket).await
            }
            other => other,
        }
    }

    async fn ask_with(&self, request: &Request, ticket: &OwnedSecret) -> Result<Reply, Error> {
        let url = self.web.services().url(Service::Directory);
        let envelope = request.to_xml(ticket, "Initial");
        let answer = self.web.post(url, &request.action(), envelope, SMALL_ANSWER.bytes).await?;
        Reply::parse(&answer, request).map_err(|refused| match refused {
            Refused::Fault(fault) => Error::Refused { fault },
            Refused::Unreadable(why) => self.unreadable(why),
        })
    }

    fn unreadable(&self, why: InvalidAnswer) -> Error {
        Error::Unreadable { url: self.web.services().url(Service::Directory).clone(), why }
    }
}

/// What of a profile is asked for.
fn view() -> View {
    View("WLX.DC.CoreProfile".to_owned())
}
