//! The tokens, as clients read them.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::BROKER;
use super::form::{Form, PSF, SAML, WSU, server_info};
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    pub fn to_xml(&self, form: &Form) -> String {
        let Self { now, puid, cid, member_name, tokens } = self;
        let mut xml = String::with_capacity(2048 + 1536 * tokens.len());
        form.open(&mut xml);
        form.addressing(*now, "", &mut xml);
        // Writing to a String can't fail.
        let _ = write!(
            xml,
            "<psf:pp><psf:serverVersion>1</psf:serverVersion><psf:PUID>{puid:016X}</psf:PUID>\
             <psf:configVersion>16.000.26889.00</psf:configVersion><psf:uiVersion>3.100.2179.0</psf:uiVersion>\
             {application_data}<psf:authstate>0x48803</psf:authstate><psf:reqstatus>0x0</psf:reqstatus>{server}\
             <psf:cookies/><psf:browserCookies/><psf:credProperties>\
             <psf:credProperty Name=\"MainBrandID\">MSFT</psf:credProperty>\
             <psf:credProperty Name=\"IsWinLiveUser\">true</psf:credProperty>\
             <psf:credProperty Name=\"CID\">{cid:016x}</psf:credProperty>\
             <psf:credProperty Name=\"AuthMembername\">{member}</psf:credProperty>\
             <psf:credProperty Name=\"ChildFlags\">00000001</psf:credProperty>\
             <psf:credProperty Name=\"Flags\">40100643</psf:credProperty></psf:credProperties>\
             <psf:extProperties><psf:extProperty Name=\"CID\">{cid:016x}</psf:extProperty></psf:extProperties>\
             <psf:response/></psf:pp></S:Header><S:Body>",
            application_data = form.application_data(),
            server = server_info(*now),
            member = escape(member_name),
        );
        self.write_collection(form, &mut xml);
        xml.push_str("</S:Body></S:Envelope>");
        xml
    }

    pub(super) fn write_collection(&self, form: &Form, xml: &mut String) {
        let _ = write!(xml, "<wst:RequestSecurityTokenResponseCollection{}>", namespaces(form));
        for token in &self.tokens {
            token.write(form, self.now, "", xml);
        }
        xml.push_str("</wst:RequestSecurityTokenResponseCollection>");
    }
}

/// What tokens use. Declared where they begin: they may have to stand alone.
pub(super) fn namespaces(form: &Form) -> String {
    format!(
        " xmlns:wst=\"{wst}\" xmlns:wsse=\"{wsse}\" xmlns:wsu=\"{WSU}\" xmlns:saml=\"{SAML}\" xmlns:wsp=\"{wsp}\" \
         xmlns:psf=\"{PSF}\"",
        wst = form.wst,
        wsse = form.wsse,
        wsp = form.wsp,
    )
}

impl Issued {
    /// Whether the one who asked for `address` wants the token broker's kind of token.
    pub fn is_broker(address: &str) -> bool {
        address.eq_ignore_ascii_case(BROKER)
    }

    pub(super) fn write(&self, form: &Form, now: u64, declared: &str, xml: &mut String) {
        let Self { number, address, expires, secret, token } = self;
        // The original said `urn:passport` for the key of a broker's token, whose type is `legacy`.
        let (kind, key_kind, id, token) = match token {
            Token::Broker(cipher_value) => (
                "urn:passport:legacy",
                "urn:passport",
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
                "urn:passport:compact",
                format!("Compact{number}"),
                format!(
                    "<wsse:BinarySecurityToken Id=\"Compact{number}\">{}</wsse:BinarySecurityToken>",
                    escape(ticket.expose())
                ),
            ),
        };
        let reference = if form.is_later {
            let reference = format!(
                "<wsse:SecurityTokenReference><wsse:Reference URI=\"#{id}\"/></wsse:SecurityTokenReference>"
            );
            format!(
                "<wst:RequestedAttachedReference>{reference}</wst:RequestedAttachedReference>\
                 <wst:RequestedUnattachedReference>{reference}</wst:RequestedUnattachedReference>"
            )
        } else {
            format!(
                "<wst:RequestedTokenReference><wsse:KeyIdentifier ValueType=\"{key_kind}\"/>\
                 <wsse:Reference URI=\"#{id}\"/></wst:RequestedTokenReference>"
            )
        };
        // Writing to a String can't fail.
        let _ = write!(
            xml,
            "<wst:RequestSecurityTokenResponse{declared}><wst:TokenType>{kind}</wst:TokenType>\
             <wsp:AppliesTo xmlns:wsa=\"{wsa}\"><wsa:EndpointReference><wsa:Address>{address}</wsa:Address>\
             </wsa:EndpointReference></wsp:AppliesTo>\
             <{life_time}><wsu:Created>{created}</wsu:Created><wsu:Expires>{expires}</wsu:Expires></{life_time}>\
             <wst:RequestedSecurityToken>{token}</wst:RequestedSecurityToken>{reference}\
             <wst:RequestedProofToken><wst:BinarySecret>{secret}</wst:BinarySecret></wst:RequestedProofToken>\
             </wst:RequestSecurityTokenResponse>",
            wsa = form.wsa,
            address = escape(address),
            life_time = form.life_time,
            created = timestamp(now),
            expires = timestamp(*expires),
            secret = STANDARD.encode(secret),
        );
    }
}
