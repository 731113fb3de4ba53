//! What the token services say instead of tokens.

use std::fmt::Write as _;

use super::form::{Form, element, server_info};

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

/// How a fault is put into words.
struct Words {
    status: &'static str,
    code: &'static str,
    later_code: &'static str,
    text: &'static str,
    /// A number and a text for whoever looks for the cause.
    cause: (&'static str, &'static str),
}

impl Fault<'_> {
    /// The document, to be sent with status 200: one client reads nothing else.
    ///
    /// That of `RST.srf` stands directly under the envelope, without a body, where clients look for it; that of
    /// `RST2.srf` in the body.
    pub fn to_xml(&self, form: &Form, now: u64) -> String {
        let words = self.words();
        let mut xml = String::with_capacity(2048);
        form.open(&mut xml);
        form.addressing(now, "", &mut xml);
        // Writing to a String can't fail.
        let _ = write!(
            xml,
            "<psf:pp><psf:serverVersion>1</psf:serverVersion><psf:authstate>0x80048800</psf:authstate>\
             <psf:reqstatus>{status}</psf:reqstatus>{server}<psf:cookies/><psf:response/></psf:pp></S:Header>",
            status = words.status,
            server = server_info(now),
        );
        let redirect = match self {
            Self::Redirect { url } => element("psf:redirectUrl", url),
            _ => String::new(),
        };
        if form.is_later {
            let (number, cause) = words.cause;
            let _ = write!(
                xml,
                "<S:Body><S:Fault><S:Code><S:Value>S:Sender</S:Value><S:Subcode><S:Value>{code}</S:Value></S:Subcode>\
                 </S:Code><S:Reason><S:Text xml:lang=\"en-US\">{text}</S:Text></S:Reason><S:Detail>{redirect}\
                 <psf:error><psf:value>{status}</psf:value><psf:internalerror><psf:code>{number}</psf:code>\
                 <psf:text>{cause}</psf:text></psf:internalerror></psf:error></S:Detail></S:Fault></S:Body></S:Envelope>",
                code = words.later_code,
                text = words.text,
                status = words.status,
            );
        } else {
            let _ = write!(
                xml,
                "<S:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring>{redirect}</S:Fault>\
                 </S:Envelope>",
                code = words.code,
                text = words.text,
            );
        }
        xml
    }

    fn words(&self) -> Words {
        match self {
            Self::BadContextToken => Words {
                status: "0x80048801",
                code: "q0:BadContextToken",
                later_code: "wssc:BadContextToken",
                text: "Bad Context Token",
                cause: ("0x80048801", "The token is not valid any more."),
            },
            Self::FailedAuthentication => Words {
                status: "0x80048821",
                code: "wsse:FailedAuthentication",
                later_code: "wst:FailedAuthentication",
                text: "Authentication Failure",
                cause: ("0x80041012", "The entered and stored passwords do not match."),
            },
            Self::InvalidRequest => Words {
                status: "0x80048820",
                code: "S:Client",
                later_code: "wst:InvalidRequest",
                text: "Invalid Request",
                cause: ("0x80045c01", "Invalid STS request."),
            },
            Self::Redirect { .. } => Words {
                status: "0x0",
                code: "psf:Redirect",
                later_code: "psf:Redirect",
                text: "Authentication Failure",
                cause: ("0x0", "Another server is responsible."),
            },
        }
    }
}
