//! Any answer.

use super::NAMESPACE;
use super::ab_find::AddressBook;
use super::fault::Refusal;
use super::find_friends_in_common;
use super::find_membership::Memberships;
use super::header::ServiceHeader;
use super::operation::Operation;
use super::read::{Invalid, Read as _};
use super::types::Contact;
use crate::soap::answer::{Answer, BOOK_ANSWER, InvalidAnswer, ReceivedFault, Refused};
use crate::soap::envelope::answer;
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

/// What the address book answers. Faults are [`Fault`](super::Fault)s.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// To `ABAdd`: the id of the book.
    AbAdd(Guid),
    /// To `ABContactAdd`: the id of the first contact.
    AbContactAdd(Guid),
    /// To `ABFindAll`.
    AbFindAll(AddressBook),
    /// To `ABFindByContacts`.
    AbFindByContacts(AddressBook),
    /// To `ABFindContactsPaged`.
    AbFindContactsPaged(AddressBook),
    /// To `ABGroupAdd`: the id of the group.
    AbGroupAdd(Guid),
    /// To `ABGroupContactAdd`: the id of the first contact.
    AbGroupContactAdd(Guid),
    /// To `AddService`: its number.
    AddService(i32),
    /// To `CreateCircle`: the circle's id.
    CreateCircle(Guid),
    /// To `CreateContact`: the contact.
    CreateContact(Box<Contact>),
    /// To an operation without a result: that it was carried out.
    Done(Operation),
    /// To `FindFriendsInCommon`: nobody.
    FindFriendsInCommon,
    /// To `FindMembership`.
    FindMembership(Memberships),
    /// To `FindMembershipByRole`.
    FindMembershipByRole(Memberships),
    /// To `ManageWLConnection`: the contact.
    ManageWlConnection(Box<Contact>),
}

/// Where one server says why a connection does not come about.
const CLIENT_ERROR: &str = "clientErrorData";

impl Reply {
    /// To which operation.
    pub const fn operation(&self) -> Operation {
        match self {
            Self::AbAdd(_) => Operation::AbAdd,
            Self::AbContactAdd(_) => Operation::AbContactAdd,
            Self::AbFindAll(_) => Operation::AbFindAll,
            Self::AbFindByContacts(_) => Operation::AbFindByContacts,
            Self::AbFindContactsPaged(_) => Operation::AbFindContactsPaged,
            Self::AbGroupAdd(_) => Operation::AbGroupAdd,
            Self::AbGroupContactAdd(_) => Operation::AbGroupContactAdd,
            Self::AddService(_) => Operation::AddService,
            Self::CreateCircle(_) => Operation::CreateCircle,
            Self::CreateContact(_) => Operation::CreateContact,
            Self::Done(operation) => *operation,
            Self::FindFriendsInCommon => Operation::FindFriendsInCommon,
            Self::FindMembership(_) => Operation::FindMembership,
            Self::FindMembershipByRole(_) => Operation::FindMembershipByRole,
            Self::ManageWlConnection(_) => Operation::ManageWlConnection,
        }
    }

    /// Reads the answer to an operation.
    ///
    /// # Errors
    /// When the service refuses, or answers what can't be read.
    pub fn parse(document: &[u8], to: Operation) -> Result<(ServiceHeader, Self), Refused<Refusal>> {
        let answer = Answer::parse(document, BOOK_ANSWER, to.as_str())
            .map_err(|refused| refused.map(Refusal::read))?;
        // Escargot has no fault for what can't be done here.
        if to == Operation::ManageWlConnection
            && let Some(error) = answer.result(to.as_str())?.value(CLIENT_ERROR)
        {
            return Err(Refused::Fault(Refusal::read(ReceivedFault::told(CLIENT_ERROR, error))));
        }
        let reply = match to {
            // Whoever answers with a result where none is known is taken at his word.
            Operation::AbContactDelete
            | Operation::AbContactUpdate
            | Operation::AbGroupContactDelete
            | Operation::AbGroupDelete
            | Operation::AbGroupUpdate
            | Operation::AddDynamicItem
            | Operation::AddMember
            | Operation::BreakConnection
            | Operation::DeleteContact
            | Operation::DeleteMember
            | Operation::UpdateDynamicItem
            | Operation::UpdateMember => Self::Done(to),
            Operation::AddService => {
                let number = answer.result(to.as_str())?.text().parse();
                Self::AddService(number.map_err(|_| InvalidAnswer::Value("the number"))?)
            }
            Operation::FindFriendsInCommon => Self::FindFriendsInCommon,
            to => Self::read(to, answer.result(to.as_str())?).map_err(InvalidAnswer::from)?,
        };
        Ok((ServiceHeader::read(answer.header("ServiceHeader")), reply))
    }

    fn read(to: Operation, result: &Element) -> Result<Self, Invalid> {
        let guid = |name| result.guid(name)?.ok_or(Invalid::Missing(name));
        Ok(match to {
            Operation::AbContactAdd => Self::AbContactAdd(guid("guid")?),
            Operation::AbGroupAdd => Self::AbGroupAdd(guid("guid")?),
            Operation::AbGroupContactAdd => Self::AbGroupContactAdd(guid("guid")?),
            Operation::CreateCircle => Self::CreateCircle(guid("Id")?),
            Operation::AbFindAll => Self::AbFindAll(AddressBook::read(result)?),
            Operation::AbFindByContacts => Self::AbFindByContacts(AddressBook::read(result)?),
            Operation::AbFindContactsPaged => Self::AbFindContactsPaged(AddressBook::read(result)?),
            Operation::FindMembership => Self::FindMembership(Memberships::read(result)?),
            Operation::FindMembershipByRole => Self::FindMembershipByRole(Memberships::read(result)?),
            Operation::CreateContact => Self::CreateContact(Box::new(Contact::read(result)?)),
            Operation::ManageWlConnection => Self::ManageWlConnection(Box::new(Contact::read(result)?)),
            // The rest has no result, or was read before.
            _ => Self::AbAdd(result.text().parse().map_err(|_| Invalid::Value("the id of the book"))?),
        })
    }

    /// The document, to be sent with status 200.
    pub fn to_xml(&self, header: &ServiceHeader) -> String {
        answer(
            |xml| header.write(xml),
            |xml| {
                let operation = self.operation();
                xml.raw("<");
                xml.raw(operation.as_str());
                xml.raw("Response");
                xml.attribute("xmlns", NAMESPACE);
                if matches!(self, Self::Done(_)) {
                    return xml.raw("/>");
                }
                xml.raw(">");
                self.write_result(xml, &format!("{operation}Result"));
                xml.close(&format!("{operation}Response"));
            },
        )
    }

    fn write_result(&self, xml: &mut Xml, tag: &str) {
        match self {
            Self::Done(_) => {}
            Self::AbAdd(id) => xml.plain(tag, id),
            Self::AddService(id) => xml.plain(tag, id),
            Self::AbContactAdd(id) | Self::AbGroupAdd(id) | Self::AbGroupContactAdd(id) => {
                xml.inside(tag, |xml| xml.plain("guid", id));
            }
            Self::CreateCircle(id) => xml.inside(tag, |xml| xml.plain("Id", id)),
            Self::AbFindAll(book) | Self::AbFindByContacts(book) => {
                xml.inside(tag, |xml| book.write_all(xml))
            }
            Self::AbFindContactsPaged(book) => xml.inside(tag, |xml| book.write_paged(xml)),
            Self::FindMembership(lists) | Self::FindMembershipByRole(lists) => {
                xml.inside(tag, |xml| lists.write(xml));
            }
            Self::CreateContact(contact) | Self::ManageWlConnection(contact) => {
                xml.inside(tag, |xml| contact.write(xml));
            }
            Self::FindFriendsInCommon => xml.inside(tag, find_friends_in_common::write_none),
        }
    }
}
