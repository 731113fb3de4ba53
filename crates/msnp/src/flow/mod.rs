//! Who may say what, and when: the conversations with each kind of server as state machines without I/O.
//!
//! A machine is fed one [`Frame`](crate::wire::Frame) after another and writes what has to be said at once into the
//! buffer it is given. What needs knowledge it doesn't have comes back as a request; the caller answers it, tells the
//! machine where the answer changes what may follow, and only then feeds the next frame. Time is an argument.
//! Machines say what a line means and whether it may be said; what follows from it is the server's business, or the
//! client's: [`client`] is the other side of each of them.

pub mod client;
pub mod dispatch;
pub mod notification;
mod opening;
pub mod switchboard;
mod upgrade;

use crate::types::ErrorCode;
use crate::wire::{ArgError, FrameError, Verb};

/// Why a connection ends. Whatever was to be said about it has been written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum End {
    /// The client said `OUT`.
    #[error("signed out")]
    SignedOut,
    /// A dispatch server has sent the client on.
    #[error("referred to a notification server")]
    Referred,
    /// The client, with which no dialect is in common, was told which version is recommended.
    #[error("told which version is recommended")]
    Recommended,
    /// The client was told an error that ends the session.
    #[error("refused with {0:?}")]
    Refused(ErrorCode),
    /// No dialect in common.
    #[error("no dialect in common")]
    NoDialect,
    /// A command that this version does not have, or that only a server may say.
    #[error("{0} is not for clients of this version to say")]
    NotForClients(Verb),
    /// A command at a time at which it may not be said.
    #[error("{0} is not expected now")]
    NotNow(Verb),
    /// A command whose argument the service answers by closing.
    #[error("{verb}: {error}")]
    Malformed {
        /// The command.
        verb: Verb,
        /// What is wrong.
        error: ArgError,
    },
    /// Something beyond the limits of this command, which the service answers by closing.
    #[error("{0} beyond its limits")]
    BeyondLimits(Verb),
    /// The bytes are no MSNP.
    #[error(transparent)]
    Framing(#[from] FrameError),
    /// A time limit has passed.
    #[error("{0}")]
    TimedOut(&'static str),
}
