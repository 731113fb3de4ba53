//! `ABGroupDelete`: removes groups; the contacts in them stay. Answered with nothing.

use super::read::{Invalid, MAX_GROUPS, guids};
use super::types::ab_id;
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

/// The groups to remove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbGroupDelete {
    /// Whose book.
    pub ab_id: Guid,
    /// At least one, and no more than [`MAX_GROUPS`].
    pub groups: Vec<Guid>,
}

impl AbGroupDelete {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        Ok(Self { ab_id: ab_id(element)?, groups: group_ids(element)? })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.plain("abId", self.ab_id);
        write_group_ids(xml, &self.groups);
    }
}

/// The ids in `groupFilter/groupIds/guid`; at least one.
pub(super) fn group_ids(element: &Element) -> Result<Vec<Guid>, Invalid> {
    let groups = guids(element.find(&["groupFilter", "groupIds"]), MAX_GROUPS, "groupId")?;
    if groups.is_empty() { Err(Invalid::Missing("groupId")) } else { Ok(groups) }
}

pub(super) fn write_group_ids(xml: &mut Xml, ids: &[Guid]) {
    xml.inside("groupFilter", |xml| {
        xml.inside("groupIds", |xml| ids.iter().for_each(|id| xml.plain("guid", id)));
    });
}
