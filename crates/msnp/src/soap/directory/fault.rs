//! Why nothing is answered but a fault.

use super::NAMESPACE;
use crate::soap::envelope::{FaultCode, coded_fault};

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing that can be read.
    Malformed,
    /// There is nobody of this number, or none whom the asker may see: he can't tell which.
    NoSuchProfile,
    /// Profiles are changed elsewhere.
    NotHere,
    /// No good ticket.
    PassportAuthFail,
    /// What is kept can't be read just now.
    Unavailable,
}

impl Fault {
    /// The document, to be sent with [`FAULT_STATUS`](crate::soap::envelope::FAULT_STATUS).
    pub fn to_xml(self) -> String {
        let (side, code, text) = match self {
            Self::Malformed => (FaultCode::Client, "BadRequest", "The request can't be read."),
            Self::NoSuchProfile => (FaultCode::Client, "Forbidden", "There is no such profile for you."),
            Self::NotHere => {
                (FaultCode::Client, "Forbidden", "Profiles are changed with the storage service.")
            }
            Self::PassportAuthFail => {
                (FaultCode::Client, "PassportAuthFail", "Sign in again: the ticket is not good any more.")
            }
            Self::Unavailable => (FaultCode::Server, "InternalError", "Accounts can't be read just now."),
        };
        coded_fault(&side, text, NAMESPACE, code)
    }
}
