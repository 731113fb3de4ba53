//! The storage service: a profile for everybody, and nothing else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use common::{Running, add_accounts, xml};
use msnpd::account::AccountId;
use msnpd::ticket::{LIFETIME, Mint, Purpose};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const SOAP: &str = "xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'";

/// A service with two accounts.
struct Bench {
    dir: TempDir,
    service: Running,
    alice: AccountId,
    bob: AccountId,
}

impl Bench {
    async fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let ids = add_accounts(dir.path(), &["alice@example.com", "bob@example.com"]).await;
        let service = Running::start(dir.path()).await;
        Self { dir, service, alice: ids[0], bob: ids[1] }
    }

    fn ticket(&self, account: AccountId, generation: u32, purpose: Purpose) -> String {
        let (mint, now) = (Mint::open(self.dir.path()).unwrap(), msnpd::clock::unix_now());
        mint.issue(account, generation, purpose, now, LIFETIME).text().expose().to_owned()
    }

    /// A ticket of Alice that is good.
    fn good(&self) -> String {
        self.ticket(self.alice, 1, Purpose::Web)
    }

    /// A request of Alice's client, as the web-services reference has it, with this ticket.
    fn fixture(&self, name: &str, ticket: &str) -> String {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../msnp/tests/fixtures/around/");
        let request = std::fs::read_to_string(format!("{dir}{name}.xml")).unwrap();
        request
            .replace("t=EwExampleTicketForAlice0001&amp;p=", &msnp::soap::escape(ticket))
            .replace("1311768467294899695", &number(self.alice))
    }

    /// Status and body of the answer to a request.
    async fn store(&self, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.service.addresses.http).await.unwrap();
        let head = format!(
            "POST /StorageService/SchematizedStore.asmx HTTP/1.1\r\nHost: storage.msn.com\r\n\
             Content-Type: text/xml; charset=utf-8\r\n\
             SOAPAction: \"http://www.msn.com/webservices/storage/2008/x\"\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        // A server that refuses does not wait for all of it.
        let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

/// The number by which clients name an account.
fn number(account: AccountId) -> String {
    account.cid().cast_signed().to_string()
}

#[tokio::test]
async fn everybody_has_a_profile_with_a_name_and_no_picture() {
    let b = Bench::new().await;
    for (name, version) in [("GetProfile", "2008"), ("GetProfile.w10", "w10")] {
        let (status, reply) = b.store(&b.fixture(name, &b.good())).await;
        assert_eq!(status, 200, "{reply}");
        let cid = format!("{:016x}", b.alice.cid());
        let expected = format!(
            "<soap:Envelope {SOAP} xmlns='http://www.msn.com/webservices/storage/{version}'><soap:Header>\
             <AffinityCacheHeader><CacheKey>*</CacheKey></AffinityCacheHeader><StorageUserHeader><Puid>0</Puid><Cid>{cid}</Cid>\
             <ApplicationId>0</ApplicationId><DeviceId>0</DeviceId><IsTrustedDevice>false</IsTrustedDevice>\
             <IsStrongAuth>false</IsStrongAuth><IsAdmin>false</IsAdmin><LanguagePreference>0</LanguagePreference>\
             </StorageUserHeader></soap:Header><soap:Body><GetProfileResponse><GetProfileResult><ResourceID>{cid}!106</ResourceID>\
             <DateModified>*</DateModified><ExpressionProfile><ResourceID>{cid}!118</ResourceID><DateModified>*</DateModified>\
             <Version>1</Version><DisplayName>alice@example.com</DisplayName><DisplayNameLastModified>*</DisplayNameLastModified>\
             </ExpressionProfile></GetProfileResult></GetProfileResponse></soap:Body></soap:Envelope>"
        );
        xml::assert_same(reply, &expected);
    }
    b.service.stop().await;
}

fn fault(code: &str) -> String {
    format!(
        "<soap:Envelope {SOAP}><soap:Body><soap:Fault><faultcode>*</faultcode><faultstring>*</faultstring><detail>\
         <errorcode xmlns='http://www.msn.com/webservices/storage/v1'>{code}</errorcode>\
         <errorstring xmlns='http://www.msn.com/webservices/storage/v1'>*</errorstring></detail></soap:Fault></soap:Body>\
         </soap:Envelope>"
    )
}

#[tokio::test]
async fn what_is_not_kept_is_not_said_to_be() {
    let b = Bench::new().await;
    let good = b.good();
    for name in [
        "UpdateProfile",
        "UpdateProfile.delete",
        "CreateProfile",
        "CreateDocument",
        "UpdateDocument",
        "CreateRelationships",
        "DeleteRelationships",
        "DeleteRelationships.byid",
        "FindDocuments",
        "ShareItem",
    ] {
        let (status, reply) = b.store(&b.fixture(name, &good)).await;
        assert_eq!(status, 500, "{name}");
        xml::assert_same(reply, &fault("AccessDenied"));
    }
    let long = b
        .fixture("CreateDocument", &good)
        .replace("</soap:Body>", &format!("{}</soap:Body>", " ".repeat(70_000)));
    let (status, reply) = b.store(&long).await;
    assert_eq!(status, 500);
    xml::assert_same(reply, &fault("AccessDenied"));
    b.service.stop().await;
}

#[tokio::test]
async fn profiles_are_for_their_owners() {
    let b = Bench::new().await;
    let profile = |ticket: &str| b.fixture("GetProfile", ticket);
    let good = profile(&b.good());
    assert!(b.service.server.store.disable(b.bob).await.unwrap());
    for (request, code) in [
        (good.replace(&number(b.alice), &number(b.bob)), "AccessDenied"),
        (profile(""), "PassportAuthFail"),
        (profile("t=x&p="), "PassportAuthFail"),
        (profile(&b.ticket(b.alice, 2, Purpose::Web)), "PassportAuthFail"),
        (profile(&b.ticket(b.bob, 1, Purpose::Web)), "PassportAuthFail"),
        (profile(&b.ticket(b.alice, 1, Purpose::SingleSignOn)), "PassportAuthFail"),
        ("<a/>".to_owned(), "InvalidObjectHandle"),
        ("<!DOCTYPE a><a/>".to_owned(), "InvalidObjectHandle"),
        (good.replace("storage/2008", "something/2008"), "InvalidObjectHandle"),
    ] {
        let (status, reply) = b.store(&request).await;
        assert_eq!(status, 500);
        xml::assert_same(reply, &fault(code));
    }
    b.service.server.store.close().await;
    let (status, reply) = b.store(&good).await;
    assert_eq!(status, 500);
    xml::assert_same(reply, &fault("InternalError"));
    b.service.stop().await;
}
