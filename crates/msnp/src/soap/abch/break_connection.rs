//! `BreakConnection`: ends a connection, or leaves a circle. Answered with nothing.

use super::read::{Invalid, Read as _};
use super::types::AbHandle;
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

/// The connection to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakConnection {
    /// Whose book.
    pub book: AbHandle,
    /// With whom.
    pub contact: Guid,
    /// Whether he is removed too.
    pub delete_contact: bool,
    /// Whether he is blocked too.
    pub block_contact: bool,
}

impl BreakConnection {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        Ok(Self {
            book: AbHandle::read(element.child("abHandle"))?,
            contact: element.guid("contactId")?.ok_or(Invalid::Missing("contactId"))?,
            delete_contact: element.boolean("deleteContact")?.unwrap_or_default(),
            block_contact: element.boolean("blockContact")?.unwrap_or_default(),
        })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        self.book.write(xml, "abHandle");
        xml.plain("contactId", self.contact);
        xml.plain("deleteContact", self.delete_contact);
        xml.plain("blockContact", self.block_contact);
    }
}
