//! What a contact is in a network: how far a connection or a circle's membership has come.

use super::Annotation;
use crate::soap::abch::read::{Invalid, MAX_ENTRIES, MAX_LONG_TEXT, MAX_TEXT, Read as _};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// A relationship in one network (web-services reference, section 13).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkInfo {
    /// The network: 1 is Windows Live.
    pub domain_id: u32,
    /// The network by its letters: `WL`.
    pub source_id: Option<String>,
    /// His address there.
    pub domain_tag: Option<String>,
    /// His name there.
    pub display_name: Option<String>,
    /// 3 an individual, 5 a circle.
    pub relationship_type: u32,
    /// 0 none, 1 waiting for the answer, 2 left, 3 accepted, 4 rejected.
    pub relationship_state: u32,
    /// 0 none, 1 admin, 2 assistant admin, 3 member, 4 pending outbound.
    pub relationship_role: u32,
    /// What the inviter says.
    pub inviter_message: Option<String>,
    /// His number.
    pub inviter_cid: Option<i64>,
    /// His name.
    pub inviter_name: Option<String>,
    /// His address.
    pub inviter_email: Option<String>,
    /// Named values.
    pub annotations: Vec<Annotation>,
}

impl NetworkInfo {
    pub(super) fn read_all(container: Option<&Element>) -> Result<Vec<Self>, Invalid> {
        container.map_or(Ok(Vec::new()), |container| container.each("NetworkInfo", MAX_ENTRIES, Self::read))
    }

    fn read(info: &Element) -> Result<Self, Invalid> {
        let text = |name| info.bounded(name, MAX_TEXT);
        let number = |name| info.number(name).map(Option::unwrap_or_default);
        Ok(Self {
            domain_id: number("DomainId")?,
            source_id: text("SourceId")?,
            domain_tag: text("DomainTag")?,
            display_name: text("DisplayName")?,
            relationship_type: number("RelationshipType")?,
            relationship_state: number("RelationshipState")?,
            relationship_role: number("RelationshipRole")?,
            inviter_message: info.bounded("InviterMessage", MAX_LONG_TEXT)?,
            inviter_cid: info.number("InviterCID")?,
            inviter_name: text("InviterName")?,
            inviter_email: text("InviterEmail")?,
            annotations: Annotation::read_all(info.child("Annotations"))?,
        })
    }

    pub(super) fn write_all(xml: &mut Xml, all: &[Self]) {
        if all.is_empty() {
            return;
        }
        xml.inside("NetworkInfoList", |xml| {
            for one in all {
                xml.inside("NetworkInfo", |xml| one.write(xml));
            }
        });
    }

    fn write(&self, xml: &mut Xml) {
        Annotation::write_all(xml, "Annotations", &self.annotations);
        xml.plain("DomainId", self.domain_id);
        xml.some_text("SourceId", self.source_id.as_deref());
        xml.some_text("DomainTag", self.domain_tag.as_deref());
        xml.some_text("DisplayName", self.display_name.as_deref());
        xml.plain("RelationshipType", self.relationship_type);
        xml.plain("RelationshipState", self.relationship_state);
        xml.plain("RelationshipRole", self.relationship_role);
        xml.plain("NDRCount", 0);
        xml.some_text("InviterMessage", self.inviter_message.as_deref());
        xml.some_plain("InviterCID", self.inviter_cid);
        xml.some_text("InviterName", self.inviter_name.as_deref());
        xml.some_text("InviterEmail", self.inviter_email.as_deref());
    }
}
