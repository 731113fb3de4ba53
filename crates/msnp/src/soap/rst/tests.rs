use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::soap::canonical;
use crate::soap::tree::{Element, Limits, Malformed};
use crate::types::OwnedSecret;

/// As the later-versions reference has them: one of each kind of client, and a renewal that is signed correctly.
const REQUESTS: [&str; 4] = [
    include_str!("../../../tests/fixtures/rst/msnp12.xml"),
    include_str!("../../../tests/fixtures/rst/msnp13.xml"),
    include_str!("../../../tests/fixtures/rst/msnp15.xml"),
    include_str!("../../../tests/fixtures/rst/msnp18.xml"),
];
const RENEWAL: &str = include_str!("../../../tests/fixtures/rst/renewal.xml");

/// The secret that the renewal was signed with: bytes from 16 on.
fn secret() -> [u8; 24] {
    std::array::from_fn(|i| i as u8 + 16)
}

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
            in_list: true,
        })
    );
}

#[test]
fn a_renewal_asks_for_a_single_token() {
    let header = "<e:Header><w:Security><c:EncryptedData xmlns:c='c'><c:CipherData><c:CipherValue> AAAA </c:CipherValue>\
                  </c:CipherData></c:EncryptedData></w:Security></e:Header>";
    let request =
        Request::parse(envelope(header, &token("RST2", "contacts.msn.com", "MBI")).as_bytes()).unwrap();
    let (cipher_value, signature) = (OwnedSecret::new("AAAA"), Err(Unsigned::Missing("DerivedKeyToken")));
    assert_eq!(request.credentials, Credentials::Token { cipher_value, signature });
    assert_eq!(request.tokens, [wanted(2, "contacts.msn.com", "MBI")]);
    assert!(!request.in_list);
}

#[test]
fn requests_of_every_kind_of_client_are_read() {
    for (request, addresses) in REQUESTS.iter().zip([
        &[(1, "messenger.msn.com")][..],
        &[(1, "messenger.msn.com"), (2, "contacts.msn.com")],
        &[
            (1, "messengerclear.live.com"),
            (2, "messenger.msn.com"),
            (3, "contacts.msn.com"),
            (4, "messengersecure.live.com"),
            (5, "storage.msn.com"),
            (6, "spaces.live.com"),
        ],
        &[
            (1, "messengerclear.live.com"),
            (2, "messenger.msn.com"),
            (3, "messengersecure.live.com"),
            (4, "contacts.msn.com"),
            (5, "storage.msn.com"),
            (6, "sup.live.com"),
        ],
    ]) {
        let request = Request::parse(request.as_bytes()).unwrap();
        let password = OwnedSecret::new("p&ss w0rd");
        assert_eq!(
            request.credentials,
            Credentials::Password { user_name: "alice@example.com".to_owned(), password }
        );
        let asked: Vec<_> = request.tokens.iter().map(|t| (t.number, t.address.as_str())).collect();
        assert_eq!(asked, [&[(0, BROKER)], addresses].concat());
        assert!(request.in_list);
    }
}

#[test]
fn a_name_may_be_a_service_name_and_a_policy_anything() {
    let asked = token("RST7", "p2pslc.messenger.msn.com", "MBI_X509_CID")
        .replace("t:Address", "t:ServiceName")
        .replace(
            "</t:RequestSecurityToken>",
            "<t:Supporting><w:BinarySecurityToken>QUJD</w:BinarySecurityToken>\
             </t:Supporting></t:RequestSecurityToken>",
        );
    let request = Request::parse(envelope(HEADER, &asked).as_bytes()).unwrap();
    assert_eq!(request.tokens, [wanted(7, "p2pslc.messenger.msn.com", "MBI_X509_CID")]);
    let placeholder = token("", "contacts.msn.com", "policy parameter");
    let request = Request::parse(envelope(HEADER, &placeholder).as_bytes()).unwrap();
    assert_eq!(request.tokens, [wanted(0, "contacts.msn.com", "policy parameter")]);
}

/// The signature of a renewal.
fn signature(request: &str) -> Result<Signature, Unsigned> {
    match Request::parse(request.as_bytes()).unwrap().credentials {
        Credentials::Token { signature, .. } => signature,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_renewal_is_signed_with_the_secret_of_its_token() {
    let request = Request::parse(RENEWAL.as_bytes()).unwrap();
    assert_eq!(request.tokens, [wanted(4, "contacts.msn.com", "MBI")]);
    let Credentials::Token { cipher_value, signature } = request.credentials else { panic!() };
    assert_eq!(cipher_value.expose(), "b3BhcXVlLXRiLWJsb2ItZm9yLWFsaWNl");
    let signature = signature.unwrap();
    assert!(signature.is_by(&secret()));
    assert!(!signature.is_by(&[0; 24]));
    assert_eq!(format!("{signature:?}"), "Signature(…)");
}

#[test]
fn a_renewal_may_be_written_in_another_way() {
    // What is signed is what the document says, not its bytes.
    for (from, to) in [
        ("</wsse:Security>", "<!-- x --></wsse:Security>"),
        ("<Body>", "<Body >\n"),
        ("Id=\"RST4\">", " Id='RST4' >"),
        ("<ps:Cookies></ps:Cookies>", "<ps:Cookies/>"),
        ("2gohBOktQgbLqKKSLHOc3WiJ8fA=", "\n2gohBOktQgbLqKKS\n LHOc3WiJ8fA=\n"),
        ("<ds:KeyName>", "<ds:KeyName>another "),
    ] {
        assert!(RENEWAL.contains(from), "{from}");
        assert!(signature(&RENEWAL.replacen(from, to, 1)).unwrap().is_by(&secret()), "{to}");
    }
}

#[test]
fn what_is_changed_is_not_signed() {
    for (from, to) in [
        // What is asked for, when, and by whom.
        ("contacts.msn.com", "messenger.msn.com"),
        ("URI=\"MBI\"", "URI=\"MBI_SSL\""),
        ("2026-02-03T04:10:06Z", "2036-02-03T04:10:06Z"),
        ("<ps:UIVersion>1", "<ps:UIVersion>2"),
        ("<wst:RequestType>", "<wst:RequestType xmlns:x=\"urn:x\" x:y=\"z\">"),
        ("<ps:Cookies>", "<ps:Cookies> "),
        // Which part is signed.
        ("URI=\"#RST4\"", "URI=\"#Timestamp\""),
        ("URI=\"#RST4\"", "URI=\"#RST5\""),
        ("URI=\"#RST4\"", "URI=\"\""),
        // A part that is there twice: the one may be read, the other be signed.
        ("<Body>", "<Body Id=\"RST4\">"),
        ("<ps:Cookies>", "<ps:Cookies Id=\"RST4\">"),
        ("</Body>", "<wst:RequestSecurityToken Id=\"RST5\"/></Body>"),
        ("</Header><Body>", "<x Id=\"RST4\"/></Header><Body>"),
        // How it is computed.
        (
            "#hmac-sha1\"></SignatureMethod>",
            "#hmac-sha1\"><HMACOutputLength>0</HMACOutputLength></SignatureMethod>",
        ),
        ("#hmac-sha1\"", "#rsa-sha1\""),
        ("xmldsig#sha1\"", "xmldsig#md5\""),
        (
            "xml-exc-c14n#\"></CanonicalizationMethod>",
            "xml-exc-c14n#WithComments\"></CanonicalizationMethod>",
        ),
        (
            "xml-exc-c14n#\"></Transform>",
            "xml-exc-c14n#\"><InclusiveNamespaces PrefixList=\"wsa\"/></Transform>",
        ),
        ("<Transforms>", "<Transforms><Transform Algorithm=\"x\"/>"),
        ("<wssc:DerivedKeyToken ", "<wssc:DerivedKeyToken Algorithm=\"urn:x\" "),
        // What it is computed from.
        ("<wssc:Nonce>QEFC", "<wssc:Nonce>"),
        ("<wssc:Nonce>", "<wssc:Nonce></wssc:Nonce><wssc:Nonce>"),
        ("<SignatureValue>2goh", "<SignatureValue>"),
        ("</SignedInfo>", "</SignedInfo><SignedInfo/>"),
        ("</Header>", "<?x y?></Header>"),
        ("2002/12/policy\"><wsa:EndpointReference", "2002/12/another\"><wsa:EndpointReference"),
    ] {
        assert!(RENEWAL.contains(from), "{from}");
        let changed = RENEWAL.replacen(from, to, 1);
        let signature = signature(&changed);
        assert!(signature.as_ref().map_or(true, |signature| !signature.is_by(&secret())), "{from} -> {to}");
    }
    // The list, and with it everything in it, may be what is signed; beside it nothing is.
    let moved =
        RENEWAL.replace("<Body>", "<Body><x:RequestMultipleSecurityTokens xmlns:x=\"urn:x\">").replace(
            "</Body>",
            "<wst:RequestSecurityToken Id=\"RST9\"/></x:RequestMultipleSecurityTokens></Body>",
        );
    assert_eq!(signature(&moved), Err(Unsigned::Elsewhere));
}

#[test]
fn the_answer_to_a_renewal_can_be_read_with_the_secret_alone() {
    let seal = Seal { secret: secret(), nonce: [5; NONCE_LEN] };
    for form in [Form::RST, Form::RST2] {
        for (tokens, in_list, name) in [
            (1, false, "RequestSecurityTokenResponse"),
            (1, true, "RequestSecurityTokenResponseCollection"),
            (2, true, "RequestSecurityTokenResponseCollection"),
        ] {
            let tokens =
                vec![issued(2, "contacts.msn.com", Token::Compact(OwnedSecret::new("t=abc&p="))); tokens];
            let reply = Reply { tokens, ..reply() };
            let xml = reply.to_sealed_xml(&form, in_list, &seal);
            assert!(!xml.contains("t=abc") && !xml.contains("example.com"), "{xml}");
            let root = canonical::Element::parse(xml.as_bytes(), Limits::SMALL).unwrap();
            let key = root.find(&["Header", "Security", "DerivedKeyToken"]);
            assert_eq!(key.unwrap().attribute("Id"), Some("EncKey"));
            assert_eq!(key.unwrap().child("Nonce").unwrap().text(), STANDARD.encode([5; NONCE_LEN]));
            let value = root.find(&["Body", "EncryptedData", "CipherData", "CipherValue"]).unwrap().text();
            let text = open(&seal, &value).unwrap();
            // It is a document of its own.
            let inside = canonical::Element::parse(text.as_bytes(), Limits::SMALL).unwrap();
            assert_eq!(inside.name().local(), name);
            let response = if in_list { inside.children().next().unwrap() } else { &inside };
            let token = response.find(&["RequestedSecurityToken", "BinarySecurityToken"]).unwrap();
            assert_eq!(token.text(), "t=abc&p=");
            let other = Seal { secret: [0; 24], ..seal.clone() };
            assert_ne!(open(&other, &value), Some(text));
        }
    }
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

fn issued(number: u32, address: &str, token: Token) -> Issued {
    Issued {
        number,
        address: address.to_owned(),
        expires: 1_770_177_906,
        secret: *b"0123456789:;<=>?@ABCDEFG",
        token,
    }
}

fn reply() -> Reply<'static> {
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
}

#[test]
fn a_reply_has_the_bytes_that_clients_look_for() {
    let xml = reply().to_xml(&Form::RST);
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
        let xml = fault.to_xml(&Form::RST, 1_770_091_506);
        let root = Element::parse(xml.as_bytes(), Limits::SMALL).unwrap();
        assert_eq!(root.find(&["Fault", "faultcode"]).unwrap().text(), code);
        assert_eq!(root.find(&["Header", "pp", "reqstatus"]).unwrap().text(), status);
        assert!(root.child("Body").is_none());
        if let Fault::Redirect { url } = fault {
            assert_eq!(root.find(&["Fault", "redirectUrl"]).unwrap().text(), url);
        }
    }
    // Compared as text by some.
    let xml = Fault::FailedAuthentication.to_xml(&Form::RST, 0);
    assert!(xml.contains("<faultcode>wsse:FailedAuthentication</faultcode>"), "{xml}");
}

#[test]
fn the_later_service_says_the_same_in_other_namespaces() {
    let xml = reply().to_xml(&Form::RST2);
    let root = canonical::Element::parse(xml.as_bytes(), Limits::SMALL).unwrap();
    assert_eq!(root.name().namespace(), "http://www.w3.org/2003/05/soap-envelope");
    let header = root.child("Header").unwrap();
    let names: Vec<_> = header.children().map(|child| child.name().local()).collect();
    assert_eq!(names, ["Action", "To", "Security", "pp"]);
    assert_eq!(header.child("Action").unwrap().name().namespace(), "http://www.w3.org/2005/08/addressing");
    assert_eq!(
        header.child("Action").unwrap().text(),
        "http://schemas.xmlsoap.org/ws/2005/02/trust/RSTR/Issue"
    );
    let stamp = header.find(&["Security", "Timestamp"]).unwrap();
    assert_eq!(
        (stamp.attribute("Id"), stamp.child("Created").unwrap().text()),
        (Some("TS"), "2026-02-03T04:05:06Z".to_owned())
    );
    assert_eq!(header.find(&["pp", "appDataVersion"]).unwrap().text(), "1");
    let tokens = root.find(&["Body", "RequestSecurityTokenResponseCollection"]).unwrap();
    assert_eq!(tokens.name().namespace(), "http://schemas.xmlsoap.org/ws/2005/02/trust");
    for (token, id) in tokens.children().zip(["BinaryDAToken0", "Compact3"]) {
        let names: Vec<_> = token.children().map(|child| child.name().local()).collect();
        assert_eq!(
            names,
            [
                "TokenType",
                "AppliesTo",
                "Lifetime",
                "RequestedSecurityToken",
                "RequestedAttachedReference",
                "RequestedUnattachedReference",
                "RequestedProofToken"
            ]
        );
        assert_eq!(
            token.child("AppliesTo").unwrap().name().namespace(),
            "http://schemas.xmlsoap.org/ws/2004/09/policy"
        );
        let given = token.child("RequestedSecurityToken").unwrap().children().next().unwrap();
        assert_eq!(given.attribute("Id"), Some(id));
        for reference in ["RequestedAttachedReference", "RequestedUnattachedReference"] {
            let reference = token.find(&[reference, "SecurityTokenReference", "Reference"]).unwrap();
            assert_eq!(reference.attribute("URI"), Some(&*format!("#{id}")));
            assert!(reference.name().namespace().ends_with("oasis-200401-wss-wssecurity-secext-1.0.xsd"));
        }
    }
}

#[test]
fn faults_of_the_later_service_stand_in_the_body() {
    for (fault, code, status, number) in [
        (Fault::FailedAuthentication, "wst:FailedAuthentication", "0x80048821", "0x80041012"),
        (Fault::BadContextToken, "wssc:BadContextToken", "0x80048801", "0x80048801"),
        (Fault::InvalidRequest, "wst:InvalidRequest", "0x80048820", "0x80045c01"),
        (Fault::Redirect { url: "https://h/RST2.srf?a&b" }, "psf:Redirect", "0x0", "0x0"),
    ] {
        let xml = fault.to_xml(&Form::RST2, 1_770_091_506);
        let root = canonical::Element::parse(xml.as_bytes(), Limits::SMALL).unwrap();
        let text = |path: &[&str]| root.find(path).unwrap().text();
        assert_eq!(text(&["Header", "pp", "authstate"]), "0x80048800");
        assert_eq!(text(&["Header", "pp", "reqstatus"]), status);
        assert_eq!(text(&["Body", "Fault", "Code", "Value"]), "S:Sender");
        assert_eq!(text(&["Body", "Fault", "Code", "Subcode", "Value"]), code);
        assert_eq!(text(&["Body", "Fault", "Detail", "error", "value"]), status);
        assert_eq!(text(&["Body", "Fault", "Detail", "error", "internalerror", "code"]), number);
        if let Fault::Redirect { url } = fault {
            assert_eq!(text(&["Body", "Fault", "Detail", "redirectUrl"]), url);
        }
    }
}
