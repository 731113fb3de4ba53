//! What a client is answered: tokens, or why there are none.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::reply::{Issued, Token};
use super::request::{BROKER, MAX_TOKENS, Wanted};
use super::sealed::{NONCE_LEN, Seal, open};
use crate::auth::sso::SECRET_LEN;
use crate::soap::abch::Timestamp;
use crate::soap::answer::{InvalidAnswer, ReceivedFault, Refused, parse_envelope, words};
use crate::soap::tree::{Element, Limits};
use crate::types::OwnedSecret;

/// How much an answer may hold. Real ones have some 2 KiB for each token.
const LIMITS: Limits = Limits { bytes: 256 * 1024, depth: 32, nodes: 4096 };

/// Bytes of a token. Some clients cut at 1022, and the broker's is no more than a few KiB.
const MAX_TOKEN: usize = 16 * 1024;

/// How long a token is good that says only until when, in seconds: as short as any was.
const LIFETIME: u64 = 8 * 3600;

/// Bytes of an address.
const MAX_ADDRESS: usize = 512;

/// What a client is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// What the server has for now, in seconds since 1970, by which a clock that goes wrong can be put right.
    pub now: Option<u64>,
    /// The account's number in web addresses and the address book.
    pub cid: Option<u64>,
    /// The account's address.
    pub member_name: Option<String>,
    /// The tokens. One that was asked for may be missing: the others are good all the same.
    pub tokens: Vec<Grant>,
}

/// A token as a client has it.
#[derive(Clone, PartialEq, Eq)]
pub struct Grant {
    /// What for: the service's name, as the request had it.
    pub address: String,
    /// From when on it is good, in seconds since 1970, by the server's clock.
    pub created: u64,
    /// From when on it is void.
    pub expires: u64,
    /// What proves that a token came to the one who shows it. Some servers give none where nobody needs it.
    pub secret: Option<[u8; SECRET_LEN]>,
    /// The token.
    pub token: Token,
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, created, expires, .. } = self;
        write!(f, "Grant({address:?}, {created} to {expires})")
    }
}

impl Answer {
    /// Reads the answer to a request with a password.
    ///
    /// # Errors
    /// When the service refuses, or answers what can't be read.
    pub fn parse(document: &[u8]) -> Result<Self, Refused<Refusal>> {
        let envelope = parse_envelope(document, LIMITS)?;
        Self::check(&envelope)?;
        let body = envelope.child("Body").ok_or(InvalidAnswer::Empty)?;
        Ok(Self::read(&envelope, body)?)
    }

    /// Reads the answer to a renewal, which only the secret of the token that was shown can open.
    ///
    /// # Errors
    /// When the service refuses, or answers what can't be opened or read.
    pub fn parse_sealed(document: &[u8], secret: &[u8; SECRET_LEN]) -> Result<Self, Refused<Refusal>> {
        let envelope = parse_envelope(document, LIMITS)?;
        Self::check(&envelope)?;
        let body = envelope.child("Body").ok_or(InvalidAnswer::Empty)?;
        let nonce = envelope
            .find(&["Header", "Security", "DerivedKeyToken", "Nonce"])
            .and_then(|nonce| STANDARD.decode(nonce.text()).ok())
            .and_then(|nonce| <[u8; NONCE_LEN]>::try_from(nonce).ok())
            .ok_or(InvalidAnswer::Missing("the nonce it is sealed with"))?;
        let value = body
            .find(&["EncryptedData", "CipherData", "CipherValue"])
            .ok_or(InvalidAnswer::Missing("what is sealed"))?;
        let text = open(&Seal { secret: *secret, nonce }, value.text())
            .ok_or(InvalidAnswer::Value("what is sealed"))?;
        // Its root is what stands in the body otherwise.
        let inside =
            Element::parse(format!("<Body>{text}</Body>").as_bytes(), LIMITS).map_err(InvalidAnswer::from)?;
        Ok(Self::read(&envelope, &inside)?)
    }

    fn check(envelope: &Element) -> Result<(), Refused<Refusal>> {
        match ReceivedFault::find(envelope) {
            Some(fault) => Err(Refused::Fault(Refusal::read(envelope, &fault))),
            None => Ok(()),
        }
    }

    fn read(envelope: &Element, body: &Element) -> Result<Self, InvalidAnswer> {
        let responses = body.child("RequestSecurityTokenResponseCollection").unwrap_or(body);
        let responses: Vec<&Element> =
            responses.children().iter().filter(|child| child.is("RequestSecurityTokenResponse")).collect();
        if responses.is_empty() {
            return Err(InvalidAnswer::Missing("tokens"));
        }
        if responses.len() > MAX_TOKENS {
            return Err(InvalidAnswer::TooMuch("tokens"));
        }
        let header = envelope.find(&["Header", "pp"]);
        let property = |name: &str| {
            let all = header?.child("credProperties")?.children();
            all.iter().find(|one| one.attribute("Name") == Some(name)).map(Element::text)
        };
        let now = header
            .and_then(|header| header.child("serverInfo")?.attribute("ServerTime"))
            .and_then(Timestamp::read);
        let now = now.map(seconds);
        Ok(Self {
            now,
            cid: property("CID").and_then(|cid| u64::from_str_radix(cid, 16).ok()),
            member_name: property("AuthMembername").map(|name| words(name).into()),
            tokens: responses.into_iter().filter_map(|response| Grant::read(response, now)).collect(),
        })
    }

    /// The token for a service.
    pub fn token(&self, address: &str) -> Option<&Grant> {
        self.tokens.iter().find(|token| token.address.eq_ignore_ascii_case(address))
    }
}

impl Grant {
    /// One of an answer; none if it is refused, or lacks what makes it of use.
    fn read(response: &Element, now: Option<u64>) -> Option<Self> {
        let address = response.find(&["AppliesTo", "EndpointReference"])?;
        let address = address.child("Address").or_else(|| address.child("ServiceName"))?.text();
        // In one service's answers with a capital T.
        let life_time = response.child("Lifetime");
        let time = |name| life_time.and_then(|times| Timestamp::read(times.child(name)?.text())).map(seconds);
        let expires = time("Expires")?;
        let given = response.child("RequestedSecurityToken")?;
        let token = match given.child("BinarySecurityToken") {
            Some(token) => Token::Compact(secret(token)?),
            None => Token::Broker(secret(given.find(&["EncryptedData", "CipherData", "CipherValue"])?)?),
        };
        let key = response.find(&["RequestedProofToken", "BinarySecret"]);
        Some(Self {
            address: Some(address).filter(|address| address.len() <= MAX_ADDRESS)?.to_owned(),
            created: time("Created").or(now).unwrap_or(expires.saturating_sub(LIFETIME)),
            expires,
            secret: key.and_then(|key| STANDARD.decode(key.text()).ok()?.try_into().ok()),
            token,
        })
    }

    /// Whether it is the broker's, by which the others are renewed.
    pub fn is_broker(&self) -> bool {
        Issued::is_broker(&self.address)
    }

    /// The ticket for a service; none of the broker, whose token is shown in another way.
    pub const fn ticket(&self) -> Option<&OwnedSecret> {
        match &self.token {
            Token::Compact(ticket) => Some(ticket),
            Token::Broker(_) => None,
        }
    }
}

fn secret(element: &Element) -> Option<OwnedSecret> {
    Some(element.text()).filter(|text| (1..=MAX_TOKEN).contains(&text.len())).map(OwnedSecret::new)
}

const fn seconds(at: Timestamp) -> u64 {
    at.unix_millis() / 1000
}

/// Why a client is given no tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The broker's token is not taken any more: start again with the password.
    BadContextToken,
    /// Wrong address or password.
    FailedAuthentication,
    /// Another server is responsible.
    Redirect {
        /// The address of its token service.
        url: String,
    },
    /// Anything else.
    Other {
        /// The number that stands for the cause, as `0x80048820`, if there is one.
        status: Option<Box<str>>,
        /// The fault itself.
        fault: ReceivedFault,
    },
}

/// What stands for a wrong name or password; the second one was seen once.
const WRONG_PASSWORD: [&str; 2] = ["0x80048821", "0x80048823"];

impl Refusal {
    fn read(envelope: &Element, fault: &ReceivedFault) -> Self {
        let url =
            [&["Body", "Fault", "Detail"][..], &["Body", "Fault"], &["Fault", "Detail"], &["Fault"], &[]]
                .iter()
                .find_map(|path| envelope.find(path)?.child("redirectUrl"));
        let is_url = |url: &&str| (1..=MAX_URL).contains(&url.len()) && !url.contains(char::is_control);
        if let Some(url) = url.map(Element::text).filter(is_url) {
            return Self::Redirect { url: url.to_owned() };
        }
        let error = envelope.find(&["Body", "Fault", "Detail", "error", "value"]);
        let status = error.or_else(|| envelope.find(&["Header", "pp", "reqstatus"])).map(Element::text);
        match &*fault.code {
            "BadContextToken" => Self::BadContextToken,
            "FailedAuthentication" if status.is_none_or(|status| WRONG_PASSWORD.contains(&status)) => {
                Self::FailedAuthentication
            }
            _ => Self::Other { status: status.map(words), fault: fault.clone() },
        }
    }
}

/// Bytes of an address that a client is sent to.
const MAX_URL: usize = 2048;

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadContextToken => f.write_str("the token has run out: sign in with the password again"),
            Self::FailedAuthentication => f.write_str("wrong address or password"),
            Self::Redirect { url } => write!(f, "another server is responsible: {url}"),
            Self::Other { status: Some(status), fault } => write!(f, "{fault}, {status}"),
            Self::Other { status: None, fault } => fault.fmt(f),
        }
    }
}

impl Wanted {
    /// The broker's token, which every request asks for first.
    pub fn broker() -> Self {
        Self { number: 0, address: BROKER.to_owned(), policy: String::new() }
    }

    /// What a request asks for: the broker's token, and then these, of each the service's name and the policy.
    pub fn list<'a>(services: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Self> {
        let services = (1..).zip(services).map(|(number, (address, policy))| Self {
            number,
            address: address.to_owned(),
            policy: policy.to_owned(),
        });
        std::iter::once(Self::broker()).chain(services).collect()
    }
}
