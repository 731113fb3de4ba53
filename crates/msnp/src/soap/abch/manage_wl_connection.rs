//! `ManageWLConnection`: asks for a connection, or answers one that was asked for. Answered with the contact.

use super::read::{Invalid, Read as _};
use super::types::{AbHandle, Annotation};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

/// What becomes of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManageWlConnection {
    /// Whose book.
    pub book: AbHandle,
    /// With whom: a contact, or a circle.
    pub contact: Guid,
    /// Whether a connection is meant.
    pub connection: bool,
    /// Whether presence is: not with circles.
    pub presence: bool,
    /// What.
    pub action: ConnectionAction,
    /// 3 an individual, 5 a circle.
    pub relationship_type: u32,
    /// 0 none, 3 a member.
    pub relationship_role: u32,
    /// Such as what is said to him.
    pub annotations: Vec<Annotation>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionAction {
    /// 1: ask, or accept.
    Request,
    /// 2: decline.
    Decline,
}

impl ManageWlConnection {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        Ok(Self {
            book: AbHandle::read(element.child("abHandle"))?,
            contact: element.guid("contactId")?.ok_or(Invalid::Missing("contactId"))?,
            connection: element.boolean("connection")?.unwrap_or_default(),
            presence: element.boolean("presence")?.unwrap_or_default(),
            action: match element.number("action")? {
                None => return Err(Invalid::Missing("action")),
                Some(1_u32) => ConnectionAction::Request,
                Some(2) => ConnectionAction::Decline,
                Some(_) => return Err(Invalid::Value("action")),
            },
            relationship_type: element.number("relationshipType")?.unwrap_or_default(),
            relationship_role: element.number("relationshipRole")?.unwrap_or_default(),
            annotations: Annotation::read_all(element.child("annotations"))?,
        })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        self.book.write(xml, "abHandle");
        xml.plain("contactId", self.contact);
        xml.plain("connection", self.connection);
        xml.plain("presence", self.presence);
        xml.plain(
            "action",
            match self.action {
                ConnectionAction::Request => 1,
                ConnectionAction::Decline => 2,
            },
        );
        xml.plain("relationshipType", self.relationship_type);
        xml.plain("relationshipRole", self.relationship_role);
        Annotation::write_all(xml, "annotations", &self.annotations);
    }
}
