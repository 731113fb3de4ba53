//! `ABAdd`: makes an address book. Answered with its id.

use super::read::{Invalid, MAX_TEXT, Read as _};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// What is said about the book to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbAdd {
    /// Mostly empty.
    pub name: String,
    /// The owner's address.
    pub owner_email: String,
    /// Whether it is to be the owner's own.
    pub is_default: bool,
}

impl AbAdd {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let info = element.child("abInfo").ok_or(Invalid::Missing("abInfo"))?;
        Ok(Self {
            name: info.bounded("name", MAX_TEXT)?.unwrap_or_default(),
            owner_email: info.bounded("ownerEmail", MAX_TEXT)?.unwrap_or_default().trim().to_owned(),
            is_default: info.boolean("fDefault")?.unwrap_or(true),
        })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.inside("abInfo", |xml| {
            xml.text("name", &self.name);
            xml.plain("ownerPuid", 0);
            xml.text("ownerEmail", &self.owner_email);
            xml.plain("fDefault", self.is_default);
        });
    }
}
