//! What scripts are run against.

use std::fmt;
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

    /// Posts a document to a web service, and returns what it answers.
    fn post(&self, call: Call<'_>) -> impl Future<Output = io::Result<Answered>> + Send;
}

/// A document for a web service.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The path at which the service is.
    pub path: &'a str,
    /// `SOAPAction`, for services that are told.
    pub action: Option<&'a str>,
    /// The document. There may be a password in it, or a ticket.
    pub body: &'a str,
}

/// Leaves the document out.
impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("path", &self.path).field("action", &self.action).finish_non_exhaustive()
    }
}

/// What a web service answers.
#[derive(Clone)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The document. There may be tickets in it.
    pub body: Vec<u8>,
}

/// Leaves the document out.
impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answered").field("status", &self.status).finish_non_exhaustive()
    }
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
