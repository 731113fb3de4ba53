//! `ABContactUpdate`: changes contacts, or one's own data. Answered with nothing.

use super::read::{Invalid, MAX_CONTACTS, Read as _};
use super::types::{ContactInfo, ContactRef, ab_id};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

/// The changes to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbContactUpdate {
    /// Whose book.
    pub ab_id: Guid,
    /// At least one.
    pub contacts: Vec<ContactChange>,
}

/// A change of one contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactChange {
    /// Whose data.
    pub contact: ContactRef,
    /// What becomes of them: only what the list of changed properties names. What is none stays, an empty text goes.
    pub info: ContactInfo,
}

impl AbContactUpdate {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let contacts = element.child("contacts").ok_or(Invalid::Missing("contacts"))?;
        let contacts = contacts.each("Contact", MAX_CONTACTS, |contact| {
            let (contact, info) = ContactInfo::read_change(contact)?;
            Ok(ContactChange { contact, info })
        })?;
        if contacts.is_empty() {
            return Err(Invalid::Missing("Contact"));
        }
        Ok(Self { ab_id: ab_id(element)?, contacts })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.plain("abId", self.ab_id);
        xml.inside("contacts", |xml| {
            for ContactChange { contact, info } in &self.contacts {
                xml.inside("Contact", |xml| info.write_change(*contact, xml));
            }
        });
    }
}
