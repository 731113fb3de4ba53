//! Who sends what to whom.

use super::{Fault, NAMESPACE, NAMESPACE_2006};
use crate::soap::envelope::{Envelope, FaultCode, InvalidEnvelope, plain_fault, request};
use crate::soap::rsi::encoded_word;
use crate::soap::tree::{Element, Limits};
use crate::soap::xml::Xml;
use crate::types::OwnedSecret;

/// A message to be stored. What it says does not show in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Store {
    /// The address of the sender, as he says.
    pub from: String,
    /// The address of the receiver.
    pub to: String,
    /// The ticket. Nothing else proves who sends: the key that `lockkey` should be locks out clients, not people.
    pub ticket: Option<OwnedSecret>,
    /// The number of the message in what the client calls a sequence, from 1 on. It is acknowledged.
    pub message_number: u32,
    /// `text`.
    pub message_type: String,
    /// A MIME message; see [`Content::read`](super::Content::read).
    pub content: String,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { from, to, message_number, message_type, .. } = self;
        f.debug_struct("Store")
            .field("from", from)
            .field("to", to)
            .field("message_number", message_number)
            .field("message_type", message_type)
            .finish_non_exhaustive()
    }
}

/// How much a request may hold. A message that may be stored has less than 10 KiB in any encoding.
const LIMITS: Limits = Limits { bytes: 64 * 1024, depth: 16, nodes: 256 };

/// Bytes of an address, a ticket, a type.
const MAX_WORD: usize = 2048;

impl Store {
    /// Reads a request.
    ///
    /// # Errors
    /// When it is no envelope, asks for something else, or names nobody.
    pub fn parse(document: &[u8]) -> Result<Self, InvalidStore> {
        let envelope = Envelope::parse(document, LIMITS)?;
        let first = envelope.operation(&[NAMESPACE, NAMESPACE_2006])?;
        let content = envelope.body().child("Content");
        let (Some(content), true) = (content, first.is("MessageType") || first.is("Content")) else {
            return Err(InvalidStore::UnknownOperation(first.name().chars().take(MAX_REPEATED).collect()));
        };
        let member = |header| word(envelope.header(header)?.attribute("memberName")?);
        let number = envelope.header("Sequence").and_then(|sequence| sequence.child("MessageNumber"));
        let kind = envelope.body().child("MessageType").map_or(Some("text"), |kind| word(kind.text()));
        Ok(Self {
            from: member("From").ok_or(InvalidStore::Missing("From"))?.to_owned(),
            to: member("To").ok_or(InvalidStore::Missing("To"))?.to_owned(),
            ticket: envelope
                .header("Ticket")
                .and_then(|ticket| word(ticket.attribute("passport")?))
                .map(OwnedSecret::new),
            message_number: number.and_then(|number| number.text().parse().ok()).unwrap_or(1),
            message_type: kind.ok_or(InvalidStore::Missing("MessageType"))?.to_owned(),
            content: Element::text(content).to_owned(),
        })
    }
}

/// What goes with a message beside who sends what to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender<'a> {
    /// What the sender calls himself.
    pub name: &'a str,
    /// The version of the protocol that he speaks: `MSNP15`.
    pub dialect: &'a str,
    /// The version of the client: `8.1.0178`.
    pub build: &'a str,
    /// The client's product id, as in `QRY`.
    pub product_id: &'a str,
    /// The answer to [`Refusal::AuthenticationFailed`](super::Refusal)'s lock key; empty before there was one.
    pub lock_key: &'a str,
}

impl Store {
    /// The document. It holds the ticket.
    pub fn to_xml(&self, sender: &Sender<'_>) -> String {
        let Self { from, to, ticket, message_number, message_type, content } = self;
        let header = |xml: &mut Xml, tag: &str, attributes: &[(&str, &str)]| {
            xml.raw("<");
            xml.raw(tag);
            xml.attribute("xmlns", NAMESPACE);
            attributes.iter().for_each(|(name, value)| xml.attribute(name, value));
            xml.raw("/>");
        };
        let name = encoded_word(sender.name);
        request(
            |xml| {
                let from = [
                    ("memberName", &**from),
                    ("friendlyName", &name),
                    ("xml:lang", "en-US"),
                    ("proxy", "MSNMSGR"),
                    ("msnpVer", sender.dialect),
                    ("buildVer", sender.build),
                ];
                header(xml, "From", &from);
                header(xml, "To", &[("memberName", to)]);
                let ticket = [
                    ("passport", ticket.as_ref().map(OwnedSecret::expose).unwrap_or_default()),
                    ("appid", sender.product_id),
                    ("lockkey", sender.lock_key),
                ];
                header(xml, "Ticket", &ticket);
                xml.inside_in("http://schemas.xmlsoap.org/ws/2003/03/rm", "Sequence", |xml| {
                    let utility = "http://schemas.xmlsoap.org/ws/2002/07/utility";
                    xml.text_in(utility, "Identifier", "http://messenger.msn.com");
                    xml.plain("MessageNumber", message_number);
                });
            },
            |xml| {
                xml.text_in(NAMESPACE, "MessageType", message_type);
                xml.text_in(NAMESPACE, "Content", content);
            },
        )
    }
}

fn word(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| (1..=MAX_WORD).contains(&text.len()))
}

/// Characters of an unknown operation's name that are repeated to the client.
const MAX_REPEATED: usize = 64;

/// Why a request is not read. What to answer is [`InvalidStore::fault`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStore {
    /// It is no envelope, or there is nothing of this service in it.
    #[error(transparent)]
    Envelope(#[from] InvalidEnvelope),
    /// A header is not there, or names nobody.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// There is no message in the body.
    #[error("there is no operation {0:?}")]
    UnknownOperation(Box<str>),
}

impl InvalidStore {
    /// The answer, to be sent with [`FAULT_STATUS`](crate::soap::envelope::FAULT_STATUS).
    pub fn fault(&self) -> String {
        match self {
            Self::Envelope(invalid) => invalid.fault(),
            Self::Missing(_) => Fault::Malformed.to_xml(),
            Self::UnknownOperation(name) => {
                plain_fault(&FaultCode::Client, &format!("There is no operation {name}"))
            }
        }
    }
}
