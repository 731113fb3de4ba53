//! The address book, ABCH, over HTTP: what clients of MSNP13 and later read and edit their lists with (web-services
//! reference, sections 12 to 16).
//!
//! The rows are those that older clients edit with `ADD` and `ADC`; what follows from an edit follows from theirs as well,
//! once the answer has left. One file is what one operation, or a few of a kind, come to.

mod ab_contact_add;
mod ab_contact_update;
mod ab_find;
mod ab_group;
mod add_member;
mod caller;
mod circle;
mod circle_view;
mod connection;
mod details;
mod find_membership;
mod follow;
mod refusal;
mod time;
mod view;

use std::sync::Arc;

use hyper::StatusCode;
use hyper::header::{COOKIE, USER_AGENT};
use msnp::soap::abch::{Headers, NAMESPACE, Operation, Reply, Request, ServiceHeader};
use msnp::soap::envelope::Envelope;
use msnp::soap::tree::{Element, Limits};
use msnp::types::{Guid, OwnedSecret};

use crate::http::{Answer, Asked};
use crate::random;
use crate::server::Server;
use crate::store::{BookEdited, CircleEdited};
use crate::web_edits::{self, Recent, Said};
use crate::web_user::{TicketFault, WebUser};
use caller::Caller;
use refusal::Refusal;

/// The longest request, in bytes.
pub const MAX_ABCH_BYTES: usize = Limits::LISTS.bytes;

/// What clients are told of the machine that answers.
const MACHINE: &str = "msnpd";

/// What clients keep and show at the next request. Nothing is looked up by it.
const CACHE_KEY: &str = "12r1:bXNucGQ";

/// The service. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AddressBooks(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    server: Arc<Server>,
    recent: Recent,
}

/// What is looked at of a request beside its body.
struct Head {
    host: String,
    /// The ticket of clients that send it in a cookie.
    cookie: Option<OwnedSecret>,
    has_user_agent: bool,
}

/// What an operation comes to.
struct Outcome {
    /// The answer, or why there is none although it was carried out.
    reply: Result<Reply, Refusal>,
    /// What it has changed.
    edited: BookEdited,
    /// What it has changed of a circle.
    circle: Option<CircleEdited>,
}

impl Outcome {
    /// Of an operation that was carried out.
    const fn new(reply: Reply, edited: BookEdited) -> Self {
        Self { reply: Ok(reply), edited, circle: None }
    }

    /// Of an operation that was carried out on a circle.
    fn of_circle(reply: Result<Reply, Refusal>, edited: CircleEdited) -> Self {
        Self { reply, edited: BookEdited::default(), circle: Some(edited) }
    }
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        Self::new(reply, BookEdited::default())
    }
}

impl AddressBooks {
    /// The address books of a server's accounts.
    pub fn new(server: Arc<Server>) -> Self {
        Self(Arc::new(Inner { server, recent: Recent::default() }))
    }

    /// Answers a request.
    pub async fn answer(&self, asked: &Asked, body: &[u8]) -> Answer {
        let head = Head {
            host: asked.host().to_owned(),
            cookie: asked
                .headers
                .get_all(COOKIE)
                .iter()
                .filter_map(|value| value.to_str().ok())
                .find_map(ticket_in),
            has_user_agent: asked.headers.contains_key(USER_AGENT),
        };
        self.0.answer(&head, body).await
    }
}

impl Inner {
    async fn answer(&self, head: &Head, body: &[u8]) -> Answer {
        let envelope = match Envelope::parse(body, Limits::LISTS) {
            Ok(envelope) => envelope,
            Err(error) => return Said::refused(&Refusal::Invalid(error.into()), None).into_answer(),
        };
        let headers = Headers::read(&envelope);
        let element = envelope.operation(&[NAMESPACE]);
        let operation = element.ok().map(Element::name).and_then(Operation::named);
        let ticket = headers.ticket.as_ref().or(head.cookie.as_ref()).map(OwnedSecret::expose);
        let user = match self.server.web_user(ticket).await {
            Ok(user) => user,
            Err(TicketFault::Void) => return Said::refused(&Refusal::Ticket, operation).into_answer(),
            Err(TicketFault::Unavailable) => {
                return Said::refused(&Refusal::Unavailable, operation).into_answer();
            }
        };
        let account = &user.account;
        let request = element.map_err(Into::into).and_then(Request::read);
        let request = match request {
            Ok(request) => request,
            Err(error) => {
                // Old services are found by what old clients ask for.
                tracing::debug!(account = %account.id, %error, "a request of the address book");
                return Said::refused(&Refusal::Invalid(error), operation).into_answer();
            }
        };
        let operation = request.operation();
        tracing::debug!(account = %account.id, %operation, "address book");
        if !operation.modifies() {
            let caller = Caller::new(&self.server, account, &headers, head);
            return match caller.read(request).await {
                Ok(reply) => Said::reply(&reply, &headers, head).into_answer(),
                Err(refusal) => self.refuse(&refusal, operation).into_answer(),
            };
        }
        self.edit(head, &headers, user, request, body).await
    }

    /// Carries out a request that may change something: those of one account one after another, and the same one within
    /// seconds once.
    async fn edit(
        &self,
        head: &Head,
        headers: &Headers,
        user: WebUser,
        request: Request,
        body: &[u8],
    ) -> Answer {
        let WebUser { account, ticket_expires } = user;
        let operation = request.operation();
        let mut turn = self.recent.turn(account.id, self.server.now()).await;
        let digest = web_edits::digest(operation.as_str(), body);
        if let Some(said) = turn.repeated(&digest, self.server.now()) {
            tracing::debug!(account = %account.id, %operation, "a repeated request is answered as before");
            return said.into_answer();
        }
        if let Some(pause) = turn.pace.count(self.server.now()) {
            tokio::time::sleep(pause).await;
        }
        let caller = Caller::new(&self.server, &account, headers, head);
        let outcome = caller.edit(request, &mut turn.renames).await;
        let Outcome { reply, edited, circle } = outcome.unwrap_or_else(|refusal| Outcome {
            reply: Err(refusal),
            edited: BookEdited::default(),
            circle: None,
        });
        let said = match reply {
            Ok(reply) => Said::reply(&reply, headers, head),
            Err(refusal) => self.refuse(&refusal, operation),
        };
        // What could not be answered now may be in a moment.
        if said.is_final {
            turn.remember(digest, self.server.now(), said.clone());
        }
        drop(turn);
        let server = self.server.clone();
        let news = server.own_news(account.id, &edited.edits).await;
        said.into_answer().then(move || {
            follow::follow(&server, &account, ticket_expires, &edited, &news);
            if let Some(circle) = &circle {
                server.circle_changed(circle, Some(ticket_expires));
            }
        })
    }

    fn refuse(&self, refusal: &Refusal, operation: Operation) -> Said {
        if let Refusal::Store(error) = refusal {
            self.server.note_failure(error);
        }
        Said::refused(refusal, Some(operation))
    }
}

impl Said {
    /// What the service answers.
    fn reply(reply: &Reply, headers: &Headers, head: &Head) -> Self {
        let header = ServiceHeader {
            cache_key: CACHE_KEY.to_owned(),
            cache_key_changed: headers.application.cache_key != CACHE_KEY,
            preferred_host_name: head.host.clone(),
            session_id: Guid(random::bytes()),
        };
        Self { status: StatusCode::OK, body: reply.to_xml(&header).into(), is_final: true }
    }

    /// Why it does not.
    fn refused(refusal: &Refusal, operation: Option<Operation>) -> Self {
        let body = refusal.to_xml(operation).into();
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, body, is_final: !refusal.is_passing() }
    }
}

/// The ticket in a cookie.
fn ticket_in(cookie: &str) -> Option<OwnedSecret> {
    let named = |pair: &str| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case("MSPAuth").then(|| OwnedSecret::new(value))
    };
    cookie.split(';').find_map(named)
}

#[cfg(test)]
mod tests {
    use super::ticket_in;

    #[test]
    fn a_ticket_is_found_among_other_cookies() {
        let found = |cookie| ticket_in(cookie).map(|ticket| ticket.expose().to_owned());
        assert_eq!(found("MSPAuth=abc"), Some("abc".to_owned()));
        assert_eq!(found("MSPProf=x; mspauth=a=b ;z=1").as_deref(), Some("a=b"));
        assert_eq!(found("MSPAuthX=abc; other"), None);
    }
}
