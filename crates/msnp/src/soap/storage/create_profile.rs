//! `CreateProfile`: makes a profile, which everybody has already. Answered with its id.

use super::{Invalid, text};
use crate::soap::tree::Element;

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
}
