//! `ABGroupContactDelete`: takes contacts out of groups. Answered with nothing.

use super::ab_contact_delete::{contact_ids, write_contact_ids};
use super::ab_group_delete::{group_ids, write_group_ids};
use super::read::Invalid;
use super::types::ab_id;
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

/// Who goes out of where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbGroupContactDelete {
    /// Whose book.
    pub ab_id: Guid,
    /// At least one.
    pub groups: Vec<Guid>,
    /// At least one.
    pub contacts: Vec<Guid>,
}

impl AbGroupContactDelete {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        Ok(Self { ab_id: ab_id(element)?, groups: group_ids(element)?, contacts: contact_ids(element)? })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.plain("abId", self.ab_id);
        write_contact_ids(xml, &self.contacts);
        write_group_ids(xml, &self.groups);
    }
}
