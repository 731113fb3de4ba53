//! What the token service says instead of tokens.

use super::{ns, server_info};
use crate::soap::escape;

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault<'a> {
    /// The token of a renewal is not taken: start again with the password.
    BadContextToken,
    /// Wrong address or password.
    FailedAuthentication,
    /// The request is malformed, or not to be made here.
    InvalidRequest,
    /// Another server is responsible.
    Redirect {
        /// The address of its token service.
        url: &'a str,
    },
}

impl Fault<'_> {
    /// The document, to be sent with status 200: one client reads nothing else.
    ///
    /// The fault stands directly under the envelope, without a body, where clients look for it.
    pub fn to_xml(&self, now: u64) -> String {
        let (status, code, text) = match self {
            Self::BadContextToken => ("0x80048801", "q0:BadContextToken", "Bad Context Token"),
            Self::FailedAuthentication => {
                ("0x80048821", "wsse:FailedAuthentication", "Authentication Failure")
            }
            Self::InvalidRequest => ("0x80048820", "S:Client", "Invalid Request"),
            Self::Redirect { .. } => ("0x0", "psf:Redirect", "Authentication Failure"),
        };
        let redirect = match self {
            Self::Redirect { url } => format!("<psf:redirectUrl>{}</psf:redirectUrl>", escape(url)),
            _ => String::new(),
        };
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><S:Envelope xmlns:S=\"{soap}\" xmlns:wsse=\"{wsse}\" \
             xmlns:psf=\"{psf}\" xmlns:q0=\"{wssc}\"><S:Header><psf:pp><psf:serverVersion>1</psf:serverVersion>\
             <psf:authstate>0x80048800</psf:authstate><psf:reqstatus>{status}</psf:reqstatus>{server}\
             <psf:cookies/><psf:response/></psf:pp></S:Header><S:Fault>\
             <faultcode>{code}</faultcode><faultstring>{text}</faultstring>{redirect}\
             </S:Fault></S:Envelope>",
            soap = ns::SOAP,
            wsse = ns::WSSE,
            psf = ns::PSF,
            wssc = ns::WSSC,
            server = server_info(now),
        )
    }
}
