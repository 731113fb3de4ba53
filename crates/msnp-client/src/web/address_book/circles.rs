//! Circles: groups of people, with an address book of their own.

use msnp::soap::abch::types::{AbHandle, OWN_BOOK};
use msnp::soap::abch::{
    AbFindContactsPaged, AddressBook as Book, BreakConnection, ConnectionAction, CreateCircle,
    ExtendedContent, ManageWlConnection, Reply, Request, Since,
};
use msnp::types::Guid;

use super::{AddressBook, Invitation};
use crate::web::Error;

/// A relationship with a circle.
const CIRCLE: u32 = 5;

/// The role of somebody who is in a circle.
const MEMBER: u32 = 3;

const fn book(circle: Guid) -> AbHandle {
    AbHandle { id: circle, cid: 0 }
}

impl AddressBook {
    /// Makes a circle, and gives its id. `my_name` is what its members see of the one who makes it.
    ///
    /// # Errors
    /// [`Error::AddressBook`], and whatever may happen on the way.
    pub async fn create_circle(&self, name: &str, my_name: &str) -> Result<Guid, Error> {
        let create = CreateCircle { display_name: name.to_owned(), caller_name: my_name.to_owned() };
        match self.ask(&Request::CreateCircle(create), "CircleSave").await? {
            Reply::CreateCircle(id) => Ok(id),
            _ => Err(self.another()),
        }
    }

    /// Who is in a circle, is invited, or was: contacts with a relationship of that kind, oneself among them.
    ///
    /// # Errors
    /// [`Error::AddressBook`], and whatever may happen on the way.
    pub async fn circle_members(&self, circle: Guid) -> Result<Book, Error> {
        let find = AbFindContactsPaged {
            book: book(circle),
            since: Since::Ever,
            include_hidden: true,
            include_shell: false,
            extended_content: ExtendedContent { ab: true, ..ExtendedContent::default() },
        };
        match self.ask(&Request::AbFindContactsPaged(find), "NewCircleDuringPull").await? {
            Reply::AbFindContactsPaged(book) => Ok(book),
            _ => Err(self.another()),
        }
    }

    /// Invites somebody to a circle, and gives his id there.
    ///
    /// # Errors
    /// [`Error::AddressBook`], and whatever may happen on the way.
    pub async fn invite_to_circle(
        &self,
        circle: Guid,
        email: &str,
        invitation: &Invitation<'_>,
    ) -> Result<Guid, Error> {
        let contact = self.create_contact(book(circle), email, Some(circle)).await?;
        let invite = ManageWlConnection {
            book: book(circle),
            contact,
            connection: true,
            presence: false,
            action: ConnectionAction::Request,
            relationship_type: CIRCLE,
            relationship_role: MEMBER,
            annotations: invitation.annotations(),
        };
        self.ask(&Request::ManageWlConnection(invite), "CircleInvite").await?;
        Ok(contact)
    }

    /// Answers an invitation.
    ///
    /// # Errors
    /// [`Error::AddressBook`], and whatever may happen on the way.
    pub async fn answer_circle(&self, circle: Guid, accept: bool) -> Result<(), Error> {
        let answer = ManageWlConnection {
            book: AbHandle { id: OWN_BOOK, cid: 0 },
            contact: circle,
            connection: true,
            presence: false,
            action: if accept { ConnectionAction::Request } else { ConnectionAction::Decline },
            relationship_type: CIRCLE,
            relationship_role: 0,
            annotations: Vec::new(),
        };
        self.ask(&Request::ManageWlConnection(answer), "CircleStatus").await.map(drop)
    }

    /// Leaves a circle, or removes somebody from it: by the id that he has there, as
    /// [`circle_members`](Self::circle_members) tells it.
    ///
    /// # Errors
    /// [`Error::AddressBook`], and whatever may happen on the way.
    pub async fn leave_circle(&self, circle: Guid, member: Guid) -> Result<(), Error> {
        let leave = BreakConnection {
            book: book(circle),
            contact: member,
            delete_contact: false,
            block_contact: false,
        };
        self.ask(&Request::BreakConnection(leave), "CircleLeave").await.map(drop)
    }
}
