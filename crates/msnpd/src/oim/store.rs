//! `/OimWS/oim.asmx`: `Store` and `Store2` (web-services reference, 18.1).

use bytes::Bytes;
use hyper::StatusCode;
use msnp::soap::oim::{Acknowledged, Content, Fault, Store};
use msnp::types::Guid;

use super::OfflineMessages;
use super::keep::{Draft, NotKept};
use crate::http::{Answer, Asked, XML, answer};
use crate::random;
use crate::web_user::TicketFault;

impl OfflineMessages {
    /// Keeps a message, for whoever shows a ticket of the one it is from. He has his answer before the receiver is told.
    ///
    /// What somebody says who is blocked is dropped, and acknowledged like everything else: as in chats, nobody learns
    /// who blocks him.
    pub async fn store(&self, asked: &Asked, body: Bytes) -> Answer {
        let store = Store::parse(&body);
        drop(body);
        let store = match store {
            Ok(store) => store,
            Err(error) => {
                tracing::debug!(%error, from = %asked.peer.address.ip(), "a message to be kept");
                return refuse(error.fault());
            }
        };
        let ticket = store.ticket.as_ref().map(|ticket| ticket.expose());
        let sender = match self.server.web_user(ticket).await.map(|user| user.account) {
            Ok(account) if account.email.is(&store.from) => account,
            // Whose ticket it is, is not who writes; a new one of his would help him.
            Ok(_) | Err(TicketFault::Void) => {
                let challenge = self.server.login_parameters();
                return refuse(Fault::AuthenticationFailed { challenge: &challenge }.to_xml());
            }
            Err(TicketFault::Unavailable) => return refuse(Fault::Unavailable.to_xml()),
        };
        let content = match Content::read(&store.content) {
            Ok(content) if store.message_type.eq_ignore_ascii_case("text") => content,
            Ok(_) | Err(_) => return refuse(Fault::InvalidContent.to_xml()),
        };
        let draft = Draft {
            run: content.run.unwrap_or_else(|| Guid(random::bytes())),
            // The database wants one that a client could have counted to.
            number: content.number.unwrap_or(store.message_number).max(1),
            payload: content.payload,
        };
        match self.server.keep_draft(sender.id, &store.to, draft).await {
            Ok(receiver) => {
                let server = self.server.clone();
                answer(StatusCode::OK, XML, Acknowledged { message_number: store.message_number }.to_xml())
                    .then(move || server.offer_messages(receiver))
            }
            Err(NotKept::NoReceiver) => refuse(Fault::SystemUnavailable.to_xml()),
            Err(NotKept::TooMuch) => refuse(Fault::SenderThrottleLimitExceeded.to_xml()),
            Err(NotKept::Failed(error)) => {
                self.server.note_failure(&error);
                refuse(Fault::Unavailable.to_xml())
            }
        }
    }
}

pub(super) fn refuse(fault: String) -> Answer {
    answer(StatusCode::INTERNAL_SERVER_ERROR, XML, fault)
}
