//! `CreateProfile`: makes a profile, which everybody has already. Answered with its id.

use super::{Invalid, text};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// What it is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateProfile {
    /// The personal message; `None` where nothing is said of it.
    pub message: Option<String>,
}

impl CreateProfile {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        Ok(Self { message: text(element, &["profile", "ExpressionProfile", "PersonalStatus"])? })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.inside("profile", |xml| {
            xml.inside("ExpressionProfile", |xml| {
                xml.some_text("PersonalStatus", self.message.as_deref());
                xml.text("RoleDefinitionName", "ExpressionProfileDefault");
            });
        });
    }
}
