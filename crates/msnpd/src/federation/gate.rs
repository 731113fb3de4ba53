//! What comes in from another network.

use std::fmt;
use std::sync::{Arc, Weak};

use msnp::command::{Command, ubm};
use msnp::soap::oim::MAX_PAYLOAD;
use msnp::types::{Email, PASSPORT_NETWORK, YAHOO_NETWORK};
use msnp::wire::Mime;

use super::network::{Message, NotSaid, Presence, Said, Unavailable};
use super::peering::Peering;
use super::tasks::Task;
use crate::directory::Encodings;
use crate::server::Server;

/// The way in for what a network has to say. Cheap to clone; of no use once the server is gone.
///
/// A network speaks for the addresses that it [`routes`](super::Network::routes) and for no others.
#[derive(Clone)]
pub struct Gate {
    server: Weak<Server>,
    network: usize,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("network", &self.network).finish_non_exhaustive()
    }
}

/// Why something that a network says is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// The address is none of the network's.
    #[error("the address is none of this network's")]
    NotYours,
    /// Nobody here has asked for it.
    #[error("nobody has asked for it")]
    Unasked,
    /// There is no room for more of it.
    #[error("too many people are watched")]
    TooMany,
    /// The service has ended.
    #[error("the service has ended")]
    Over,
}

impl Gate {
    pub(super) fn new(server: &Arc<Server>, network: usize) -> Self {
        Self { server: Arc::downgrade(server), network }
    }

    /// The server, where the network may speak for `theirs` to `ours`.
    fn open(&self, theirs: &Email, ours: &Email) -> Result<(Arc<Server>, Arc<Peering>), NotTaken> {
        let server = self.server.upgrade().ok_or(NotTaken::Over)?;
        let peering = server.federation.route(ours, theirs).cloned();
        let peering = peering.filter(|peering| peering.number == self.network).ok_or(NotTaken::NotYours)?;
        Ok((server, peering))
    }

    /// Which of these addresses have accounts here. Waits while the network has much to ask.
    ///
    /// # Errors
    /// When that can't be found out now.
    pub async fn find(&self, asked: &[Email]) -> Result<Vec<Email>, Unavailable> {
        let server = self.server.upgrade().ok_or(Unavailable)?;
        let peering = server.federation.peerings.get(self.network).ok_or(Unavailable)?;
        let _turn = peering.incoming.acquire().await.map_err(|_| Unavailable)?;
        let known = server.store.accounts_with(asked.to_vec()).await.map_err(|error| {
            server.note_failure(&error);
            Unavailable
        })?;
        Ok(asked.iter().filter(|address| known.contains_key(address)).cloned().collect())
    }

    /// One of theirs wants to see one of ours, who need not exist: he is offline then.
    /// [`Network::show`](super::Network::show) follows, now and with each change, until [`unwatch`](Self::unwatch).
    ///
    /// # Errors
    /// [`NotYours`](NotTaken::NotYours), [`TooMany`](NotTaken::TooMany), [`Over`](NotTaken::Over).
    pub fn watch(&self, theirs: &Email, ours: &Email) -> Result<(), NotTaken> {
        let (server, peering) = self.open(theirs, ours)?;
        if !peering.be_watched(ours, theirs) {
            return Err(NotTaken::TooMany);
        }
        server.directory.mark_watched(ours);
        peering.look_at(Task::Shows(ours.clone()));
        Ok(())
    }

    /// One of theirs does not want to see one of ours any more.
    ///
    /// # Errors
    /// [`NotYours`](NotTaken::NotYours), [`Over`](NotTaken::Over).
    pub fn unwatch(&self, theirs: &Email, ours: &Email) -> Result<(), NotTaken> {
        let (_, peering) = self.open(theirs, ours)?;
        peering.be_left(ours, theirs);
        Ok(())
    }

    /// What one of theirs shows to one of ours who watches him; `None`: he is offline, or does not let him know.
    ///
    /// # Errors
    /// [`NotYours`](NotTaken::NotYours), [`Unasked`](NotTaken::Unasked), [`Over`](NotTaken::Over).
    pub fn show(&self, theirs: &Email, ours: &Email, presence: Option<Presence>) -> Result<(), NotTaken> {
        let (server, peering) = self.open(theirs, ours)?;
        let (presence, now) = (presence.and_then(Presence::told), server.now());
        let is_asked = server.federation.watching.show(peering.number, theirs, ours, presence, now);
        if is_asked { Ok(()) } else { Err(NotTaken::Unasked) }
    }

    /// One of theirs says something to one of ours. Waits while the network has much to say.
    ///
    /// # Errors
    /// Why it was not said.
    pub async fn say(&self, message: Message) -> Result<(), NotSaid> {
        let Message { from, to, said } = message;
        let (server, peering) = self.open(&from, &to).map_err(|refused| match refused {
            NotTaken::Over => NotSaid::Failed,
            _ => NotSaid::Unroutable,
        })?;
        let (kind, payload) = said.payload(&from)?;
        let _turn = peering.incoming.acquire().await.map_err(|_| NotSaid::Failed)?;
        let id = server.directory.id_of(&to).ok_or(NotSaid::NotOnline)?;
        let shown = server.shown_to(&to, std::slice::from_ref(&from)).await.map_err(|error| {
            server.note_failure(&error);
            NotSaid::Failed
        })?;
        if !shown.iter().any(Option::is_some) {
            return Err(NotSaid::NotOnline);
        }
        let mut lines = Encodings::new(|dialect, out: &mut Vec<u8>| {
            ubm::Push {
                from: from.as_str(),
                from_network: YAHOO_NETWORK.into(),
                to: to.as_str(),
                to_network: PASSPORT_NETWORK.into(),
                kind,
                payload: &payload,
            }
            .write(out, dialect);
        });
        let mut has_reader = false;
        for place in server.directory.endpoints_of(id) {
            let hears = place.dialect.from_server.contains(<ubm::Push<'_> as Command<'_>>::VERB);
            // His connection is worth more to him than this.
            if hears && place.is_live() && place.outbox.is_open() && !place.outbox.is_over_mark() {
                place.outbox.push(None, lines.of(place.dialect));
                has_reader = true;
            }
        }
        if has_reader { Ok(()) } else { Err(NotSaid::NotOnline) }
    }

    /// The network has lost its connection and knows nothing any more: none of its people is there, none of them watches
    /// anybody, and it is told again whom ours want to see.
    ///
    /// # Errors
    /// [`Over`](NotTaken::Over).
    pub fn reset(&self) -> Result<(), NotTaken> {
        let server = self.server.upgrade().ok_or(NotTaken::Over)?;
        let peering = server.federation.peerings.get(self.network).ok_or(NotTaken::Over)?;
        peering.forget_watchers();
        server.federation.watching.reset(self.network, server.now());
        peering.look_at(Task::Everything);
        Ok(())
    }
}

impl Said {
    /// As `UBM` has it: its type and its message. What is not text is of one form, whatever a network says.
    fn payload(self, from: &Email) -> Result<(&'static str, Vec<u8>), NotSaid> {
        match self {
            Self::Text(payload) if payload.len() > MAX_PAYLOAD => Err(NotSaid::TooLong),
            Self::Text(payload) if !Mime::new(&payload).is("text/plain") => Err(NotSaid::Refused),
            Self::Text(payload) => Ok(("1", payload.into())),
            Self::Typing => {
                let message = format!(
                    "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\nTypingUser: {from}\r\n\r\n\r\n"
                );
                Ok(("2", message.into_bytes()))
            }
            Self::Nudge => Ok((
                "3",
                b"MIME-Version: 1.0\r\nContent-Type: text/x-msnmsgr-datacast\r\n\r\nID: 1\r\n\r\n".to_vec(),
            )),
        }
    }
}
