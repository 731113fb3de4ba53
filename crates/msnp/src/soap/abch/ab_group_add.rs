//! `ABGroupAdd`: makes a group. Answered with its id.

use super::read::{Invalid, Read as _};
use super::types::{GroupInfo, ab_id};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

/// The group to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbGroupAdd {
    /// Whose book.
    pub ab_id: Guid,
    /// What it is called.
    pub info: GroupInfo,
    /// Whether it gets another name if there is one of this name already.
    pub rename_on_conflict: bool,
}

impl AbGroupAdd {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let options = element.child("groupAddOptions");
        let info = element.find(&["groupInfo", "GroupInfo"]).ok_or(Invalid::Missing("GroupInfo"))?;
        let info = GroupInfo::read(info)?;
        if info.name.as_deref().is_none_or(|name| name.trim().is_empty()) {
            return Err(Invalid::Missing("name"));
        }
        Ok(Self {
            ab_id: ab_id(element)?,
            info,
            rename_on_conflict: options
                .map(|options| options.boolean("fRenameOnMsgrConflict"))
                .transpose()?
                .flatten()
                .unwrap_or_default(),
        })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.plain("abId", self.ab_id);
        xml.inside("groupAddOptions", |xml| xml.plain("fRenameOnMsgrConflict", self.rename_on_conflict));
        xml.inside("groupInfo", |xml| xml.inside("GroupInfo", |xml| self.info.write_new(xml)));
    }
}
