//! `AddMember`, `DeleteMember` and `UpdateMember`: put people on lists and take them off. Answered with nothing.

use super::read::{Invalid, MAX_MEMBERS, MAX_ROLES, MAX_TEXT, Read as _};
use super::types::{Handle, Member, Role};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// Who goes on or off which lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberChange {
    /// Whose lists: only Messenger's hold people here.
    pub service: Handle,
    /// In the order of the request; at least one.
    pub members: Vec<(Role, Member)>,
}

impl MemberChange {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let memberships = element.child("memberships").ok_or(Invalid::Missing("memberships"))?;
        let mut members = Vec::new();
        memberships.each("Membership", MAX_ROLES, |membership| {
            let role = membership.value("MemberRole").ok_or(Invalid::Missing("MemberRole"))?;
            if role.len() > MAX_TEXT {
                return Err(Invalid::TooLong("MemberRole"));
            }
            let role = Role::named(role);
            let listed = membership.child("Members").ok_or(Invalid::Missing("Members"))?;
            for member in listed.each("Member", MAX_MEMBERS - members.len(), Member::read)? {
                members.push((role.clone(), member));
            }
            Ok(())
        })?;
        if members.is_empty() {
            return Err(Invalid::Missing("Member"));
        }
        Ok(Self { service: Handle::read(element.child("serviceHandle"))?, members })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        self.service.write(xml, "serviceHandle");
        xml.inside("memberships", |xml| {
            // One list after another, in the order of the members: of such that follow each other, one element.
            for members in self.members.chunk_by(|(one, _), (next, _)| one == next) {
                xml.inside("Membership", |xml| {
                    xml.text("MemberRole", members.first().map_or("", |(role, _)| role.as_str()));
                    xml.inside("Members", |xml| members.iter().for_each(|(_, member)| member.write(xml)));
                });
            }
        });
    }
}
