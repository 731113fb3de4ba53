//! What is asked of the directory.

use super::{Fault, NAMESPACE, Value};
use crate::soap::envelope::{Envelope, request};
use crate::soap::tree::{Element, Limits};
use crate::soap::xml::Xml;
use crate::types::OwnedSecret;

/// The most people that one request names.
pub const MAX_PEOPLE: usize = 50;

/// Bytes of a ticket that is looked at.
const MAX_TICKET: usize = 4096;

/// Bytes of the name of a view, which is repeated in the answer.
const MAX_VIEW: usize = 64;

/// A request, and who makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The ticket.
    pub ticket: Option<OwnedSecret>,
    /// What is asked.
    pub request: Result<Request, Invalid>,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// The profile of one person, by the number of his account.
    Get(View, u64),
    /// Those of several.
    GetMany(View, Vec<u64>),
    /// To change one.
    Set,
}

/// What of a profile is wanted: `WLX.DC.CoreProfile`. All that there is is answered to each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View(pub String);

/// Why a request is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no request of the directory")]
pub struct Invalid;

impl Invalid {
    /// The answer.
    pub const fn fault(self) -> Fault {
        Fault::Malformed
    }
}

impl Call {
    /// Reads a request.
    ///
    /// # Errors
    /// When it is none of this service.
    pub fn parse(document: &[u8]) -> Result<Self, Invalid> {
        let envelope = Envelope::parse(document, Limits::SMALL).map_err(|_| Invalid)?;
        let operation = envelope.operation(&[NAMESPACE]).map_err(|_| Invalid)?;
        let ticket = envelope.header("SOAPUserHeader").and_then(|header| header.child("TicketToken"));
        let ticket = ticket.map(Element::text).filter(|ticket| (1..=MAX_TICKET).contains(&ticket.len()));
        Ok(Self { ticket: ticket.map(OwnedSecret::new), request: Request::read(operation) })
    }
}

impl Request {
    /// What it is called.
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::Get(..) => "Get",
            Self::GetMany(..) => "GetMany",
            Self::Set => "Set",
        }
    }

    /// What it says in the HTTP header `SOAPAction`.
    pub fn action(&self) -> String {
        format!("{NAMESPACE}{}", self.operation())
    }

    /// The document, to be sent with [`Request::action`]. It holds the ticket. `scenario` says why it is asked: `Initial` …
    pub fn to_xml(&self, ticket: &OwnedSecret, scenario: &str) -> String {
        request(
            |xml| {
                xml.inside_in(NAMESPACE, "SOAPApplicationHeader", |xml| {
                    xml.text("ApplicationId", APPLICATION);
                    xml.text("Scenario", scenario);
                });
                xml.inside_in(NAMESPACE, "SOAPUserHeader", |xml| xml.text("TicketToken", ticket.expose()));
            },
            |xml| {
                xml.inside_in(NAMESPACE, self.operation(), |xml| {
                    xml.inside("request", |xml| self.write(xml));
                });
            },
        )
    }

    fn write(&self, xml: &mut Xml) {
        match self {
            Self::Get(View(view), cid) => {
                xml.text("ViewName", view);
                xml.inside("Id", |xml| write_id(*cid, xml));
            }
            Self::GetMany(View(view), cids) => {
                xml.text("ViewName", view);
                xml.inside("Ids", |xml| {
                    for cid in cids {
                        xml.inside("ProfileId", |xml| write_id(*cid, xml));
                    }
                });
            }
            // How profiles are changed here is not known of any client.
            Self::Set => {}
        }
    }

    fn read(operation: &Element) -> Result<Self, Invalid> {
        let request = operation.child("request").ok_or(Invalid);
        match () {
            () if operation.is("Get") => {
                let request = request?;
                Ok(Self::Get(view(request)?, id(request.child("Id").ok_or(Invalid)?)?))
            }
            () if operation.is("GetMany") => {
                let request = request?;
                let ids = request.child("Ids").ok_or(Invalid)?;
                let ids: Vec<_> = ids.children().iter().filter(|child| child.is("ProfileId")).collect();
                if ids.len() > MAX_PEOPLE {
                    return Err(Invalid);
                }
                Ok(Self::GetMany(view(request)?, ids.into_iter().map(id).collect::<Result<_, _>>()?))
            }
            () if operation.is("Set") => Ok(Self::Set),
            () => Err(Invalid),
        }
    }
}

/// The client, as Windows Live Messenger 2011 names itself.
const APPLICATION: &str = "F679201A-DBC9-4011-B81B-3D05F0797EA9";

/// The number of an account as requests and answers have it.
pub(super) fn write_id(cid: u64, xml: &mut Xml) {
    xml.text("Ns1", "Cid");
    Value::Long(cid.cast_signed()).write("V1", xml);
    xml.text("Ns2", "Unspecified");
}

fn view(request: &Element) -> Result<View, Invalid> {
    let name = request.child("ViewName").map(Element::text).unwrap_or_default();
    if name.len() > MAX_VIEW { Err(Invalid) } else { Ok(View(name.to_owned())) }
}

/// The number of an account, signed as in the address book, or not.
pub(super) fn id(id: &Element) -> Result<u64, Invalid> {
    let is_cid = id.child("Ns1").is_some_and(|space| space.text().eq_ignore_ascii_case("Cid"));
    let number = id.child("V1").filter(|_| is_cid).map(Element::text).ok_or(Invalid)?;
    number.parse().map(i64::cast_unsigned).or_else(|_| number.parse()).map_err(|_| Invalid)
}
