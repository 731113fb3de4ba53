//! What may go wrong, and what to do about it.

use std::io;
use std::time::Duration;

use msnp::auth::tweener::LoginError;
use msnp::soap::{InvalidAnswer, ReceivedFault, abch, oim, rst};

use super::url::Shown;
use super::{NotTrust, NotUrl, TlsError, Url};

/// Why a web service has not done what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address book says no.
    #[error("{0}")]
    AddressBook(abch::Refusal),
    /// A text is no address.
    #[error(transparent)]
    Address(#[from] NotUrl),
    /// A server has too much to do.
    #[error("{} has too much to do just now: try again in some seconds", Shown(url))]
    Busy {
        /// Who.
        url: Url,
    },
    /// A server wants credentials to go where anybody can read them.
    #[error(
        "{} sends on to {}, where passwords and tickets would be readable: not followed",
        Shown(from),
        Shown(to)
    )]
    Downgrade {
        /// The server.
        from: Url,
        /// Where.
        to: Url,
    },
    /// A login server wants the password to go to somebody else.
    #[error(
        "{} sends on to {}, which is not known as a login server; if it is one, name it with Services::with_login_host",
        Shown(from),
        Shown(to)
    )]
    Elsewhere {
        /// The login server.
        from: Url,
        /// Where.
        to: Url,
    },
    /// An answer is compressed, which nobody has asked for.
    #[error("{} answers in an encoding that was not asked for, {encoding:?}", Shown(url))]
    Encoded {
        /// Who.
        url: Url,
        /// The encoding.
        encoding: String,
    },
    /// What is answered is no HTTP, or breaks off.
    #[error("{} breaks off, or answers no HTTP: {error}", Shown(url))]
    Http {
        /// Who.
        url: Url,
        /// Why.
        #[source]
        error: hyper::Error,
    },
    /// There is no ticket from the login server, for another reason than a wrong password.
    #[error("{0}")]
    Login(LoginError),
    /// The service for offline messages says no.
    #[error("{0}")]
    Messages(oim::Refusal),
    /// The nexus does not say where the login server is.
    #[error("{} does not say where the login server is: is it a Messenger service?", Shown(url))]
    NoLoginServer {
        /// The nexus.
        url: Url,
    },
    /// There is no randomness.
    #[error("the system has no random numbers: {0}")]
    NoRandomness(getrandom::Error),
    /// The sign-in gave no ticket for this service.
    #[error("the server gives no ticket for {0}")]
    NoTicket(&'static str),
    /// What the notification server wants a login server to be shown can't stand in a header.
    #[error("what the notification server says in USR TWN S is nothing that a login server could be shown")]
    Parameters,
    /// An address has no TLS, and nobody has said that there should be none.
    #[error(
        "{url} has no TLS, so that everybody on the way could read the password; if that is meant, say so with \
         Services::at_without_tls"
    )]
    Plain {
        /// The address.
        url: Url,
    },
    /// A service says no.
    #[error("{fault}")]
    Refused {
        /// What it says.
        fault: ReceivedFault,
    },
    /// A server answers with a status that has no meaning here.
    #[error("{} answers with status {status}: is it a Messenger service?", Shown(url))]
    Status {
        /// Who.
        url: Url,
        /// With which.
        status: u16,
    },
    /// No connection comes about, or no answer.
    #[error("{} does not answer within {} s", Shown(url), limit.as_secs_f32())]
    TimedOut {
        /// Who.
        url: Url,
        /// How long was waited.
        limit: Duration,
    },
    /// TLS fails.
    #[error("{}: {error}", Shown(url))]
    Tls {
        /// With whom.
        url: Url,
        /// Why.
        #[source]
        error: TlsError,
    },
    /// The token service says no, for another reason than a wrong password.
    #[error("{0}")]
    Tokens(rst::Refusal),
    /// An answer has more bytes than is taken.
    #[error("{} answers with more than {limit} bytes", Shown(url))]
    TooLong {
        /// Who.
        url: Url,
        /// The limit.
        limit: usize,
    },
    /// Servers send one another's clients on without end.
    #[error(
        "{} servers have named one another as responsible, {} the last",
        msnp::auth::tweener::MAX_REDIRECTS,
        Shown(url)
    )]
    TooManyRedirects {
        /// The last one.
        url: Url,
    },
    /// Trust in somebody who can't be trusted.
    #[error(transparent)]
    Trust(#[from] NotTrust),
    /// There is no connection to a server.
    #[error("{} can't be reached: {error}; is the address right, and the server running?", Shown(url))]
    Unreachable {
        /// Which.
        url: Url,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// An answer can't be read.
    #[error("{}: {why}", Shown(url))]
    Unreadable {
        /// Whose.
        url: Url,
        /// Why.
        #[source]
        why: InvalidAnswer,
    },
    /// The address or the password is wrong.
    #[error("wrong address or password{}", if text.is_empty() { String::new() } else { format!(": {text}") })]
    WrongPassword {
        /// What the server tells the user; may be empty.
        text: String,
    },
}

impl Error {
    /// Whether the address book does not know any more what has changed since a time: it is to be asked for everything.
    pub fn is_full_sync_required(&self) -> bool {
        matches!(self, Self::AddressBook(refusal) if refusal.error == Some(abch::ErrorCode::FullSyncRequired))
    }

    /// Whether asking for a new ticket might help.
    pub(super) fn is_bad_ticket(&self) -> bool {
        match self {
            Self::AddressBook(refusal) => refusal.error == Some(abch::ErrorCode::PassportAuthFail),
            Self::Messages(oim::Refusal::AuthenticationFailed { .. }) => true,
            Self::Refused { fault } => fault.error_code() == Some("PassportAuthFail"),
            _ => false,
        }
    }

    /// Whether another attempt may succeed without anybody changing anything.
    pub const fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Busy { .. } | Self::Http { .. } | Self::TimedOut { .. } | Self::Unreachable { .. }
        )
    }

    /// Whether nothing has reached the server: asking once more can do no harm.
    pub(super) const fn is_before_request(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Tls { .. })
    }
}
