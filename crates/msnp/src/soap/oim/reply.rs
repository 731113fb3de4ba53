//! What is answered to who stores a message.

use std::fmt;

use super::NAMESPACE;
use crate::soap::answer::{Answer, ReceivedFault, Refused, SMALL_ANSWER, words};
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
    /// Reads the answer to a message that was sent.
    ///
    /// # Errors
    /// When the service refuses, or answers what can't be read.
    pub fn parse(document: &[u8]) -> Result<Self, Refused<Refusal>> {
        let answer =
            Answer::parse(document, SMALL_ANSWER, "Store").map_err(|refused| refused.map(Refusal::read))?;
        let range =
            answer.header("SequenceAcknowledgment").and_then(|header| header.child("AcknowledgmentRange"));
        let number = range.and_then(|range| range.attribute("Upper")?.parse().ok());
        Ok(Self { message_number: number.unwrap_or(1) })
    }

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

/// Why a message is not kept, as a client reads it; or why none is fetched, which is told in the same words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The ticket is not good, or something else is wanted beside it.
    AuthenticationFailed {
        /// What `login2.srf` is to be shown for a new ticket, if it is that.
        challenge: Option<Box<str>>,
        /// What is to be answered as a challenge of MSNP11 is, in `lockkey`, if that is wanted.
        lock_key: Option<Box<str>>,
    },
    /// There is no text in it, or too much.
    InvalidContent,
    /// Too fast: later.
    SenderThrottleLimitExceeded,
    /// There is no such receiver, or none who takes messages from this sender.
    SystemUnavailable,
    /// Anything else.
    Other(ReceivedFault),
}

impl Refusal {
    pub(in crate::soap) fn read(fault: ReceivedFault) -> Self {
        match &*fault.code {
            "AuthenticationFailed" => {
                let part = |name| fault.detail(name).map(words);
                Self::AuthenticationFailed {
                    challenge: part("TweenerChallenge"),
                    lock_key: part("LockKeyChallenge"),
                }
            }
            "InvalidContent" => Self::InvalidContent,
            "SenderThrottleLimitExceeded" => Self::SenderThrottleLimitExceeded,
            "SystemUnavailable" => Self::SystemUnavailable,
            _ => Self::Other(fault),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AuthenticationFailed { .. } => f.write_str("the ticket is not taken: get a new one"),
            Self::InvalidContent => f.write_str("the message is empty, or longer than is kept"),
            Self::SenderThrottleLimitExceeded => {
                f.write_str("too many messages at a time: wait some seconds")
            }
            Self::SystemUnavailable => f.write_str("there is nobody of this address who takes messages"),
            Self::Other(fault) => fault.fmt(f),
        }
    }
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
