//! `CreateCircle`: makes a circle. Answered with its id.

use super::read::{Invalid, MAX_TEXT, Read as _};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// The circle to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateCircle {
    /// What it is called.
    pub display_name: String,
    /// What its maker is called.
    pub caller_name: String,
}

impl CreateCircle {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let text = |container, name| -> Result<String, Invalid> {
            let container = element.child(container).ok_or(Invalid::Missing(container))?;
            Ok(container.bounded(name, MAX_TEXT)?.unwrap_or_default())
        };
        Ok(Self {
            display_name: text("properties", "DisplayName")?,
            caller_name: text("callerInfo", "PublicDisplayName")?,
        })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.inside("properties", |xml| {
            xml.plain("Domain", 1);
            xml.plain("HostedDomain", "live.com");
            xml.plain("Type", 2);
            xml.plain("MembershipAccess", 0);
            xml.plain("IsPresenceEnabled", true);
            xml.plain("RequestMembershipOption", 2);
            xml.text("DisplayName", &self.display_name);
        });
        xml.inside("callerInfo", |xml| xml.text("PublicDisplayName", &self.caller_name));
    }
}
