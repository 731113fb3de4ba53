//! `GetProfile`: what roams of somebody.

use std::borrow::Cow;

use super::handle::{EXPRESSION_PROFILE, Handle, PROFILE, ResourceId};
use super::{Invalid, MAX_RESOURCES, text};
use crate::soap::abch::Timestamp;
use crate::soap::answer::InvalidAnswer;
use crate::soap::timestamp;
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// Whose profile is asked for. Which attributes a client wants is not looked at: it gets all that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetProfile {
    /// Whose.
    pub handle: Handle,
}

impl GetProfile {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        Ok(Self { handle: Handle::read(element.child("profileHandle"), "profileHandle")? })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        self.handle.write(xml, "profileHandle");
        xml.inside("profileAttributes", |xml| {
            xml.plain("ResourceID", true);
            xml.plain("DateModified", true);
            xml.inside("ExpressionProfileAttributes", |xml| {
                for attribute in ATTRIBUTES {
                    xml.plain(attribute, true);
                }
            });
        });
    }
}

/// What a client asks for: all that it knows.
const ATTRIBUTES: [&str; 10] = [
    "ResourceID",
    "DateModified",
    "DisplayName",
    "DisplayNameLastModified",
    "PersonalStatus",
    "PersonalStatusLastModified",
    "StaticUserTilePublicURL",
    "Photo",
    "Attachments",
    "Flags",
];

/// A profile. Times are seconds since 1970; the later one of client and service wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The number of the owner's account.
    pub cid: u64,
    /// When anything of it was changed.
    pub modified: u64,
    /// Grows with each change.
    pub version: u64,
    /// What the owner calls himself.
    pub name: String,
    /// Since when.
    pub name_modified: u64,
    /// His personal message; `None` where he has none.
    pub message: Option<String>,
    /// Since when that is so, if it was ever set.
    pub message_modified: Option<u64>,
    /// His picture.
    pub photo: Option<Photo>,
}

/// A picture that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// Its number among what the owner has.
    pub item: u32,
    /// When it was changed.
    pub modified: u64,
    /// What the client that made it calls it.
    pub name: String,
    /// The picture and its thumbnail, the picture first: some clients take the first one (web-services reference, 19.1).
    pub streams: Vec<Stream>,
    /// Where anybody who is told may have it, over plain HTTP.
    pub public_url: String,
}

/// One form of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Which.
    pub kind: StreamType,
    /// Its media type.
    pub mime_type: Cow<'static, str>,
    /// Its length in bytes.
    pub size: u64,
    /// Where it is.
    pub url: String,
    /// Grows with each change.
    pub version: u64,
}

/// Which form of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamType {
    /// A thumbnail.
    Small,
    /// The picture.
    Static,
}

impl Stream {
    /// None for a form that is not known here.
    fn read(stream: &Element) -> Result<Option<Self>, Invalid> {
        let kind = ["DocumentStreamType", "DocumentStreamName"]
            .into_iter()
            .find_map(|name| StreamType::named(stream.child(name)?.text()));
        let Some(kind) = kind else { return Ok(None) };
        Ok(Some(Self {
            kind,
            mime_type: text(stream, &["MimeType"])?.unwrap_or_default().into(),
            size: number(stream, "DataSize"),
            url: text(stream, &["PreAuthURL"])?.unwrap_or_default().trim().to_owned(),
            version: number(stream, "StreamVersion"),
        }))
    }
}

impl StreamType {
    /// What `written` means.
    pub fn named(written: &str) -> Option<Self> {
        [Self::Small, Self::Static].into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(written))
    }

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Small => "UserTileSmall",
            Self::Static => "UserTileStatic",
        }
    }
}

impl Profile {
    /// The one of an answer. What it does not say is empty, or 0.
    pub(super) fn read(result: &Element) -> Result<Self, InvalidAnswer> {
        let shown = result.child("ExpressionProfile");
        let shown = shown.ok_or(InvalidAnswer::Missing("ExpressionProfile"))?;
        let id = result.child("ResourceID").or_else(|| shown.child("ResourceID"));
        let id = ResourceId::read(id.ok_or(InvalidAnswer::Missing("ResourceID"))?)?;
        let public_url = text(shown, &["StaticUserTilePublicURL"])?.unwrap_or_default();
        Ok(Self {
            cid: id.cid,
            modified: time(result, "DateModified").unwrap_or_default(),
            version: number(shown, "Version"),
            name: text(shown, &["DisplayName"])?.unwrap_or_default(),
            name_modified: time(shown, "DisplayNameLastModified").unwrap_or_default(),
            message: text(shown, &["PersonalStatus"])?.filter(|message| !message.is_empty()),
            message_modified: time(shown, "PersonalStatusLastModified"),
            photo: shown.child("Photo").map(|photo| Photo::read(photo, public_url)).transpose()?,
        })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        let id = |item| ResourceId { cid: self.cid, item };
        xml.plain("ResourceID", id(PROFILE));
        xml.plain("DateModified", timestamp(self.modified));
        xml.inside("ExpressionProfile", |xml| {
            xml.plain("ResourceID", id(EXPRESSION_PROFILE));
            xml.plain("DateModified", timestamp(self.modified));
            xml.plain("Version", self.version);
            if let Some(photo) = &self.photo {
                xml.inside("Photo", |xml| photo.write(xml, id(photo.item)));
            }
            xml.some_text("PersonalStatus", self.message.as_deref());
            xml.some_plain("PersonalStatusLastModified", self.message_modified.map(timestamp));
            xml.text("DisplayName", &self.name);
            xml.plain("DisplayNameLastModified", timestamp(self.name_modified));
            xml.some_text("StaticUserTilePublicURL", self.photo.as_ref().map(|photo| &*photo.public_url));
        });
    }
}

/// A time in seconds since 1970, if there is one.
fn time(element: &Element, name: &str) -> Option<u64> {
    let at = Timestamp::read(element.child(name)?.text())?;
    Some(at.unix_millis() / 1000)
}

fn number(element: &Element, name: &str) -> u64 {
    element.child(name).and_then(|number| number.text().parse().ok()).unwrap_or_default()
}

impl Photo {
    fn read(photo: &Element, public_url: String) -> Result<Self, Invalid> {
        let streams = photo.child("DocumentStreams").map(Element::children).unwrap_or_default();
        if streams.len() > MAX_RESOURCES {
            return Err(Invalid::TooMany("DocumentStream"));
        }
        Ok(Self {
            item: ResourceId::in_child(photo, "ResourceID")?.item,
            modified: time(photo, "DateModified").unwrap_or_default(),
            name: text(photo, &["Name"])?.unwrap_or_default(),
            streams: streams
                .iter()
                .filter_map(|stream| Stream::read(stream).transpose())
                .collect::<Result<_, _>>()?,
            public_url,
        })
    }

    fn write(&self, xml: &mut Xml, id: ResourceId) {
        xml.text("ItemType", "Photo");
        xml.plain("ResourceID", id);
        xml.plain("DateModified", timestamp(self.modified));
        xml.text("Name", &self.name);
        xml.inside("DocumentStreams", |xml| {
            for stream in &self.streams {
                xml.open("DocumentStream xsi:type=\"PhotoStream\"");
                xml.text("DocumentStreamName", stream.kind.as_str());
                xml.text("MimeType", &stream.mime_type);
                xml.plain("DataSize", stream.size);
                xml.text("PreAuthURL", &stream.url);
                xml.text("WriteMode", "Overwrite");
                xml.plain("StreamVersion", stream.version);
                xml.text("DocumentStreamType", stream.kind.as_str());
                xml.close("DocumentStream");
            }
        });
    }
}
