//! What can go wrong, and what to do about it.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use msnp::flow::client::{CantAsk, End, notification::CantProve};
use msnp::p2p::{Ending, P2pError};
use msnp::types::{ErrorCode, InvalidEmail};
use msnp::wire::{FrameError, Verb};

/// Why something did not come to pass.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What was given for an address is none.
    #[error("{written:?} is no address: {source}")]
    Address {
        /// What was given.
        written: String,
        /// Why it is none.
        #[source]
        source: InvalidEmail,
    },
    /// The server can't be reached.
    #[error(
        "can't connect to {address}: {source}; check the name and the port, and that a server listens there"
    )]
    Connect {
        /// `host:port`
        address: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// A server that should take TLS does not, or can't prove who it is. Nothing was said to it.
    #[error(
        "{address} should speak TLS, and it fails: {source}; nothing was said in clear. Look whether the port is that of the \
         service, and whether something on the way ends the connection; if the service takes no TLS any more, Builder::tls has \
         Encryption::Never"
    )]
    Tls {
        /// `host:port`
        address: String,
        /// What fails.
        #[source]
        source: crate::web::TlsError,
    },
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Broken(#[source] io::Error),
    /// The server closed the connection.
    #[error("the server closed the connection")]
    Closed,
    /// The password is wrong, or there is no such account.
    #[error("wrong address or password; accounts of MSNP7 and older have to be made for that on the server")]
    WrongPassword,
    /// The server ended the session, or it can't go on.
    #[error(transparent)]
    Protocol(End),
    /// A request was refused.
    #[error("the server refused {verb} with {code:?}")]
    Refused {
        /// What was asked.
        verb: Verb,
        /// Why it was refused.
        code: ErrorCode,
    },
    /// It can't be asked.
    #[error(transparent)]
    CantAsk(#[from] CantAsk),
    /// The sign-in can't be proved.
    #[error(transparent)]
    CantProve(#[from] CantProve),
    /// The version that was settled can't do it.
    #[error("{0} can't be had with this version of the protocol; offer a newer one")]
    NotInVersion(&'static str),
    /// There was no answer.
    #[error("no answer within {} s", .0.as_secs())]
    TimedOut(Duration),
    /// There is no connection for the moment, or no more.
    #[error("not connected; wait until the client says that it is again, or sign in anew")]
    NotConnected,
    /// Whoever was to be reached is not there.
    #[error(
        "{0} is not there, or does not want to be reached; a message can be left with send_offline_message"
    )]
    NotThere(String),
    /// Nobody heard the message.
    #[error("nobody was there to hear it")]
    NotDelivered,
    /// The conversation is over.
    #[error("the conversation is over; begin another one with Client::converse")]
    ConversationOver,
    /// Somebody who has to be on the lists isn't.
    #[error("{0} is not on the lists; add him first")]
    NoContact(String),
    /// The server sends the client from one server to the next.
    #[error("the server sent the client on {0} times; the last address was {1}")]
    TooManyReferrals(usize, String),
    /// The server has sent the client, which was in, to another server; the client goes there.
    #[error("the server sends the client on to {0}")]
    Moved(String),
    /// There is more than a client keeps.
    #[error("the server told of more {0} than anybody has")]
    TooMuch(&'static str),
    /// A picture or an emoticon is empty, or has too many bytes.
    #[error("a picture has 1 to {most} bytes, and this {0}", most = msnp::p2p::limits::OBJECT)]
    ObjectSize(usize),
    /// Somebody shows no picture, or one that can't be asked for.
    #[error("{0} shows no picture that could be asked for")]
    NoPicture(String),
    /// What goes from client to client can't be begun.
    #[error(transparent)]
    CantExchange(#[from] P2pError),
    /// A picture or a file did not arrive.
    #[error("it did not arrive: {0}")]
    Transfer(Ending),
    /// A file of this machine can't be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// An offer of a file was answered already, or withdrawn.
    #[error("the offer is over: it was answered already, withdrawn, or too old")]
    OfferOver,
    /// The web services, without which this version can't sign in, are not configured.
    #[error("this version fetches a ticket over HTTP: say where the services are with Builder::web")]
    NoWebServices,
    /// The system has no random numbers.
    #[error("the system has no random numbers")]
    NoRandomness,
    /// A web service failed.
    #[error("{what}: {source}")]
    Web {
        /// What was wanted of it.
        what: &'static str,
        /// What came of it.
        #[source]
        source: Box<crate::web::Error>,
    },
}

impl Error {
    /// Whether another attempt may succeed without anybody changing anything: what a client that reconnects asks.
    pub fn is_temporary(&self) -> bool {
        use msnp::command::out::Reason;
        match self {
            Self::Connect { .. }
            | Self::Tls { source: crate::web::TlsError::Io(_), .. }
            | Self::Broken(_)
            | Self::Closed
            | Self::Moved(_)
            | Self::TimedOut(_)
            | Self::NotConnected => true,
            Self::Protocol(End::SignedOut(reason)) => {
                !matches!(reason, Some(Reason::SignedInElsewhere | Reason::TermsNotAccepted))
            }
            Self::Protocol(End::TimedOut(_)) => true,
            Self::Protocol(End::Refused { code, .. }) => is_temporary(*code),
            Self::Web { source, .. } => source.is_temporary(),
            _ => false,
        }
    }
}

/// The numbers by which a server says that it is busy or going down.
fn is_temporary(code: ErrorCode) -> bool {
    matches!(code.0, 500 | 501 | 600..=605 | 910 | 912 | 914..=916 | 918 | 919 | 921 | 922)
}

impl Error {
    /// What a failure of a web service means for `what`.
    pub(crate) fn web(what: &'static str) -> impl Fn(crate::web::Error) -> Self {
        move |source| match source {
            crate::web::Error::WrongPassword { .. } => Self::WrongPassword,
            source => Self::Web { what, source: Box::new(source) },
        }
    }
}

impl From<End> for Error {
    fn from(end: End) -> Self {
        match end {
            End::Refused { verb: Verb::USR, code: ErrorCode::AUTHENTICATION_FAILED } => Self::WrongPassword,
            end => Self::Protocol(end),
        }
    }
}

impl From<FrameError> for Error {
    fn from(error: FrameError) -> Self {
        Self::Protocol(End::Framing(error))
    }
}
