//! Reading values out of requests, with an end to how long and how many they may be.

use crate::soap::abch::fault::{ErrorCode, Fault};
use crate::soap::abch::operation::Operation;
use crate::soap::abch::types::Timestamp;
use crate::soap::answer::InvalidAnswer;
use crate::soap::envelope::{FaultCode, InvalidEnvelope, plain_fault};
use crate::soap::tree::Element;
use crate::types::Guid;

/// Bytes of a name, an address and most other texts. Display names have at most 387 on the notification server.
pub const MAX_TEXT: usize = 1024;

/// Bytes of comments and of the values of annotations.
pub const MAX_LONG_TEXT: usize = 4096;

/// Characters of the name of a group, as the service had it.
pub const MAX_GROUP_NAME: usize = 61;

/// Contacts that one request may carry. Clients carry one, or some after they have imported a list.
pub const MAX_CONTACTS: usize = 1000;

/// Ids of contacts that one request may name.
pub const MAX_IDS: usize = 2000;

/// Memberships that one request may change: some lists may be longer than those of contacts.
pub const MAX_MEMBERS: usize = 1500;

/// Roles with members that one request may have.
pub const MAX_ROLES: usize = 16;

/// Types of services that one request may ask for.
pub const MAX_SERVICES: usize = 32;

/// Groups that one request may carry.
pub const MAX_GROUPS: usize = 100;

/// Annotations of one contact, group or member.
pub const MAX_ANNOTATIONS: usize = 64;

/// Contacts, groups, circles or members that one answer may tell of each. A list here has no more than 1500.
pub const MAX_TOLD: usize = 10_000;

/// E-mail addresses, phone numbers, places or web sites of one contact.
pub const MAX_ENTRIES: usize = 16;

/// Why a request of the address book is not carried out. What to answer is [`Invalid::fault`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The envelope is none, or empty.
    #[error(transparent)]
    Envelope(#[from] InvalidEnvelope),
    /// Something that the operation can't do without is not there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A text is longer than it may be.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// There are more of something than there may be.
    #[error("there are too many of {0}")]
    TooMany(&'static str),
    /// No such operation.
    #[error("there is no operation {0:?}")]
    UnknownOperation(Box<str>),
    /// A value that is none of those that can stand there.
    #[error("{0} can't be read")]
    Value(&'static str),
}

impl From<Invalid> for InvalidAnswer {
    fn from(invalid: Invalid) -> Self {
        match invalid {
            Invalid::Missing(what) => Self::Missing(what),
            Invalid::TooLong(what) | Invalid::TooMany(what) => Self::TooMuch(what),
            Invalid::Value(what) => Self::Value(what),
            Invalid::Envelope(_) | Invalid::UnknownOperation(_) => Self::AnotherOperation,
        }
    }
}

/// Characters of an unknown operation's name that are repeated to the client.
const MAX_REPEATED: usize = 64;

impl Invalid {
    pub(super) fn unknown_operation(name: &str) -> Self {
        Self::UnknownOperation(name.chars().take(MAX_REPEATED).collect())
    }

    /// The answer, to be sent with [`FAULT_STATUS`](crate::soap::envelope::FAULT_STATUS). `machine` is what the server
    /// calls itself.
    pub fn fault(&self, operation: Option<Operation>, machine: &str) -> String {
        let plain = |text: &str| plain_fault(&FaultCode::Client, text);
        match (self, operation) {
            (Self::Envelope(envelope), _) => envelope.fault(),
            (Self::UnknownOperation(name), _) => plain(&format!("There is no operation {name}")),
            (Self::TooLong(name), Some(operation)) => {
                Fault { parameter: Some(name), ..Fault::new(ErrorCode::BadArgumentLength, operation) }
                    .to_xml(machine)
            }
            // One client changes contacts whose ids it does not know yet.
            (Self::Value("contactId") | Self::Missing("contactId"), Some(operation)) => {
                Fault::new(ErrorCode::ContactDoesNotExist, operation).to_xml(machine)
            }
            (Self::Value("groupId") | Self::Missing("groupId"), Some(operation)) => {
                Fault::new(ErrorCode::GroupDoesNotExist, operation).to_xml(machine)
            }
            (other, _) => plain(&format!("Schema validation error: {other}")),
        }
    }
}

/// What is read from an element by the names of those inside.
pub(super) trait Read {
    /// The text of the one called `name`, if it is there and not empty.
    fn value(&self, name: &str) -> Option<&str>;

    /// A text of at most `max` bytes that may begin or end with blanks, if the element is there.
    fn bounded(&self, name: &'static str, max: usize) -> Result<Option<String>, Invalid>;

    /// `true`, `false`, `1` or `0`, if something is there.
    fn boolean(&self, name: &'static str) -> Result<Option<bool>, Invalid>;

    /// A number, if something is there.
    fn number<T: std::str::FromStr>(&self, name: &'static str) -> Result<Option<T>, Invalid>;

    /// A GUID, if something is there.
    fn guid(&self, name: &'static str) -> Result<Option<Guid>, Invalid>;

    /// A time, if it says one that ever was.
    fn time(&self, name: &str) -> Option<Timestamp>;

    /// What is read of all inside that are called `name`; those of other names are passed over.
    fn each<T>(
        &self,
        name: &'static str,
        max: usize,
        read: impl FnMut(&Element) -> Result<T, Invalid>,
    ) -> Result<Vec<T>, Invalid>;
}

impl Read for Element {
    fn value(&self, name: &str) -> Option<&str> {
        self.child(name).map(Element::text).filter(|text| !text.is_empty())
    }

    fn bounded(&self, name: &'static str, max: usize) -> Result<Option<String>, Invalid> {
        match self.child(name).map(Element::exact_text) {
            Some(text) if text.len() > max => Err(Invalid::TooLong(name)),
            text => Ok(text.map(str::to_owned)),
        }
    }

    fn boolean(&self, name: &'static str) -> Result<Option<bool>, Invalid> {
        match self.value(name) {
            None => Ok(None),
            Some(text) if text == "1" || text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(text) if text == "0" || text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(_) => Err(Invalid::Value(name)),
        }
    }

    fn number<T: std::str::FromStr>(&self, name: &'static str) -> Result<Option<T>, Invalid> {
        self.value(name).map(str::parse).transpose().map_err(|_| Invalid::Value(name))
    }

    fn guid(&self, name: &'static str) -> Result<Option<Guid>, Invalid> {
        self.number(name)
    }

    fn time(&self, name: &str) -> Option<Timestamp> {
        self.value(name).and_then(Timestamp::read)
    }

    fn each<T>(
        &self,
        name: &'static str,
        max: usize,
        mut read: impl FnMut(&Element) -> Result<T, Invalid>,
    ) -> Result<Vec<T>, Invalid> {
        let mut all = Vec::new();
        for element in self.children().iter().filter(|child| child.is(name)) {
            if all.len() >= max {
                return Err(Invalid::TooMany(name));
            }
            all.push(read(element)?);
        }
        Ok(all)
    }
}

/// The GUIDs in `guid` elements of a container, no more than `most`; `what` names them where one can't be read.
pub(super) fn guids(
    container: Option<&Element>,
    most: usize,
    what: &'static str,
) -> Result<Vec<Guid>, Invalid> {
    container.map_or(Ok(Vec::new()), |container| {
        container.each("guid", most, |guid| guid.text().parse().map_err(|_| Invalid::Value(what)))
    })
}
