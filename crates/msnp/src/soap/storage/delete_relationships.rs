//! `DeleteRelationships`: takes pictures out of where they are. Answered with nothing.

use super::{Handle, Invalid, ResourceId, each};
use crate::soap::tree::Element;

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
}
