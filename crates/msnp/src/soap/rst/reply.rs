//! The tokens, as clients read them.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{BROKER, ns, server_info};
use crate::auth::sso::SECRET_LEN;
use crate::soap::{escape, timestamp};
use crate::types::OwnedSecret;

/// The answer to a right password.
#[derive(Clone, Debug)]
pub struct Reply<'a> {
    /// Now, in seconds since 1970.
    pub now: u64,
    /// The account's 64-bit number in Passport headers.
    pub puid: u64,
    /// The account's 64-bit number in web addresses and the address book.
    pub cid: u64,
    /// The account's address.
    pub member_name: &'a str,
    /// One token for each that was asked for, in the order of the request.
    pub tokens: Vec<Issued>,
}

/// An issued token.
#[derive(Clone)]
pub struct Issued {
    /// The number of the request's `RSTN`.
    pub number: u32,
    /// The service's name, as the request had it.
    pub address: String,
    /// From when on it is void, in seconds since 1970.
    pub expires: u64,
    /// The secret that goes with it.
    pub secret: [u8; SECRET_LEN],
    /// The token.
    pub token: Token,
}

/// The two kinds of tokens.
#[derive(Clone, Debug)]
pub enum Token {
    /// For the token service itself, opaque: base64 of at least 64 bytes.
    Broker(OwnedSecret),
    /// For a service: `t=…&p=`.
    Compact(OwnedSecret),
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issued")
            .field("number", &self.number)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Reply<'_> {
    /// The document, to be sent with status 200.
    ///
    /// Between token responses there is no white space: one client crashes on it.
    pub fn to_xml(&self) -> String {
        let Self { now, puid, cid, member_name, tokens } = self;
        let mut xml = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><S:Envelope xmlns:S=\"{soap}\"><S:Header>\
             <psf:pp xmlns:psf=\"{psf}\"><psf:serverVersion>1</psf:serverVersion><psf:PUID>{puid:016X}</psf:PUID>\
             <psf:configVersion>16.000.26889.00</psf:configVersion><psf:uiVersion>3.100.2179.0</psf:uiVersion>\
             <psf:authstate>0x48803</psf:authstate><psf:reqstatus>0x0</psf:reqstatus>{server}<psf:cookies/>\
             <psf:browserCookies/><psf:credProperties>\
             <psf:credProperty Name=\"MainBrandID\">MSFT</psf:credProperty>\
             <psf:credProperty Name=\"IsWinLiveUser\">true</psf:credProperty>\
             <psf:credProperty Name=\"CID\">{cid:016x}</psf:credProperty>\
             <psf:credProperty Name=\"AuthMembername\">{member}</psf:credProperty>\
             <psf:credProperty Name=\"ChildFlags\">00000001</psf:credProperty>\
             <psf:credProperty Name=\"Flags\">40100643</psf:credProperty></psf:credProperties>\
             <psf:extProperties><psf:extProperty Name=\"CID\">{cid:016x}</psf:extProperty></psf:extProperties>\
             <psf:response/></psf:pp></S:Header><S:Body>\
             <wst:RequestSecurityTokenResponseCollection xmlns:wst=\"{wst}\" xmlns:wsse=\"{wsse}\" \
             xmlns:wsu=\"{wsu}\" xmlns:saml=\"{saml}\" xmlns:wsp=\"{wsp}\" xmlns:psf=\"{psf}\">",
            soap = ns::SOAP,
            psf = ns::PSF,
            server = server_info(*now),
            member = escape(member_name),
            wst = ns::WST,
            wsse = ns::WSSE,
            wsu = ns::WSU,
            saml = ns::SAML,
            wsp = ns::WSP,
        );
        for token in tokens {
            token.write(*now, &mut xml);
        }
        xml.push_str("</wst:RequestSecurityTokenResponseCollection></S:Body></S:Envelope>");
        xml
    }
}

impl Issued {
    /// Whether the one who asked for `address` wants the token broker's kind of token.
    pub fn is_broker(address: &str) -> bool {
        address.eq_ignore_ascii_case(BROKER)
    }

    fn write(&self, now: u64, xml: &mut String) {
        let Self { number, address, expires, secret, token } = self;
        let (kind, id, token) = match token {
            Token::Broker(cipher_value) => (
                "urn:passport:legacy",
                format!("BinaryDAToken{number}"),
                format!(
                    "<EncryptedData xmlns=\"http://www.w3.org/2001/04/xmlenc#\" Id=\"BinaryDAToken{number}\" \
                     Type=\"http://www.w3.org/2001/04/xmlenc#Element\"><EncryptionMethod \
                     Algorithm=\"http://www.w3.org/2001/04/xmlenc#tripledes-cbc\"/>\
                     <ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\
                     <ds:KeyName>http://Passport.NET/STS</ds:KeyName></ds:KeyInfo>\
                     <CipherData><CipherValue>{}</CipherValue></CipherData></EncryptedData>",
                    escape(cipher_value.expose())
                ),
            ),
            Token::Compact(ticket) => (
                "urn:passport:compact",
                format!("Compact{number}"),
                format!(
                    "<wsse:BinarySecurityToken Id=\"Compact{number}\">{}</wsse:BinarySecurityToken>",
                    escape(ticket.expose())
                ),
            ),
        };
        // The original said `urn:passport` for the key of a broker's token, whose type is `legacy`.
        let reference = if kind == "urn:passport:legacy" { "urn:passport" } else { kind };
        // Writing to a String can't fail.
        let _ = write!(
            xml,
            "<wst:RequestSecurityTokenResponse><wst:TokenType>{kind}</wst:TokenType>\
             <wsp:AppliesTo xmlns:wsa=\"{wsa}\"><wsa:EndpointReference><wsa:Address>{address}</wsa:Address>\
             </wsa:EndpointReference></wsp:AppliesTo>\
             <wst:LifeTime><wsu:Created>{created}</wsu:Created><wsu:Expires>{expires}</wsu:Expires></wst:LifeTime>\
             <wst:RequestedSecurityToken>{token}</wst:RequestedSecurityToken>\
             <wst:RequestedTokenReference><wsse:KeyIdentifier ValueType=\"{reference}\"/>\
             <wsse:Reference URI=\"#{id}\"/></wst:RequestedTokenReference>\
             <wst:RequestedProofToken><wst:BinarySecret>{secret}</wst:BinarySecret></wst:RequestedProofToken>\
             </wst:RequestSecurityTokenResponse>",
            wsa = ns::WSA,
            address = escape(address),
            created = timestamp(now),
            expires = timestamp(*expires),
            secret = STANDARD.encode(secret),
        );
    }
}
