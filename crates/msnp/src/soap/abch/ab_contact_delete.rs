//! `ABContactDelete` and `DeleteContact`: remove contacts, from all groups too. The lists of who may see whom stay.
//! Answered with nothing.

use super::read::{Invalid, MAX_CONTACTS, Read as _};
use super::types::ab_id;
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

/// The contacts to remove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbContactDelete {
    /// Whose book.
    pub ab_id: Guid,
    /// At least one.
    pub contacts: Vec<Guid>,
}

impl AbContactDelete {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        Ok(Self { ab_id: ab_id(element)?, contacts: contact_ids(element)? })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.plain("abId", self.ab_id);
        write_contact_ids(xml, &self.contacts);
    }
}

/// The contact to remove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteContact {
    /// His id.
    pub contact: Guid,
}

impl DeleteContact {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        Ok(Self { contact: element.guid("contactId")?.ok_or(Invalid::Missing("contactId"))? })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.plain("contactId", self.contact);
    }
}

/// The ids in `contacts/Contact/contactId`; at least one.
pub(super) fn contact_ids(element: &Element) -> Result<Vec<Guid>, Invalid> {
    let contacts = element.child("contacts").ok_or(Invalid::Missing("contacts"))?;
    let ids = contacts.each("Contact", MAX_CONTACTS, |contact| {
        contact.guid("contactId")?.ok_or(Invalid::Missing("contactId"))
    })?;
    if ids.is_empty() { Err(Invalid::Missing("contactId")) } else { Ok(ids) }
}

pub(super) fn write_contact_ids(xml: &mut Xml, ids: &[Guid]) {
    xml.inside("contacts", |xml| {
        for id in ids {
            xml.inside("Contact", |xml| xml.plain("contactId", id));
        }
    });
}
