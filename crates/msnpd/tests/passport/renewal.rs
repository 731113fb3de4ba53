//! New tickets for an older one.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::Full;
use hyper::Request;
use msnp::auth::sso::Key;
use msnp::soap::rst::{Seal, open};
use msnpd::account::AccountId;
use msnpd::http::Web;
use msnpd::passport::BROKER_LIFETIMES;
use msnpd::ticket::{LIFETIME, Purpose, Ticket, Use};

use crate::support::*;
use crate::xml;

const FIXTURE: &str = include_str!("../../../msnp/tests/fixtures/rst/renewal.xml");

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    text.split_once(before).unwrap().1.split_once(after).unwrap().0
}

/// The request of a client that has this token and this secret.
fn renewal(cipher_value: &str, secret: &[u8; 24]) -> String {
    let nonce = STANDARD.decode(between(FIXTURE, "<wssc:Nonce>", "<")).unwrap();
    let root = xml::parse(FIXTURE);
    let signed = root.find(&["Header", "Security", "Signature", "SignedInfo"]).unwrap();
    let signature = Key::derive(secret, &nonce).mac(signed.canonical(10_000).unwrap().as_bytes());
    FIXTURE
        .replace(between(FIXTURE, "<CipherValue>", "<"), cipher_value)
        .replace(between(FIXTURE, "<SignatureValue>", "<"), &STANDARD.encode(signature))
}

fn token(account: u32, generation: u32, purpose: Purpose, issued: u64) -> Ticket {
    mint().issue(AccountId(account), generation, purpose, issued, LIFETIME)
}

fn renewal_of(ticket: &Ticket) -> String {
    renewal(mint().cipher_value(ticket).expose(), &mint().secret(ticket))
}

/// The answer to a request, as its status and text.
async fn answer(web: &Web, path: &str, request: String) -> (u16, String) {
    let request = Request::post(path).header("Host", "login.live.com").body(Full::from(request)).unwrap();
    let reply = ask(web, "192.0.2.1", true, request).await;
    (reply.status().as_u16(), String::from_utf8(reply.body().to_vec()).unwrap())
}

/// What is sealed in an answer.
fn opened(answer: &str, secret: [u8; 24]) -> xml::Element {
    let root = xml::parse(answer);
    let key = root.find(&["Header", "Security", "DerivedKeyToken"]).unwrap();
    assert_eq!(key.attribute("Id"), Some("EncKey"));
    let nonce = STANDARD.decode(key.child("Nonce").unwrap().text()).unwrap().try_into().unwrap();
    let value = root.find(&["Body", "EncryptedData", "CipherData", "CipherValue"]).unwrap().text();
    xml::parse(open(&Seal { secret, nonce }, &value).unwrap())
}

#[tokio::test]
async fn who_has_signed_in_once_gets_new_tickets_without_the_password() {
    let web = web();
    for path in ["/RST.srf", "/RST2.srf"] {
        // A password first.
        let first =
            include_str!("../../../msnp/tests/fixtures/rst/msnp15.xml").replace("ss w0rd", "ss, w0rd");
        let (_, reply) = answer(&web, path, first).await;
        let root = xml::parse(&reply);
        let tokens = root.find(&["Body", "RequestSecurityTokenResponseCollection"]).unwrap();
        let broker = tokens.children().next().unwrap();
        let cipher_value =
            broker.find(&["RequestedSecurityToken", "EncryptedData", "CipherData", "CipherValue"]);
        let secret = broker.find(&["RequestedProofToken", "BinarySecret"]).unwrap().text();
        let secret: [u8; 24] = STANDARD.decode(secret).unwrap().try_into().unwrap();
        // Then none.
        let request = renewal(&cipher_value.unwrap().text(), &secret);
        let (status, reply) = answer(&web, path, request).await;
        assert_eq!(status, 200);
        let issued = opened(&reply, secret);
        assert_eq!(issued.name().local(), "RequestSecurityTokenResponse");
        let text = |path: &[&str]| issued.find(path).unwrap().text();
        assert_eq!(text(&["AppliesTo", "EndpointReference", "Address"]), "contacts.msn.com");
        let compact = issued.find(&["RequestedSecurityToken", "BinarySecurityToken"]).unwrap();
        assert_eq!(compact.attribute("Id"), Some("Compact4"));
        let claims = mint().check(&compact.text(), Use::Web, now()).unwrap();
        assert_eq!((claims.account, claims.generation), (AccountId(7), 3));
        assert!((now() + 86_300..=now() + 86_400).contains(&claims.expires));
        let secret = STANDARD.decode(text(&["RequestedProofToken", "BinarySecret"])).unwrap();
        assert_eq!(secret, mint().secret_of(&compact.text()).unwrap());
    }
}

#[tokio::test]
async fn whoever_has_no_right_to_it_starts_with_the_password_again() {
    let web = web();
    let good = token(7, 3, Purpose::Broker, now());
    let cipher_value = mint().cipher_value(&good);
    let cases = [
        ("another secret", renewal(cipher_value.expose(), &[0; 24])),
        ("no token", renewal("QUJD", &mint().secret(&good))),
        ("a token for web services", renewal_of(&token(7, 3, Purpose::Web, now()))),
        ("a token of before the new password", renewal_of(&token(7, 2, Purpose::Broker, now()))),
        ("a disabled account", renewal_of(&token(8, 3, Purpose::Broker, now()))),
        ("nobody", renewal_of(&token(99, 3, Purpose::Broker, now()))),
        ("an expired token", renewal_of(&token(7, 3, Purpose::Broker, now() - LIFETIME.as_secs()))),
        ("another name", renewal_of(&good).replace("contacts.msn.com", "messenger.msn.com")),
        ("no signature", renewal_of(&good).replace("SignatureValue", "Signature")),
    ];
    for (what, request) in cases {
        for (path, code) in [
            ("/RST.srf", "<S:Fault><faultcode>q0:BadContextToken</faultcode>"),
            ("/RST2.srf", "<S:Subcode><S:Value>wssc:BadContextToken</S:Value></S:Subcode>"),
        ] {
            let (status, reply) = answer(&web, path, request.clone()).await;
            assert_eq!(status, 200);
            assert!(reply.contains(code), "{what}: {reply}");
            xml::parse(reply);
        }
    }
    // The store's trouble is not the token's.
    let broken = renewal_of(&token(11, 3, Purpose::Broker, now()));
    assert_eq!(answer(&web, "/RST.srf", broken).await.0, 503);
}

#[tokio::test]
async fn the_clock_of_an_old_machine_does_not_count() {
    // The request was written, and signed, years ago.
    let (_, reply) = answer(&web(), "/RST.srf", renewal_of(&token(7, 3, Purpose::Broker, now()))).await;
    assert!(FIXTURE.contains("<wsu:Expires>2026-02-03T04:10:06Z</wsu:Expires>"));
    assert!(reply.contains("<CipherValue>"), "{reply}");
}

#[tokio::test]
async fn what_renews_others_outlives_them_and_does_not_renew_itself() {
    let web = web();
    let first = include_str!("../../../msnp/tests/fixtures/rst/msnp12.xml").replace("ss w0rd", "ss, w0rd");
    let (_, reply) = answer(&web, "/RST.srf", first).await;
    let value = between(&reply, "<CipherValue>", "<");
    let (claims, _) = mint().check_cipher_value(value, now()).unwrap();
    let lifetime = LIFETIME.as_secs() * u64::from(BROKER_LIFETIMES);
    assert!((now() + lifetime - 100..=now() + lifetime).contains(&claims.expires));

    // Signed anew for the broker's own name.
    let broker = mint().issue(AccountId(7), 3, Purpose::Broker, now(), Duration::from_secs(1000));
    let request = FIXTURE.replace("contacts.msn.com", "http://Passport.NET/tb");
    let root = xml::parse(&request);
    let asked = root.find(&["Body", "RequestSecurityToken"]).unwrap().canonical(10_000).unwrap();
    let digest = STANDARD.encode(openssl::sha::sha1(asked.as_bytes()));
    let request = request.replace(between(FIXTURE, "<DigestValue>", "<"), &digest);
    let root = xml::parse(&request);
    let signed = root.find(&["Header", "Security", "Signature", "SignedInfo"]).unwrap();
    let nonce = STANDARD.decode(between(FIXTURE, "<wssc:Nonce>", "<")).unwrap();
    let secret = mint().secret(&broker);
    let signature = Key::derive(&secret, &nonce).mac(signed.canonical(10_000).unwrap().as_bytes());
    let request = request
        .replace(between(FIXTURE, "<CipherValue>", "<"), mint().cipher_value(&broker).expose())
        .replace(between(FIXTURE, "<SignatureValue>", "<"), &STANDARD.encode(signature));
    let (_, reply) = answer(&web, "/RST.srf", request).await;
    let issued = opened(&reply, secret);
    let value =
        issued.find(&["RequestedSecurityToken", "EncryptedData", "CipherData", "CipherValue"]).unwrap();
    let (claims, _) = mint().check_cipher_value(&value.text(), now()).unwrap();
    assert!((now() + 900..=now() + 1000).contains(&claims.expires), "no later than the token that was shown");
}
