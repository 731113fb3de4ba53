//! Circles, as the address book of somebody who is in them tells them.

use super::{Never, Timestamp, names};
use crate::soap::abch::read::{Invalid, MAX_TEXT, MAX_TOLD, Read as _};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::CircleId;

names! {
    /// What somebody may do in a circle.
    pub enum CircleRole {
        /// Everything.
        Admin = "Admin",
        /// Invite people, and remove those who have no role.
        AssistantAdmin = "AssistantAdmin",
        /// Be there.
        Member = "Member",
        /// He is invited.
        Pending = "StatePendingOutbound",
    }
}

names! {
    /// How somebody stands to a circle.
    pub enum CircleState {
        /// He is in it.
        Accepted = "Accepted",
        /// He is in it no more.
        Left = "Left",
        /// He has not answered.
        Waiting = "WaitingResponse",
    }
}

/// A circle that somebody is in, is invited to, or was (web-services reference, 13). All that stands in it is told always:
/// clients look at it without asking whether it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircleInverseInfo {
    /// The circle.
    pub id: CircleId,
    /// What it is called; nothing for one that is gone.
    pub name: String,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was last changed.
    pub last_changed: Timestamp,
    /// What he may do in it.
    pub role: CircleRole,
    /// How far he is in.
    pub state: CircleState,
    /// Whether it is his no more.
    pub deleted: bool,
}

impl CircleInverseInfo {
    /// Those of an answer.
    pub(in crate::soap::abch) fn read_all(circles: Option<&Element>) -> Result<Vec<Self>, Invalid> {
        circles.map_or(Ok(Vec::new()), |circles| circles.each("CircleInverseInfo", MAX_TOLD, Self::read))
    }

    fn read(circle: &Element) -> Result<Self, Invalid> {
        let content = circle.child("Content").ok_or(Invalid::Missing("Content"))?;
        let id = content.child("Handle").ok_or(Invalid::Missing("Handle"))?.number("Id")?;
        let info = content.child("Info").ok_or(Invalid::Missing("Info"))?;
        let membership = circle.find(&["PersonalInfo", "MembershipInfo", "CirclePersonalMembership"]);
        let word = |name| membership.and_then(|membership| membership.value(name));
        Ok(Self {
            id: id.ok_or(Invalid::Missing("Id"))?,
            name: info.bounded("DisplayName", MAX_TEXT)?.unwrap_or_default(),
            created: info.time("CreateDate"),
            last_changed: info.time("LastChanged").unwrap_or_default(),
            // Who has a role that is not known here may do what all may.
            role: word("Role").and_then(CircleRole::named).unwrap_or(CircleRole::Member),
            state: word("State").and_then(CircleState::named).unwrap_or(CircleState::Waiting),
            deleted: circle.boolean("Deleted")?.unwrap_or_default(),
        })
    }

    pub(in crate::soap::abch) fn write_all(xml: &mut Xml, all: &[Self]) {
        if all.is_empty() {
            return;
        }
        xml.inside("Circles", |xml| {
            for circle in all {
                xml.inside("CircleInverseInfo", |xml| circle.write(xml));
            }
        });
    }

    fn write(&self, xml: &mut Xml) {
        let Self { id, name, created, last_changed, role, state, deleted } = self;
        xml.inside("Content", |xml| {
            xml.inside("Handle", |xml| xml.plain("Id", id));
            xml.inside("Info", |xml| {
                xml.plain("Domain", 1);
                xml.plain("HostedDomain", "live.com");
                xml.plain("Type", 2);
                xml.plain("MembershipAccess", 0);
                xml.plain("IsPresenceEnabled", true);
                xml.plain("RequestMembershipOption", 2);
                xml.text("DisplayName", name);
                xml.plain("ProfileLastUpdated", Never(None));
                xml.empty("Changes");
                xml.plain("CreateDate", Never(*created));
                xml.plain("LastChanged", last_changed);
            });
        });
        xml.inside("PersonalInfo", |xml| {
            xml.inside("MembershipInfo", |xml| {
                xml.inside("CirclePersonalMembership", |xml| {
                    xml.plain("Role", role);
                    xml.plain("State", state);
                });
            });
            xml.text("Name", name);
            xml.plain("IsNotMobileVisible", false);
            xml.plain("IsFavorite", false);
            xml.plain("IsFamily", false);
            xml.empty("Changes");
        });
        xml.plain("Deleted", deleted);
    }
}
