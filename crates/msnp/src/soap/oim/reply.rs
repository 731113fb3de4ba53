//! What is answered to who stores a message.

use super::NAMESPACE;
use crate::soap::envelope::{FaultCode, answer, fault, plain_fault};
use crate::soap::escape;
use crate::soap::xml::Xml;

/// The message is kept: the answer, to be sent with status 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// [`Store::message_number`](super::Store::message_number).
    pub message_number: u32,
}

impl Acknowledged {
    /// The document. Some clients look for the header, one for the absence of a fault.
    pub fn to_xml(self) -> String {
        let number = self.message_number.to_string();
        answer(
            |xml| {
                xml.raw(
                    "<SequenceAcknowledgment xmlns=\"http://schemas.xmlsoap.org/ws/2003/03/rm\">\
                     <Identifier xmlns=\"http://schemas.xmlsoap.org/ws/2002/07/utility\">\
                     http://messenger.msn.com</Identifier><AcknowledgmentRange",
                );
                xml.attribute("Upper", &number);
                xml.attribute("Lower", &number);
                xml.raw("/></SequenceAcknowledgment>");
            },
            |xml| {
                xml.raw("<StoreResponse");
                xml.attribute("xmlns", NAMESPACE);
                xml.raw("><PointsConsumed>0</PointsConsumed></StoreResponse>");
            },
        )
    }
}

/// The message is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault<'a> {
    /// The ticket is not good, or not the sender's: get a new one.
    AuthenticationFailed {
        /// What `login2.srf` is to be shown for a new one: `ct=…,rver=…,wp=…`.
        challenge: &'a str,
    },
    /// There is no text in it, or too much.
    InvalidContent,
    /// The request can't be read.
    Malformed,
    /// Too much at a time, or for one receiver: later.
    SenderThrottleLimitExceeded,
    /// There is no such receiver.
    SystemUnavailable,
    /// The store has failed: later.
    Unavailable,
}

/// Who says no, as the service's own answers had it.
const ACTOR: &str = "https://ows.messenger.msn.com/OimWS/oim.asmx";

impl Fault<'_> {
    /// The answer, to be sent with [`FAULT_STATUS`](crate::soap::envelope::FAULT_STATUS).
    pub fn to_xml(&self) -> String {
        let name = match self {
            Self::AuthenticationFailed { .. } => "AuthenticationFailed",
            Self::InvalidContent => "InvalidContent",
            Self::SenderThrottleLimitExceeded => "SenderThrottleLimitExceeded",
            Self::SystemUnavailable => "SystemUnavailable",
            Self::Malformed => return plain_fault(&FaultCode::Client, "Schema validation error"),
            Self::Unavailable => return plain_fault(&FaultCode::Server, "Try again later"),
        };
        fault(&FaultCode::Own { name, namespace: NAMESPACE }, EXCEPTION, Some(ACTOR), |xml| {
            if let Self::AuthenticationFailed { challenge } = self {
                write_challenge(xml, challenge);
            }
        })
    }
}

/// What all of the service's own faults said.
pub(in crate::soap) const EXCEPTION: &str =
    "Exception of type 'System.Web.Services.Protocols.SoapException' was thrown.";

/// What makes clients get a new ticket: those of single sign-on by the policy, others by the challenge. No key to a lock
/// is asked for, so there is no challenge of that kind.
pub(in crate::soap) fn write_challenge(xml: &mut Xml, challenge: &str) {
    for (tag, text) in [("RequiredAuthPolicy", "MBI_SSL"), ("TweenerChallenge", challenge)] {
        xml.raw("<");
        xml.raw(tag);
        xml.attribute("xmlns", NAMESPACE);
        xml.raw(">");
        xml.raw(&escape(text));
        xml.close(tag);
    }
}
