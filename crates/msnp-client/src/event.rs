//! What happens to a client, told in order.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_core::Stream;
use msnp::chat::Format;
use msnp::types::{ErrorCode, Guid, Status};
use tokio::sync::mpsc;

use crate::conversation::Conversation;
use crate::error::Error;
use crate::pictures::NamedEmoticon;
use crate::roster::Contact;
use crate::transfer::{OfferedFile, Transfer};

/// What has happened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A contact has come, changed his status, his name or his picture, or gone: this is how he is now.
    Presence(Contact),
    /// A contact tells something else of himself: his personal message, or what is playing.
    PersonalMessage(Contact),
    /// The user's own status is this, by this place or another of his; `None`: the server has taken him offline.
    OwnStatus(Option<Status>),
    /// The user is signed in at these places, this one among them.
    Places(Vec<OwnPlace>),
    /// Somebody has put the user on his list. See [`Client::accept`](crate::Client::accept).
    AddedBy {
        /// Who.
        email: String,
        /// What he calls himself.
        name: String,
    },
    /// Somebody has taken the user off his list.
    RemovedBy {
        /// Who.
        email: String,
    },
    /// The lists have changed, by this client or another place of the user: [`Client::contacts`](crate::Client::contacts)
    /// and [`Client::groups`](crate::Client::groups) tell how they are.
    ListsChanged,

    /// Somebody has begun a conversation, which was joined.
    Invited {
        /// The conversation.
        conversation: Conversation,
        /// Who began it.
        by: Person,
    },
    /// Somebody has come into a conversation.
    Joined {
        /// The conversation.
        conversation: Conversation,
        /// Who.
        who: Person,
    },
    /// Somebody has left a conversation.
    Left {
        /// The conversation.
        conversation: Conversation,
        /// His address.
        email: String,
    },
    /// Somebody says something.
    Text(TextMessage),
    /// Somebody is typing.
    Typing {
        /// The conversation.
        conversation: Conversation,
        /// Who.
        from: Person,
    },
    /// Somebody nudges.
    Nudge {
        /// The conversation.
        conversation: Conversation,
        /// Who.
        from: Person,
    },
    /// Somebody offers a file.
    FileOffered(OfferedFile),
    /// A file has arrived, or never will: see [`Transfer::finished`]. It is told of offers that were withdrawn, too.
    TransferEnded(Transfer),
    /// Words of the text that somebody says next are pictures. See
    /// [`Conversation::fetch_emoticon`](crate::Conversation::fetch_emoticon).
    Emoticons {
        /// The conversation.
        conversation: Conversation,
        /// Who says it.
        from: Person,
        /// The words, and what they stand for.
        emoticons: Vec<NamedEmoticon>,
    },
    /// Data for another client that is no part of what this one understands, with its headers.
    Data {
        /// The conversation.
        conversation: Conversation,
        /// Who sends it.
        from: Person,
        /// The whole payload.
        payload: Bytes,
    },
    /// Something else is said, which is not to be shown as text: the whole payload.
    Other {
        /// The conversation.
        conversation: Conversation,
        /// Who says it.
        from: Person,
        /// The whole payload.
        payload: Bytes,
    },
    /// A conversation is over: everybody has left, or the server has closed it.
    ConversationEnded {
        /// The conversation.
        conversation: Conversation,
    },
    /// Somebody has left a message while the user was away.
    OfflineMessage(OfflineMessage),
    /// A message from somebody of another network, or that comes without a conversation.
    Message {
        /// His address.
        from: String,
        /// His network.
        network: u32,
        /// The text.
        text: String,
    },
    /// Small data from somebody, or from another place of the user.
    SmallData {
        /// His address, with a place behind it.
        from: String,
        /// What kind of data it is.
        kind: String,
        /// The data.
        payload: Bytes,
    },
    /// Something was said in a circle, or is published about one: the payload as it came.
    Circle(Bytes),
    /// The service tells something: of mail, of maintenance. A message with headers.
    Notice(Bytes),
    /// The server complains of something that nobody waits for.
    Complaint(ErrorCode),

    /// The connection is lost.
    Disconnected {
        /// Why.
        reason: Arc<Error>,
        /// In how much time the client tries again.
        retry_in: Duration,
    },
    /// The client is signed in again, and has read the lists anew.
    Reconnected,
    /// The session is over for good; nothing follows.
    SignedOut {
        /// Why; nothing where it was this client's wish.
        reason: Option<Arc<Error>>,
    },
    /// So many events were dropped, since nobody took them. The lists are still true.
    Missed(u64),
}

/// Somebody who takes part in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Person {
    /// His address.
    pub email: String,
    /// What he calls himself.
    pub name: String,
}

/// A text in a conversation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TextMessage {
    /// The conversation.
    pub conversation: Conversation,
    /// Who says it.
    pub from: Person,
    /// What he says.
    pub text: String,
    /// How it looks, if he says.
    pub format: Option<Format>,
}

/// A text that waited for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OfflineMessage {
    /// The sender's address.
    pub from: String,
    /// What he calls himself, if it is told.
    pub name: String,
    /// When it was sent.
    pub sent: SystemTime,
    /// What he says.
    pub text: String,
}

/// One of the places at which the user is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnPlace {
    /// What names it.
    pub id: Guid,
    /// What it is called.
    pub name: String,
    /// The status there, as written.
    pub status: String,
}

/// The events of a client, in order.
///
/// So many may wait as [`Builder::event_capacity`](crate::Builder::event_capacity) says. What comes on top of that is
/// dropped and counted, and the count is the next event: a client that waited for a slow reader could neither answer the
/// server nor carry out what the reader himself is waiting for.
#[derive(Debug)]
pub struct Events {
    queue: mpsc::Receiver<Event>,
    missed: Arc<AtomicU64>,
}

/// Where events are put.
#[derive(Clone, Debug)]
pub(crate) struct Teller {
    queue: mpsc::Sender<Event>,
    missed: Arc<AtomicU64>,
}

/// A queue for so many events.
pub(crate) fn queue(capacity: usize) -> (Teller, Events) {
    let (sender, receiver) = mpsc::channel(capacity.max(1));
    let missed = Arc::new(AtomicU64::new(0));
    (Teller { queue: sender, missed: missed.clone() }, Events { queue: receiver, missed })
}

impl Teller {
    pub(crate) fn tell(&self, event: Event) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.queue.try_send(event) {
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The last event: waits until there is room for it.
    pub(crate) async fn tell_last(&self, event: Event) {
        // Nobody listens any more: nobody minds.
        let _ = self.queue.send(event).await;
    }
}

impl Events {
    /// The next event; `None` when the client has signed out and all were told. Given up midway, none is lost.
    pub async fn next(&mut self) -> Option<Event> {
        std::future::poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        match self.missed.swap(0, Ordering::Relaxed) {
            0 => self.queue.poll_recv(cx),
            missed => Poll::Ready(Some(Event::Missed(missed))),
        }
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.get_mut().poll(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_reader_is_told_how_much_he_has_missed() {
        let (teller, mut events) = queue(2);
        for _ in 0..5 {
            teller.tell(Event::ListsChanged);
        }
        assert!(matches!(events.next().await, Some(Event::Missed(3))));
        assert!(matches!(events.next().await, Some(Event::ListsChanged)));
        teller.tell(Event::Reconnected);
        assert!(matches!(events.next().await, Some(Event::ListsChanged)));
        assert!(matches!(events.next().await, Some(Event::Reconnected)));
        drop(teller);
        assert!(events.next().await.is_none());
    }
}
