//! What is answered to who fetches messages.

use super::{MailData, NAMESPACE, Request};
use crate::soap::answer::{Answer, InvalidAnswer, Refused};
use crate::soap::envelope::{FaultCode, answer, fault, plain_fault};
use crate::soap::escape;
use crate::soap::oim::{self, Refusal};
use crate::soap::tree::Limits;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// To `DeleteMessages`: they are gone.
    DeleteMessages,
    /// To `GetMessage`: the MIME message.
    GetMessage(String),
    /// To `GetMetadata`: what waits.
    GetMetadata(MailData),
}

impl Reply {
    /// Reads the answer to a request.
    ///
    /// # Errors
    /// When the service refuses, or answers what can't be read.
    pub fn parse(document: &[u8], to: &Request) -> Result<Self, Refused<Refusal>> {
        let answer = Answer::parse(document, Limits::LISTS, to.operation())
            .map_err(|refused| refused.map(Refusal::read))?;
        Ok(match to {
            Request::DeleteMessages(_) => Self::DeleteMessages,
            Request::GetMessage(_) => Self::GetMessage(answer.result("GetMessage")?.text().to_owned()),
            Request::GetMetadata => {
                let data = answer.response.child("MD").ok_or(InvalidAnswer::Missing("MD"))?;
                Self::GetMetadata(MailData::read(data)?)
            }
        })
    }

    /// The document, to be sent with status 200.
    pub fn to_xml(&self) -> String {
        let name = match self {
            Self::DeleteMessages => "DeleteMessagesResponse",
            Self::GetMessage(_) => "GetMessageResponse",
            Self::GetMetadata(_) => "GetMetadataResponse",
        };
        answer(
            |_| {},
            |xml| {
                xml.raw("<");
                xml.raw(name);
                xml.attribute("xmlns", NAMESPACE);
                match self {
                    Self::DeleteMessages => return xml.raw("/>"),
                    Self::GetMessage(mime) => {
                        xml.raw(">");
                        // Line ends as they are: XML makes a mere line feed of each, which libpurple looks for, and
                        // crashes without. Those that are escaped would stay.
                        xml.open("GetMessageResult");
                        xml.raw(&escape(mime).replace("&#13;", "\r"));
                        xml.close("GetMessageResult");
                    }
                    Self::GetMetadata(data) => {
                        xml.raw(">");
                        data.write(xml);
                    }
                }
                xml.close(name);
            },
        )
    }
}

/// Nothing is fetched or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault<'a> {
    /// The ticket is not good: get a new one.
    AuthenticationFailed {
        /// What `login2.srf` is to be shown for a new one: `ct=…,rver=…,wp=…`.
        challenge: &'a str,
    },
    /// The request can't be read, or names a message that is not there.
    Malformed,
    /// The store has failed: later.
    Unavailable,
}

impl Fault<'_> {
    /// The answer, to be sent with [`FAULT_STATUS`](crate::soap::envelope::FAULT_STATUS).
    pub fn to_xml(&self) -> String {
        match self {
            Self::AuthenticationFailed { challenge } => {
                // As the other service says it, in its namespace.
                let code = FaultCode::Own { name: "AuthenticationFailed", namespace: oim::NAMESPACE };
                let actor = Some("https://rsi.hotmail.com/rsi/rsi.asmx");
                fault(&code, oim::EXCEPTION, actor, |xml| oim::write_challenge(xml, challenge))
            }
            Self::Malformed => plain_fault(&FaultCode::Client, "Schema validation error"),
            Self::Unavailable => plain_fault(&FaultCode::Server, "Try again later"),
        }
    }
}
