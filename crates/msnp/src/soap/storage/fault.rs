//! Why nothing is answered but a fault.

use crate::soap::envelope::{FaultCode, coded_fault};

/// The namespace of what a fault says, whatever the request's is.
const NAMESPACE: &str = "http://www.msn.com/webservices/storage/v1";

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// What is somebody else's.
    AccessDenied,
    /// The service has more to do than it can.
    Busy,
    /// No picture, one that is too large, or one of a kind that is not taken: says which.
    BadPicture(&'static str),
    /// What is named is nothing that a request of this kind could be about.
    InvalidObjectHandle,
    /// What is named is not there.
    ItemDoesNotExist,
    /// Nothing that can be read.
    Malformed,
    /// There is no such operation.
    NoSuchOperation,
    /// No good ticket.
    PassportAuthFail,
    /// A text or a list that is longer than it may be.
    TooLong,
    /// The client asks for it too often.
    TooOften,
    /// What is kept can't be read or written just now.
    Unavailable,
}

impl Fault {
    /// The document, to be sent with [`FAULT_STATUS`](crate::soap::envelope::FAULT_STATUS).
    pub fn to_xml(self) -> String {
        let (code, text) = match self {
            Self::AccessDenied => ("AccessDenied", "This is not yours."),
            Self::BadPicture(why) => ("AccessDenied", why),
            Self::Busy => ("InternalError", "There is too much to do. Try again later."),
            Self::InvalidObjectHandle => {
                ("InvalidObjectHandle", "The request names nothing that it could be about.")
            }
            Self::ItemDoesNotExist => ("ItemDoesNotExist", "The item does not exist."),
            Self::Malformed => ("InvalidObjectHandle", "The request can't be read."),
            Self::NoSuchOperation => ("AccessDenied", "This server has no such operation."),
            Self::PassportAuthFail => ("PassportAuthFail", "Sign in again: the ticket is not good any more."),
            Self::TooLong => ("AccessDenied", "The request has more than is kept."),
            Self::TooOften => ("AccessDenied", "This was done too often. Try again later."),
            Self::Unavailable => ("InternalError", "Accounts can't be read just now."),
        };
        let side = match self {
            Self::Busy | Self::Unavailable => FaultCode::Server,
            _ => FaultCode::Client,
        };
        coded_fault(&side, text, NAMESPACE, code)
    }
}
