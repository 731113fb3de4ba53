//! What scripts are run against.

use std::future::Future;
use std::io;

use tokio::io::{AsyncRead, AsyncWrite};

/// A server, or something that leads to one.
pub trait Target: Sync {
    /// A connection to it.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send;

    /// Connects.
    fn connect(&self, to: Destination<'_>) -> impl Future<Output = io::Result<Self::Stream>> + Send;

    /// Signs in to Passport as the clients of MSNP8 to 12 do, and returns the ticket for `USR t TWN S`.
    ///
    /// `parameters` are what the notification server gave to be shown at the login server.
    fn ticket(
        &self,
        address: &str,
        password: &str,
        parameters: &str,
    ) -> impl Future<Output = Result<String, TicketError>> + Send;
}

/// Where a connection goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination<'a> {
    /// Where the server itself has sent the client: `host:port`.
    Address(&'a str),
    /// The dispatch server.
    Dispatch,
    /// The notification server.
    Notification,
}

/// There is no ticket.
#[derive(Debug, thiserror::Error)]
#[error("no ticket: {0}")]
pub struct TicketError(pub String);

impl TicketError {
    /// For this reason.
    pub fn new(reason: impl std::fmt::Display) -> Self {
        Self(reason.to_string())
    }
}
