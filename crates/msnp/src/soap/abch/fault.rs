//! Why something is not done (web-services reference, 12.4).

use std::fmt;

use super::NAMESPACE;
use super::operation::Operation;
use super::types::names;
use crate::soap::answer::ReceivedFault;
use crate::soap::envelope::{FaultCode, fault};
use crate::types::Guid;

names! {
    /// What clients tell faults apart by.
    pub enum ErrorCode {
        /// There is an address book already.
        AbAlreadyExists = "ABAlreadyExists",
        /// There is no address book yet, or not this one.
        AbDoesNotExist = "ABDoesNotExist",
        /// A text is too long.
        BadArgumentLength = "BadArgumentLength",
        /// An address is none.
        BadEmailArgument = "BadEmailArgument",
        /// The contact is there already. [`Fault::conflict`] says which.
        ContactAlreadyExists = "ContactAlreadyExists",
        /// There is no such contact.
        ContactDoesNotExist = "ContactDoesNotExist",
        /// The address belongs to a company with a messenger of its own.
        EmailDomainIsFederated = "EmailDomainIsFederated",
        /// That company does not answer.
        FederatedQueryFailure = "FederatedQueryFailure",
        /// The operation is not offered.
        Forbidden = "Forbidden",
        /// What changed since then is not known any more.
        FullSyncRequired = "FullSyncRequired",
        /// There is a group of this name. [`Fault::conflict`] says which.
        GroupAlreadyExists = "GroupAlreadyExists",
        /// There is no such group.
        GroupDoesNotExist = "GroupDoesNotExist",
        /// The address is not that of an account.
        InvalidPassportUser = "InvalidPassportUser",
        /// He stands there already.
        MemberAlreadyExists = "MemberAlreadyExists",
        /// He does not stand there.
        MemberDoesNotExist = "MemberDoesNotExist",
        /// The ticket is not taken: sign in again.
        PassportAuthFail = "PassportAuthFail",
        /// There is no room for more, or it came too fast.
        RequestLimitReached = "RequestLimitReached",
        /// There is no such user.
        UserDoesNotExist = "UserDoesNotExist",
    }
}

impl ErrorCode {
    /// The words that go with it. Two of them are compared by clients.
    pub const fn text(self) -> &'static str {
        match self {
            Self::AbAlreadyExists => "Address Book Already Exists",
            Self::AbDoesNotExist => "Address Book Does Not Exist",
            Self::BadArgumentLength => "Bad Argument Length",
            Self::BadEmailArgument => "Bad Email Argument",
            Self::ContactAlreadyExists => "Contact Already Exists",
            Self::ContactDoesNotExist => "Contact Does Not Exist",
            Self::EmailDomainIsFederated => "Email Domain Is Federated",
            Self::FederatedQueryFailure => "Federated Query Failure",
            Self::Forbidden => "Forbidden",
            Self::FullSyncRequired => "Full sync required.  Details: Need to do full sync",
            Self::GroupAlreadyExists => "Group Already Exists",
            Self::GroupDoesNotExist => "Group Does Not Exist",
            Self::InvalidPassportUser => "Invalid Passport User",
            Self::MemberAlreadyExists => "Member Already Exists",
            Self::MemberDoesNotExist => "Member Does Not Exist",
            Self::PassportAuthFail => "Passport Authentication Failed",
            Self::RequestLimitReached => "Request Limit Reached",
            Self::UserDoesNotExist => "User Does Not Exist",
        }
    }
}

/// The namespace of the fault by which clients know that a ticket has run out.
const PASSPORT: &str = "http://schemas.microsoft.com/passport/IDS";

/// A fault of the address book, as a client reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong; none if it is nothing that is known here.
    pub error: Option<ErrorCode>,
    /// The contact or group that is in the way: go on with it.
    pub conflict: Option<Guid>,
    /// The fault itself.
    pub fault: ReceivedFault,
}

impl Refusal {
    pub(super) fn read(fault: ReceivedFault) -> Self {
        let word = fault.detail("errorcode").and_then(ErrorCode::named);
        let by_text = || {
            // Some servers have no code beside these words, which clients look for.
            let says = |words: &str| fault.text.to_ascii_lowercase().contains(words);
            match () {
                () if &*fault.code == "BadContextToken" => Some(ErrorCode::PassportAuthFail),
                () if says("address book does not exist") => Some(ErrorCode::AbDoesNotExist),
                () if says("full sync required") || says("need to do full sync") => {
                    Some(ErrorCode::FullSyncRequired)
                }
                () => None,
            }
        };
        let conflict = fault.detail.find(&["additionalDetails", "conflictObjectId"]);
        Self { error: word.or_else(by_text), conflict: conflict.and_then(|id| id.text().parse().ok()), fault }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.error {
            Some(error) => write!(f, "the address book refuses: {} ({error})", error.text()),
            None => self.fault.fmt(f),
        }
    }
}

/// A fault of the address book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault<'a> {
    /// What is wrong.
    pub error: ErrorCode,
    /// What was asked for, if it is known.
    pub operation: Option<Operation>,
    /// More words, for whoever reads the answer on the wire.
    pub message: Option<&'a str>,
    /// The contact or group that is in the way. Clients go on with it.
    pub conflict: Option<Guid>,
    /// Which value is not taken.
    pub parameter: Option<&'a str>,
}

impl Fault<'_> {
    /// One that says no more than what is wrong.
    pub const fn new(error: ErrorCode, operation: Operation) -> Self {
        Self { error, operation: Some(operation), message: None, conflict: None, parameter: None }
    }

    /// The answer, to be sent with [`FAULT_STATUS`](crate::soap::envelope::FAULT_STATUS). `machine` is what the server
    /// calls itself.
    pub fn to_xml(&self, machine: &str) -> String {
        let Self { error, operation, message, conflict, parameter } = self;
        let code = match error {
            // Some clients get a new ticket at this one alone.
            ErrorCode::PassportAuthFail => FaultCode::Own { name: "BadContextToken", namespace: PASSPORT },
            _ => FaultCode::Client,
        };
        let actor = operation.map(|operation| format!("{NAMESPACE}/{operation}"));
        fault(&code, error.text(), actor.as_deref(), |xml| {
            let mut ours = |tag: &str, text: &str| xml.text_in(NAMESPACE, tag, text);
            ours("errorcode", error.as_str());
            ours("errorstring", error.text());
            ours("machineName", machine);
            if let Some(parameter) = parameter {
                ours("parameterFault", parameter);
            }
            xml.inside("additionalDetails", |xml| {
                xml.text("originalExceptionErrorMessage", message.unwrap_or_else(|| error.text()));
                xml.some_plain("conflictObjectId", *conflict);
            });
        })
    }
}
