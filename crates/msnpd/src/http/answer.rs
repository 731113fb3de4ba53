//! An answer, before it goes onto the wire.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use msnp::soap::escape;

/// The content type of pages, and of answers that have nothing but headers.
pub const HTML: &str = "text/html";
/// The content type of SOAP 1.1.
pub const XML: &str = "text/xml; charset=utf-8";

/// An answer with its whole body, so that its length is known.
#[derive(Debug)]
pub struct Answer(Response<Full<Bytes>>);

/// An answer with this body.
pub fn answer(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    Answer(response)
}

impl Answer {
    /// The same with one more header. What can't stand in a header makes it an internal error: nothing that
    /// a client sent may get that far.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            (Ok(name), Ok(value)) => {
                self.0.headers_mut().append(name, value);
                self
            }
            _ => {
                tracing::error!(name, "an answer with an impossible header");
                answer(StatusCode::INTERNAL_SERVER_ERROR, HTML, "")
            }
        }
    }

    /// A fault to whoever asks a web service that is not here. An error page would be read as XML and end a
    /// sign-in.
    pub fn soap_fault(code: &str, text: &str) -> Self {
        let fault = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
             <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><soap:Fault>\
             <faultcode>{}</faultcode><faultstring>{}</faultstring></soap:Fault></soap:Body></soap:Envelope>",
            escape(code),
            escape(text)
        );
        answer(StatusCode::INTERNAL_SERVER_ERROR, XML, fault)
    }

    /// As hyper takes it.
    pub fn into_response(self) -> Response<Full<Bytes>> {
        self.0
    }
}
