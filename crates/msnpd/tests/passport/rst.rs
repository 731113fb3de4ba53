//! `RST.srf`.

use http_body_util::Full;
use hyper::Request;
use msnp::soap::tree::{Element, Limits};
use msnpd::account::AccountId;
use msnpd::ticket::{TicketError, Use};

use crate::support::*;

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
    let reply = server.exchange(post("/RST.srf", &envelope(BROKEN, PASSWORD))).await;
    assert_eq!(reply.status, "HTTP/1.1 503 Service Unavailable");
}

#[tokio::test]
async fn what_can_t_be_read_gets_a_fault() {
    let server = Server::plain().await;
    let renewal = envelope(ALICE, PASSWORD)
        .replace("wsse:UsernameToken", "EncryptedData")
        .replace("<wsse:Username>", "<CipherData><CipherValue>")
        .replace("</wsse:Username>", "</CipherValue></CipherData>");
    let deep = "<a>".repeat(10_000);
    let wide = format!("<a>{}</a>", "<b/>".repeat(10_000));
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
