//! `ABGroupContactAdd`: puts contacts into groups, and makes them if they are new. Answered with the id of the first.

use super::ab_contact_add::{manages_allow_list, write_allow_list};
use super::ab_group_delete::{group_ids, write_group_ids};
use super::read::{Invalid, MAX_CONTACTS, Read as _};
use super::types::{ContactInfo, ab_id};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

/// Who goes where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbGroupContactAdd {
    /// Whose book.
    pub ab_id: Guid,
    /// At least one.
    pub groups: Vec<Guid>,
    /// At least one.
    pub contacts: Vec<ContactSpec>,
    /// As in [`AbContactAdd`](super::AbContactAdd), for those who are new.
    pub manages_allow_list: bool,
}

/// A contact that is there, or one that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "a request has one of them, or a few")]
pub enum ContactSpec {
    /// He is there.
    Id(Guid),
    /// He is to be made.
    New(ContactInfo),
}

impl AbGroupContactAdd {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let contacts = element.child("contacts").ok_or(Invalid::Missing("contacts"))?;
        let contacts = contacts.each("Contact", MAX_CONTACTS, |contact| {
            if let Some(id) = contact.guid("contactId")? {
                return Ok(ContactSpec::Id(id));
            }
            let info = contact.child("contactInfo").ok_or(Invalid::Missing("contactId"))?;
            ContactInfo::read(info).map(ContactSpec::New)
        })?;
        if contacts.is_empty() {
            return Err(Invalid::Missing("Contact"));
        }
        let options = element.child("groupContactAddOptions").or_else(|| element.child("options"));
        Ok(Self {
            ab_id: ab_id(element)?,
            groups: group_ids(element)?,
            contacts,
            manages_allow_list: manages_allow_list(options)?,
        })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.plain("abId", self.ab_id);
        write_group_ids(xml, &self.groups);
        xml.inside("contacts", |xml| {
            for contact in &self.contacts {
                xml.inside("Contact", |xml| match contact {
                    ContactSpec::Id(id) => xml.plain("contactId", id),
                    ContactSpec::New(info) => xml.inside("contactInfo", |xml| info.write_said(xml)),
                });
            }
        });
        write_allow_list(xml, "groupContactAddOptions", self.manages_allow_list);
    }
}
