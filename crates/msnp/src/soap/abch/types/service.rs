//! The services that keep memberships; Messenger's lists are one of them.

use super::names;
use crate::soap::abch::read::{Invalid, MAX_TEXT, Read as _};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

names! {
    /// What a service is for.
    pub enum ServiceType {
        /// The lists that Messenger has: the only ones with people on them here.
        Messenger = "Messenger",
        /// Invitations.
        Invitation = "Invitation",
        /// The social network.
        SocialNetwork = "SocialNetwork",
        /// Blogs.
        Space = "Space",
        /// The profile.
        Profile = "Profile",
        /// Who may see that one is there.
        ImAvailability = "IMAvailability",
        /// Private networks.
        PrivateNetwork = "PrivateNetwork",
        /// What is not known here.
        Other = "Other",
    }
}

/// Which service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    /// Its number, or 0.
    pub id: i32,
    /// What it is for.
    pub service: ServiceType,
    /// What distinguishes several of a kind, such as `MyProfile`; mostly empty.
    pub foreign_id: String,
}

impl Handle {
    /// Messenger's lists.
    pub const fn messenger() -> Self {
        Self { id: 0, service: ServiceType::Messenger, foreign_id: String::new() }
    }

    /// Reads one; without one, Messenger is meant.
    pub(in crate::soap::abch) fn read(handle: Option<&Element>) -> Result<Self, Invalid> {
        let Some(handle) = handle else { return Ok(Self::messenger()) };
        let service = handle.value("Type").unwrap_or("Messenger");
        Ok(Self {
            id: handle.number("Id")?.unwrap_or_default(),
            service: ServiceType::named(service).unwrap_or(ServiceType::Other),
            foreign_id: handle.bounded("ForeignId", MAX_TEXT)?.unwrap_or_default().trim().to_owned(),
        })
    }

    pub(in crate::soap::abch) fn write(&self, xml: &mut Xml, tag: &str) {
        xml.inside(tag, |xml| {
            xml.plain("Id", self.id);
            xml.plain("Type", self.service);
            xml.text("ForeignId", &self.foreign_id);
        });
    }
}
