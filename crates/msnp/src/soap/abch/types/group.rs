//! Groups of contacts.

use super::{Annotation, Timestamp};
use crate::soap::abch::properties::{Properties, changed};
use crate::soap::abch::read::{Invalid, MAX_GROUP_NAME, MAX_TEXT, Read as _};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

/// What all groups of Messenger have for a type.
pub const GROUP_TYPE: &str = "c8529ce2-6ead-434d-881f-341e17db3ff8";

/// A group as it is told to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its id, which is its GUID in MSNP10-12.
    pub id: Guid,
    /// What it is called and what hangs on it.
    pub info: GroupInfo,
    /// When that changed last.
    pub last_change: Timestamp,
    /// Whether it is no more.
    pub deleted: bool,
}

/// What is known of a group, or what a request says about one: all that is none is not said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupInfo {
    /// Named values.
    pub annotations: Vec<Annotation>,
    /// Its name, at most [`MAX_GROUP_NAME`] characters.
    pub name: Option<String>,
    /// Whether it holds the favourites.
    pub is_favorite: Option<bool>,
    /// What clients say about Messenger's own groups; nobody knows more.
    pub is_messenger: Option<bool>,
}

impl GroupInfo {
    pub(in crate::soap::abch) fn read(info: &Element) -> Result<Self, Invalid> {
        let name = info.bounded("name", MAX_TEXT)?;
        // The fault says so: the parameter is called by its property.
        if name.as_deref().is_some_and(|name| name.chars().count() > MAX_GROUP_NAME) {
            return Err(Invalid::TooLong("GroupName"));
        }
        Ok(Self {
            annotations: Annotation::read_all(info.child("annotations"))?,
            name,
            is_favorite: info.boolean("IsFavorite")?,
            is_messenger: info.boolean("fMessenger")?,
        })
    }

    /// All that is said, with what a new group has beside.
    pub(in crate::soap::abch) fn write_new(&self, xml: &mut Xml) {
        xml.some_text("name", self.name.as_deref());
        xml.plain("groupType", GROUP_TYPE);
        xml.plain("fMessenger", self.is_messenger.unwrap_or_default());
        xml.some_plain("IsFavorite", self.is_favorite);
        Annotation::write_all(xml, "annotations", &self.annotations);
    }

    /// All that is said.
    pub(in crate::soap::abch) fn write_said(&self, xml: &mut Xml) {
        xml.some_text("name", self.name.as_deref());
        xml.some_plain("fMessenger", self.is_messenger);
        xml.some_plain("IsFavorite", self.is_favorite);
        Annotation::write_all(xml, "annotations", &self.annotations);
    }

    /// The properties that are said.
    pub(in crate::soap::abch) fn changed(&self) -> String {
        changed([
            (self.name.is_some(), "GroupName"),
            (self.is_messenger.is_some(), "fMessenger"),
            (self.is_favorite.is_some(), "IsFavorite"),
            (!self.annotations.is_empty(), "Annotation"),
        ])
    }

    pub(in crate::soap::abch) fn only(self, listed: &Properties<'_>) -> Self {
        Self {
            annotations: if listed.has(&["Annotation"]) { self.annotations } else { Vec::new() },
            name: listed.text(&["GroupName", "Name"], self.name),
            is_favorite: listed.flag(&["IsFavorite"], self.is_favorite),
            is_messenger: listed.flag(&["fMessenger"], self.is_messenger),
        }
    }
}

impl Group {
    /// One of an answer.
    pub(in crate::soap::abch) fn read(group: &Element) -> Result<Self, Invalid> {
        Ok(Self {
            id: group.guid("groupId")?.ok_or(Invalid::Missing("groupId"))?,
            info: group.child("groupInfo").map_or(Ok(GroupInfo::default()), GroupInfo::read)?,
            last_change: group.time("lastChange").unwrap_or_default(),
            deleted: group.boolean("fDeleted")?.unwrap_or_default(),
        })
    }

    pub(in crate::soap::abch) fn write(&self, xml: &mut Xml) {
        let Self { id, info, last_change, deleted } = self;
        xml.plain("groupId", id);
        xml.inside("groupInfo", |xml| {
            Annotation::write_all(xml, "annotations", &info.annotations);
            xml.plain("groupType", GROUP_TYPE);
            xml.text("name", info.name.as_deref().unwrap_or_default());
            xml.plain("IsNotMobileVisible", false);
            xml.plain("IsPrivate", false);
            xml.plain("IsFavorite", info.is_favorite.unwrap_or_default());
        });
        xml.empty("propertiesChanged");
        xml.plain("fDeleted", deleted);
        xml.plain("lastChange", last_change);
    }
}
