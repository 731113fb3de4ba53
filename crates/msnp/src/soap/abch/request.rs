//! Any request.

use super::operation::Operation;
use super::read::Invalid;
use super::types::OWN_BOOK;
use super::*;
use crate::soap::envelope::request;
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

/// What the address book is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is called as the operation it stands for")]
pub enum Request {
    AbAdd(AbAdd),
    AbContactAdd(AbContactAdd),
    AbContactDelete(AbContactDelete),
    AbContactUpdate(AbContactUpdate),
    AbFindAll(AbFindAll),
    AbFindByContacts(AbFindByContacts),
    AbFindContactsPaged(AbFindContactsPaged),
    AbGroupAdd(AbGroupAdd),
    AbGroupContactAdd(AbGroupContactAdd),
    AbGroupContactDelete(AbGroupContactDelete),
    AbGroupDelete(AbGroupDelete),
    AbGroupUpdate(AbGroupUpdate),
    AddDynamicItem(DynamicItems),
    AddMember(MemberChange),
    AddService(AddService),
    BreakConnection(BreakConnection),
    CreateCircle(CreateCircle),
    CreateContact(Box<CreateContact>),
    DeleteContact(DeleteContact),
    DeleteMember(MemberChange),
    FindFriendsInCommon(FindFriendsInCommon),
    FindMembership(FindMembership),
    FindMembershipByRole(FindMembershipByRole),
    ManageWlConnection(ManageWlConnection),
    UpdateDynamicItem(DynamicItems),
    UpdateMember(MemberChange),
}

impl Request {
    /// Reads what stands in the body of an envelope.
    ///
    /// # Errors
    /// When the operation is unknown, something in it is missing or can't be read, or is too long or too much.
    pub fn read(element: &Element) -> Result<Self, Invalid> {
        let operation =
            Operation::named(element.name()).ok_or_else(|| Invalid::unknown_operation(element.name()))?;
        Ok(match operation {
            Operation::AbAdd => Self::AbAdd(AbAdd::read(element)?),
            Operation::AbContactAdd => Self::AbContactAdd(AbContactAdd::read(element)?),
            Operation::AbContactDelete => Self::AbContactDelete(AbContactDelete::read(element)?),
            Operation::AbContactUpdate => Self::AbContactUpdate(AbContactUpdate::read(element)?),
            Operation::AbFindAll => Self::AbFindAll(AbFindAll::read(element)?),
            Operation::AbFindByContacts => Self::AbFindByContacts(AbFindByContacts::read(element)?),
            Operation::AbFindContactsPaged => Self::AbFindContactsPaged(AbFindContactsPaged::read(element)?),
            Operation::AbGroupAdd => Self::AbGroupAdd(AbGroupAdd::read(element)?),
            Operation::AbGroupContactAdd => Self::AbGroupContactAdd(AbGroupContactAdd::read(element)?),
            Operation::AbGroupContactDelete => {
                Self::AbGroupContactDelete(AbGroupContactDelete::read(element)?)
            }
            Operation::AbGroupDelete => Self::AbGroupDelete(AbGroupDelete::read(element)?),
            Operation::AbGroupUpdate => Self::AbGroupUpdate(AbGroupUpdate::read(element)?),
            Operation::AddDynamicItem => Self::AddDynamicItem(DynamicItems::read(element)?),
            Operation::AddMember => Self::AddMember(MemberChange::read(element)?),
            Operation::AddService => Self::AddService(AddService::read(element)?),
            Operation::BreakConnection => Self::BreakConnection(BreakConnection::read(element)?),
            Operation::CreateCircle => Self::CreateCircle(CreateCircle::read(element)?),
            Operation::CreateContact => Self::CreateContact(Box::new(CreateContact::read(element)?)),
            Operation::DeleteContact => Self::DeleteContact(DeleteContact::read(element)?),
            Operation::DeleteMember => Self::DeleteMember(MemberChange::read(element)?),
            Operation::FindFriendsInCommon => Self::FindFriendsInCommon(FindFriendsInCommon::read(element)?),
            Operation::FindMembership => Self::FindMembership(FindMembership::read(element)?),
            Operation::FindMembershipByRole => {
                Self::FindMembershipByRole(FindMembershipByRole::read(element)?)
            }
            Operation::ManageWlConnection => Self::ManageWlConnection(ManageWlConnection::read(element)?),
            Operation::UpdateDynamicItem => Self::UpdateDynamicItem(DynamicItems::read(element)?),
            Operation::UpdateMember => Self::UpdateMember(MemberChange::read(element)?),
        })
    }

    /// The document, to be sent with [`Operation::action`].
    pub fn to_xml(&self, headers: &Headers) -> String {
        request(
            |xml| headers.write(xml),
            |xml| xml.inside_in(NAMESPACE, self.operation().as_str(), |xml| self.write(xml)),
        )
    }

    fn write(&self, xml: &mut Xml) {
        match self {
            Self::AbAdd(request) => request.write(xml),
            Self::AbContactAdd(request) => request.write(xml),
            Self::AbContactDelete(request) => request.write(xml),
            Self::AbContactUpdate(request) => request.write(xml),
            Self::AbFindAll(request) => request.write(xml),
            Self::AbFindByContacts(request) => request.write(xml),
            Self::AbFindContactsPaged(request) => request.write(xml),
            Self::AbGroupAdd(request) => request.write(xml),
            Self::AbGroupContactAdd(request) => request.write(xml),
            Self::AbGroupContactDelete(request) => request.write(xml),
            Self::AbGroupDelete(request) => request.write(xml),
            Self::AbGroupUpdate(request) => request.write(xml),
            Self::AddService(request) => request.write(xml),
            Self::BreakConnection(request) => request.write(xml),
            Self::CreateCircle(request) => request.write(xml),
            Self::CreateContact(request) => request.write(xml),
            Self::DeleteContact(request) => request.write(xml),
            Self::FindFriendsInCommon(request) => request.write(xml),
            Self::FindMembership(request) => request.write(xml),
            Self::FindMembershipByRole(request) => request.write(xml),
            Self::ManageWlConnection(request) => request.write(xml),
            Self::AddDynamicItem(request) | Self::UpdateDynamicItem(request) => request.write(xml),
            Self::AddMember(request) | Self::DeleteMember(request) | Self::UpdateMember(request) => {
                request.write(xml)
            }
        }
    }

    /// Which operation it is.
    pub const fn operation(&self) -> Operation {
        match self {
            Self::AbAdd(_) => Operation::AbAdd,
            Self::AbContactAdd(_) => Operation::AbContactAdd,
            Self::AbContactDelete(_) => Operation::AbContactDelete,
            Self::AbContactUpdate(_) => Operation::AbContactUpdate,
            Self::AbFindAll(_) => Operation::AbFindAll,
            Self::AbFindByContacts(_) => Operation::AbFindByContacts,
            Self::AbFindContactsPaged(_) => Operation::AbFindContactsPaged,
            Self::AbGroupAdd(_) => Operation::AbGroupAdd,
            Self::AbGroupContactAdd(_) => Operation::AbGroupContactAdd,
            Self::AbGroupContactDelete(_) => Operation::AbGroupContactDelete,
            Self::AbGroupDelete(_) => Operation::AbGroupDelete,
            Self::AbGroupUpdate(_) => Operation::AbGroupUpdate,
            Self::AddDynamicItem(_) => Operation::AddDynamicItem,
            Self::AddMember(_) => Operation::AddMember,
            Self::AddService(_) => Operation::AddService,
            Self::BreakConnection(_) => Operation::BreakConnection,
            Self::CreateCircle(_) => Operation::CreateCircle,
            Self::CreateContact(_) => Operation::CreateContact,
            Self::DeleteContact(_) => Operation::DeleteContact,
            Self::DeleteMember(_) => Operation::DeleteMember,
            Self::FindFriendsInCommon(_) => Operation::FindFriendsInCommon,
            Self::FindMembership(_) => Operation::FindMembership,
            Self::FindMembershipByRole(_) => Operation::FindMembershipByRole,
            Self::ManageWlConnection(_) => Operation::ManageWlConnection,
            Self::UpdateDynamicItem(_) => Operation::UpdateDynamicItem,
            Self::UpdateMember(_) => Operation::UpdateMember,
        }
    }

    /// The address book it is about: [`OWN_BOOK`] is one's own, and all that is not about a particular one. Others are
    /// circles', or somebody else's.
    pub const fn book(&self) -> Guid {
        match self {
            Self::AbContactAdd(request) => request.ab_id,
            Self::AbContactDelete(request) => request.ab_id,
            Self::AbContactUpdate(request) => request.ab_id,
            Self::AbFindAll(request) => request.ab_id,
            Self::AbFindByContacts(request) => request.ab_id,
            Self::AbFindContactsPaged(request) => request.book.id,
            Self::AbGroupAdd(request) => request.ab_id,
            Self::AbGroupContactAdd(request) => request.ab_id,
            Self::AbGroupContactDelete(request) => request.ab_id,
            Self::AbGroupDelete(request) => request.ab_id,
            Self::AbGroupUpdate(request) => request.ab_id,
            Self::AddDynamicItem(request) | Self::UpdateDynamicItem(request) => request.ab_id,
            Self::BreakConnection(request) => request.book.id,
            Self::CreateContact(request) => request.book.id,
            Self::ManageWlConnection(request) => request.book.id,
            Self::AbAdd(_)
            | Self::AddMember(_)
            | Self::AddService(_)
            | Self::CreateCircle(_)
            | Self::DeleteContact(_)
            | Self::DeleteMember(_)
            | Self::FindFriendsInCommon(_)
            | Self::FindMembership(_)
            | Self::FindMembershipByRole(_)
            | Self::UpdateMember(_) => OWN_BOOK,
        }
    }
}
