//! Why something is not done, and how a client is told.

use msnp::soap::abch::{ErrorCode, Fault, Invalid, Operation};
use msnp::soap::envelope::{FaultCode, plain_fault};
use msnp::types::Guid;

use super::MACHINE;
use crate::store::{BookError, CircleError, EditError, StoreError};

/// Why a request is refused. Nothing of it was done.
#[derive(Debug)]
pub(super) enum Refusal {
    /// In the way is something of this name.
    Conflict(ErrorCode, Guid),
    /// For a reason that clients know.
    Fault(ErrorCode),
    /// The same, with words for whoever reads the answer.
    Told(ErrorCode, &'static str),
    /// What is called so is not taken.
    Parameter(ErrorCode, &'static str),
    /// It can't be read.
    Invalid(Invalid),
    /// There is no ticket, or none that is good.
    Ticket,
    /// The store has failed.
    Store(StoreError),
    /// The service can't look now.
    Unavailable,
}

impl Refusal {
    /// What is said to whoever asks for a circle that he is not in, the same as where there is none.
    pub(super) const NO_CIRCLE: Self =
        Self::Told(ErrorCode::Forbidden, "There is no such circle, or you are not in it.");

    /// What is said to whoever asks for another's book.
    pub(super) const NOT_YOURS: Self =
        Self::Told(ErrorCode::Forbidden, "Address books are for those alone whose they are.");

    /// Whether it may be done in a moment.
    pub(super) const fn is_passing(&self) -> bool {
        matches!(self, Self::Store(_) | Self::Unavailable | Self::Fault(ErrorCode::RequestLimitReached))
    }

    /// The fault.
    pub(super) fn to_xml(&self, operation: Option<Operation>) -> String {
        let fault = |error, conflict, parameter, message| {
            Fault { error, operation, message, conflict, parameter }.to_xml(MACHINE)
        };
        match self {
            Self::Conflict(error, with) => fault(*error, Some(*with), None, None),
            Self::Fault(error) => fault(*error, None, None, None),
            Self::Told(error, words) => fault(*error, None, None, Some(words)),
            Self::Parameter(error, name) => fault(*error, None, Some(name), None),
            Self::Invalid(invalid) => invalid.fault(operation, MACHINE),
            Self::Ticket => fault(ErrorCode::PassportAuthFail, None, None, None),
            Self::Store(_) | Self::Unavailable => plain_fault(
                &FaultCode::Server,
                "The address book can't be read or written now. Try again later.",
            ),
        }
    }
}

impl From<Invalid> for Refusal {
    fn from(error: Invalid) -> Self {
        Self::Invalid(error)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<BookError> for Refusal {
    fn from(error: BookError) -> Self {
        match error {
            BookError::ContactExists(guid) => Self::Conflict(ErrorCode::ContactAlreadyExists, guid),
            BookError::GroupExists(guid) => Self::Conflict(ErrorCode::GroupAlreadyExists, guid),
            BookError::MemberExists => Self::Fault(ErrorCode::MemberAlreadyExists),
            BookError::NoSuchContact => Self::Fault(ErrorCode::ContactDoesNotExist),
            BookError::NoSuchGroup => Self::Fault(ErrorCode::GroupDoesNotExist),
            BookError::NoSuchMember => Self::Fault(ErrorCode::MemberDoesNotExist),
            BookError::NotAUser => Self::Fault(ErrorCode::InvalidPassportUser),
            BookError::TooLong(name) => Self::Parameter(ErrorCode::BadArgumentLength, name),
            BookError::TooMuch => Self::Told(ErrorCode::RequestLimitReached, "The address book is full."),
            BookError::Edit(error) => error.into(),
        }
    }
}

impl From<CircleError> for Refusal {
    fn from(error: CircleError) -> Self {
        match error {
            CircleError::AlreadyThere(_) => Self::Fault(ErrorCode::MemberAlreadyExists),
            // Removed since the ticket was looked at.
            CircleError::Gone => Self::Ticket,
            CircleError::LastAdmin => {
                Self::Told(ErrorCode::Forbidden, "A circle needs an admin: make somebody else one first.")
            }
            CircleError::NotAllowed => {
                Self::Told(ErrorCode::Forbidden, "You may not do that with your role in the circle.")
            }
            CircleError::NotAUser => Self::Fault(ErrorCode::InvalidPassportUser),
            CircleError::NoSuchCircle => Self::NO_CIRCLE,
            CircleError::NoSuchMember => Self::Fault(ErrorCode::ContactDoesNotExist),
            CircleError::Store(error) => Self::Store(error),
            CircleError::TooLong(name) => Self::Parameter(ErrorCode::BadArgumentLength, name),
            CircleError::TooMany(_) => Self::Told(
                ErrorCode::RequestLimitReached,
                "There are too many circles, members or invitations.",
            ),
        }
    }
}

impl From<EditError> for Refusal {
    fn from(error: EditError) -> Self {
        match error {
            EditError::ListFull => Self::Told(ErrorCode::RequestLimitReached, "The list is full."),
            EditError::TooManyGroups => {
                Self::Told(ErrorCode::RequestLimitReached, "There are too many groups.")
            }
            EditError::NotEditable(_) => Self::Told(ErrorCode::Forbidden, "The server keeps this list."),
            // Removed since the ticket was looked at.
            EditError::Gone => Self::Ticket,
            EditError::Store(error) => Self::Store(error),
            // Of the edits of the book none ends so.
            EditError::AlreadyThere
            | EditError::GroupExists
            | EditError::NoSuchGroup
            | EditError::NotInGroup
            | EditError::NotOnList
            | EditError::OnOppositeList
            | EditError::OtherContacts
            | EditError::Unchanged
            | EditError::UnknownAccount => Self::Fault(ErrorCode::Forbidden),
        }
    }
}
