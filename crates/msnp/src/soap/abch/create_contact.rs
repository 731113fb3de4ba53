//! `CreateContact`: adds a contact, as clients from 2009 on do; `ManageWLConnection` follows. Answered with him.

use super::read::{Invalid, MAX_TEXT, Read as _};
use super::types::{AbHandle, ContactInfo, OWN_BOOK};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

/// The contact to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateContact {
    /// Whose book.
    pub book: AbHandle,
    /// His address.
    pub email: String,
    /// His number, 0 if it is not said.
    pub cid: i64,
    /// The circle he is to be invited to.
    pub circle: Option<Guid>,
    /// What more is said about him.
    pub info: ContactInfo,
}

impl CreateContact {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let handle = element.child("contactHandle").ok_or(Invalid::Missing("contactHandle"))?;
        Ok(Self {
            book: AbHandle::read(element.child("abHandle"))?,
            email: handle.bounded("Email", MAX_TEXT)?.unwrap_or_default().trim().to_owned(),
            cid: handle.number("Cid")?.unwrap_or_default(),
            circle: handle.guid("CircleId")?.filter(|circle| *circle != OWN_BOOK),
            info: element.child("contactInfo").map_or(Ok(ContactInfo::default()), ContactInfo::read)?,
        })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        self.book.write(xml, "abHandle");
        xml.inside("contactHandle", |xml| {
            xml.text("Email", &self.email);
            xml.plain("Puid", 0);
            xml.plain("Cid", self.cid);
            xml.plain("CircleId", self.circle.unwrap_or(OWN_BOOK));
        });
        if self.info != ContactInfo::default() {
            xml.inside("contactInfo", |xml| self.info.write_said(xml));
        }
    }
}
