//! `CreateCircle`: makes a circle. Answered with its id.

use super::read::{Invalid, MAX_TEXT, Read as _};
use crate::soap::tree::Element;

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
}
