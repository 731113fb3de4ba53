//! What a network beside this one is to the service, and what is said across.

use std::fmt;
use std::pin::Pin;

use bytes::Bytes;
use msnp::types::{Email, Status};

use super::Gate;

/// What a network answers, in its own time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A network whose people are on the network 32 to ours: what goes out to it. What comes in goes through a [`Gate`].
///
/// "Ours" have accounts here, "theirs" are on the network. Nobody depends on its answering: whoever waits for an answer
/// waits for a limited time, each call is a task of its own, and of many calls at once those beyond a limit are not made.
/// What it is told may be told again, and it may be told of people in any order; the last that it was told of two is so.
/// What a bridge has to do is in `docs/federation.md`.
pub trait Network: fmt::Debug + Send + Sync {
    /// What it is called in the log.
    fn name(&self) -> &str;

    /// Whether `theirs` is an address of its own to `ours`, as far as the address tells. Asked often, so that it neither
    /// waits nor looks far. It is not heard about addresses for which it says no.
    fn routes(&self, ours: &Email, theirs: &Email) -> bool;

    /// It begins: `gate` is where all goes that it has to say. Called once, before anything else but
    /// [`routes`](Self::routes).
    fn start(&self, gate: Gate);

    /// Which of these addresses, all of them its own, somebody has. `ours` wants to know.
    fn find<'a>(&'a self, ours: &'a Email, asked: &'a [Email])
    -> Answer<'a, Result<Vec<Found>, Unavailable>>;

    /// `ours` wants to see `theirs`. [`Gate::show`] is to follow with what he shows, also if that is nothing.
    fn watch<'a>(&'a self, ours: &'a Email, theirs: &'a Email) -> Answer<'a, Result<(), Unavailable>>;

    /// `ours` wants to see `theirs` no more.
    fn unwatch<'a>(&'a self, ours: &'a Email, theirs: &'a Email) -> Answer<'a, Result<(), Unavailable>>;

    /// What `ours` shows to `theirs`, who watches him; `None`: he is offline, as far as `theirs` is to know.
    fn show<'a>(
        &'a self,
        ours: &'a Email,
        theirs: &'a Email,
        presence: Option<&'a Presence>,
    ) -> Answer<'a, Result<(), Unavailable>>;

    /// One of ours says something to one of theirs.
    fn say<'a>(&'a self, message: &'a Message) -> Answer<'a, Result<(), NotSaid>>;
}

/// Somebody whom a network has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The address that was asked about.
    pub asked: Email,
    /// His address there.
    pub actual: Email,
    /// Whether an account that has the address here is he himself, so that he is met on the network and not here.
    pub replaces_account: bool,
}

/// What somebody shows who is online.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// His status. [`Status::Hidden`] is as much as offline.
    pub status: Status,
    /// What he calls himself; empty: his address stands in.
    pub name: String,
}

/// Something said by one person to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who says it.
    pub from: Email,
    /// Whom it is for.
    pub to: Email,
    /// What it is.
    pub said: Said,
}

/// What can be said across networks.
#[derive(Clone, PartialEq, Eq)]
pub enum Said {
    /// Text: `text/plain` with its headers, as on a switchboard, at most [`MAX_PAYLOAD`](msnp::soap::oim::MAX_PAYLOAD)
    /// bytes.
    Text(Bytes),
    /// That he is writing.
    Typing,
    /// A nudge.
    Nudge,
}

/// What people say is not for the log.
impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(payload) => write!(f, "Text({} bytes)", payload.len()),
            Self::Typing => f.write_str("Typing"),
            Self::Nudge => f.write_str("Nudge"),
        }
    }
}

/// Nobody could be asked or told. What was to be told is told again after a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the other network can't be reached")]
pub struct Unavailable;

/// Why something was not said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSaid {
    /// Nobody is there who would hear it, or he does not want to: nobody can tell which (217).
    #[error("he is not online")]
    NotOnline,
    /// No network has the address (204).
    #[error("no network has the address")]
    Unroutable,
    /// It is too long (285).
    #[error("the message is too long")]
    TooLong,
    /// The other network can't be reached, does not answer, or has too much to do (508).
    #[error("the other network failed")]
    Failed,
    /// The other network does not take it (509).
    #[error("the other network does not take the message")]
    Refused,
}
