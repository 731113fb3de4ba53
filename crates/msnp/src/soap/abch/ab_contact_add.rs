//! `ABContactAdd`: adds contacts. Answered with the id of the first.

use super::read::{Invalid, MAX_CONTACTS, Read as _};
use super::types::{ContactInfo, ab_id};
use crate::soap::tree::Element;
use crate::types::Guid;

/// The contacts to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbContactAdd {
    /// Whose book.
    pub ab_id: Guid,
    /// At least one.
    pub contacts: Vec<ContactInfo>,
    /// Whether the contact goes on the allow list too, unless he is blocked: some clients don't say so otherwise.
    pub manages_allow_list: bool,
}

impl AbContactAdd {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let contacts = element.child("contacts").ok_or(Invalid::Missing("contacts"))?;
        let contacts = contacts.each("Contact", MAX_CONTACTS, |contact| {
            ContactInfo::read(contact.child("contactInfo").ok_or(Invalid::Missing("contactInfo"))?)
        })?;
        if contacts.is_empty() {
            return Err(Invalid::Missing("Contact"));
        }
        Ok(Self {
            ab_id: ab_id(element)?,
            contacts,
            manages_allow_list: manages_allow_list(element.child("options"))?,
        })
    }
}

/// `EnableAllowListManagement` in the options of an operation.
pub(super) fn manages_allow_list(options: Option<&Element>) -> Result<bool, Invalid> {
    Ok(options.map(|o| o.boolean("EnableAllowListManagement")).transpose()?.flatten().unwrap_or_default())
}
