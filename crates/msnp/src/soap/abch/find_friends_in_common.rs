//! `FindFriendsInCommon`: whom one knows with somebody else. Answered with lists that may be empty.

use super::read::{Invalid, Read as _};
use super::types::AbHandle;
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// With whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindFriendsInCommon {
    /// The somebody, by the number of his book.
    pub target: AbHandle,
    /// How many are wanted at most.
    pub max_results: u32,
}

impl FindFriendsInCommon {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        Ok(Self {
            target: AbHandle::read(element.child("targetAB"))?,
            max_results: element.number("maxResults")?.unwrap_or_default(),
        })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        self.target.write(xml, "targetAB");
        xml.plain("domainID", 1);
        xml.plain("view", "List MinProfile");
        xml.plain("maxResults", self.max_results);
        xml.plain("options", "IncludeInfo");
    }
}

/// That there are none.
pub(super) fn write_none(xml: &mut Xml) {
    xml.empty("MatchedList");
    xml.empty("UnmatchedList");
    xml.plain("MatchedCount", 0);
    xml.plain("UnmatchedCount", 0);
}
