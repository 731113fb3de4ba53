//! `RST.srf`.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use msnp::soap::tree::{Element, Limits};
use msnp::types::Email;
use msnpd::account::{Account, AccountId};
use msnpd::passport::{Accounts, Later, MAX_RST_BYTES, Settings, Unavailable};
use msnpd::password::HashError;
use msnpd::ticket::{TicketError, Use};

use crate::support::*;
use crate::xml;

fn token(number: u32, address: &str, policy: &str) -> String {
    format!(
        "<wst:RequestSecurityToken Id=\"RST{number}\"><wst:RequestType>issue</wst:RequestType><wsp:AppliesTo>\
         <wsa:EndpointReference><wsa:Address>{address}</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>\
         <wsse:PolicyReference URI=\"{policy}\"></wsse:PolicyReference></wst:RequestSecurityToken>"
    )
}

/// In the shape of MSN Messenger 7.5's.
fn envelope(who: &str, password: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soap:Envelope xmlns:soap=\"s\" xmlns:wsse=\"e\" \
         xmlns:wsp=\"p\" xmlns:wsa=\"a\" xmlns:wst=\"t\">\n<soap:Header><ps:AuthInfo xmlns:ps=\"ps\" \
         Id=\"PPAuthInfo\"><ps:BinaryVersion>4</ps:BinaryVersion></ps:AuthInfo><wsse:Security>\
         <wsse:UsernameToken Id=\"user\"><wsse:Username>{who}</wsse:Username><wsse:Password>{}</wsse:Password>\
         </wsse:UsernameToken></wsse:Security></soap:Header>\n<soap:Body>\
         <ps:RequestMultipleSecurityTokens xmlns:ps=\"ps\" Id=\"RSTS\">{}{}{}{}\
         </ps:RequestMultipleSecurityTokens></soap:Body>\n</soap:Envelope>",
        msnp::soap::escape(password),
        token(0, "http://Passport.NET/tb", ""),
        token(1, "messengerclear.live.com", "MBI_KEY_OLD"),
        token(2, "messenger.msn.com", "?ct=1&amp;rver=1&amp;wp=FS_40SEC_0_COMPACT&amp;lc=1&amp;id=1"),
        token(3, "contacts.msn.com", "MBI"),
    )
}

fn post(path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nContent-Type:text/xml\r\nSOAPAction: \r\nHost: login.live.com\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn the_right_password_gets_a_token_for_each_name() {
    let server = Server::plain().await;
    for path in ["/RST.srf", "//RST.srf", "/pp550/rst.SRF", "https://login.live.com/RST.srf"] {
        let reply = server.exchange(post(path, &envelope(ALICE, PASSWORD))).await;
        assert_eq!(reply.status, "HTTP/1.1 200 OK");
        reply.must_have("Content-Type: text/xml; charset=utf-8");
        let root = Element::parse(reply.body.as_bytes(), Limits::SMALL).unwrap();
        let tokens = root.find(&["Body", "RequestSecurityTokenResponseCollection"]).unwrap().children();
        let text = |element: &Element, path: &[&str]| element.find(path).unwrap().text().to_owned();
        let address = |token: &Element| text(token, &["AppliesTo", "EndpointReference", "Address"]);
        let addresses: Vec<String> = tokens.iter().map(address).collect();
        assert_eq!(
            addresses,
            ["http://Passport.NET/tb", "messengerclear.live.com", "messenger.msn.com", "contacts.msn.com"]
        );
        let broker = &tokens[0].find(&["RequestedSecurityToken", "EncryptedData"]).unwrap();
        assert_eq!(broker.attribute("Id"), Some("BinaryDAToken0"));
        let cipher_value = text(broker, &["CipherData", "CipherValue"]);
        assert_eq!(mint().check_cipher_value(&cipher_value, now()).unwrap().0.account, AccountId(7));
        for (number, used, other) in [
            (1, Use::SingleSignOn, Use::Web),
            (2, Use::Tweener, Use::SingleSignOn),
            (3, Use::Web, Use::Tweener),
        ] {
            let compact = tokens[number].find(&["RequestedSecurityToken", "BinarySecurityToken"]).unwrap();
            assert_eq!(compact.attribute("Id"), Some(&*format!("Compact{number}")));
            let claims = mint().check(compact.text(), used, now()).unwrap();
            assert_eq!((claims.account, claims.generation), (AccountId(7), 3));
            assert_eq!(mint().check(compact.text(), other, now()), Err(TicketError::Purpose));
            let secret = base64::Engine::decode(
                &base64::engine::general_purpose::STANDARD,
                text(&tokens[number], &["RequestedProofToken", "BinarySecret"]),
            );
            assert_eq!(secret.unwrap(), mint().secret_of(compact.text()).unwrap());
        }
    }
}

#[tokio::test]
async fn wrong_unknown_and_disabled_get_the_same_fault() {
    let server = Server::plain().await;
    for (who, password) in [(ALICE, "wrong"), ("nobody@example.com", PASSWORD), (DISABLED, PASSWORD)] {
        let reply = server.exchange(post("/RST.srf", &envelope(who, password))).await;
        assert_eq!(reply.status, "HTTP/1.1 200 OK");
        let fault = "</S:Header><S:Fault><faultcode>wsse:FailedAuthentication</faultcode>\
                     <faultstring>Authentication Failure</faultstring></S:Fault></S:Envelope>";
        assert!(reply.body.ends_with(fault), "{}", reply.body);
        assert!(reply.body.contains("<psf:reqstatus>0x80048821</psf:reqstatus>"));
    }
    for who in [BROKEN, CROWDED, STARVED] {
        let reply = server.exchange(post("/RST.srf", &envelope(who, PASSWORD))).await;
        assert_eq!(reply.status, "HTTP/1.1 503 Service Unavailable");
    }
}

/// Tells whether the bytes of a request are still there when its password is checked.
struct Watching(Arc<AtomicUsize>);

impl Accounts for Watching {
    fn by_email<'a>(&'a self, _: &'a Email) -> Later<'a, Result<Option<Account>, Unavailable>> {
        Box::pin(ready(Ok(None)))
    }

    fn by_id<'a>(&'a self, _: AccountId) -> Later<'a, Result<Option<Account>, Unavailable>> {
        Box::pin(ready(Ok(None)))
    }

    fn verify<'a>(&'a self, _: &'a str, _: Option<&'a str>) -> Later<'a, Result<bool, HashError>> {
        assert_eq!(self.0.load(Relaxed), 0, "the request is gone");
        self.0.store(usize::MAX, Relaxed);
        Box::pin(ready(Ok(false)))
    }
}

/// The bytes of a request.
struct Counted(Vec<u8>, Arc<AtomicUsize>);

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.1.fetch_sub(1, Relaxed);
    }
}

#[tokio::test]
async fn the_request_is_not_kept_while_its_password_waits() {
    let held = Arc::new(AtomicUsize::new(1));
    let web = web_with(Arc::new(Watching(Arc::clone(&held))), Settings::default());
    let body = Bytes::from_owner(Counted(envelope(ALICE, PASSWORD).into_bytes(), Arc::clone(&held)));
    let request = Request::post("/RST.srf").body(Full::new(body)).unwrap();
    let reply = ask(&web, "192.0.2.1", true, request).await;
    assert!(std::str::from_utf8(reply.body()).unwrap().contains("FailedAuthentication"));
    assert_eq!(held.load(Relaxed), usize::MAX, "the password was checked");
}

#[tokio::test]
async fn a_request_is_no_longer_than_it_needs_to_be() {
    let server = Server::plain().await;
    let padded = |length: usize| {
        let envelope = envelope(ALICE, PASSWORD);
        let padding = " ".repeat(length - envelope.len());
        envelope.replace("<soap:Body>", &format!("<soap:Body>{padding}"))
    };
    for (length, status) in [(MAX_RST_BYTES, "200 OK"), (MAX_RST_BYTES + 1, "413 Payload Too Large")] {
        let body = padded(length);
        assert_eq!(body.len(), length);
        let reply = server.exchange(post("/RST.srf", &body)).await;
        assert_eq!(reply.status, format!("HTTP/1.1 {status}"));
    }
}

#[tokio::test]
async fn what_can_t_be_read_gets_a_fault() {
    let server = Server::plain().await;
    let renewal = envelope(ALICE, PASSWORD)
        .replace("wsse:UsernameToken", "EncryptedData")
        .replace("<wsse:Username>", "<CipherData><CipherValue>")
        .replace("</wsse:Username>", "</CipherValue></CipherData>");
    let deep = "<a>".repeat(5000);
    let wide = format!("<a>{}</a>", "<b/>".repeat(4000));
    for (body, code) in [
        ("", "S:Client"),
        ("garbage", "S:Client"),
        ("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "S:Client"),
        (&deep, "S:Client"),
        (&wide, "S:Client"),
        (&renewal, "q0:BadContextToken"),
    ] {
        let reply = server.exchange(post("/RST.srf", body)).await;
        assert_eq!(reply.status, "HTTP/1.1 200 OK");
        assert!(reply.body.contains(&format!("<S:Fault><faultcode>{code}</faultcode>")), "{}", reply.body);
    }
}

#[tokio::test]
async fn plain_http_is_for_this_machine() {
    let web = web();
    let request = || {
        let body = Full::from(envelope(ALICE, PASSWORD));
        Request::post("/RST.srf").header("Host", "login.live.com").body(body).unwrap()
    };
    for (from, tls, gets) in [
        ("192.0.2.1", false, "<faultcode>S:Client</faultcode>"),
        ("192.0.2.1", true, "Id=\"Compact1\""),
        ("127.0.0.1", false, "Id=\"Compact1\""),
    ] {
        let reply = ask(&web, from, tls, request()).await;
        assert!(std::str::from_utf8(reply.body()).unwrap().contains(gets), "{from} {tls}");
    }
}

/// One request of each kind of client, as the web-services reference has them.
fn fixture(name: &str) -> String {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../msnp/tests/fixtures/rst/");
    std::fs::read_to_string(format!("{dir}{name}.xml")).unwrap().replace("p&amp;ss w0rd", "p&amp;ss, w0rd")
}

/// `psf:pp` of an answer with tokens; `more` is what one of the two services has more.
fn passport_header(more: &str) -> String {
    format!(
        "<psf:pp><psf:serverVersion>1</psf:serverVersion><psf:PUID>0003000000000007</psf:PUID>\
         <psf:configVersion>*</psf:configVersion><psf:uiVersion>*</psf:uiVersion>{more}\
         <psf:authstate>0x48803</psf:authstate><psf:reqstatus>0x0</psf:reqstatus>\
         <psf:serverInfo Path='*' RollingUpgradeState='*' LocVersion='0' ServerTime='*'>*</psf:serverInfo>\
         <psf:cookies/><psf:browserCookies/><psf:credProperties><psf:credProperty Name='MainBrandID'>MSFT</psf:credProperty>\
         <psf:credProperty Name='IsWinLiveUser'>true</psf:credProperty><psf:credProperty Name='CID'>{cid:016x}</psf:credProperty>\
         <psf:credProperty Name='AuthMembername'>{ALICE}</psf:credProperty>\
         <psf:credProperty Name='ChildFlags'>00000001</psf:credProperty><psf:credProperty Name='Flags'>40100643</psf:credProperty>\
         </psf:credProperties><psf:extProperties><psf:extProperty Name='CID'>{cid:016x}</psf:extProperty></psf:extProperties>\
         <psf:response/></psf:pp>",
        cid = AccountId(7).cid()
    )
}

/// A token as the service answers it.
fn token_response(later: bool, number: usize, address: &str) -> String {
    let (kind, key, id, token) = if address == "http://Passport.NET/tb" {
        (
            "urn:passport:legacy",
            "urn:passport",
            format!("BinaryDAToken{number}"),
            format!(
                "<EncryptedData xmlns='http://www.w3.org/2001/04/xmlenc#' Id='BinaryDAToken{number}' \
                 Type='http://www.w3.org/2001/04/xmlenc#Element'><EncryptionMethod \
                 Algorithm='http://www.w3.org/2001/04/xmlenc#tripledes-cbc'/><ds:KeyInfo \
                 xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:KeyName>http://Passport.NET/STS</ds:KeyName></ds:KeyInfo>\
                 <CipherData><CipherValue>*</CipherValue></CipherData></EncryptedData>"
            ),
        )
    } else {
        let kind = "urn:passport:compact";
        let id = format!("Compact{number}");
        let token = format!("<wsse:BinarySecurityToken Id='{id}'>*</wsse:BinarySecurityToken>");
        (kind, kind, id, token)
    };
    let (life_time, reference) = if later {
        let to = format!(
            "<wsse:SecurityTokenReference><wsse:Reference URI='#{id}'/></wsse:SecurityTokenReference>"
        );
        (
            "Lifetime",
            format!(
                "<wst:RequestedAttachedReference>{to}</wst:RequestedAttachedReference>\
                 <wst:RequestedUnattachedReference>{to}</wst:RequestedUnattachedReference>"
            ),
        )
    } else {
        (
            "LifeTime",
            format!(
                "<wst:RequestedTokenReference><wsse:KeyIdentifier ValueType='{key}'/><wsse:Reference URI='#{id}'/>\
                 </wst:RequestedTokenReference>"
            ),
        )
    };
    format!(
        "<wst:RequestSecurityTokenResponse><wst:TokenType>{kind}</wst:TokenType><wsp:AppliesTo><wsa:EndpointReference>\
         <wsa:Address>{address}</wsa:Address></wsa:EndpointReference></wsp:AppliesTo><wst:{life_time}><wsu:Created>*</wsu:Created>\
         <wsu:Expires>*</wsu:Expires></wst:{life_time}><wst:RequestedSecurityToken>{token}</wst:RequestedSecurityToken>\
         {reference}<wst:RequestedProofToken><wst:BinarySecret>*</wst:BinarySecret></wst:RequestedProofToken>\
         </wst:RequestSecurityTokenResponse>"
    )
}

const NAMES: &str = "xmlns:psf='http://schemas.microsoft.com/Passport/SoapServices/SOAPFault' \
    xmlns:wsu='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'";
const NAMES_RST: &str = "xmlns:S='http://schemas.xmlsoap.org/soap/envelope/' \
    xmlns:wsse='http://schemas.xmlsoap.org/ws/2003/06/secext' xmlns:wsp='http://schemas.xmlsoap.org/ws/2002/12/policy' \
    xmlns:wsa='http://schemas.xmlsoap.org/ws/2004/03/addressing' xmlns:wssc='http://schemas.xmlsoap.org/ws/2004/04/sc' \
    xmlns:wst='http://schemas.xmlsoap.org/ws/2004/04/trust'";
const NAMES_RST2: &str = "xmlns:S='http://www.w3.org/2003/05/soap-envelope' \
    xmlns:wsse='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd' \
    xmlns:wsp='http://schemas.xmlsoap.org/ws/2004/09/policy' xmlns:wsa='http://www.w3.org/2005/08/addressing' \
    xmlns:wssc='http://schemas.xmlsoap.org/ws/2005/02/sc' xmlns:wst='http://schemas.xmlsoap.org/ws/2005/02/trust'";
/// What `RST2.srf` says of its answer.
const ADDRESSING: &str = "<wsa:Action>http://schemas.xmlsoap.org/ws/2005/02/trust/RSTR/Issue</wsa:Action>\
    <wsa:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:To>\
    <wsse:Security><wsu:Timestamp wsu:Id='TS'><wsu:Created>*</wsu:Created><wsu:Expires>*</wsu:Expires></wsu:Timestamp>\
    </wsse:Security>";

#[tokio::test]
async fn every_kind_of_client_gets_its_tokens() {
    let server = Server::plain().await;
    for (name, path, addresses) in [
        ("msnp12", "/RST.srf", &["messenger.msn.com"][..]),
        ("msnp13", "/RST.srf", &["messenger.msn.com", "contacts.msn.com"]),
        (
            "msnp15",
            "//RST.srf",
            &[
                "messengerclear.live.com",
                "messenger.msn.com",
                "contacts.msn.com",
                "messengersecure.live.com",
                "storage.msn.com",
                "spaces.live.com",
            ],
        ),
        (
            "msnp18",
            "//pp650//rst2.SRF",
            &[
                "messengerclear.live.com",
                "messenger.msn.com",
                "messengersecure.live.com",
                "contacts.msn.com",
                "storage.msn.com",
                "sup.live.com",
            ],
        ),
    ] {
        let later = name == "msnp18";
        let reply = server.exchange(post(path, &fixture(name))).await;
        assert_eq!(reply.status, "HTTP/1.1 200 OK");
        let content_type = if later { "application/soap+xml" } else { "text/xml" };
        reply.must_have(&format!("Content-Type: {content_type}; charset=utf-8"));
        let (names, addressing, more) = if later {
            (NAMES_RST2, ADDRESSING, "<psf:appDataVersion>1</psf:appDataVersion>")
        } else {
            (NAMES_RST, "", "")
        };
        let all = [&["http://Passport.NET/tb"][..], addresses].concat();
        let tokens: String = (0..).zip(all).map(|(n, address)| token_response(later, n, address)).collect();
        let expected = format!(
            "<S:Envelope {NAMES} {names}><S:Header>{addressing}{}</S:Header><S:Body>\
             <wst:RequestSecurityTokenResponseCollection>{tokens}</wst:RequestSecurityTokenResponseCollection></S:Body>\
             </S:Envelope>",
            passport_header(more)
        );
        xml::assert_same(&reply.body, &expected);
        assert!(reply.body.contains("</wst:RequestSecurityTokenResponse><wst:RequestSecurityTokenResponse>"));
    }
}

#[tokio::test]
async fn refusals_are_worded_as_the_service_is() {
    let server = Server::plain().await;
    for (fixture_name, path, expected) in [
        (
            "msnp15",
            "/RST.srf",
            format!(
                "<S:Envelope {NAMES} {NAMES_RST}><S:Header><psf:pp><psf:serverVersion>1</psf:serverVersion>\
                 <psf:authstate>0x80048800</psf:authstate><psf:reqstatus>0x80048821</psf:reqstatus>\
                 <psf:serverInfo Path='*' RollingUpgradeState='*' LocVersion='0' ServerTime='*'>*</psf:serverInfo>\
                 <psf:cookies/><psf:response/></psf:pp></S:Header><S:Fault><faultcode>wsse:FailedAuthentication</faultcode>\
                 <faultstring>Authentication Failure</faultstring></S:Fault></S:Envelope>"
            ),
        ),
        (
            "msnp18",
            "/RST2.srf",
            format!(
                "<S:Envelope {NAMES} {NAMES_RST2}><S:Header>{ADDRESSING}<psf:pp><psf:serverVersion>1</psf:serverVersion>\
                 <psf:authstate>0x80048800</psf:authstate><psf:reqstatus>0x80048821</psf:reqstatus>\
                 <psf:serverInfo Path='*' RollingUpgradeState='*' LocVersion='0' ServerTime='*'>*</psf:serverInfo>\
                 <psf:cookies/><psf:response/></psf:pp></S:Header><S:Body><S:Fault><S:Code><S:Value>S:Sender</S:Value>\
                 <S:Subcode><S:Value>wst:FailedAuthentication</S:Value></S:Subcode></S:Code><S:Reason>\
                 <S:Text xml:lang='en-US'>Authentication Failure</S:Text></S:Reason><S:Detail><psf:error>\
                 <psf:value>0x80048821</psf:value><psf:internalerror><psf:code>0x80041012</psf:code><psf:text>*</psf:text>\
                 </psf:internalerror></psf:error></S:Detail></S:Fault></S:Body></S:Envelope>"
            ),
        ),
    ] {
        let right = fixture(fixture_name);
        for wrong in [
            right.replace("ss, w0rd", "ss, word"),
            right.replace(ALICE, DISABLED),
            right.replace(ALICE, "nobody@example.com"),
        ] {
            let reply = server.exchange(post(path, &wrong)).await;
            assert_eq!(reply.status, "HTTP/1.1 200 OK");
            xml::assert_same(&reply.body, &expected);
        }
        let broken = server.exchange(post(path, &right.replace(ALICE, BROKEN))).await;
        assert_eq!(broken.status, "HTTP/1.1 503 Service Unavailable");
    }
    let malformed = server.exchange(post("/RST2.srf", "<a>")).await;
    assert!(malformed.body.contains("<S:Value>wst:InvalidRequest</S:Value>"), "{}", malformed.body);
}

#[tokio::test]
async fn another_server_may_be_responsible_for_tokens() {
    let settings =
        Settings { login_redirect: Some("loginnet.example.com".to_owned()), ..Settings::default() };
    let fake = Arc::new(Fake::default());
    let web = web_with(Arc::clone(&fake), settings);
    for (name, path, fault) in
        [("msnp15", "/RST.srf", &["Fault"][..]), ("msnp18", "/RST2.srf", &["Body", "Fault", "Detail"])]
    {
        let request =
            |host| Request::post(path).header("Host", host).body(Full::from(fixture(name))).unwrap();
        let reply = ask(&web, "192.0.2.1", true, request("login.live.com")).await;
        let root = xml::parse(reply.body());
        let url = root.find(fault).unwrap().child("redirectUrl").unwrap().text();
        assert_eq!(url, format!("https://loginnet.example.com{path}"));
        assert!(fake.compared.lock().is_empty(), "the password was not looked at");
        // Which may be here under another name.
        let reply = ask(&web, "192.0.2.1", true, request("loginnet.example.com")).await;
        assert!(std::str::from_utf8(reply.body()).unwrap().contains("Id=\"Compact1\""));
        fake.compared.lock().clear();
    }
}
