//! `FindDocuments`: which pictures there are.

use super::{Handle, Invalid, ResourceId, text};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// The most documents that one answer names.
pub const MAX_CHUNK: u32 = 25;

/// Where to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindDocuments {
    /// Where.
    pub handle: Handle,
    /// How many to name at most, up to [`MAX_CHUNK`].
    pub most: u32,
}

impl FindDocuments {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let chunk = element.find(&["findContext", "ChunkSize"]).and_then(|size| size.text().parse().ok());
        Ok(Self {
            handle: Handle::read(element.child("objectHandle"), "objectHandle")?,
            most: chunk.unwrap_or(MAX_CHUNK).min(MAX_CHUNK),
        })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        self.handle.write(xml, "objectHandle");
        xml.inside("documentAttributes", |xml| {
            xml.plain("ResourceID", true);
            xml.plain("Name", true);
        });
        xml.inside("documentFilter", |xml| xml.text("FilterAttributes", "None"));
        xml.inside("documentSort", |xml| xml.text("SortBy", "DateModified"));
        xml.inside("findContext", |xml| {
            xml.text("FindMethod", "Default");
            xml.plain("ChunkSize", self.most);
        });
    }
}

/// A document that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub id: ResourceId,
    /// What it is called.
    pub name: String,
}

impl Found {
    pub(super) fn read(document: &Element) -> Result<Self, Invalid> {
        Ok(Self {
            id: ResourceId::in_child(document, "ResourceID")?,
            name: text(document, &["Name"])?.unwrap_or_default(),
        })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.inside("Document", |xml| {
            xml.plain("ResourceID", self.id);
            xml.text("Name", &self.name);
        });
    }
}
