//! A contact in an address book.

use super::{ContactInfo, ContactType, Timestamp};
use crate::soap::abch::properties::Properties;
use crate::soap::abch::read::{Invalid, Read as _};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

/// A contact as it is told to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// His id, which is his GUID in MSNP10-12.
    pub id: Guid,
    /// What is known of him.
    pub info: ContactInfo,
    /// When that changed last.
    pub last_change: Timestamp,
    /// Whether he is no more. Then little but the id is told.
    pub deleted: bool,
}

impl Contact {
    /// The contents of the element.
    pub(in crate::soap::abch) fn write(&self, xml: &mut Xml) {
        xml.plain("contactId", self.id);
        xml.inside("contactInfo", |xml| {
            if self.deleted {
                // Without the type some readers would take him for the first in their list of types: oneself.
                xml.plain("contactType", self.info.contact_type.unwrap_or(ContactType::Regular));
                xml.some_text("passportName", self.info.passport_name.as_deref());
            } else {
                self.info.write(xml);
            }
        });
        xml.empty("propertiesChanged");
        xml.plain("fDeleted", self.deleted);
        xml.plain("lastChange", self.last_change);
    }
}

/// Whose data a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactRef {
    /// A contact's.
    Id(Guid),
    /// One's own.
    Me,
}

impl ContactRef {
    /// By `contactId`, or by the type `Me` if there is no id.
    pub(in crate::soap::abch) fn read(contact: &Element, info: &ContactInfo) -> Result<Self, Invalid> {
        match (contact.guid("contactId")?, info.contact_type) {
            (Some(id), _) => Ok(Self::Id(id)),
            (None, Some(ContactType::Me)) => Ok(Self::Me),
            (None, _) => Err(Invalid::Missing("contactId")),
        }
    }
}

impl Contact {
    /// One of an answer.
    pub(in crate::soap::abch) fn read(contact: &Element) -> Result<Self, Invalid> {
        Ok(Self {
            id: contact.guid("contactId")?.ok_or(Invalid::Missing("contactId"))?,
            info: contact.child("contactInfo").map_or(Ok(ContactInfo::default()), ContactInfo::read)?,
            last_change: contact.time("lastChange").unwrap_or_default(),
            deleted: contact.boolean("fDeleted")?.unwrap_or_default(),
        })
    }
}

impl ContactInfo {
    /// A `Contact` element that wants something changed.
    pub(in crate::soap::abch) fn write_change(&self, whose: ContactRef, xml: &mut Xml) {
        if let ContactRef::Id(id) = whose {
            xml.plain("contactId", id);
        }
        xml.inside("contactInfo", |xml| {
            if whose == ContactRef::Me && self.contact_type.is_none() {
                xml.plain("contactType", ContactType::Me);
            }
            self.write_said(xml);
        });
        xml.text("propertiesChanged", &self.changed());
    }

    /// What a `Contact` element wants changed.
    pub(in crate::soap::abch) fn read_change(contact: &Element) -> Result<(ContactRef, Self), Invalid> {
        let info = contact.child("contactInfo").map_or(Ok(Self::default()), Self::read)?;
        let whose = ContactRef::read(contact, &info)?;
        let listed = contact
            .child("propertiesChanged")
            .or_else(|| contact.find(&["contactInfo", "propertiesChanged"]));
        Ok((whose, info.only(&Properties::read(listed))))
    }
}
