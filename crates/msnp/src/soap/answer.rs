//! What services answer, as clients read it: any prefix, any order, faults wherever they stand.

use std::fmt;

use super::envelope::{SOAP_1_1, SOAP_1_2};
use super::tree::{Element, Limits, Malformed};

/// How much an answer may hold that tells no lists and no pictures.
pub const SMALL_ANSWER: Limits = Limits { bytes: 256 * 1024, depth: 32, nodes: 8 * 1024 };

/// How much an answer may hold that tells an address book: some thousand contacts of three KiB each, or as many members
/// of lists. It costs ten times as much in memory at the most, and is gone when it is read.
pub const BOOK_ANSWER: Limits = Limits { bytes: 8 * 1024 * 1024, depth: 32, nodes: 256 * 1024 };

/// Characters of a fault's words that are kept.
const MAX_WORDS: usize = 512;

/// What stands in the envelope of an answer that is no fault.
pub(super) struct Answer {
    header: Element,
    /// The element that stands first in the body.
    pub(super) response: Element,
}

impl Answer {
    /// Reads the answer to what is called `operation`.
    ///
    /// Which status it came with is not looked at: one service's faults come with 200, and some servers send others' so.
    pub(super) fn parse(
        document: &[u8],
        limits: Limits,
        operation: &str,
    ) -> Result<Self, Refused<ReceivedFault>> {
        let envelope = parse_envelope(document, limits)?;
        if let Some(fault) = ReceivedFault::find(&envelope) {
            return Err(Refused::Fault(fault));
        }
        let (mut header, mut response) = (None, None);
        for child in envelope.into_children() {
            match () {
                () if child.is("Header") && header.is_none() => header = Some(child),
                () if child.is("Body") && response.is_none() => {
                    response = child.into_children().into_iter().next();
                }
                () => {}
            }
        }
        let response = response.ok_or(InvalidAnswer::Empty)?;
        let name = response.name().as_bytes();
        let answers = name.split_at_checked(operation.len()).is_some_and(|(to, rest)| {
            to.eq_ignore_ascii_case(operation.as_bytes()) && rest.eq_ignore_ascii_case(b"Response")
        });
        if !answers {
            return Err(InvalidAnswer::AnotherOperation.into());
        }
        Ok(Self { header: header.unwrap_or_default(), response })
    }

    /// The first header of this name.
    pub(super) fn header(&self, name: &str) -> Option<&Element> {
        self.header.child(name)
    }

    /// The element with the result in it.
    pub(super) fn result(&self, operation: &str) -> Result<&Element, InvalidAnswer> {
        self.response.child(&format!("{operation}Result")).ok_or(InvalidAnswer::Missing("the result"))
    }
}

/// Reads a document that has to be an envelope.
pub(super) fn parse_envelope(document: &[u8], limits: Limits) -> Result<Element, InvalidAnswer> {
    let root = Element::parse(document, limits)?;
    if root.is("Envelope") && matches!(root.namespace(), Some(SOAP_1_1 | SOAP_1_2)) {
        Ok(root)
    } else {
        Err(InvalidAnswer::NoEnvelope)
    }
}

/// Why there is no answer to go on with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused<F> {
    /// The service says no.
    #[error("{0}")]
    Fault(F),
    /// What came can't be read.
    #[error(transparent)]
    Unreadable(#[from] InvalidAnswer),
}

impl<F> Refused<F> {
    /// The same with the fault as a service of its own has it.
    pub(super) fn map<G>(self, read: impl FnOnce(F) -> G) -> Refused<G> {
        match self {
            Self::Fault(fault) => Refused::Fault(read(fault)),
            Self::Unreadable(why) => Refused::Unreadable(why),
        }
    }
}

/// Why an answer can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAnswer {
    /// It belongs to another request.
    #[error("the answer belongs to another request")]
    AnotherOperation,
    /// Nothing stands in the body.
    #[error("the answer is empty")]
    Empty,
    /// No XML that is taken.
    #[error("the answer can't be read: {0}")]
    Malformed(#[from] Malformed),
    /// Something is not there that has to be.
    #[error("the answer lacks {0}")]
    Missing(&'static str),
    /// The document is something else than a SOAP envelope.
    #[error("the answer is no SOAP envelope")]
    NoEnvelope,
    /// More of something, or longer, than is taken.
    #[error("the answer has more of {0} than is taken")]
    TooMuch(&'static str),
    /// A value that is none of those that can stand there.
    #[error("{0} in the answer can't be read")]
    Value(&'static str),
}

/// A fault as any service may write it. Services tell more apart in types of their own.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceivedFault {
    /// Its code without the prefix: `Client`, `FailedAuthentication` … Of SOAP 1.2, the innermost one.
    pub code: Box<str>,
    /// The words that go with it.
    pub text: Box<str>,
    /// What the service says in its own language; empty if it says nothing.
    pub(super) detail: Box<Element>,
}

impl ReceivedFault {
    /// The one in an envelope: in its body, or, of one service, beside that.
    pub(super) fn find(envelope: &Element) -> Option<Self> {
        let fault = envelope.find(&["Body", "Fault"]).or_else(|| envelope.child("Fault"))?;
        let code = match fault.child("Code") {
            Some(code) => innermost(code).unwrap_or_default(),
            None => fault.child("faultcode").map(Element::text).unwrap_or_default(),
        };
        let text = fault.child("faultstring").or_else(|| fault.find(&["Reason", "Text"]));
        Some(Self {
            code: words(code.rsplit_once(':').map_or(code, |(_, code)| code)),
            text: words(text.map(Element::text).unwrap_or_default()),
            detail: Box::new(fault.child("detail").cloned().unwrap_or_default()),
        })
    }

    /// What is none by its form, but says no all the same.
    pub(super) fn told(code: &str, text: &str) -> Self {
        Self { code: words(code), text: words(text), detail: Box::default() }
    }

    /// The code in the service's own language: `ItemDoesNotExist`, `PassportAuthFail` …
    pub fn error_code(&self) -> Option<&str> {
        self.detail("errorcode")
    }

    /// What stands in the detail under this name.
    pub(super) fn detail(&self, name: &str) -> Option<&str> {
        self.detail.child(name).map(Element::text).filter(|text| !text.is_empty())
    }
}

impl fmt::Display for ReceivedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.text {
            "" => write!(f, "the service refuses: {}", self.code),
            text => write!(f, "the service refuses: {text} ({})", self.code),
        }
    }
}

/// Without the detail, which a service may fill with anything.
impl fmt::Debug for ReceivedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReceivedFault({}, {:?})", self.code, self.text)
    }
}

/// The value of the last `Subcode` of SOAP 1.2.
fn innermost(mut code: &Element) -> Option<&str> {
    while let Some(inner) = code.child("Subcode") {
        code = inner;
    }
    code.child("Value").map(Element::text)
}

/// As much of a text as is kept, on one line.
pub(super) fn words(text: &str) -> Box<str> {
    text.chars().take(MAX_WORDS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<String, Refused<ReceivedFault>> {
        let document = format!("<s:Envelope xmlns:s='{SOAP_1_1}'>{body}</s:Envelope>");
        let answer = Answer::parse(document.as_bytes(), SMALL_ANSWER, "Do")?;
        Ok(answer.result("Do")?.text().to_owned())
    }

    #[test]
    fn an_answer_is_what_stands_first_in_the_body() {
        assert_eq!(
            parse("<s:Body><a:doresponse><DoResult>x</DoResult></a:doresponse></s:Body>").unwrap(),
            "x"
        );
        for (body, why) in [
            ("<s:Body/>", InvalidAnswer::Empty),
            ("", InvalidAnswer::Empty),
            ("<s:Body><DoneResponse/></s:Body>", InvalidAnswer::AnotherOperation),
            ("<s:Body><äö/></s:Body>", InvalidAnswer::AnotherOperation),
            ("<s:Body><DoResponse/></s:Body>", InvalidAnswer::Missing("the result")),
            ("<s:Body>", InvalidAnswer::Malformed(Malformed::Syntax)),
        ] {
            assert_eq!(parse(body), Err(Refused::Unreadable(why)), "{body}");
        }
        let page = b"<html xmlns='http://www.w3.org/1999/xhtml'/>";
        let read = Answer::parse(page, SMALL_ANSWER, "Do").map(|_| ());
        assert_eq!(read, Err(InvalidAnswer::NoEnvelope.into()));
    }

    #[test]
    fn a_fault_is_found_wherever_it_stands() {
        let fault = "<s:Fault><faultcode>q0:Bad</faultcode><faultstring>No\nway</faultstring></s:Fault>";
        let later = "<s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:Bad</s:Value></s:Subcode>\
                     </s:Code><s:Reason><s:Text>No way</s:Text></s:Reason></s:Fault></s:Body>";
        for body in [fault, &format!("<s:Body>{fault}</s:Body>"), later] {
            let Err(Refused::Fault(fault)) = parse(body) else { panic!("{body}") };
            assert_eq!((&*fault.code, &*fault.text), ("Bad", "No way"));
            assert_eq!(fault.to_string(), "the service refuses: No way (Bad)");
        }
        let long = "x".repeat(10_000);
        let Err(Refused::Fault(fault)) =
            parse(&format!("<s:Body><s:Fault><faultstring>{long}</faultstring></s:Fault></s:Body>"))
        else {
            panic!()
        };
        assert_eq!(fault.text.len(), MAX_WORDS);
    }
}
