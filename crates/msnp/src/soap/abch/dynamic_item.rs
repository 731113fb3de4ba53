//! `UpdateDynamicItem` and `AddDynamicItem`: what one is shown of others, such as that their profile is new. Answered
//! with nothing; nothing of it is kept here.

use super::read::{Invalid, MAX_CONTACTS, MAX_TEXT, Read as _};
use super::types::ab_id;
use crate::soap::tree::Element;
use crate::types::Guid;

/// Whose items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DynamicItems {
    /// Whose book.
    pub ab_id: Guid,
    /// The addresses of those they are about.
    pub passport_names: Vec<String>,
}

impl DynamicItems {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let passport_names = element.child("dynamicItems").map_or(Ok(Vec::new()), |items| {
            items.each("DynamicItem", MAX_CONTACTS, |item| {
                Ok(item.bounded("PassportName", MAX_TEXT)?.unwrap_or_default().trim().to_owned())
            })
        })?;
        Ok(Self { ab_id: ab_id(element)?, passport_names })
    }
}
