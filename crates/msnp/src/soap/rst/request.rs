//! What a client asks the token service for.

use super::signature::{Signature, Unsigned};
use crate::soap::tree::{Element, Limits, Malformed};
use crate::types::OwnedSecret;

/// The name that stands for the token broker itself: its token renews the others.
pub const BROKER: &str = "http://Passport.NET/tb";

/// The most tokens that one request may ask for. Real ones ask for up to a dozen.
pub const MAX_TOKENS: usize = 32;

/// A request for tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub credentials: Credentials,
    /// What for. The answer has to keep the order and the number.
    pub tokens: Vec<Wanted>,
    /// Whether they stand in a list, as they do when there are several.
    pub in_list: bool,
}

/// How the one who asks proves who he is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// By address and password.
    Password {
        /// The address, as the client wrote it.
        user_name: String,
        /// The password.
        password: OwnedSecret,
    },
    /// By the token broker's token.
    Token {
        /// The `CipherValue`, as it was issued.
        cipher_value: OwnedSecret,
        /// The proof of having the token's secret, as far as it can be checked without it.
        signature: Result<Signature, Unsigned>,
    },
}

/// A token that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The number N of its id `RSTN`. Clients find the token by it: theirs has the id `CompactN`.
    pub number: u32,
    /// The name of the service.
    pub address: String,
    /// The policy, for whoever wants to know: whatever it says, a token is issued.
    pub policy: String,
}

impl Request {
    /// Reads a request.
    ///
    /// Any prefix, any order, several tokens or a single one. Policies and names are not judged: clients send
    /// placeholders.
    ///
    /// # Errors
    /// When it is no XML, names nobody, or asks for nothing or too much.
    pub fn parse(document: &[u8]) -> Result<Self, InvalidRequest> {
        let envelope = Element::parse(document, Limits::SMALL)?;
        let security = envelope.find(&["Header", "Security"]).ok_or(InvalidRequest::NoCredentials)?;
        let body = envelope.child("Body").ok_or(InvalidRequest::NoTokens)?;
        let list = body.child("RequestMultipleSecurityTokens");
        let wanted: Vec<&Element> =
            list.unwrap_or(body).children().iter().filter(|child| child.is("RequestSecurityToken")).collect();
        if wanted.is_empty() {
            return Err(InvalidRequest::NoTokens);
        }
        if wanted.len() > MAX_TOKENS {
            return Err(InvalidRequest::TooManyTokens);
        }
        Ok(Self {
            credentials: Credentials::read(security, document)?,
            in_list: list.is_some(),
            tokens: (0..).zip(wanted).map(|(place, element)| Wanted::read(place, element)).collect(),
        })
    }
}

impl Credentials {
    fn read(security: &Element, document: &[u8]) -> Result<Self, InvalidRequest> {
        if let Some(user) = security.child("UsernameToken") {
            let user_name = user.child("Username").ok_or(InvalidRequest::NoCredentials)?.text().to_owned();
            let password = user.child("Password").ok_or(InvalidRequest::NoCredentials)?.exact_text();
            return Ok(Self::Password { user_name, password: OwnedSecret::new(password) });
        }
        let cipher_value = security
            .find(&["EncryptedData", "CipherData", "CipherValue"])
            .ok_or(InvalidRequest::NoCredentials)?;
        let cipher_value = OwnedSecret::new(cipher_value.text());
        Ok(Self::Token { cipher_value, signature: Signature::read(document) })
    }
}

impl Wanted {
    fn read(place: u32, element: &Element) -> Self {
        let id = element.attribute("Id").unwrap_or_default();
        let digits = id.trim_start_matches(|c: char| !c.is_ascii_digit());
        let reference = element.find(&["AppliesTo", "EndpointReference"]);
        let address = reference.and_then(|reference| {
            // A request for a peer-to-peer certificate names its service so.
            reference.child("Address").or_else(|| reference.child("ServiceName"))
        });
        let policy = element.child("PolicyReference").and_then(|policy| policy.attribute("URI"));
        Self {
            number: digits.parse().unwrap_or(place),
            address: address.map(Element::text).unwrap_or_default().to_owned(),
            policy: policy.unwrap_or_default().to_owned(),
        }
    }
}

/// Why a request can't be answered with tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// Not to be read at all.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// No user name and password, and no token either.
    #[error("the request names nobody")]
    NoCredentials,
    /// It asks for nothing.
    #[error("the request asks for no token")]
    NoTokens,
    /// More than [`MAX_TOKENS`].
    #[error("the request asks for more than {MAX_TOKENS} tokens")]
    TooManyTokens,
}
