//! What takes time and is done beside the session: chats that the user is invited to, messages that wait for him, lists
//! that have changed elsewhere.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use msnp::dialect::{self, ListForm};
use msnp::wire::Mime;

use super::Session;
use super::state::State;
use crate::book;
use crate::chat_task::{self, Way};
use crate::error::Error;
use crate::event::{Event, OfflineMessage, Person, Teller};
use crate::shared::Shared;
use crate::web::OfflineMessages;

/// How many messages are fetched at a time; who has more gets the rest with the next sign-in.
const MAX_FETCHED: usize = 1000;

/// The messages of a service by which it tells of messages that wait.
const MESSAGES_WAIT: [&str; 2] = ["text/x-msmsgsinitialmdatanotification", "text/x-msmsgsoimnotification"];

pub(super) fn person(email: &str, name: &str) -> Person {
    Person { email: email.to_owned(), name: name.to_owned() }
}

/// How the user presents himself to switchboards.
pub(crate) fn identity(shared: &Shared) -> String {
    let email = &shared.email;
    if shared.dialect().has_places { format!("{email};{{{}}}", shared.place) } else { email.to_string() }
}

/// Goes to a chat that the user is invited to.
pub(super) fn follow_ring(state: &State, way: Way, by: Person) {
    let Ok(permit) = state.shared.room.clone().try_acquire_owned() else {
        tracing::warn!(by = by.email, "an invitation is not followed: too many conversations");
        return;
    };
    let (shared, (events, over)) = (state.shared.clone(), state.bonds());
    tokio::spawn(async move {
        match chat_task::enter(way, (events, over, permit), Some(by)).await {
            Ok(conversation) => shared.begun(conversation),
            Err(error) => tracing::debug!(%error, "an invitation came to nothing"),
        }
    });
}

/// Whether the service tells of messages that wait.
pub(super) fn tells_of_offline_messages(mime: Mime<'_>) -> bool {
    MESSAGES_WAIT.into_iter().any(|kind| mime.is(kind))
}

/// Whether an alert says that the address book was changed elsewhere (later-versions reference, 10.2).
pub(super) fn tells_of_address_book(document: &[u8]) -> bool {
    String::from_utf8_lossy(document).contains("ABCHInternal")
}

/// Fetches the messages that wait, tells of them, and removes them.
pub(super) fn fetch_messages(state: &State) {
    if state.shared.dialect().offline_messages != dialect::OfflineMessages::ByWebService {
        return;
    }
    // One fetches, one more waits for that: what it finds covers all who come meanwhile.
    let Ok(turn) = state.shared.fetches.clone().try_acquire_owned() else { return };
    let (shared, events) = (state.shared.clone(), state.events.clone());
    tokio::spawn(async move {
        let _turn = turn;
        let _alone = shared.fetching.lock().await;
        if let Err(error) = fetch(&shared, &events).await {
            tracing::warn!(%error, "messages can't be fetched");
        }
    });
}

async fn fetch(shared: &Shared, events: &Teller) -> Result<(), Error> {
    let service = offline_messages(shared)?;
    let failed = Error::web("messages can't be fetched");
    let waiting = service.waiting().await.map_err(&failed)?;
    let mut shown = Vec::new();
    for notice in waiting.notices.iter().take(MAX_FETCHED) {
        let message = match service.fetch(notice.id).await {
            Ok(message) => message,
            Err(error) => {
                tracing::warn!(%error, "a message can't be fetched");
                continue;
            }
        };
        events.tell(Event::OfflineMessage(OfflineMessage {
            from: message.from,
            name: message.name,
            sent: UNIX_EPOCH.checked_add(Duration::from_secs(message.sent)).unwrap_or(UNIX_EPOCH),
            text: String::from_utf8_lossy(&message.text).into_owned(),
        }));
        shown.push(message.id);
    }
    service.delete(&shown).await.map_err(failed)
}

/// The service for messages to who is away.
pub(crate) fn offline_messages(shared: &Shared) -> Result<OfflineMessages, Error> {
    let web = shared.settings.web.as_ref().ok_or(Error::NoWebServices)?;
    let tickets = shared.tickets().ok_or(Error::NoWebServices)?;
    Ok(OfflineMessages::new(web, &tickets))
}

impl Session {
    /// Reads the lists again from the address book, beside the session.
    pub(super) fn read_lists_later(&mut self) {
        // Before there was an address book, every change is told by itself.
        if self.machine.dialect().lists != ListForm::AddressBook {
            return;
        }
        let Ok(turn) = self.state.shared.readings.clone().try_acquire_owned() else { return };
        let (shared, events): (Arc<Shared>, Teller) = (self.state.shared.clone(), self.state.events.clone());
        tokio::spawn(async move {
            let _turn = turn;
            let _alone = shared.book.lock().await;
            let read = async {
                let tickets = shared.tickets().ok_or(Error::NoWebServices)?;
                let read = book::read(&shared, &tickets).await?;
                book::take(&mut shared.roster(), read)
            };
            match read.await {
                Ok(()) => events.tell(Event::ListsChanged),
                Err(error) => tracing::warn!(%error, "the address book can't be read again"),
            }
        });
    }
}
