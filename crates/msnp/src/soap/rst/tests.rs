use super::*;
use crate::soap::tree::{Element, Limits, Malformed};
use crate::types::OwnedSecret;

const HEADER: &str = "<e:Header><x:AuthInfo Id='PPAuthInfo'/><w:Security><w:UsernameToken Id='user'>\
                      <w:Username>Alice@example.com</w:Username><w:Password>p&amp;ss w0rd</w:Password>\
                      </w:UsernameToken></w:Security></e:Header>";

fn envelope(header: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<e:Envelope xmlns:e='e' xmlns:w='w' xmlns:x='x'>\n\
         {header}\n<e:Body>{body}</e:Body>\n</e:Envelope>"
    )
}

fn token(id: &str, address: &str, policy: &str) -> String {
    format!(
        "<t:RequestSecurityToken xmlns:t='t' Id='{id}'><t:RequestType>issue</t:RequestType><t:AppliesTo>\
         <t:EndpointReference><t:Address>{address}</t:Address></t:EndpointReference></t:AppliesTo>\
         <w:PolicyReference URI='{policy}'></w:PolicyReference></t:RequestSecurityToken>"
    )
}

fn wanted(number: u32, address: &str, policy: &str) -> Wanted {
    Wanted { number, address: address.to_owned(), policy: policy.to_owned() }
}

#[test]
fn a_request_is_read() {
    let list = format!(
        "<x:RequestMultipleSecurityTokens Id='RSTS'>{}{}</x:RequestMultipleSecurityTokens>",
        token("RST0", BROKER, ""),
        token("RST1", "\n messenger.msn.com\n", "?ct=1&amp;id=1"),
    );
    assert_eq!(
        Request::parse(envelope(HEADER, &list).as_bytes()),
        Ok(Request {
            credentials: Credentials::Password {
                user_name: "Alice@example.com".to_owned(),
                password: OwnedSecret::new("p&ss w0rd"),
            },
            tokens: vec![wanted(0, BROKER, ""), wanted(1, "messenger.msn.com", "?ct=1&id=1")],
        })
    );
}

#[test]
fn a_renewal_asks_for_a_single_token() {
    let header = "<e:Header><w:Security><c:EncryptedData xmlns:c='c'><c:CipherData><c:CipherValue> AAAA </c:CipherValue>\
                  </c:CipherData></c:EncryptedData></w:Security></e:Header>";
    let request =
        Request::parse(envelope(header, &token("RST2", "contacts.msn.com", "MBI")).as_bytes()).unwrap();
    assert_eq!(request.credentials, Credentials::Token { cipher_value: OwnedSecret::new("AAAA") });
    assert_eq!(request.tokens, [wanted(2, "contacts.msn.com", "MBI")]);
}

#[test]
fn requests_that_make_no_sense() {
    let tokens = |count| {
        let tokens: String = (0..count).map(|_| token("x", "a", "b")).collect();
        envelope(
            HEADER,
            &format!("<x:RequestMultipleSecurityTokens>{tokens}</x:RequestMultipleSecurityTokens>"),
        )
    };
    for (request, why) in [
        ("nonsense".to_owned(), InvalidRequest::Malformed(Malformed::Syntax)),
        ("<a/>".to_owned(), InvalidRequest::NoCredentials),
        (envelope(HEADER, ""), InvalidRequest::NoTokens),
        (
            envelope("<e:Header><w:Security/></e:Header>", &token("RST0", "a", "b")),
            InvalidRequest::NoCredentials,
        ),
        (tokens(0), InvalidRequest::NoTokens),
        (tokens(MAX_TOKENS + 1), InvalidRequest::TooManyTokens),
    ] {
        assert_eq!(Request::parse(request.as_bytes()), Err(why));
    }
    // Without numbers, their places count.
    let request = Request::parse(tokens(3).as_bytes()).unwrap();
    assert_eq!(request.tokens.iter().map(|token| token.number).collect::<Vec<_>>(), [0, 1, 2]);
}

fn reply() -> String {
    let issued = |number, address: &str, token| Issued {
        number,
        address: address.to_owned(),
        expires: 1_770_177_906,
        secret: *b"0123456789:;<=>?@ABCDEFG",
        token,
    };
    Reply {
        now: 1_770_091_506,
        puid: 0x0001_2345_0006_7890,
        cid: 0x1234_5678_1234_5678,
        member_name: "a&b@example.com",
        tokens: vec![
            issued(0, BROKER, Token::Broker(OwnedSecret::new("QUJD"))),
            issued(3, "messenger.msn.com<", Token::Compact(OwnedSecret::new("t=abc&p="))),
        ],
    }
    .to_xml()
}

#[test]
fn a_reply_has_the_bytes_that_clients_look_for() {
    let xml = reply();
    for part in [
        "<psf:PUID>0001234500067890</psf:PUID>",
        "<psf:credProperty Name=\"CID\">1234567812345678</psf:credProperty>",
        "<psf:credProperty Name=\"AuthMembername\">a&amp;b@example.com</psf:credProperty>",
        "ServerTime=\"2026-02-03T04:05:06Z\">MSNPD 2026.02.03.04.05.06<",
        "<wst:LifeTime><wsu:Created>2026-02-03T04:05:06Z</wsu:Created>\
         <wsu:Expires>2026-02-04T04:05:06Z</wsu:Expires></wst:LifeTime>",
        "<EncryptedData xmlns=\"http://www.w3.org/2001/04/xmlenc#\" Id=\"BinaryDAToken0\"",
        "<CipherData><CipherValue>QUJD</CipherValue></CipherData>",
        "<wsse:KeyIdentifier ValueType=\"urn:passport\"/><wsse:Reference URI=\"#BinaryDAToken0\"/>",
        // No white space between two responses.
        "</wst:RequestSecurityTokenResponse><wst:RequestSecurityTokenResponse><wst:TokenType>urn:passport:compact<",
        "<wsa:Address>messenger.msn.com&lt;</wsa:Address>",
        "<wsse:BinarySecurityToken Id=\"Compact3\">t=abc&amp;p=</wsse:BinarySecurityToken>",
        "<wsse:KeyIdentifier ValueType=\"urn:passport:compact\"/><wsse:Reference URI=\"#Compact3\"/>",
        "<wst:BinarySecret>MDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZH</wst:BinarySecret>",
    ] {
        assert!(xml.contains(part), "{part}\n\nnot in\n\n{xml}");
    }
    let root = Element::parse(xml.as_bytes(), Limits::SMALL).unwrap();
    let collection = root.find(&["Body", "RequestSecurityTokenResponseCollection"]).unwrap();
    assert_eq!(collection.children().len(), 2);
}

#[test]
fn faults_stand_directly_under_the_envelope() {
    for (fault, code, status) in [
        (Fault::FailedAuthentication, "wsse:FailedAuthentication", "0x80048821"),
        (Fault::BadContextToken, "q0:BadContextToken", "0x80048801"),
        (Fault::InvalidRequest, "S:Client", "0x80048820"),
        (Fault::Redirect { url: "https://h/RST.srf?a&b" }, "psf:Redirect", "0x0"),
    ] {
        let xml = fault.to_xml(1_770_091_506);
        let root = Element::parse(xml.as_bytes(), Limits::SMALL).unwrap();
        assert_eq!(root.find(&["Fault", "faultcode"]).unwrap().text(), code);
        assert_eq!(root.find(&["Header", "pp", "reqstatus"]).unwrap().text(), status);
        assert!(root.child("Body").is_none());
        if let Fault::Redirect { url } = fault {
            assert_eq!(root.find(&["Fault", "redirectUrl"]).unwrap().text(), url);
        }
    }
    // Compared as text by some.
    let xml = Fault::FailedAuthentication.to_xml(0);
    assert!(xml.contains("<faultcode>wsse:FailedAuthentication</faultcode>"), "{xml}");
}
