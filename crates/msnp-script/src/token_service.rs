//! The token service, from the client's side: a password in, tickets for all services out (RST, web-services reference, 6).
//!
//! Written down once more than in `msnp`, so that a mistake there is found here.

use std::fmt::{self, Write as _};

use msnp::auth::sso::SECRET_LEN;
use msnp::soap::escape;
use msnp::soap::tree::Element;

use crate::service::ANSWER_LIMITS;

/// Where the token service is.
pub const PATH: &str = "/RST.srf";

/// The service whose ticket single sign-on is shown, under the policy that the notification server names.
pub const SINGLE_SIGN_ON: &str = "messengerclear.live.com";

/// The other services that clients ask tickets for, with their policies.
const SERVICES: [(&str, &str); 5] = [
    ("messenger.msn.com", "?id=507"),
    ("contacts.msn.com", "MBI"),
    ("messengersecure.live.com", "MBI_SSL"),
    ("storage.msn.com", "MBI"),
    ("spaces.live.com", "MBI"),
];

/// A ticket and what came with it.
pub struct Token {
    service: String,
    /// `t=…&p=…`
    pub ticket: String,
    /// The secret that proves to have got it.
    pub secret: Option<[u8; SECRET_LEN]>,
}

/// Leaves out what lets anybody in who has it.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("service", &self.service).finish_non_exhaustive()
    }
}

/// What the token service has given to an account.
#[derive(Debug)]
pub struct Tokens(Vec<Token>);

impl Tokens {
    /// The token for a service.
    pub fn of(&self, service: &str) -> Option<&Token> {
        self.0.iter().find(|token| token.service == service)
    }

    /// The tokens for all services.
    pub fn all(&self) -> &[Token] {
        &self.0
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// When there is a fault in it, or nothing that can be read.
    pub fn read(document: &[u8]) -> Result<Self, String> {
        let envelope = Element::parse(document, ANSWER_LIMITS).map_err(|error| error.to_string())?;
        let fault = envelope.child("Fault").or_else(|| envelope.find(&["Body", "Fault"]));
        if let Some(fault) = fault {
            let part = |name| fault.child(name).map(Element::text).unwrap_or_default();
            return Err(format!("{}: {}", part("faultcode"), part("faultstring")));
        }
        let tokens = envelope
            .find(&["Body", "RequestSecurityTokenResponseCollection"])
            .ok_or("no collection of tokens")?;
        let token = |response: &Element| {
            let text = |path: &[&str]| response.find(path).map(Element::text);
            let secret = text(&["RequestedProofToken", "BinarySecret"]);
            let secret = secret.and_then(|secret| openssl::base64::decode_block(secret).ok());
            Some(Token {
                service: text(&["AppliesTo", "EndpointReference", "Address"])?.to_owned(),
                ticket: text(&["RequestedSecurityToken", "BinarySecurityToken"])?.to_owned(),
                secret: secret.and_then(|secret| secret.try_into().ok()),
            })
        };
        Ok(Self(tokens.children().iter().filter_map(token).collect()))
    }
}

/// What is posted. It has the password in it.
pub fn request(address: &str, password: &str, policy: &str) -> String {
    let mut wanted = String::new();
    let services = std::iter::once((SINGLE_SIGN_ON, policy)).chain(SERVICES);
    // The token broker comes first, without a policy: its token would renew the others.
    wanted.push_str(&request_for(0, "http://Passport.NET/tb", None));
    for (number, (service, policy)) in (1..).zip(services) {
        wanted.push_str(&request_for(number, service, Some(policy)));
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:wsse=\"http://schemas.xmlsoap.org/ws/2003/06/secext\" \
         xmlns:wsp=\"http://schemas.xmlsoap.org/ws/2002/12/policy\" \
         xmlns:wsa=\"http://schemas.xmlsoap.org/ws/2004/03/addressing\" \
         xmlns:wst=\"http://schemas.xmlsoap.org/ws/2004/04/trust\" \
         xmlns:ps=\"http://schemas.microsoft.com/Passport/SoapServices/PPCRL\"><Header>\
         <ps:AuthInfo Id=\"PPAuthInfo\"><ps:HostingApp>{{7108E71A-9926-4FCB-BCC9-9A9D3F32E423}}</ps:HostingApp>\
         <ps:BinaryVersion>4</ps:BinaryVersion><ps:UIVersion>1</ps:UIVersion><ps:Cookies></ps:Cookies>\
         <ps:RequestParams>AQAAAAIAAABsYwQAAAAxMDMz</ps:RequestParams></ps:AuthInfo>\
         <wsse:Security><wsse:UsernameToken Id=\"user\"><wsse:Username>{}</wsse:Username>\
         <wsse:Password>{}</wsse:Password></wsse:UsernameToken></wsse:Security></Header><Body>\
         <ps:RequestMultipleSecurityTokens Id=\"RSTS\">{wanted}</ps:RequestMultipleSecurityTokens></Body></Envelope>",
        escape(address),
        escape(password),
    )
}

fn request_for(number: u32, service: &str, policy: Option<&str>) -> String {
    let mut request = format!(
        "<wst:RequestSecurityToken Id=\"RST{number}\">\
         <wst:RequestType>http://schemas.xmlsoap.org/ws/2004/04/security/trust/Issue</wst:RequestType>\
         <wsp:AppliesTo><wsa:EndpointReference><wsa:Address>{}</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>",
        escape(service)
    );
    if let Some(policy) = policy {
        // Writing to memory can't fail.
        let _ = write!(request, "<wsse:PolicyReference URI=\"{}\"></wsse:PolicyReference>", escape(policy));
    }
    request.push_str("</wst:RequestSecurityToken>");
    request
}

#[cfg(test)]
mod tests {
    use msnp::soap::rst::{Credentials, Fault, Form, Issued, Reply, Request, Token as Kind};
    use msnp::types::OwnedSecret;

    use super::*;

    #[test]
    fn what_is_asked_is_understood() {
        let request =
            Request::parse(request("alice@example.com", "p&ss w0rd", "MBI_KEY_OLD").as_bytes()).unwrap();
        let password = OwnedSecret::new("p&ss w0rd");
        assert_eq!(
            request.credentials,
            Credentials::Password { user_name: "alice@example.com".to_owned(), password }
        );
        let wanted: Vec<_> =
            request.tokens.iter().map(|wanted| (wanted.number, wanted.policy.as_str())).collect();
        assert_eq!(wanted[..3], [(0, ""), (1, "MBI_KEY_OLD"), (2, "?id=507")]);
        assert_eq!(request.tokens[3].address, "contacts.msn.com");
    }

    #[test]
    fn what_is_answered_is_read() {
        let issued = |number, address: &str, token| Issued {
            number,
            address: address.to_owned(),
            expires: 2,
            secret: [7; SECRET_LEN],
            token,
        };
        let tokens = vec![
            issued(0, "http://Passport.NET/tb", Kind::Broker(OwnedSecret::new("AAAA"))),
            issued(1, SINGLE_SIGN_ON, Kind::Compact(OwnedSecret::new("t=1&p="))),
        ];
        let reply =
            Reply { now: 1, puid: 2, cid: 3, member_name: "alice@example.com", tokens }.to_xml(&Form::RST);
        let tokens = Tokens::read(reply.as_bytes()).unwrap();
        let token = tokens.of(SINGLE_SIGN_ON).unwrap();
        assert_eq!((token.ticket.as_str(), token.secret), ("t=1&p=", Some([7; SECRET_LEN])));
        assert!(!format!("{tokens:?}").contains("t=1"));
        assert_eq!(tokens.all().len(), 1, "that of the broker is not opened");
        let refused = Tokens::read(Fault::FailedAuthentication.to_xml(&Form::RST, 1).as_bytes()).unwrap_err();
        assert_eq!(refused, "wsse:FailedAuthentication: Authentication Failure");
    }
}
