//! Any answer.

use super::{Found, Profile, ResourceId};
use crate::soap::envelope::answer;
use crate::soap::xml::Xml;

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named for the operation that it answers")]
pub enum Reply {
    CreateDocument(ResourceId),
    CreateProfile(ResourceId),
    CreateRelationships,
    DeleteRelationships,
    FindDocuments(Vec<Found>),
    GetProfile(Box<Profile>),
    ShareItem(ResourceId),
    UpdateDocument,
    UpdateProfile,
}

/// What goes with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// The namespace in which it was asked.
    pub namespace: &'a str,
    /// The number of whoever asks.
    pub cid: u64,
}

impl Header<'_> {
    fn write(self, xml: &mut Xml) {
        xml.raw("<AffinityCacheHeader");
        xml.attribute("xmlns", self.namespace);
        xml.raw(">");
        xml.plain("CacheKey", format_args!("1p1:{:016x}", self.cid));
        xml.close("AffinityCacheHeader");
        xml.raw("<StorageUserHeader");
        xml.attribute("xmlns", self.namespace);
        xml.raw(">");
        xml.plain("Puid", 0);
        xml.plain("Cid", format_args!("{:016x}", self.cid));
        xml.plain("ApplicationId", 0);
        xml.plain("DeviceId", 0);
        xml.plain("IsTrustedDevice", false);
        xml.plain("IsStrongAuth", false);
        xml.plain("IsAdmin", false);
        xml.plain("LanguagePreference", 0);
        xml.close("StorageUserHeader");
    }
}

impl Reply {
    const fn operation(&self) -> &'static str {
        match self {
            Self::CreateDocument(_) => "CreateDocument",
            Self::CreateProfile(_) => "CreateProfile",
            Self::CreateRelationships => "CreateRelationships",
            Self::DeleteRelationships => "DeleteRelationships",
            Self::FindDocuments(_) => "FindDocuments",
            Self::GetProfile(_) => "GetProfile",
            Self::ShareItem(_) => "ShareItem",
            Self::UpdateDocument => "UpdateDocument",
            Self::UpdateProfile => "UpdateProfile",
        }
    }

    /// The document, to be sent with status 200.
    pub fn to_xml(&self, header: Header<'_>) -> String {
        let operation = self.operation();
        let result = format!("{operation}Result");
        answer(
            |xml| header.write(xml),
            |xml| {
                xml.raw("<");
                xml.raw(operation);
                xml.raw("Response");
                xml.attribute("xmlns", header.namespace);
                match self {
                    Self::CreateRelationships
                    | Self::DeleteRelationships
                    | Self::UpdateDocument
                    | Self::UpdateProfile => return xml.raw("/>"),
                    Self::CreateDocument(id) | Self::CreateProfile(id) | Self::ShareItem(id) => {
                        xml.raw(">");
                        xml.plain(&result, id);
                    }
                    Self::FindDocuments(found) => {
                        xml.raw(">");
                        xml.inside(&result, |xml| found.iter().for_each(|found| found.write(xml)));
                    }
                    Self::GetProfile(profile) => {
                        xml.raw(">");
                        xml.inside(&result, |xml| profile.write(xml));
                    }
                }
                xml.close(&format!("{operation}Response"));
            },
        )
    }
}
