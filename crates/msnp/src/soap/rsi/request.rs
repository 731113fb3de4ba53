//! What is asked of the service that has the messages.

use super::{Fault, NAMESPACE};
use crate::soap::envelope::{Envelope, FaultCode, InvalidEnvelope, plain_fault, request};
use crate::soap::tree::{Element, Limits};
use crate::soap::xml::Xml;
use crate::types::{Guid, OwnedSecret};

/// A request, and who makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The ticket, of which only the part `t` counts.
    pub ticket: Option<OwnedSecret>,
    /// What is asked.
    pub request: Request,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Removes messages that the user has seen.
    DeleteMessages(Vec<Guid>),
    /// One message.
    GetMessage(Guid),
    /// What waits.
    GetMetadata,
}

/// Messages that one request may name. No more wait for anybody.
pub const MAX_IDS: usize = 1000;

/// Bytes of a ticket that is looked at.
const MAX_TICKET: usize = 4096;

const LIMITS: Limits = Limits { bytes: 128 * 1024, depth: 16, nodes: 2048 };

impl Call {
    /// Reads a request.
    ///
    /// # Errors
    /// When it is none, or names messages that can't be any.
    pub fn parse(document: &[u8]) -> Result<Self, InvalidCall> {
        let envelope = Envelope::parse(document, LIMITS)?;
        let operation = envelope.operation(&[NAMESPACE])?;
        let ticket =
            envelope.header("PassportCookie").and_then(|cookie| cookie.child("t")).map(Element::text);
        Ok(Self {
            ticket: ticket.filter(|t| (1..=MAX_TICKET).contains(&t.len())).map(OwnedSecret::new),
            request: Request::read(operation)?,
        })
    }
}

impl Call {
    /// The document, to be sent with [`Request::action`]. It holds the ticket.
    pub fn to_xml(&self) -> String {
        let ticket = self.ticket.as_ref().map(OwnedSecret::expose).unwrap_or_default();
        // The two parts of a ticket go into elements of their own; one that has no parts is the first.
        let (t, p) = ticket.split_once("&p=").unwrap_or((ticket, ""));
        request(
            |xml| {
                xml.inside_in(NAMESPACE, "PassportCookie", |xml| {
                    xml.text("t", t.strip_prefix("t=").unwrap_or(t));
                    xml.text("p", p);
                });
            },
            |xml| xml.inside_in(NAMESPACE, self.request.operation(), |xml| self.request.write(xml)),
        )
    }
}

impl Request {
    /// What it is called.
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::DeleteMessages(_) => "DeleteMessages",
            Self::GetMessage(_) => "GetMessage",
            Self::GetMetadata => "GetMetadata",
        }
    }

    /// What it says in the HTTP header `SOAPAction`.
    pub fn action(&self) -> String {
        format!("{NAMESPACE}/{}", self.operation())
    }

    fn write(&self, xml: &mut Xml) {
        let write_id = |xml: &mut Xml, id: &Guid| xml.plain("messageId", id.to_string().to_ascii_uppercase());
        match self {
            Self::GetMetadata => {}
            Self::GetMessage(id) => {
                write_id(xml, id);
                // What is read is deleted.
                xml.plain("alsoMarkAsRead", false);
            }
            Self::DeleteMessages(ids) => {
                xml.inside("messageIds", |xml| ids.iter().for_each(|id| write_id(xml, id)));
            }
        }
    }

    fn read(operation: &Element) -> Result<Self, InvalidCall> {
        let id = |element: &Element| element.text().parse().map_err(|_| InvalidCall::MessageId);
        match () {
            () if operation.is("GetMetadata") => Ok(Self::GetMetadata),
            () if operation.is("GetMessage") => {
                id(operation.child("messageId").ok_or(InvalidCall::MessageId)?).map(Self::GetMessage)
            }
            () if operation.is("DeleteMessages") => {
                let ids = operation.child("messageIds").ok_or(InvalidCall::MessageId)?;
                let ids: Vec<&Element> =
                    ids.children().iter().filter(|child| child.is("messageId")).collect();
                if !(1..=MAX_IDS).contains(&ids.len()) {
                    return Err(InvalidCall::MessageId);
                }
                ids.into_iter().map(id).collect::<Result<_, _>>().map(Self::DeleteMessages)
            }
            () => Err(InvalidCall::UnknownOperation(operation.name().chars().take(MAX_REPEATED).collect())),
        }
    }
}

/// Characters of an unknown operation's name that are repeated to the client.
const MAX_REPEATED: usize = 64;

/// Why a request is not read. What to answer is [`InvalidCall::fault`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCall {
    /// It is no envelope, or asks for nothing of this service.
    #[error(transparent)]
    Envelope(#[from] InvalidEnvelope),
    /// No message, one whose id is none, or more than [`MAX_IDS`].
    #[error("the messages are not named")]
    MessageId,
    /// The service has no such operation.
    #[error("there is no operation {0:?}")]
    UnknownOperation(Box<str>),
}

impl InvalidCall {
    /// The answer, to be sent with [`FAULT_STATUS`](crate::soap::envelope::FAULT_STATUS).
    pub fn fault(&self) -> String {
        match self {
            Self::Envelope(invalid) => invalid.fault(),
            Self::MessageId => Fault::Malformed.to_xml(),
            Self::UnknownOperation(name) => {
                plain_fault(&FaultCode::Client, &format!("There is no operation {name}"))
            }
        }
    }
}
