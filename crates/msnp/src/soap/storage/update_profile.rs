//! `UpdateProfile`: a new name or a new personal message. Answered with nothing.

use super::{Invalid, ResourceId, text};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// What is to be different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateProfile {
    /// The profile; `None`: that of whoever asks.
    pub id: Option<ResourceId>,
    /// The new name.
    pub name: Option<String>,
    /// The new message; with an empty one there is none from here on.
    pub message: Option<String>,
}

impl UpdateProfile {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let profile = element.child("profile").ok_or(Invalid::Missing("profile"))?;
        let deleted =
            element.find(&["profileAttributesToDelete", "ExpressionProfileAttributes", "PersonalStatus"]);
        let is_deleted = deleted.is_some_and(|deleted| matches!(deleted.text(), "true" | "1"));
        let message = text(profile, &["ExpressionProfile", "PersonalStatus"])?;
        Ok(Self {
            id: profile.child("ResourceID").map(ResourceId::read).transpose()?,
            name: text(profile, &["ExpressionProfile", "DisplayName"])?,
            message: if is_deleted { Some(String::new()) } else { message },
        })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        let Self { id, name, message } = self;
        let is_deleted = message.as_deref() == Some("");
        xml.inside("profile", |xml| {
            xml.some_plain("ResourceID", *id);
            xml.inside("ExpressionProfile", |xml| {
                xml.text("FreeText", "Update");
                xml.some_text("DisplayName", name.as_deref());
                xml.some_text("PersonalStatus", message.as_deref().filter(|_| !is_deleted));
                xml.plain("Flags", 0);
            });
        });
        if is_deleted {
            xml.inside("profileAttributesToDelete", |xml| {
                xml.inside("ExpressionProfileAttributes", |xml| xml.plain("PersonalStatus", true));
            });
        }
    }
}
