//! `ABContactAdd`: adds contacts. Answered with the id of the first.

use super::read::{Invalid, MAX_CONTACTS, Read as _};
use super::types::{ContactInfo, ab_id};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
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

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.plain("abId", self.ab_id);
        xml.inside("contacts", |xml| {
            for info in &self.contacts {
                xml.inside("Contact", |xml| xml.inside("contactInfo", |xml| info.write_said(xml)));
            }
        });
        write_allow_list(xml, "options", self.manages_allow_list);
    }
}

/// `EnableAllowListManagement` in the options of an operation.
pub(super) fn manages_allow_list(options: Option<&Element>) -> Result<bool, Invalid> {
    Ok(options.map(|o| o.boolean("EnableAllowListManagement")).transpose()?.flatten().unwrap_or_default())
}

/// Options with `EnableAllowListManagement`, if that is wanted.
pub(super) fn write_allow_list(xml: &mut Xml, options: &str, is_managed: bool) {
    if is_managed {
        xml.inside(options, |xml| xml.plain("EnableAllowListManagement", true));
    }
}
