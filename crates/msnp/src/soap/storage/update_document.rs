//! `UpdateDocument`: another picture in place of one. Answered with nothing.

use super::{Invalid, ResourceId, picture, text};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// What is to be different.
#[derive(Clone, PartialEq, Eq)]
pub struct UpdateDocument {
    /// The picture that is there.
    pub id: ResourceId,
    /// What it is called from here on, if something else.
    pub name: Option<String>,
    /// The new one's bytes, as they were before base64, if there is one.
    pub picture: Option<Vec<u8>>,
}

impl UpdateDocument {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let document = element.child("document").ok_or(Invalid::Missing("document"))?;
        Ok(Self {
            id: ResourceId::in_child(document, "ResourceID")?,
            name: text(document, &["Name"])?,
            picture: picture::read(document)?,
        })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.open("document xsi:type=\"Photo\"");
        xml.plain("ResourceID", self.id);
        xml.some_text("Name", self.name.as_deref());
        if let Some(picture) = &self.picture {
            picture::write(xml, picture);
        }
        xml.close("document");
    }
}

/// Without the picture.
impl std::fmt::Debug for UpdateDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, name, picture } = self;
        write!(f, "UpdateDocument({id}, {name:?}, <{} bytes>)", picture.as_ref().map_or(0, Vec::len))
    }
}
