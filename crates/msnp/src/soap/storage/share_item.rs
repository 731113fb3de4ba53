//! `ShareItem`: lets contacts see a profile, which they may as it is. Answered with its id.

use super::{Invalid, ResourceId};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// What is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareItem {
    /// Which.
    pub id: ResourceId,
}

impl ShareItem {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        Ok(Self { id: ResourceId::in_child(element, "resourceID")? })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.plain("resourceID", self.id);
        xml.text("displayName", "Messenger Roaming Identity");
    }
}
