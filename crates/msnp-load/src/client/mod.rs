//! The client: what a person's Messenger says and waits for, as far as a load needs it.

mod notification;
mod switchboard;
mod ticket;
mod wire;

use std::io;
use std::net::SocketAddr;

use msnp::types::ErrorCode;
use msnp::wire::{ArgError, FrameError};

pub use notification::{Lead, Notification, Ring};
pub use switchboard::{Chat, message, payload};
pub use ticket::{Proof, fetch};
pub use wire::Wire;

/// Why a client did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Nobody listens, or the connection was refused.
    #[error("can't connect: {0}")]
    Connect(#[source] io::Error),
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Broken(#[source] io::Error),
    /// The server closed.
    #[error("closed by the server")]
    Closed,
    /// What came is no MSNP.
    #[error("not MSNP: {0}")]
    NotMsnp(#[from] FrameError),
    /// A line is not what it should be.
    #[error("not understood: {0}")]
    NotUnderstood(#[from] ArgError),
    /// A request was refused.
    #[error("refused with {}{}", .0.0, .0.meaning().map(|meaning| format!(", {meaning}")).unwrap_or_default())]
    Refused(ErrorCode),
    /// The server has signed the client out.
    #[error("signed out {0}")]
    SignedOut(String),
    /// The server does not speak the version, or not this way to sign in.
    #[error("the server does not speak {0}")]
    NotSpoken(&'static str),
    /// A server on this machine has sent its client to another one.
    #[error("led to another machine, {0}: the server's public host is to be this one for a test")]
    LedAway(SocketAddr),
    /// There is no ticket.
    #[error("{0}")]
    NoTicket(String),
    /// It took too long.
    #[error("nothing within {0} s")]
    TimedOut(u64),
}

impl Failure {
    /// A few words for it under which failures are counted: without what differs each time.
    pub fn kind(&self) -> String {
        match self {
            Self::Connect(error) | Self::Broken(error) => format!("{}", error.kind()),
            Self::NoTicket(_) => "no ticket".to_owned(),
            other => other.to_string(),
        }
    }
}
