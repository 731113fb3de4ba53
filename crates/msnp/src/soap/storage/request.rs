//! Any request.

use super::{
    CreateDocument, CreateProfile, CreateRelationships, DeleteRelationships, Fault, FindDocuments,
    GetProfile, LIMITS, NAMESPACE_2008, NAMESPACES, ShareItem, UpdateDocument, UpdateProfile,
};
use crate::soap::answer::InvalidAnswer;
use crate::soap::envelope::{Envelope, request};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::OwnedSecret;

/// A request, and who makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The ticket.
    pub ticket: Option<OwnedSecret>,
    /// The namespace in which it is asked, and has to be answered.
    pub namespace: Box<str>,
    /// What is asked.
    pub request: Result<Request, Invalid>,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named for the operation, whose type says what it is")]
pub enum Request {
    CreateDocument(CreateDocument),
    CreateProfile(CreateProfile),
    CreateRelationships(CreateRelationships),
    DeleteRelationships(DeleteRelationships),
    FindDocuments(FindDocuments),
    GetProfile(GetProfile),
    ShareItem(ShareItem),
    UpdateDocument(UpdateDocument),
    UpdateProfile(UpdateProfile),
}

/// Why a request is not read. What to answer is [`Invalid::fault`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// What should be a picture in base64.
    #[error("the picture is no base64")]
    Data,
    /// It is no envelope, or its body belongs to something else.
    #[error("no request of this service")]
    Envelope,
    /// What it is about.
    #[error("a handle names nothing")]
    Handle,
    /// An element that has to be there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A text.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// A list.
    #[error("there are too many of {0}")]
    TooMany(&'static str),
    /// The operation.
    #[error("there is no such operation")]
    UnknownOperation,
}

impl Invalid {
    /// The answer.
    pub const fn fault(self) -> Fault {
        match self {
            Self::Data => Fault::BadPicture("The picture is no base64."),
            Self::Envelope | Self::Missing(_) => Fault::Malformed,
            Self::Handle => Fault::InvalidObjectHandle,
            Self::TooLong(_) | Self::TooMany(_) => Fault::TooLong,
            Self::UnknownOperation => Fault::NoSuchOperation,
        }
    }
}

impl From<Invalid> for InvalidAnswer {
    fn from(invalid: Invalid) -> Self {
        match invalid {
            Invalid::Missing(what) => Self::Missing(what),
            Invalid::TooLong(what) | Invalid::TooMany(what) => Self::TooMuch(what),
            Invalid::Handle => Self::Value("ResourceID"),
            Invalid::Data => Self::Value("Data"),
            Invalid::Envelope | Invalid::UnknownOperation => Self::AnotherOperation,
        }
    }
}

/// Bytes of a ticket that is looked at.
const MAX_TICKET: usize = 4096;

/// Bytes of a namespace that is repeated in the answer.
const MAX_NAMESPACE: usize = 64;

/// What goes with a request that a client writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskHeaders<'a> {
    /// The client: `Messenger Client 15`.
    pub application: &'a str,
    /// Why: `Initial`, `RoamingIdentityChanged` …
    pub scenario: &'a str,
    /// The ticket.
    pub ticket: &'a OwnedSecret,
    /// What the last answer's cache key was; empty before there was one.
    pub cache_key: &'a str,
}

impl AskHeaders<'_> {
    fn write(&self, xml: &mut Xml) {
        if !self.cache_key.is_empty() {
            xml.inside_in(NAMESPACE_2008, "AffinityCacheHeader", |xml| xml.text("CacheKey", self.cache_key));
        }
        xml.inside_in(NAMESPACE_2008, "StorageApplicationHeader", |xml| {
            xml.text("ApplicationID", self.application);
            xml.text("Scenario", self.scenario);
        });
        xml.inside_in(NAMESPACE_2008, "StorageUserHeader", |xml| {
            xml.plain("Puid", 0);
            xml.text("TicketToken", self.ticket.expose());
        });
    }
}

impl Call {
    /// Reads a request. Which operation it is, is told by the element in the body alone: one client names another one in
    /// the header (web-services reference, 19).
    ///
    /// What a request with a good ticket lacks is to be told to nobody else, and so stands beside the ticket.
    ///
    /// # Errors
    /// When it is no request of this service.
    pub fn parse(document: &[u8]) -> Result<Self, Invalid> {
        let envelope = Envelope::parse(document, LIMITS).map_err(|_| Invalid::Envelope)?;
        let operation = envelope.body().children().first().ok_or(Invalid::Envelope)?;
        let namespace = operation
            .namespace()
            .filter(|namespace| namespace.starts_with(NAMESPACES) && namespace.len() <= MAX_NAMESPACE)
            .ok_or(Invalid::Envelope)?;
        let ticket = envelope.header("StorageUserHeader").and_then(|header| header.child("TicketToken"));
        let ticket = ticket.map(Element::text).filter(|ticket| (1..=MAX_TICKET).contains(&ticket.len()));
        Ok(Self {
            ticket: ticket.map(OwnedSecret::new),
            namespace: namespace.into(),
            request: Request::read(operation),
        })
    }
}

impl Request {
    fn read(element: &Element) -> Result<Self, Invalid> {
        let is = |name| element.is(name);
        match () {
            () if is("CreateDocument") => CreateDocument::read(element).map(Self::CreateDocument),
            () if is("CreateProfile") => CreateProfile::read(element).map(Self::CreateProfile),
            () if is("CreateRelationships") => {
                CreateRelationships::read(element).map(Self::CreateRelationships)
            }
            () if is("DeleteRelationships") => {
                DeleteRelationships::read(element).map(Self::DeleteRelationships)
            }
            () if is("FindDocuments") => FindDocuments::read(element).map(Self::FindDocuments),
            () if is("GetProfile") => GetProfile::read(element).map(Self::GetProfile),
            () if is("ShareItem") => ShareItem::read(element).map(Self::ShareItem),
            () if is("UpdateDocument") => UpdateDocument::read(element).map(Self::UpdateDocument),
            () if is("UpdateProfile") => UpdateProfile::read(element).map(Self::UpdateProfile),
            () => Err(Invalid::UnknownOperation),
        }
    }

    /// What it is called.
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::CreateDocument(_) => "CreateDocument",
            Self::CreateProfile(_) => "CreateProfile",
            Self::CreateRelationships(_) => "CreateRelationships",
            Self::DeleteRelationships(_) => "DeleteRelationships",
            Self::FindDocuments(_) => "FindDocuments",
            Self::GetProfile(_) => "GetProfile",
            Self::ShareItem(_) => "ShareItem",
            Self::UpdateDocument(_) => "UpdateDocument",
            Self::UpdateProfile(_) => "UpdateProfile",
        }
    }

    /// What it says in the HTTP header `SOAPAction`.
    pub fn action(&self) -> String {
        format!("{NAMESPACE_2008}/{}", self.operation())
    }

    /// The document, as clients from 2009 on write it, to be sent with [`Request::action`]. It holds the ticket.
    pub fn to_xml(&self, headers: &AskHeaders<'_>) -> String {
        request(
            |xml| headers.write(xml),
            |xml| xml.inside_in(NAMESPACE_2008, self.operation(), |xml| self.write(xml)),
        )
    }

    fn write(&self, xml: &mut Xml) {
        match self {
            Self::CreateDocument(request) => request.write(xml),
            Self::CreateProfile(request) => request.write(xml),
            Self::CreateRelationships(request) => request.write(xml),
            Self::DeleteRelationships(request) => request.write(xml),
            Self::FindDocuments(request) => request.write(xml),
            Self::GetProfile(request) => request.write(xml),
            Self::ShareItem(request) => request.write(xml),
            Self::UpdateDocument(request) => request.write(xml),
            Self::UpdateProfile(request) => request.write(xml),
        }
    }

    /// Whether it may change something.
    pub const fn modifies(&self) -> bool {
        !matches!(self, Self::FindDocuments(_) | Self::GetProfile(_) | Self::ShareItem(_))
    }
}
