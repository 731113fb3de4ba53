//! `/storageservice/SchematizedStore.asmx`: the name, message and picture that follow a user to every machine
//! (web-services reference, 19). Everybody has a profile from the beginning, with the name that the notification server
//! knows too. One file is what one operation comes to.
//!
//! Pictures are had from addresses of their own ([`tile`]), by whoever is told them, whether their owner is there or not.

mod caller;
mod create_document;
mod create_profile;
mod create_relationships;
mod delete_relationships;
mod find_documents;
mod get_profile;
mod refusal;
mod share_item;
pub(crate) mod tile;
mod update_document;
mod update_profile;

use std::sync::Arc;

use bytes::Bytes;
use hyper::StatusCode;
use msnp::soap::storage::{Call, Fault, Header, LIMITS, Reply};

use crate::account::Account;
use crate::follow::address_book_changed;
use crate::http::{Answer, XML, answer};
use crate::msgr_config::Here;
use crate::picture::Studio;
use crate::server::Server;
use crate::store::ProfileEdited;
use crate::web_edits::{self, Recent, Said};
use crate::web_user::WebUser;
use caller::Caller;
use refusal::Refusal;

/// The longest request, in bytes.
pub(crate) const MAX_BYTES: usize = LIMITS.bytes;

/// The service. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Storage(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    server: Arc<Server>,
    recent: Recent,
    studio: Studio,
}

/// What an operation comes to.
struct Outcome {
    reply: Reply,
    /// What it has changed that others see.
    edited: Option<ProfileEdited>,
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        Self { reply, edited: None }
    }
}

impl Storage {
    /// What roams with a server's accounts.
    pub(crate) fn new(server: Arc<Server>) -> Self {
        Self(Arc::new(Inner { server, recent: Recent::default(), studio: Studio::default() }))
    }

    /// Answers a request that came from a place where this server is `here`.
    pub(crate) async fn answer(&self, here: &Here, body: Bytes) -> Answer {
        self.0.answer(here, body).await
    }
}

/// The answer to a request with more bytes than are read.
pub(crate) fn too_long() -> Answer {
    refused(Fault::TooLong)
}

fn refused(fault: Fault) -> Answer {
    answer(StatusCode::INTERNAL_SERVER_ERROR, XML, fault.to_xml())
}

impl Inner {
    async fn answer(&self, here: &Here, body: Bytes) -> Answer {
        let Call { ticket, namespace, request } = match Call::parse(&body) {
            Ok(call) => call,
            Err(error) => return refused(error.fault()),
        };
        let user = match self.server.web_user(ticket.as_ref().map(|ticket| ticket.expose())).await {
            Ok(user) => user,
            Err(fault) => return self.refuse(&fault.into()).into_answer(),
        };
        let request = match request {
            Ok(request) => request,
            Err(error) => {
                // Old services are found by what old clients ask for.
                tracing::debug!(account = %user.account.id, %error, "a request of the storage service");
                return refused(error.fault());
            }
        };
        let header = Header { namespace: &namespace, cid: user.account.id.cid() };
        let caller = Caller { server: &self.server, studio: &self.studio, account: &user.account, here };
        if !request.modifies() {
            drop(body);
            return match caller.read(request).await {
                Ok(reply) => answer(StatusCode::OK, XML, reply.to_xml(header)),
                Err(refusal) => self.refuse(&refusal).into_answer(),
            };
        }
        // One client sends its first request twice, here as to the address book (web-services reference, 12.1).
        let digest = web_edits::digest(&namespace, &body);
        // It may be a while until it is his turn.
        drop(body);
        let mut turn = self.recent.turn(user.account.id, self.server.now()).await;
        if let Some(said) = turn.repeated(&digest, self.server.now()) {
            return said.into_answer();
        }
        if let Some(pause) = turn.pace.count(self.server.now()) {
            tokio::time::sleep(pause).await;
        }
        let outcome = caller.edit(request, &mut turn).await;
        let (said, edited) = match outcome {
            Ok(Outcome { reply, edited }) => {
                let body = reply.to_xml(header).into();
                (Said { status: StatusCode::OK, body, is_final: true }, edited)
            }
            Err(refusal) => (self.refuse(&refusal), None),
        };
        if said.is_final {
            turn.remember(digest, self.server.now(), said.clone());
        }
        drop(turn);
        let server = self.server.clone();
        said.into_answer().then(move || {
            if let Some(edited) = edited {
                follow(&server, &user, &edited);
            }
        })
    }

    fn refuse(&self, refusal: &Refusal) -> Said {
        if let Refusal::Store(error) = refusal {
            self.server.note_failure(error);
        }
        let fault = refusal.fault();
        // What can't be done now may be done in a moment.
        let is_final = !matches!(fault, Fault::Busy | Fault::TooOften | Fault::Unavailable);
        Said { status: StatusCode::INTERNAL_SERVER_ERROR, body: fault.to_xml().into(), is_final }
    }
}

/// Shows others a new name, as if it had come over the notification server: it is the same one.
fn follow(server: &Arc<Server>, user: &WebUser, edited: &ProfileEdited) {
    let Some((name, revision)) = &edited.name else { return };
    let Account { id, email, .. } = &user.account;
    server.directory.keep_changes_after(*id, edited.before);
    server.directory.tell_elsewhere(*id, *revision, user.ticket_expires, |dialect, out| {
        address_book_changed(*id, email, dialect, out);
    });
    let name = if name.is_empty() { email.as_str() } else { name };
    server.directory.rename(*id, name, *revision);
}
