//! `ABGroupUpdate`: renames groups. Answered with nothing.

use super::properties::Properties;
use super::read::{Invalid, MAX_GROUPS, Read as _};
use super::types::{GroupInfo, ab_id};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

/// The changes to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbGroupUpdate {
    /// Whose book.
    pub ab_id: Guid,
    /// At least one.
    pub groups: Vec<GroupChange>,
}

/// A change of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupChange {
    /// Which.
    pub id: Guid,
    /// What becomes of it: only what the list of changed properties names. A name is never empty.
    pub info: GroupInfo,
}

impl AbGroupUpdate {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let groups = element.child("groups").ok_or(Invalid::Missing("groups"))?;
        let groups = groups.each("Group", MAX_GROUPS, |group| {
            let info = group.child("groupInfo").map_or(Ok(GroupInfo::default()), GroupInfo::read)?;
            let info = info.only(&Properties::read(group.child("propertiesChanged")));
            if info.name.as_deref().is_some_and(|name| name.trim().is_empty()) {
                return Err(Invalid::Missing("name"));
            }
            Ok(GroupChange { id: group.guid("groupId")?.ok_or(Invalid::Missing("groupId"))?, info })
        })?;
        if groups.is_empty() {
            return Err(Invalid::Missing("Group"));
        }
        Ok(Self { ab_id: ab_id(element)?, groups })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.plain("abId", self.ab_id);
        xml.inside("groups", |xml| {
            for GroupChange { id, info } in &self.groups {
                xml.inside("Group", |xml| {
                    xml.plain("groupId", id);
                    xml.inside("groupInfo", |xml| info.write_said(xml));
                    xml.text("propertiesChanged", &info.changed());
                });
            }
        });
    }
}
