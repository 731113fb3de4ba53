//! How the two services write.

use std::fmt::Write as _;

use crate::soap::{escape, timestamp};

/// `psf:`, which is the same in both.
pub(super) const PSF: &str = "http://schemas.microsoft.com/Passport/SoapServices/SOAPFault";
/// `saml:`, the same in both.
pub(super) const SAML: &str = "urn:oasis:names:tc:SAML:1.0:assertion";
/// `wsu:`, the same in both.
pub(super) const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/// What one of the two services writes. Prefixes are part of the contract: some clients compare them as text, others
/// resolve them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// The content type of answers.
    pub content_type: &'static str,
    /// The last part of the service's path.
    pub file: &'static str,
    /// SOAP 1.1 or 1.2.
    pub(super) soap: &'static str,
    pub(super) wsa: &'static str,
    pub(super) wsp: &'static str,
    pub(super) wssc: &'static str,
    pub(super) wsse: &'static str,
    pub(super) wst: &'static str,
    /// The element that says from when until when a token is good.
    pub(super) life_time: &'static str,
    /// Whether headers tell where an answer goes and when it was written, and tokens are referred to from inside and
    /// from outside of the answer; and faults stand in the body and say more. That is SOAP 1.2 and what came with it.
    pub(super) is_later: bool,
}

impl Form {
    /// `RST.srf`: SOAP 1.1 and WS-Trust of April 2004. MSN Messenger 7.5 to Windows Live Messenger 8.5, and third-party
    /// clients.
    pub const RST: Self = Self {
        content_type: "text/xml; charset=utf-8",
        file: "RST.srf",
        soap: "http://schemas.xmlsoap.org/soap/envelope/",
        wsa: "http://schemas.xmlsoap.org/ws/2004/03/addressing",
        wsp: "http://schemas.xmlsoap.org/ws/2002/12/policy",
        wssc: "http://schemas.xmlsoap.org/ws/2004/04/sc",
        wsse: "http://schemas.xmlsoap.org/ws/2003/06/secext",
        wst: "http://schemas.xmlsoap.org/ws/2004/04/trust",
        life_time: "wst:LifeTime",
        is_later: false,
    };

    /// `RST2.srf`: SOAP 1.2 and WS-Trust of February 2005. Windows Live Messenger 2009 and later.
    pub const RST2: Self = Self {
        content_type: "application/soap+xml; charset=utf-8",
        file: "RST2.srf",
        soap: "http://www.w3.org/2003/05/soap-envelope",
        wsa: "http://www.w3.org/2005/08/addressing",
        wsp: "http://schemas.xmlsoap.org/ws/2004/09/policy",
        wssc: "http://schemas.xmlsoap.org/ws/2005/02/sc",
        wsse: "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
        wst: "http://schemas.xmlsoap.org/ws/2005/02/trust",
        life_time: "wst:Lifetime",
        is_later: true,
    };

    /// The beginning of an answer, up to what is in its header.
    pub(super) fn open(&self, xml: &mut String) {
        // Writing to a String can't fail.
        let _ = write!(
            xml,
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><S:Envelope xmlns:S=\"{soap}\" xmlns:wsse=\"{wsse}\" \
             xmlns:wsu=\"{WSU}\" xmlns:psf=\"{PSF}\" xmlns:wst=\"{wst}\" xmlns:{sc}=\"{wssc}\"><S:Header>",
            soap = self.soap,
            wsse = self.wsse,
            wst = self.wst,
            wssc = self.wssc,
            // Clients look for the fault of this namespace by its prefix.
            sc = if self.is_later { "wssc" } else { "q0" },
        );
    }

    /// Where an answer goes and when it was written, where it says so; and what `security` has to say.
    pub(super) fn addressing(&self, now: u64, security: &str, xml: &mut String) {
        if self.is_later {
            let _ = write!(
                xml,
                "<wsa:Action xmlns:wsa=\"{wsa}\">http://schemas.xmlsoap.org/ws/2005/02/trust/RSTR/Issue</wsa:Action>\
                 <wsa:To xmlns:wsa=\"{wsa}\">http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:To>\
                 <wsse:Security><wsu:Timestamp wsu:Id=\"TS\"><wsu:Created>{created}</wsu:Created>\
                 <wsu:Expires>{expires}</wsu:Expires></wsu:Timestamp>{security}</wsse:Security>",
                wsa = self.wsa,
                created = timestamp(now),
                expires = timestamp(now.saturating_add(ANSWER_TIME)),
            );
        } else if !security.is_empty() {
            let _ = write!(xml, "<wsse:Security>{security}</wsse:Security>");
        }
    }

    /// The version of the data of applications, which only the later service tells.
    pub(super) fn application_data(&self) -> &'static str {
        if self.is_later { "<psf:appDataVersion>1</psf:appDataVersion>" } else { "" }
    }
}

/// How long an answer says that it is to be believed, in seconds.
const ANSWER_TIME: u64 = 300;

/// `psf:serverInfo`: the server's time, by which some clients correct their own.
pub(super) fn server_info(now: u64) -> String {
    let time = timestamp(now);
    let dotted = time.trim_end_matches('Z').replace(['-', 'T', ':'], ".");
    format!(
        "<psf:serverInfo Path=\"Live1\" RollingUpgradeState=\"ExclusiveNew\" LocVersion=\"0\" \
         ServerTime=\"{time}\">MSNPD {dotted}</psf:serverInfo>"
    )
}

/// An element with a text.
pub(super) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}
