//! Telling clients that fetch messages that there are any.

use std::collections::HashSet;
use std::sync::Arc;

use msnp::dialect::OfflineMessages;
use msnp::soap::rsi::{MailData, Notice};
use msnp::types::Guid;
use parking_lot::Mutex;

use crate::account::AccountId;
use crate::directory::Endpoint;
use crate::ns::{write_waiting, write_waiting_news};
use crate::server::Server;
use crate::store::{StoreError, WaitingNotice};

/// What of that which waits a place was told of. One tells at a time, and looks once more if something comes meanwhile,
/// so that nothing is told twice or by nobody.
#[derive(Debug, Default)]
pub struct Told(Mutex<State>);

#[derive(Debug, Default)]
enum State {
    /// It was not told how much mail there is yet: with that it is told of all that waits.
    #[default]
    NotYet,
    /// Of these.
    Of(HashSet<Guid>),
    /// It is being told; and something has come since the store was read.
    Telling { again: bool },
}

/// A place is being told, until this is dropped.
struct Telling<'a> {
    told: &'a Told,
    /// What it was told of.
    known: HashSet<Guid>,
    is_over: bool,
}

impl Told {
    /// Begins to tell a place, for the first time if `is_first`. `None` if it is not to be told yet, or somebody is at
    /// it, who looks once more then.
    fn begin(&self, is_first: bool) -> Option<Telling<'_>> {
        let mut state = self.0.lock();
        let known = match (&mut *state, is_first) {
            (State::Telling { again }, _) => {
                *again = true;
                return None;
            }
            (State::NotYet, false) => return None,
            (State::NotYet, true) => HashSet::new(),
            (State::Of(known), _) => std::mem::take(known),
        };
        *state = State::Telling { again: false };
        Some(Telling { told: self, known, is_over: false })
    }
}

impl Telling<'_> {
    /// Whether all is told. If not, it is to be looked once more.
    fn is_done(&mut self) -> bool {
        let mut state = self.told.0.lock();
        if matches!(*state, State::Telling { again: true }) {
            *state = State::Telling { again: false };
            return false;
        }
        *state = State::Of(std::mem::take(&mut self.known));
        self.is_over = true;
        true
    }
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            *self.told.0.lock() = State::Of(std::mem::take(&mut self.known));
        }
    }
}

impl Server {
    /// Tells a place how much mail there is, if there is a mail server, and what waits: once, after its first status.
    /// Its client may show nothing of either before.
    pub(crate) async fn tell_first(&self, to: AccountId, endpoint: &Endpoint) -> Result<(), StoreError> {
        let Some(mut telling) = endpoint.told.begin(true) else { return Ok(()) };
        let told = self.tell_all(to, endpoint, &mut telling).await;
        if telling.is_done() { told } else { self.tell_news(to, endpoint, telling).await }
    }

    async fn tell_all(
        &self,
        to: AccountId,
        endpoint: &Endpoint,
        telling: &mut Telling<'_>,
    ) -> Result<(), StoreError> {
        let unread = self.store.unread(to).await?;
        let notices = self.unheard(to, telling).await?;
        let mut message = Vec::new();
        let data = MailData { mail: Some((unread.inbox, unread.folders)), notices };
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
                let Some(telling) = place.told.begin(false) else { continue };
                if let Err(error) = server.tell_news(to, &place, telling).await {
                    server.note_failure(&error);
                }
            }
        });
    }

    async fn tell_news(
        &self,
        to: AccountId,
        endpoint: &Endpoint,
        mut telling: Telling<'_>,
    ) -> Result<(), StoreError> {
        loop {
            // One that fails is made up for by the next, if something has come meanwhile.
            let told = self.tell_unheard(to, endpoint, &mut telling).await;
            if telling.is_done() {
                return told;
            }
        }
    }

    async fn tell_unheard(
        &self,
        to: AccountId,
        endpoint: &Endpoint,
        telling: &mut Telling<'_>,
    ) -> Result<(), StoreError> {
        let notices = self.unheard(to, telling).await?;
        if !notices.is_empty() && self.directory.is_there(to, endpoint.id) {
            let mut message = Vec::new();
            write_waiting_news(&MailData { mail: None, notices }, &mut message, endpoint.dialect);
            endpoint.outbox.push(None, message.into());
        }
        Ok(())
    }

    /// What waits and the place was not told of, as if it were told now. Whom a session has blocked waits until it has not:
    /// the store does not know of that.
    async fn unheard(&self, to: AccountId, telling: &mut Telling<'_>) -> Result<Vec<Notice>, StoreError> {
        let mut waiting = self.store.waiting_notices(to).await?;
        waiting.retain(|notice| !self.directory.hides_from(to, notice.sender));
        // What waits no more is forgotten.
        let known = waiting.iter().map(|notice| notice.guid).collect();
        let former = std::mem::replace(&mut telling.known, known);
        Ok(waiting.into_iter().filter(|notice| !former.contains(&notice.guid)).map(notice_of).collect())
    }
}

/// What a client is told of a message.
pub(super) fn notice_of(waiting: WaitingNotice) -> Notice {
    let WaitingNotice { guid, sender_email, sender_name, sent, size, .. } = waiting;
    Notice { id: guid, sent, size, from: sender_email.to_string(), name: sender_name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_tells_at_a_time_and_looks_again() {
        let told = Told::default();
        assert!(told.begin(false).is_none(), "it is told of everything at first");
        let mut first = told.begin(true).unwrap();
        assert!(told.begin(false).is_none());
        first.known.insert(Guid([1; 16]));
        assert!(!first.is_done(), "something has come");
        assert!(first.is_done());
        let second = told.begin(false).unwrap();
        assert_eq!(second.known.len(), 1);
        drop(second);
        assert_eq!(told.begin(false).unwrap().known.len(), 1, "who fails leaves it as it was");
    }
}
