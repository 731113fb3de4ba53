//! `CreateDocument`: a new picture. Answered with its id.

use super::{Handle, Invalid, picture, text};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// The picture.
#[derive(Clone, PartialEq, Eq)]
pub struct CreateDocument {
    /// Where it goes.
    pub parent: Handle,
    /// What the client calls it.
    pub name: String,
    /// Its bytes, as they were before base64.
    pub picture: Vec<u8>,
}

impl CreateDocument {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let document = element.child("document").ok_or(Invalid::Missing("document"))?;
        Ok(Self {
            parent: Handle::read(element.child("parentHandle"), "parentHandle")?,
            name: text(document, &["Name"])?.unwrap_or_default(),
            picture: picture::read(document)?.ok_or(Invalid::Missing("DocumentStream"))?,
        })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        self.parent.write(xml, "parentHandle");
        xml.open("document xsi:type=\"Photo\"");
        xml.text("Name", &self.name);
        picture::write(xml, &self.picture);
        xml.close("document");
        xml.text("relationshipName", "Messenger User Tile");
    }
}

/// Without the picture.
impl std::fmt::Debug for CreateDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { parent, name, picture } = self;
        write!(f, "CreateDocument({parent:?}, {name:?}, <{} bytes>)", picture.len())
    }
}
