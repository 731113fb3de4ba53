//! What the address book can be asked for.

use super::NAMESPACE;
use super::types::names;

names! {
    /// An operation. Both addresses of the service take all of them: clients mix them up.
    pub enum Operation {
        /// Makes an address book.
        AbAdd = "ABAdd",
        /// Adds contacts.
        AbContactAdd = "ABContactAdd",
        /// Removes contacts.
        AbContactDelete = "ABContactDelete",
        /// Changes contacts, or one's own data.
        AbContactUpdate = "ABContactUpdate",
        /// Tells the address book, as clients before 2009 ask.
        AbFindAll = "ABFindAll",
        /// Tells some contacts.
        AbFindByContacts = "ABFindByContacts",
        /// Tells the address book, as clients from 2009 on ask.
        AbFindContactsPaged = "ABFindContactsPaged",
        /// Makes a group.
        AbGroupAdd = "ABGroupAdd",
        /// Puts contacts into a group, and makes them if they are new.
        AbGroupContactAdd = "ABGroupContactAdd",
        /// Takes contacts out of a group.
        AbGroupContactDelete = "ABGroupContactDelete",
        /// Removes groups.
        AbGroupDelete = "ABGroupDelete",
        /// Renames groups.
        AbGroupUpdate = "ABGroupUpdate",
        /// Adds what one is shown of others.
        AddDynamicItem = "AddDynamicItem",
        /// Puts people on lists.
        AddMember = "AddMember",
        /// Adds a service with lists of its own.
        AddService = "AddService",
        /// Ends a connection.
        BreakConnection = "BreakConnection",
        /// Makes a circle.
        CreateCircle = "CreateCircle",
        /// Adds a contact, as clients from 2009 on do.
        CreateContact = "CreateContact",
        /// Removes a contact.
        DeleteContact = "DeleteContact",
        /// Takes people off lists.
        DeleteMember = "DeleteMember",
        /// Tells whom one knows with somebody else.
        FindFriendsInCommon = "FindFriendsInCommon",
        /// Tells the lists.
        FindMembership = "FindMembership",
        /// Tells some of the lists.
        FindMembershipByRole = "FindMembershipByRole",
        /// Asks for a connection, or answers.
        ManageWlConnection = "ManageWLConnection",
        /// Changes what one is shown of others.
        UpdateDynamicItem = "UpdateDynamicItem",
        /// Changes people on lists.
        UpdateMember = "UpdateMember",
    }
}

impl Operation {
    /// What a request says in its HTTP header `SOAPAction`.
    pub fn action(self) -> String {
        format!("{NAMESPACE}/{self}")
    }

    /// Whether it may change something. The same request twice within seconds is one (web-services reference, 12.1).
    pub const fn modifies(self) -> bool {
        !matches!(
            self,
            Self::AbFindAll
                | Self::AbFindByContacts
                | Self::AbFindContactsPaged
                | Self::FindFriendsInCommon
                | Self::FindMembership
                | Self::FindMembershipByRole
        )
    }
}
