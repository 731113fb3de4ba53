//! What all web services but the token service have in common: the envelope around requests and answers, and faults.
//!
//! Which operation is asked for is told by the first element in the body. The HTTP header `SOAPAction` says it too, with
//! or without quotes or not at all (web-services reference, 12.2), and is not looked at.

use super::tree::{Element, Limits, Malformed};
use super::xml::Xml;

/// The namespace of SOAP 1.1, in which clients ask and are answered.
pub const SOAP_1_1: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// The namespace of SOAP 1.2, taken as well.
pub const SOAP_1_2: &str = "http://www.w3.org/2003/05/soap-envelope";

/// A request: what stands in the envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    header: Element,
    body: Element,
}

impl Envelope {
    /// Reads a request.
    ///
    /// # Errors
    /// When it is no XML, over the limits, no envelope, or has no body.
    pub fn parse(document: &[u8], limits: Limits) -> Result<Self, InvalidEnvelope> {
        let root = Element::parse(document, limits)?;
        if !root.is("Envelope") || !matches!(root.namespace(), Some(SOAP_1_1 | SOAP_1_2)) {
            return Err(InvalidEnvelope::NoEnvelope);
        }
        let (mut header, mut body) = (None, None);
        for child in root.into_children() {
            match () {
                () if child.is("Header") && header.is_none() => header = Some(child),
                () if child.is("Body") && body.is_none() => body = Some(child),
                () => {}
            }
        }
        Ok(Self { header: header.unwrap_or_default(), body: body.ok_or(InvalidEnvelope::NoBody)? })
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&Element> {
        self.header.child(name)
    }

    /// All that is asked.
    pub fn body(&self) -> &Element {
        &self.body
    }

    /// What is asked: the first element in the body, which has to be of one of these namespaces. No client is known
    /// whose namespaces differ from its service's.
    ///
    /// # Errors
    /// When the body is empty, or the element belongs to something else.
    pub fn operation(&self, namespaces: &[&str]) -> Result<&Element, InvalidEnvelope> {
        let operation = self.body.children().first().ok_or(InvalidEnvelope::EmptyBody)?;
        match operation.namespace() {
            Some(namespace) if namespaces.contains(&namespace) => Ok(operation),
            _ => Err(InvalidEnvelope::Namespace),
        }
    }
}

/// Why a request is not read. What to answer is [`InvalidEnvelope::fault`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEnvelope {
    /// Nothing stands in the body.
    #[error("the request asks for nothing")]
    EmptyBody,
    /// No XML that is taken.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// What is asked belongs to another service, or to none.
    #[error("what is asked for is in a wrong namespace")]
    Namespace,
    /// There is no body.
    #[error("the envelope has no body")]
    NoBody,
    /// The document is something else than a SOAP envelope.
    #[error("the document is no SOAP envelope")]
    NoEnvelope,
}

impl InvalidEnvelope {
    /// The answer, to be sent with [`FAULT_STATUS`].
    pub fn fault(&self) -> String {
        let code = match self {
            Self::NoEnvelope => FaultCode::VersionMismatch,
            _ => FaultCode::Client,
        };
        let text = match self {
            Self::Malformed(_) | Self::NoEnvelope => "Schema validation error",
            Self::EmptyBody | Self::NoBody => "Schema validation error: the body is empty",
            Self::Namespace => "Schema validation error: unknown namespace",
        };
        fault(&code, text, None, |_| {})
    }
}

/// The HTTP status of faults, that of the token service apart (web-services reference, 1.2).
pub const FAULT_STATUS: u16 = 500;

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultCode {
    /// The request's.
    Client,
    /// One of the service's own, behind the prefix `q0`, with which some clients compare it literally.
    Own {
        /// Its name.
        name: &'static str,
        /// The namespace that `q0` stands for.
        namespace: &'static str,
    },
    /// The server's.
    Server,
    /// The document is no envelope that is known here.
    VersionMismatch,
}

/// A fault without anything of a service's own: for what is asked of none.
pub fn plain_fault(code: &FaultCode, text: &str) -> String {
    fault(code, text, None, |_| {})
}

/// A fault whose detail has a code in the service's own namespace, and the text once more.
pub fn coded_fault(side: &FaultCode, text: &str, namespace: &str, code: &str) -> String {
    fault(side, text, None, |xml| {
        xml.text_in(namespace, "errorcode", code);
        xml.text_in(namespace, "errorstring", text);
    })
}

/// Begins an answer, up to the header's contents.
fn begin() -> Xml {
    let mut xml = Xml::document();
    xml.raw(
        "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">",
    );
    xml
}

/// An answer with a header and a body.
pub(super) fn answer(header: impl FnOnce(&mut Xml), body: impl FnOnce(&mut Xml)) -> String {
    let mut xml = begin();
    xml.inside("soap:Header", header);
    xml.inside("soap:Body", body);
    xml.close("soap:Envelope");
    xml.finish()
}

/// A request with a header and a body, as clients write it: in the same envelope.
pub(super) fn request(header: impl FnOnce(&mut Xml), body: impl FnOnce(&mut Xml)) -> String {
    answer(header, body)
}

/// An answer that says why there is none. `detail` may write nothing.
pub(super) fn fault(
    code: &FaultCode,
    text: &str,
    actor: Option<&str>,
    detail: impl FnOnce(&mut Xml),
) -> String {
    let mut inner = Xml::fragment();
    detail(&mut inner);
    let inner = inner.finish();
    let mut xml = begin();
    xml.open("soap:Body");
    xml.open("soap:Fault");
    match code {
        FaultCode::Client => xml.text("faultcode", "soap:Client"),
        FaultCode::Server => xml.text("faultcode", "soap:Server"),
        FaultCode::VersionMismatch => xml.text("faultcode", "soap:VersionMismatch"),
        FaultCode::Own { name, namespace } => {
            xml.raw("<faultcode");
            xml.attribute("xmlns:q0", namespace);
            xml.raw(">q0:");
            xml.raw(name);
            xml.close("faultcode");
        }
    }
    xml.text("faultstring", text);
    xml.some_text("faultactor", actor);
    if !inner.is_empty() {
        xml.inside("detail", |xml| xml.raw(&inner));
    }
    xml.close("soap:Fault");
    xml.close("soap:Body");
    xml.close("soap:Envelope");
    xml.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Envelope, InvalidEnvelope> {
        Envelope::parse(text.as_bytes(), Limits::SMALL)
    }

    #[test]
    fn the_operation_is_what_stands_first_in_the_body() {
        let envelope = parse(
            "<x:envelope xmlns:x='http://schemas.xmlsoap.org/soap/envelope/'><x:HEADER><a/></x:HEADER>\
             <x:Body><Do xmlns='here'/><Other/></x:Body></x:envelope>",
        )
        .unwrap();
        assert!(envelope.header("A").is_some());
        assert_eq!(envelope.operation(&["there", "here"]).unwrap().name(), "Do");
        assert_eq!(envelope.operation(&["there"]), Err(InvalidEnvelope::Namespace));
    }

    #[test]
    fn what_is_no_request_is_told_why() {
        let soap = "xmlns='http://schemas.xmlsoap.org/soap/envelope/'";
        for (text, why) in [
            ("<Envelope><Body><a/></Body></Envelope>".to_owned(), InvalidEnvelope::NoEnvelope),
            ("<Envelope xmlns='x'><Body/></Envelope>".to_owned(), InvalidEnvelope::NoEnvelope),
            (format!("<Body {soap}/>"), InvalidEnvelope::NoEnvelope),
            (format!("<Envelope {soap}/>"), InvalidEnvelope::NoBody),
            ("<Envelope".to_owned(), InvalidEnvelope::Malformed(Malformed::Syntax)),
            ("<!DOCTYPE a><a/>".to_owned(), InvalidEnvelope::Malformed(Malformed::DocType)),
        ] {
            assert_eq!(parse(&text), Err(why), "{text}");
            assert!(Element::parse(why.fault().as_bytes(), Limits::SMALL).is_ok());
        }
        let empty = parse(&format!("<Envelope {soap}><Body> </Body></Envelope>")).unwrap();
        assert_eq!(empty.operation(&["x"]), Err(InvalidEnvelope::EmptyBody));
    }

    #[test]
    fn a_fault_reads_as_one() {
        let code = FaultCode::Own { name: "InvalidContent", namespace: "urn:x" };
        let fault = fault(&code, "a<b", Some("urn:me"), |xml| xml.text("Why", "because"));
        assert!(fault.contains("<faultcode xmlns:q0=\"urn:x\">q0:InvalidContent</faultcode>"), "{fault}");
        let root = Element::parse(fault.as_bytes(), Limits::SMALL).unwrap();
        let fault = root.find(&["Body", "Fault"]).unwrap();
        assert_eq!(fault.namespace(), Some(SOAP_1_1));
        assert_eq!(fault.child("faultstring").unwrap().text(), "a<b");
        assert_eq!(fault.child("faultactor").unwrap().text(), "urn:me");
        assert_eq!(fault.find(&["detail", "Why"]).unwrap().text(), "because");

        let coded = coded_fault(&FaultCode::Client, "a<b", "urn:x&y", "Denied");
        let root = Element::parse(coded.as_bytes(), Limits::SMALL).unwrap();
        let detail = root.find(&["Body", "Fault", "detail"]).unwrap();
        for (name, value) in [("errorcode", "Denied"), ("errorstring", "a<b")] {
            let element = detail.child(name).unwrap();
            assert_eq!((element.namespace(), element.text()), (Some("urn:x&y"), value));
        }
    }
}
