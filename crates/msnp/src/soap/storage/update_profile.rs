//! `UpdateProfile`: a new name or a new personal message. Answered with nothing.

use super::{Invalid, ResourceId, text};
use crate::soap::tree::Element;

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
}
