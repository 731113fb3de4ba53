//! Groups.

use msnp::soap::abch::types::{Annotation, GroupInfo, OWN_BOOK};
use msnp::soap::abch::{
    AbGroupAdd, AbGroupContactAdd, AbGroupContactDelete, AbGroupDelete, AbGroupUpdate, ContactSpec,
    ErrorCode, GroupChange, Reply, Request,
};
use msnp::types::Guid;

use super::{AddressBook, is};
use crate::web::Error;

/// Why groups are changed.
const WHY: &str = "GroupSave";

impl AddressBook {
    /// Makes a group, and gives its id.
    ///
    /// # Errors
    /// [`Error::AddressBook`], for instance if there is one of this name, and whatever may happen on the way.
    pub async fn add_group(&self, name: &str) -> Result<Guid, Error> {
        let info = GroupInfo {
            annotations: vec![Annotation::new(Annotation::DISPLAY, "1")],
            name: Some(name.to_owned()),
            ..GroupInfo::default()
        };
        let add = AbGroupAdd { ab_id: OWN_BOOK, info, rename_on_conflict: false };
        match self.ask(&Request::AbGroupAdd(add), WHY).await? {
            Reply::AbGroupAdd(id) => Ok(id),
            _ => Err(self.another()),
        }
    }

    /// Renames a group.
    ///
    /// # Errors
    /// [`Error::AddressBook`], and whatever may happen on the way.
    pub async fn rename_group(&self, group: Guid, name: &str) -> Result<(), Error> {
        let info = GroupInfo { name: Some(name.to_owned()), ..GroupInfo::default() };
        let update = AbGroupUpdate { ab_id: OWN_BOOK, groups: vec![GroupChange { id: group, info }] };
        self.ask(&Request::AbGroupUpdate(update), WHY).await.map(drop)
    }

    /// Removes a group; those who were in it stay contacts. One that is not there is as good as removed.
    ///
    /// # Errors
    /// [`Error::AddressBook`], and whatever may happen on the way.
    pub async fn delete_group(&self, group: Guid) -> Result<(), Error> {
        let delete = AbGroupDelete { ab_id: OWN_BOOK, groups: vec![group] };
        match self.ask(&Request::AbGroupDelete(delete), WHY).await {
            Err(error) if !is(&error, ErrorCode::GroupDoesNotExist) => Err(error),
            _ => Ok(()),
        }
    }

    /// Puts a contact into a group.
    ///
    /// # Errors
    /// [`Error::AddressBook`], and whatever may happen on the way.
    pub async fn add_to_group(&self, group: Guid, contact: Guid) -> Result<(), Error> {
        let add = AbGroupContactAdd {
            ab_id: OWN_BOOK,
            groups: vec![group],
            contacts: vec![ContactSpec::Id(contact)],
            manages_allow_list: false,
        };
        self.ask(&Request::AbGroupContactAdd(add), WHY).await.map(drop)
    }

    /// Takes a contact out of a group.
    ///
    /// # Errors
    /// [`Error::AddressBook`], and whatever may happen on the way.
    pub async fn remove_from_group(&self, group: Guid, contact: Guid) -> Result<(), Error> {
        let delete = AbGroupContactDelete { ab_id: OWN_BOOK, groups: vec![group], contacts: vec![contact] };
        self.ask(&Request::AbGroupContactDelete(delete), WHY).await.map(drop)
    }
}
