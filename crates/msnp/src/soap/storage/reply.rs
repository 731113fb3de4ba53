//! Any answer.

use super::{Found, MAX_RESOURCES, MAX_TEXT, Profile, Request, ResourceId};
use crate::soap::answer::{Answer, InvalidAnswer, ReceivedFault, Refused, SMALL_ANSWER};
use crate::soap::envelope::answer;
use crate::soap::tree::Element;
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
    /// Reads the answer to a request, with the cache key that is to go with the next one; it may be empty.
    ///
    /// # Errors
    /// When the service refuses, or answers what can't be read.
    pub fn parse(document: &[u8], to: &Request) -> Result<(String, Self), Refused<ReceivedFault>> {
        let operation = to.operation();
        let answer = Answer::parse(document, SMALL_ANSWER, operation)?;
        let id = || -> Result<ResourceId, InvalidAnswer> { Ok(ResourceId::read(answer.result(operation)?)?) };
        let reply = match to {
            Request::CreateDocument(_) => Self::CreateDocument(id()?),
            Request::CreateProfile(_) => Self::CreateProfile(id()?),
            Request::CreateRelationships(_) => Self::CreateRelationships,
            Request::DeleteRelationships(_) => Self::DeleteRelationships,
            Request::FindDocuments(_) => {
                let found = answer.result(operation)?.children();
                let found = found.iter().filter(|child| child.is("Document")).take(MAX_RESOURCES);
                let found = found.map(Found::read).collect::<Result<_, _>>();
                Self::FindDocuments(found.map_err(InvalidAnswer::from)?)
            }
            Request::GetProfile(_) => Self::GetProfile(Box::new(Profile::read(answer.result(operation)?)?)),
            Request::ShareItem(_) => Self::ShareItem(id()?),
            Request::UpdateDocument(_) => Self::UpdateDocument,
            Request::UpdateProfile(_) => Self::UpdateProfile,
        };
        let cache_key = answer.header("AffinityCacheHeader").and_then(|header| header.child("CacheKey"));
        let cache_key = cache_key.map(Element::text).filter(|key| key.len() <= MAX_TEXT);
        Ok((cache_key.unwrap_or_default().to_owned(), reply))
    }

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
