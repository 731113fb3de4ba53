//! `DeleteRelationships`: takes pictures out of where they are. Answered with nothing.

use super::{Handle, Invalid, ResourceId, each};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// What is to be taken out of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteRelationships {
    /// What they are in: the place of pictures, or the profile, which then shows none.
    pub source: Handle,
    /// Which; at least one.
    pub targets: Vec<ResourceId>,
}

impl DeleteRelationships {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let list = element.child("targetHandles").ok_or(Invalid::Missing("targetHandles"))?;
        Ok(Self {
            source: Handle::read(element.child("sourceHandle"), "sourceHandle")?,
            targets: each(list, "ObjectHandle", |handle| ResourceId::in_child(handle, "ResourceID"))?,
        })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        self.source.write(xml, "sourceHandle");
        xml.inside("targetHandles", |xml| {
            for target in &self.targets {
                xml.inside("ObjectHandle", |xml| xml.plain("ResourceID", target));
            }
        });
    }
}
