//! Who may see whom.

use msnp::soap::abch::types::{Handle, Member, MembershipId, Role, Whom};
use msnp::soap::abch::{ErrorCode, MemberChange, Request};

use super::{AddressBook, is};
use crate::web::Error;

impl AddressBook {
    /// Puts somebody on a list. Who stands there already stays there.
    ///
    /// # Errors
    /// [`Error::AddressBook`], and whatever may happen on the way.
    pub async fn add_member(&self, role: Role, whom: Whom) -> Result<(), Error> {
        let request = Request::AddMember(change(role, Member::new(whom)));
        match self.ask(&request, "BlockUnblock").await {
            Err(error) if !is(&error, ErrorCode::MemberAlreadyExists) => Err(error),
            _ => Ok(()),
        }
    }

    /// Takes somebody off a list. Who does not stand there is as good as taken off.
    ///
    /// # Errors
    /// [`Error::AddressBook`], and whatever may happen on the way.
    pub async fn delete_member(&self, role: Role, whom: Whom) -> Result<(), Error> {
        self.delete(role, Member::new(whom)).await
    }

    /// The same by the number of the membership, as the pending list needs it of some services.
    ///
    /// # Errors
    /// [`Error::AddressBook`], and whatever may happen on the way.
    pub async fn delete_membership(&self, role: Role, id: MembershipId, whom: Whom) -> Result<(), Error> {
        self.delete(role, Member { id: Some(id), ..Member::new(whom) }).await
    }

    async fn delete(&self, role: Role, member: Member) -> Result<(), Error> {
        let request = Request::DeleteMember(change(role, member));
        match self.ask(&request, "BlockUnblock").await {
            Err(error) if !is(&error, ErrorCode::MemberDoesNotExist) => Err(error),
            _ => Ok(()),
        }
    }

    /// Blocks somebody: he may neither see nor write.
    ///
    /// # Errors
    /// [`Error::AddressBook`], and whatever may happen on the way.
    pub async fn block(&self, whom: Whom) -> Result<(), Error> {
        self.delete_member(Role::Allow, whom.clone()).await?;
        self.add_member(Role::Block, whom).await
    }

    /// Blocks somebody no more.
    ///
    /// # Errors
    /// [`Error::AddressBook`], and whatever may happen on the way.
    pub async fn unblock(&self, whom: Whom) -> Result<(), Error> {
        self.delete_member(Role::Block, whom.clone()).await?;
        self.add_member(Role::Allow, whom).await
    }
}

fn change(role: Role, member: Member) -> MemberChange {
    MemberChange { service: Handle::messenger(), members: vec![(role, member)] }
}
