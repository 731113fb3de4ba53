//! `UpdateDynamicItem` and `AddDynamicItem`: what one is shown of others, such as that their profile is new. Answered
//! with nothing; nothing of it is kept here.

use super::read::{Invalid, MAX_CONTACTS, MAX_TEXT, Read as _};
use super::types::{Never, ab_id};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
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

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.plain("abId", self.ab_id);
        xml.inside("dynamicItems", |xml| {
            for name in &self.passport_names {
                xml.open("DynamicItem xsi:type=\"PassportDynamicItem\"");
                xml.plain("Type", "Passport");
                xml.text("PassportName", name);
                xml.inside("Notifications", |xml| xml.inside("NotificationData", write_notification));
                xml.plain("Changes", "Notifications");
                xml.close("DynamicItem");
            }
        });
    }
}

/// That one's profile may be seen, and has nothing new.
fn write_notification(xml: &mut Xml) {
    xml.inside("StoreService", |xml| {
        xml.inside("Info", |xml| {
            xml.inside("Handle", |xml| {
                xml.plain("Id", 0);
                xml.plain("Type", "Profile");
                xml.plain("ForeignId", "MyProfile");
            });
            xml.plain("InverseRequired", false);
            xml.plain("IsBot", false);
        });
        xml.empty("Changes");
        xml.plain("LastChange", Never(None));
        xml.plain("Deleted", false);
    });
    xml.plain("Status", "Exist Access");
    xml.plain("LastChanged", Never(None));
    xml.plain("Gleam", false);
    xml.plain("InstanceId", 0);
}
