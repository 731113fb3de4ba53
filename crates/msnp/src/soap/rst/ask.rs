//! A client's requests, as official clients write them.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

use super::Wanted;
use super::form::{Form, SAML, WSU};
use super::sealed::NONCE_LEN;
use crate::auth::sso::{Key, SECRET_LEN};
use crate::soap::canonical::Element;
use crate::soap::tree::Limits;
use crate::soap::{escape, timestamp};
use crate::types::OwnedSecret;

/// The namespace of what clients say of themselves.
const PS: &str = "http://schemas.microsoft.com/Passport/SoapServices/PPCRL";

/// The application that asks: Messenger, as all its versions said.
const HOSTING_APP: &str = "{7108E71A-9926-4FCB-BCC9-9A9D3F32E423}";

/// A list of properties in base64: one, `lc`, the language, is `1033`.
const PARAMETERS: &str = "AQAAAAIAAABsYwQAAAAxMDMz";

/// How long a request is to be believed, in seconds.
const REQUEST_TIME: u64 = 300;

const XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// Asks for tokens with a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask<'a> {
    /// The address of the account.
    pub user_name: &'a str,
    /// Its password.
    pub password: &'a OwnedSecret,
    /// What for, as [`Wanted::list`] gives it.
    pub tokens: &'a [Wanted],
    /// Now, in seconds since 1970.
    pub now: u64,
    /// The address that it goes to.
    pub url: &'a str,
}

impl Ask<'_> {
    /// The document. It holds the password.
    pub fn to_xml(&self, form: &Form) -> OwnedSecret {
        let Self { user_name, password, tokens, now, url } = self;
        let id = if form.is_later { "wsu:Id" } else { "Id" };
        let mut security = format!(
            "<wsse:UsernameToken {id}=\"user\"><wsse:Username>{}</wsse:Username><wsse:Password>{}</wsse:Password>\
             </wsse:UsernameToken>",
            escape(user_name),
            escape(password.expose()),
        );
        if form.is_later {
            security.push_str(&time_stamp(*now));
        }
        let mut body = format!("<ps:RequestMultipleSecurityTokens xmlns:ps=\"{PS}\" Id=\"RSTS\">");
        for token in *tokens {
            write_wanted(token, form, &mut body);
        }
        body.push_str("</ps:RequestMultipleSecurityTokens>");
        OwnedSecret::new(envelope(form, *now, url, &security, &body))
    }
}

/// Asks for tokens with the broker's token in place of a password (web-services reference, 9.3). It shows nothing.
#[derive(Clone)]
pub struct Renewal<'a> {
    /// The broker's token.
    pub token: &'a OwnedSecret,
    /// The secret that came with it.
    pub secret: &'a [u8; SECRET_LEN],
    /// Random bytes.
    pub nonce: [u8; NONCE_LEN],
    /// What for: one service, by its name and policy.
    pub wanted: &'a Wanted,
    /// Now, in seconds since 1970.
    pub now: u64,
    /// The address that it goes to.
    pub url: &'a str,
}

impl Renewal<'_> {
    /// The document. It holds the token.
    ///
    /// `None` for what can't be signed, which is what has no place in XML.
    pub fn to_xml(&self, form: &Form) -> Option<OwnedSecret> {
        let Self { token, secret, nonce, wanted, now, url } = self;
        let mut body = String::new();
        write_wanted(wanted, form, &mut body);
        let shown = format!(
            "<EncryptedData xmlns=\"http://www.w3.org/2001/04/xmlenc#\" Id=\"BinaryDAToken0\" \
             Type=\"http://www.w3.org/2001/04/xmlenc#Element\"><EncryptionMethod \
             Algorithm=\"http://www.w3.org/2001/04/xmlenc#tripledes-cbc\"></EncryptionMethod>\
             <ds:KeyInfo xmlns:ds=\"{XMLDSIG}\"><ds:KeyName>http://Passport.NET/STS</ds:KeyName></ds:KeyInfo>\
             <CipherData><CipherValue>{}</CipherValue></CipherData></EncryptedData>\
             <wssc:DerivedKeyToken Id=\"SignKey\"><wsse:RequestedTokenReference><wsse:KeyIdentifier \
             ValueType=\"http://docs.oasis-open.org/wss/2004/XX/oasis-2004XX-wss-saml-token-profile-1.0#SAMLAssertionID\"/>\
             <wsse:Reference URI=\"#BinaryDAToken0\"/></wsse:RequestedTokenReference><wssc:Nonce>{}</wssc:Nonce>\
             </wssc:DerivedKeyToken>{}",
            escape(token.expose()),
            STANDARD.encode(nonce),
            time_stamp(*now),
        );
        let unsigned = envelope(form, *now, url, &shown, &body);
        let info = signed_info(&unsigned, &[&format!("RST{}", wanted.number), "Timestamp", "PPAuthInfo"])?;
        let value = STANDARD.encode(Key::derive(secret, nonce).mac(info.as_bytes()));
        let signature = format!(
            "<Signature xmlns=\"{XMLDSIG}\">{info}<SignatureValue>{value}</SignatureValue><KeyInfo>\
             <wsse:SecurityTokenReference><wsse:Reference URI=\"#SignKey\"/></wsse:SecurityTokenReference></KeyInfo>\
             </Signature>"
        );
        Some(OwnedSecret::new(envelope(form, *now, url, &(shown + &signature), &body)))
    }
}

/// What is signed, in canonical form: the digests of the parts with these ids.
fn signed_info(document: &str, ids: &[&str]) -> Option<String> {
    let root = Element::parse(document.as_bytes(), Limits::SMALL).ok()?;
    let mut info = format!(
        "<SignedInfo xmlns=\"{XMLDSIG}\"><CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></CanonicalizationMethod>\
         <SignatureMethod Algorithm=\"{XMLDSIG}hmac-sha1\"></SignatureMethod>"
    );
    for id in ids {
        let mut part = None;
        root.descend(&mut |element| {
            if element.attribute("Id") == Some(id) {
                part = Some(element);
            }
        });
        let digest = STANDARD.encode(Sha1::digest(part?.canonical(Limits::SMALL.bytes).ok()?));
        let _ = write!(
            info,
            "<Reference URI=\"#{id}\"><Transforms><Transform Algorithm=\"{EXCLUSIVE}\"></Transform></Transforms>\
             <DigestMethod Algorithm=\"{XMLDSIG}sha1\"></DigestMethod><DigestValue>{digest}</DigestValue></Reference>"
        );
    }
    info.push_str("</SignedInfo>");
    Some(info)
}

/// The document, with what stands in `Security` and in the body.
fn envelope(form: &Form, now: u64, url: &str, security: &str, body: &str) -> String {
    let Form { soap, wsa, wsp, wssc, wsse, wst, .. } = form;
    let (addressing, version) = if form.is_later {
        let addressing = format!(
            "<wsa:Action s:mustUnderstand=\"1\">http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue</wsa:Action>\
             <wsa:To s:mustUnderstand=\"1\">{}</wsa:To><wsa:MessageID>{now}</wsa:MessageID>",
            escape(url)
        );
        (addressing, 5)
    } else {
        (String::new(), 4)
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><s:Envelope xmlns:s=\"{soap}\" xmlns:wsse=\"{wsse}\" \
         xmlns:saml=\"{SAML}\" xmlns:wsp=\"{wsp}\" xmlns:wsu=\"{WSU}\" xmlns:wsa=\"{wsa}\" xmlns:wssc=\"{wssc}\" \
         xmlns:wst=\"{wst}\"><s:Header>{addressing}<ps:AuthInfo xmlns:ps=\"{PS}\" Id=\"PPAuthInfo\">\
         <ps:HostingApp>{HOSTING_APP}</ps:HostingApp><ps:BinaryVersion>{version}</ps:BinaryVersion>\
         <ps:UIVersion>1</ps:UIVersion><ps:Cookies></ps:Cookies><ps:RequestParams>{PARAMETERS}</ps:RequestParams>\
         </ps:AuthInfo><wsse:Security>{security}</wsse:Security></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
}

fn time_stamp(now: u64) -> String {
    format!(
        "<wsu:Timestamp xmlns:wsu=\"{WSU}\" Id=\"Timestamp\"><wsu:Created>{}</wsu:Created>\
         <wsu:Expires>{}</wsu:Expires></wsu:Timestamp>",
        timestamp(now),
        timestamp(now.saturating_add(REQUEST_TIME)),
    )
}

fn write_wanted(Wanted { number, address, policy }: &Wanted, form: &Form, xml: &mut String) {
    // The earlier one's is not the namespace of what it asks for.
    let trust = if form.is_later { form.wst } else { "http://schemas.xmlsoap.org/ws/2004/04/security/trust" };
    let _ = write!(
        xml,
        "<wst:RequestSecurityToken Id=\"RST{number}\"><wst:RequestType>{trust}/Issue</wst:RequestType><wsp:AppliesTo>\
         <wsa:EndpointReference><wsa:Address>{}</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>",
        escape(address)
    );
    if !policy.is_empty() {
        let prefix = if form.is_later { "wsp" } else { "wsse" };
        let _ =
            write!(xml, "<{prefix}:PolicyReference URI=\"{}\"></{prefix}:PolicyReference>", escape(policy));
    }
    xml.push_str("</wst:RequestSecurityToken>");
}
