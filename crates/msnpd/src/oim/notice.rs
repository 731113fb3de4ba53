//! Telling clients that fetch messages that there are any.

use std::collections::HashSet;
use std::sync::Arc;

use msnp::dialect::OfflineMessages;
use msnp::soap::rsi::{MailData, Notice};
use msnp::types::Guid;
use tokio::sync::Mutex;

use crate::account::AccountId;
use crate::directory::Endpoint;
use crate::ns::write_waiting;
use crate::server::Server;
use crate::store::{StoreError, WaitingNotice};

/// What of that which waits a place was told of. `None`: it was not told how much mail there is yet, and with that it
/// is told of all that waits. The lock is held while the store is read and the notice is put into the outbox, so that
/// nothing is told twice, or by nobody.
#[derive(Debug, Default)]
pub struct Told(Mutex<Option<HashSet<Guid>>>);

impl Server {
    /// Tells a place how much mail there is, if there is a mail server, and what waits: once, after its first status.
    /// Its client may show nothing of either before.
    pub(crate) async fn tell_first(&self, to: AccountId, endpoint: &Endpoint) -> Result<(), StoreError> {
        let mut told = endpoint.told.0.lock().await;
        let unread = self.store.unread(to).await?;
        let waiting = self.store.waiting_notices(to).await?;
        *told = Some(waiting.iter().map(|notice| notice.guid).collect());
        let data = MailData {
            mail: Some((unread.inbox, unread.folders)),
            notices: waiting.into_iter().map(notice_of).collect(),
        };
        let mut message = Vec::new();
        write_waiting(&data, unread, endpoint.web.as_deref(), &mut message, endpoint.dialect);
        endpoint.outbox.push(None, message.into());
        Ok(())
    }

    /// Tells somebody of what waits for him and he was not told of, wherever his client would fetch it: whether he shows
    /// himself or hides. In a task of its own, so that whoever causes it does not wait.
    pub(crate) fn tell_of_waiting(self: &Arc<Self>, to: AccountId) {
        let fetches = |endpoint: &Arc<Endpoint>| {
            endpoint.dialect.offline_messages == OfflineMessages::ByWebService && endpoint.is_live()
        };
        let places: Vec<_> = self.directory.endpoints_of(to).into_iter().filter(fetches).collect();
        if places.is_empty() {
            return;
        }
        let (server, open) = (Arc::clone(self), self.sessions.open());
        tokio::spawn(async move {
            let _open = open;
            for place in places {
                if let Err(error) = server.tell_news(to, &place).await {
                    server.note_failure(&error);
                }
            }
        });
    }

    async fn tell_news(&self, to: AccountId, endpoint: &Endpoint) -> Result<(), StoreError> {
        let mut slot = endpoint.told.0.lock().await;
        // With what it is told first it will be told of this.
        let Some(told) = &mut *slot else { return Ok(()) };
        let waiting = self.store.waiting_notices(to).await?;
        let former = std::mem::replace(told, waiting.iter().map(|notice| notice.guid).collect());
        let news = waiting.into_iter().filter(|notice| !former.contains(&notice.guid)).map(notice_of);
        let data = MailData { mail: None, notices: news.collect() };
        if !data.notices.is_empty() && self.directory.is_there(to, endpoint.id) {
            let mut message = Vec::new();
            crate::ns::write_waiting_news(&data, &mut message, endpoint.dialect);
            endpoint.outbox.push(None, message.into());
        }
        Ok(())
    }
}

/// What a client is told of a message.
pub(super) fn notice_of(waiting: WaitingNotice) -> Notice {
    let WaitingNotice { guid, sender_email, sender_name, sent, size } = waiting;
    Notice { id: guid, sent, size, from: sender_email.to_string(), name: sender_name }
}
