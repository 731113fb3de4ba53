//! The client's side of the conversations with dispatch servers, notification servers and switchboards.
//!
//! A machine writes what it says into the buffer it is given, is fed one [`Frame`](crate::wire::Frame) after another, and
//! tells what each of them means as an event. It keeps no lists, no contacts and no texts: whoever drives it does, and
//! decides what may be forgotten. What it keeps has a limit: a few numbers, [`MAX_OPEN`] open requests, and one address.
//!
//! ```text
//!  yours ──request──▶ NotificationClient ──▶ bytes to the server
//!  yours ◀──event──── NotificationClient ◀── Frame ◀── wire::Framer ◀── bytes
//! ```
//! To a client a dispatch server is a notification server that sends it on: [`Event::Referred`](notification::Event) says
//! where to, and the next connection begins with a machine of its own.

mod opening;
mod requests;

pub mod notification;
pub mod switchboard;

pub use opening::{Program, Settings};
pub use requests::MAX_OPEN;

use crate::command::out::Reason;
use crate::types::ErrorCode;
use crate::wire::{ArgError, FrameError, Verb};

/// Why a client's connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum End {
    /// The server refused a step without which there is no session.
    #[error("the server refused {verb} with {code:?}")]
    Refused {
        /// What was refused.
        verb: Verb,
        /// Why.
        code: ErrorCode,
    },
    /// The server speaks none of the dialects that were offered.
    #[error("the server speaks none of the versions offered")]
    NoDialect,
    /// The server has ended the session.
    #[error("signed out by the server{}", .0.map(|reason| format!(": {reason}")).unwrap_or_default())]
    SignedOut(Option<Reason>),
    /// The server said something that nobody may say there.
    #[error("the server misbehaved: {verb} {what}")]
    Misbehaved {
        /// What it said.
        verb: Verb,
        /// What is wrong with it.
        what: Misbehaviour,
    },
    /// The bytes are no MSNP.
    #[error("the server does not speak MSNP: {0}")]
    Framing(#[from] FrameError),
    /// A time limit has passed.
    #[error("{0}")]
    TimedOut(&'static str),
}

/// What is wrong with something that a server said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// It is another sign-in than the one that was begun.
    #[error("is about another way to sign in than the one begun")]
    AnotherPackage,
    /// An argument is not what the grammar asks for.
    #[error("is malformed: its {0}")]
    Malformed(#[from] ArgError),
    /// It chose a dialect that was not offered.
    #[error("chooses a version that was not offered")]
    NotOffered,
    /// It is no answer to what was said, or comes too early.
    #[error("is not expected now")]
    NotNow,
}

impl End {
    pub(crate) const fn malformed(verb: Verb, error: ArgError) -> Self {
        Self::Misbehaved { verb, what: Misbehaviour::Malformed(error) }
    }

    pub(crate) const fn not_now(verb: Verb) -> Self {
        Self::Misbehaved { verb, what: Misbehaviour::NotNow }
    }
}

/// Why something can't be asked. Nothing has been said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CantAsk {
    /// The version has no such thing.
    #[error("this version of the protocol has no {0}")]
    NotInVersion(Verb),
    /// The session has not come so far yet.
    #[error("{0} can't be said before the sign-in is complete")]
    NotNow(Verb),
    /// A contact has to be named by his GUID, which is not known.
    #[error("{0} names contacts by their GUIDs in this version, and this one has none")]
    NoGuid(Verb),
    /// It is longer than may be said at once.
    #[error("{0} is too long")]
    TooLong(Verb),
    /// Something in it would be read as something else: a space in an address, or the end of a line.
    #[error("{verb}: {what} can't stand on a line")]
    Unwritable {
        /// What was to be said.
        verb: Verb,
        /// What can't be written.
        what: &'static str,
    },
}
