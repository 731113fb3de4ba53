//! Why something is not done.

use msnp::soap::storage::Fault;

use crate::picture::Refused;
use crate::store::{ProfileError, StoreError};
use crate::web_user::TicketFault;

/// Why something is not done.
#[derive(Clone, Debug)]
pub(super) enum Refusal {
    /// What the client is told.
    Fault(Fault),
    /// The store has failed.
    Store(StoreError),
}

impl Refusal {
    /// What the client is told.
    pub(super) const fn fault(&self) -> Fault {
        match self {
            Self::Fault(fault) => *fault,
            Self::Store(_) => Fault::Unavailable,
        }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ProfileError> for Refusal {
    fn from(error: ProfileError) -> Self {
        match error {
            // Removed since the ticket was looked at.
            ProfileError::Gone => Self::Fault(Fault::PassportAuthFail),
            ProfileError::NoSuchDocument => Self::Fault(Fault::ItemDoesNotExist),
            ProfileError::Store(error) => Self::Store(error),
            ProfileError::TooLong => Self::Fault(Fault::TooLong),
        }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        Self::Fault(match refused {
            Refused::Bad(bad) => Fault::BadPicture(bad.text()),
            Refused::Busy => Fault::Busy,
        })
    }
}

impl From<TicketFault> for Refusal {
    fn from(fault: TicketFault) -> Self {
        Self::Fault(match fault {
            TicketFault::Void => Fault::PassportAuthFail,
            // It is noted already.
            TicketFault::Unavailable => Fault::Unavailable,
        })
    }
}
