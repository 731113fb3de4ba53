//! `/rsi/rsi.asmx`: `GetMetadata`, `GetMessage`, `DeleteMessages` (web-services reference, 18.3).

use bytes::Bytes;
use hyper::StatusCode;
use msnp::soap::rsi::{Call, Fault, MailData, Message, Reply, Request};
use msnp::types::Guid;

use super::OfflineMessages;
use super::notice::notice_of;
use super::store::refuse;
use crate::account::Account;
use crate::http::{Answer, Asked, XML, answer};
use crate::store::StoreError;
use crate::web_user::TicketFault;

impl OfflineMessages {
    /// Tells somebody what waits for him, gives him a message of it, or removes those that he has got.
    pub async fn fetch(&self, asked: &Asked, body: Bytes) -> Answer {
        let call = Call::parse(&body);
        drop(body);
        let Call { ticket, request } = match call {
            Ok(call) => call,
            Err(error) => {
                tracing::debug!(%error, from = %asked.peer.address.ip(), "messages asked for");
                return refuse(error.fault());
            }
        };
        let user = self.server.web_user(ticket.as_ref().map(|ticket| ticket.expose())).await;
        let user = match user.map(|user| user.account) {
            Ok(user) => user,
            Err(TicketFault::Void) => {
                let challenge = self.server.login_parameters();
                return refuse(Fault::AuthenticationFailed { challenge: &challenge }.to_xml());
            }
            Err(TicketFault::Unavailable) => return refuse(Fault::Unavailable.to_xml()),
        };
        let reply = match request {
            Request::GetMetadata => self.metadata(&user).await.map(Some),
            Request::GetMessage(id) => self.message(&user, id).await,
            Request::DeleteMessages(ids) => self.delete(&user, ids).await.map(Some),
        };
        match reply {
            Ok(Some(reply)) => answer(StatusCode::OK, XML, reply.to_xml()),
            Ok(None) => refuse(Fault::Malformed.to_xml()),
            Err(error) => {
                self.server.note_failure(&error);
                refuse(Fault::Unavailable.to_xml())
            }
        }
    }

    async fn metadata(&self, user: &Account) -> Result<Reply, StoreError> {
        let unread = self.server.store.unread(user.id).await?;
        let waiting = self.server.store.waiting_notices(user.id).await?;
        Ok(Reply::GetMetadata(MailData {
            mail: Some((unread.inbox, unread.folders)),
            notices: waiting.into_iter().map(notice_of).collect(),
        }))
    }

    /// A message of the user's own; none of another's.
    async fn message(&self, user: &Account, id: Guid) -> Result<Option<Reply>, StoreError> {
        let found = self.server.store.waiting_message(user.id, id).await?;
        Ok(found.map(|found| {
            let message = Message {
                id,
                name: found.notice.sender_name,
                from: found.notice.sender_email.to_string(),
                to: user.email.to_string(),
                sent: found.notice.sent,
                run: found.run,
                number: found.number,
                text: text(&found.payload).to_vec(),
            };
            Reply::GetMessage(message.to_mime())
        }))
    }

    /// Those that are gone already, or were never his, are not there after it either. His client knows what it has
    /// deleted, so nothing is told to it.
    async fn delete(&self, user: &Account, ids: Vec<Guid>) -> Result<Reply, StoreError> {
        let removed = self.server.store.remove_messages(user.id, ids).await?;
        self.server.metrics.offline_given.increment(removed);
        Ok(Reply::DeleteMessages)
    }
}

/// What a message on a switchboard says: what follows its header lines.
fn text(payload: &[u8]) -> &[u8] {
    let mut rest = payload;
    while let Some(end) = rest.iter().position(|&b| b == b'\n') {
        let (line, after) = rest.split_at(end + 1);
        rest = after;
        if line.trim_ascii().is_empty() {
            return rest;
        }
    }
    b""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_follows_the_empty_line() {
        for (payload, said) in [
            (&b"A: b\r\n\r\nhi\r\n\r\nho"[..], &b"hi\r\n\r\nho"[..]),
            (b"A: b\n\nhi", b"hi"),
            (b"A: b\r\n", b""),
            (b"", b""),
            (b"\r\nhi", b"hi"),
        ] {
            assert_eq!(text(payload), said);
        }
    }
}
