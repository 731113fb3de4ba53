//! `GetProfile`: what roams of somebody.

use super::Invalid;
use super::handle::{EXPRESSION_PROFILE, Handle, PROFILE, ResourceId};
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
}

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
    pub mime_type: &'static str,
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

impl StreamType {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Small => "UserTileSmall",
            Self::Static => "UserTileStatic",
        }
    }
}

impl Profile {
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

impl Photo {
    fn write(&self, xml: &mut Xml, id: ResourceId) {
        xml.text("ItemType", "Photo");
        xml.plain("ResourceID", id);
        xml.plain("DateModified", timestamp(self.modified));
        xml.text("Name", &self.name);
        xml.inside("DocumentStreams", |xml| {
            for stream in &self.streams {
                xml.open("DocumentStream xsi:type=\"PhotoStream\"");
                xml.text("DocumentStreamName", stream.kind.as_str());
                xml.text("MimeType", stream.mime_type);
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
