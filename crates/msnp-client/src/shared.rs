//! What handles, the session and its helpers share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use msnp::dialect::Dialect;
use msnp::types::{Capabilities, Email, Guid, Status};
use tokio::sync::Semaphore;

use crate::builder::Builder;
use crate::conversation::Conversation;
use crate::error::Error;
use crate::objects::Objects;
use crate::roster::Roster;
use crate::web::Tickets;

/// How many conversations may be open at a time. A server that invites to more is not followed.
pub(crate) const MAX_CONVERSATIONS: usize = 512;

/// What is known of one client.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: Builder,
    pub(crate) email: Email,
    /// What names this place, in versions that have places.
    pub(crate) place: Guid,
    roster: Mutex<Roster>,
    own: Mutex<Own>,
    /// What is given to who asks for it.
    objects: Mutex<Objects>,
    tickets: Mutex<Option<Tickets>>,
    conversations: Mutex<Vec<Conversation>>,
    /// Conversations that may still be begun.
    pub(crate) room: Arc<Semaphore>,
    dialect: Mutex<&'static Dialect>,
    /// Who may fetch messages, or wait for it; and the one who does.
    pub(crate) fetches: Arc<Semaphore>,
    pub(crate) fetching: tokio::sync::Mutex<()>,
    /// Who may read the address book, or wait for it.
    pub(crate) readings: Arc<Semaphore>,
    /// Held by whoever reads the address book or changes it, until the lists here say the same: what was read before a
    /// change would undo it here.
    pub(crate) book: tokio::sync::Mutex<()>,
    /// The run of messages for people who are away, and the last one's number in it.
    letters: Mutex<Option<(Guid, u32)>>,
}

/// What the user shows of himself, to be shown again after a connection was lost.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    pub(crate) name: String,
    pub(crate) status: Status,
    pub(crate) message: Option<String>,
    pub(crate) capabilities: Capabilities,
    pub(crate) object: Option<String>,
}

impl Shared {
    /// # Errors
    /// When the picture can't be one.
    pub(crate) fn new(settings: Builder, email: Email, place: Guid) -> Result<Self, Error> {
        let mut objects = Objects::default();
        let picture = objects.set_picture(email.as_str(), settings.picture.clone())?;
        let own = Own {
            name: email.to_string(),
            status: settings.status,
            message: settings.message.clone(),
            capabilities: settings.capabilities.unwrap_or_default(),
            object: picture.or_else(|| settings.object.clone()),
        };
        Ok(Self {
            settings,
            email,
            place,
            roster: Mutex::default(),
            own: Mutex::new(own),
            objects: Mutex::new(objects),
            tickets: Mutex::default(),
            conversations: Mutex::default(),
            room: Arc::new(Semaphore::new(MAX_CONVERSATIONS)),
            dialect: Mutex::new(&msnp::dialect::MSNP2),
            fetches: Arc::new(Semaphore::new(2)),
            fetching: tokio::sync::Mutex::default(),
            readings: Arc::new(Semaphore::new(2)),
            book: tokio::sync::Mutex::default(),
            letters: Mutex::default(),
        })
    }

    pub(crate) fn roster(&self) -> MutexGuard<'_, Roster> {
        lock(&self.roster)
    }

    pub(crate) fn own(&self) -> MutexGuard<'_, Own> {
        lock(&self.own)
    }

    pub(crate) fn objects(&self) -> MutexGuard<'_, Objects> {
        lock(&self.objects)
    }

    pub(crate) fn dialect(&self) -> &'static Dialect {
        *lock(&self.dialect)
    }

    pub(crate) fn set_dialect(&self, dialect: &'static Dialect) {
        *lock(&self.dialect) = dialect;
    }

    pub(crate) fn tickets(&self) -> Option<Tickets> {
        lock(&self.tickets).clone()
    }

    pub(crate) fn set_tickets(&self, tickets: Option<Tickets>) {
        *lock(&self.tickets) = tickets;
    }

    /// The run and the number of the next message for somebody who is away; `run` is that of a first one.
    pub(crate) fn next_letter(&self, run: Guid) -> (Guid, u32) {
        let mut letters = lock(&self.letters);
        let (run, number) = letters.get_or_insert((run, 0));
        *number = number.saturating_add(1);
        (*run, *number)
    }

    /// Notes a conversation that has begun.
    pub(crate) fn begun(&self, conversation: Conversation) {
        let mut conversations = lock(&self.conversations);
        conversations.retain(|conversation| !conversation.is_over());
        conversations.push(conversation);
    }

    /// A conversation with this person and nobody else.
    pub(crate) fn conversation_with(&self, email: &str) -> Option<Conversation> {
        let mut conversations = lock(&self.conversations);
        conversations.retain(|conversation| !conversation.is_over());
        let is_with = |conversation: &&Conversation| match conversation.members().as_slice() {
            [one] => one.email.eq_ignore_ascii_case(email),
            _ => false,
        };
        conversations.iter().find(is_with).cloned()
    }
}

/// What is behind a lock is never left half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
