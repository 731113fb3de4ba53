//! Address books.

use super::{Never, Timestamp};
use crate::soap::abch::read::{Invalid, MAX_TEXT, Read as _};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

/// The id by which everybody calls his own address book.
pub const OWN_BOOK: Guid = Guid([0; 16]);

/// Whose address book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AbHandle {
    /// [`OWN_BOOK`], or that of a circle.
    pub id: Guid,
    /// The number of its owner, 0 if it is not said.
    pub cid: i64,
}

impl AbHandle {
    /// One's own.
    pub const OWN: Self = Self { id: OWN_BOOK, cid: 0 };

    /// Reads one; without one, one's own is meant.
    pub(in crate::soap::abch) fn read(handle: Option<&Element>) -> Result<Self, Invalid> {
        let Some(handle) = handle else { return Ok(Self::OWN) };
        Ok(Self {
            id: handle.guid("ABId")?.unwrap_or(OWN_BOOK),
            cid: handle.number("Cid")?.unwrap_or_default(),
        })
    }

    pub(in crate::soap::abch) fn write(self, xml: &mut Xml, tag: &str) {
        xml.inside(tag, |xml| {
            xml.plain("ABId", self.id);
            xml.plain("Puid", 0);
            xml.plain("Cid", self.cid);
        });
    }
}

/// The id in `abId`; without one, one's own is meant.
pub(in crate::soap::abch) fn ab_id(operation: &Element) -> Result<Guid, Invalid> {
    Ok(operation.guid("abId")?.unwrap_or(OWN_BOOK))
}

/// An address book as it is told to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ab {
    /// Its id.
    pub id: Guid,
    /// Whose it is.
    pub info: AbInfo,
    /// When anything in it changed last.
    pub last_change: Timestamp,
    /// When what its owner is shown of others did.
    pub dynamic_item_last_changed: Option<Timestamp>,
    /// When it was made.
    pub created: Timestamp,
}

/// Whose address book it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbInfo {
    /// The number of the owner.
    pub owner_cid: i64,
    /// His address.
    pub owner_email: String,
    /// Whether it is a circle's.
    pub is_circle: bool,
}

impl Ab {
    /// One of an answer.
    pub(in crate::soap::abch) fn read(ab: &Element) -> Result<Self, Invalid> {
        let info = ab.child("abInfo").ok_or(Invalid::Missing("abInfo"))?;
        Ok(Self {
            id: ab.guid("abId")?.unwrap_or(OWN_BOOK),
            info: AbInfo {
                owner_cid: info.number("OwnerCID")?.unwrap_or_default(),
                owner_email: info.bounded("ownerEmail", MAX_TEXT)?.unwrap_or_default().trim().to_owned(),
                is_circle: info
                    .value("AddressBookType")
                    .is_some_and(|kind| kind.eq_ignore_ascii_case("Group")),
            },
            last_change: ab.time("lastChange").unwrap_or_default(),
            dynamic_item_last_changed: ab.time("DynamicItemLastChanged"),
            created: ab.time("createDate").unwrap_or_default(),
        })
    }

    pub(in crate::soap::abch) fn write(&self, xml: &mut Xml) {
        let Self { id, info, last_change, dynamic_item_last_changed, created } = self;
        xml.plain("abId", id);
        xml.inside("abInfo", |xml| {
            xml.plain("ownerPuid", 0);
            xml.plain("OwnerCID", info.owner_cid);
            xml.text("ownerEmail", &info.owner_email);
            xml.plain("fDefault", !info.is_circle);
            xml.plain("joinedNamespace", false);
            xml.plain("IsBot", false);
            xml.plain("IsParentManaged", false);
            xml.plain("SubscribeExternalPartner", false);
            xml.plain("NotifyExternalPartner", false);
            xml.plain("AddressBookType", if info.is_circle { "Group" } else { "Individual" });
        });
        xml.plain("lastChange", last_change);
        xml.plain("DynamicItemLastChanged", Never(*dynamic_item_last_changed));
        xml.plain("RecentActivityItemLastChanged", Never(None));
        xml.plain("createDate", created);
        xml.empty("propertiesChanged");
    }
}
