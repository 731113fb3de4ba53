//! Any request.

use super::{
    CreateDocument, CreateProfile, CreateRelationships, DeleteRelationships, Fault, FindDocuments,
    GetProfile, LIMITS, NAMESPACES, ShareItem, UpdateDocument, UpdateProfile,
};
use crate::soap::envelope::Envelope;
use crate::soap::tree::Element;
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

/// Bytes of a ticket that is looked at.
const MAX_TICKET: usize = 4096;

/// Bytes of a namespace that is repeated in the answer.
const MAX_NAMESPACE: usize = 64;

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

    /// Whether it may change something.
    pub const fn modifies(&self) -> bool {
        !matches!(self, Self::FindDocuments(_) | Self::GetProfile(_) | Self::ShareItem(_))
    }
}
