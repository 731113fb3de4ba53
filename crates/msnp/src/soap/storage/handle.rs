//! What clients name things by.

use std::fmt;
use std::str::FromStr;

use super::Invalid;
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// The number of everybody's profile among what is his.
pub const PROFILE: u32 = 106;

/// The number of what it says of him to others.
pub const EXPRESSION_PROFILE: u32 = 118;

/// The number of the first document that somebody makes.
pub const FIRST_DOCUMENT: u32 = 205;

/// The name of one thing: whose it is, and which of his. `1234567890abcdef!205`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceId {
    /// The 64-bit number of the owner's account.
    pub cid: u64,
    /// Which.
    pub item: u32,
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}!{}", self.cid, self.item)
    }
}

impl FromStr for ResourceId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (cid, item) = text.split_once('!').ok_or(Invalid::Handle)?;
        // Numbers may begin with a plus sign, and names not.
        if cid.len() > 16 || !text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'!') {
            return Err(Invalid::Handle);
        }
        Ok(Self {
            cid: u64::from_str_radix(cid, 16).map_err(|_| Invalid::Handle)?,
            item: item.parse().map_err(|_| Invalid::Handle)?,
        })
    }
}

impl ResourceId {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        element.text().parse()
    }

    /// The one that an element of `element` has.
    pub(super) fn in_child(element: &Element, name: &'static str) -> Result<Self, Invalid> {
        Self::read(element.child(name).ok_or(Invalid::Missing(name))?)
    }

    /// What it is.
    pub const fn target(self) -> Target {
        match self.item {
            PROFILE => Target::Profile,
            EXPRESSION_PROFILE => Target::ExpressionProfile,
            item => Target::Document(item),
        }
    }
}

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A document with this number.
    Document(u32),
    /// What the profile says of its owner to others.
    ExpressionProfile,
    /// The profile.
    Profile,
    /// The place of pictures.
    UserTiles,
}

/// How a request names it: by its id, or by what it is to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle {
    /// Whose it is; `None`: of whoever asks.
    pub cid: Option<u64>,
    /// What.
    pub target: Target,
}

impl Handle {
    pub(super) fn read(element: Option<&Element>, name: &'static str) -> Result<Self, Invalid> {
        let element = element.ok_or(Invalid::Missing(name))?;
        if let Some(id) = element.child("ResourceID").map(ResourceId::read).transpose()? {
            return Ok(Self { cid: Some(id.cid), target: id.target() });
        }
        let related = element.child("RelationshipName").map(Element::text).ok_or(Invalid::Handle)?;
        let is = |known: &str| related.trim_start_matches('/').eq_ignore_ascii_case(known);
        let target = match () {
            () if is("MyProfile") => Target::Profile,
            () if is("MyProfile/ExpressionProfile") => Target::ExpressionProfile,
            () if is("UserTiles") => Target::UserTiles,
            () => return Err(Invalid::Handle),
        };
        let cid = element.find(&["Alias", "Name"]).map(Element::text).map(alias).transpose()?.flatten();
        Ok(Self { cid, target })
    }
}

impl Handle {
    /// Of whoever asks.
    pub const fn own(target: Target) -> Self {
        Self { cid: None, target }
    }

    /// What has an id is named by it, if it is known whose it is, and the rest by what it is to somebody.
    pub(super) fn write(self, xml: &mut Xml, tag: &str) {
        let id = |item| ResourceId { cid: self.cid.unwrap_or_default(), item };
        let by_name = |xml: &mut Xml, name: &str| {
            xml.text("RelationshipName", name);
            xml.inside("Alias", |xml| {
                xml.plain("Name", self.cid.unwrap_or_default().cast_signed());
                xml.text("NameSpace", "MyCidStuff");
            });
        };
        xml.inside(tag, |xml| match self.target {
            Target::Document(item) => xml.plain("ResourceID", id(item)),
            Target::ExpressionProfile if self.cid.is_some() => {
                xml.plain("ResourceID", id(EXPRESSION_PROFILE))
            }
            Target::ExpressionProfile => by_name(xml, "/MyProfile/ExpressionProfile"),
            Target::Profile => by_name(xml, "MyProfile"),
            Target::UserTiles => by_name(xml, "/UserTiles"),
        });
    }
}

/// Whose number an alias is: signed, as everywhere in the address book, or not. With 0, or nothing at all, it is that of
/// whoever asks.
fn alias(name: &str) -> Result<Option<u64>, Invalid> {
    if name.is_empty() || name == "0" {
        return Ok(None);
    }
    let signed = name.parse().map(i64::cast_unsigned);
    signed.or_else(|_| name.parse()).map(Some).map_err(|_| Invalid::Handle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soap::tree::Limits;

    #[test]
    fn ids_are_read_as_they_are_written() {
        let id = ResourceId { cid: 0x0234_5678_90ab_cdef, item: 205 };
        assert_eq!(id.to_string(), "0234567890abcdef!205");
        for text in ["0234567890abcdef!205", "234567890ABCDEF!205"] {
            assert_eq!(text.parse(), Ok(id), "{text}");
        }
        for bad in [
            "",
            "!",
            "1",
            "1!",
            "!1",
            "x!1",
            "1!x",
            "1!1!1",
            "1!-1",
            "1!+1",
            "1!4294967296",
            "1!a",
            "00234567890abcdef!1",
            "../1!1",
            "1!1/..",
        ] {
            assert_eq!(bad.parse::<ResourceId>(), Err(Invalid::Handle), "{bad}");
        }
    }

    #[test]
    fn handles_say_whose_and_what() {
        let read = |inside: &str| {
            let document = format!("<h>{inside}</h>");
            Handle::read(Some(&Element::parse(document.as_bytes(), Limits::SMALL).unwrap()), "h")
        };
        let alias = |name: &str, what: &str| {
            read(&format!(
                "<Alias><Name>{name}</Name><NameSpace>MyCidStuff</NameSpace></Alias>\
                 <RelationshipName>{what}</RelationshipName>"
            ))
        };
        assert_eq!(alias("-1", "MyProfile"), Ok(Handle { cid: Some(u64::MAX), target: Target::Profile }));
        let tiles = Handle { cid: Some(u64::MAX), target: Target::UserTiles };
        assert_eq!(alias("18446744073709551615", "/UserTiles"), Ok(tiles));
        let expression = Handle { cid: None, target: Target::ExpressionProfile };
        assert_eq!(alias("0", "/MyProfile/ExpressionProfile"), Ok(expression));
        assert_eq!(
            read("<ResourceID>1!205</ResourceID>"),
            Ok(Handle { cid: Some(1), target: Target::Document(205) })
        );
        for bad in [alias("1", "/../etc"), alias("x", "/UserTiles"), alias("1", ""), read("")] {
            assert_eq!(bad, Err(Invalid::Handle));
        }
    }
}
