//! A service with two accounts, and how to ask it.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use msnpd::account::AccountId;
use msnpd::ticket::{LIFETIME, Mint, Purpose};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::common::{Running, add_accounts, xml};

pub(crate) const SOAP: &str = "xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'";

/// What the requests of the web-services reference have for a picture, which is none.
const NO_PICTURE: &str = "iVBORw0KGgpub3QtYS1yZWFsLWltYWdl";

/// A service with two accounts.
pub(crate) struct Bench {
    pub(crate) dir: TempDir,
    pub(crate) service: Running,
    pub(crate) alice: AccountId,
    pub(crate) bob: AccountId,
}

/// An answer.
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let ids = add_accounts(dir.path(), &["alice@example.com", "bob@example.com"]).await;
        let service = Running::start(dir.path()).await;
        Self { dir, service, alice: ids[0], bob: ids[1] }
    }

    pub(crate) fn ticket(&self, account: AccountId, generation: u32, purpose: Purpose) -> String {
        let (mint, now) = (Mint::open(self.dir.path()).unwrap(), msnpd::clock::unix_now());
        mint.issue(account, generation, purpose, now, LIFETIME).text().expose().to_owned()
    }

    /// A ticket of Alice that is good.
    pub(crate) fn good(&self) -> String {
        self.ticket(self.alice, 1, Purpose::Web)
    }

    /// A request of Alice's client, as the web-services reference has it, with this ticket.
    pub(crate) fn fixture(&self, name: &str, ticket: &str) -> String {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../msnp/tests/fixtures/around/");
        let request = std::fs::read_to_string(format!("{dir}{name}.xml")).unwrap();
        request
            .replace("t=EwExampleTicketForAlice0001&amp;p=", &msnp::soap::escape(ticket))
            .replace("1311768467294899695", &number(self.alice))
            .replace("1234567890abcdef", &cid(self.alice))
    }

    /// The same with a good ticket, and with this picture for the one in it.
    pub(crate) fn with_picture(&self, name: &str, picture: &[u8]) -> String {
        self.fixture(name, &self.good()).replace(NO_PICTURE, &STANDARD.encode(picture))
    }

    /// Status and body of the answer to a request.
    pub(crate) async fn store(&self, body: &str) -> (u16, String) {
        let head = "POST /StorageService/SchematizedStore.asmx HTTP/1.1\r\nHost: storage.msn.com\r\n\
             Content-Type: text/xml; charset=utf-8\r\n\
             SOAPAction: \"http://www.msn.com/webservices/storage/2008/x\"\r\n";
        let said = self.exchange(head, body).await;
        (said.status, String::from_utf8(said.body).unwrap())
    }

    /// A request of the reference, and what is in the answer's body, which has to be a good one.
    pub(crate) async fn ask(&self, name: &str) -> xml::Element {
        self.ask_with(&self.fixture(name, &self.good())).await
    }

    /// The same of any request.
    pub(crate) async fn ask_with(&self, request: &str) -> xml::Element {
        let (status, reply) = self.store(request).await;
        assert_eq!(status, 200, "{reply}");
        xml::parse(reply).child("Body").unwrap().children().next().unwrap().clone()
    }

    /// What the profile says of itself to others.
    pub(crate) async fn profile(&self) -> xml::Element {
        let reply = self.ask("GetProfile").await;
        reply.find(&["GetProfileResult", "ExpressionProfile"]).unwrap().clone()
    }

    /// What is at an address that the service has named.
    pub(crate) async fn get(&self, address: &str) -> Said {
        let path = address.strip_prefix("http://storage.msn.com").unwrap_or(address);
        self.exchange(&format!("GET {path} HTTP/1.1\r\nHost: storage.msn.com\r\n"), "").await
    }

    pub(crate) async fn exchange(&self, head: &str, body: &str) -> Said {
        let mut stream = TcpStream::connect(self.service.addresses.http).await.unwrap();
        let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
        // A server that refuses does not wait for all of it.
        let _ = stream.write_all(request.as_bytes()).await;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Said { status, head, body: answer.split_off(end + 4) }
    }
}

/// The number by which clients name an account.
pub(crate) fn number(account: AccountId) -> String {
    account.cid().cast_signed().to_string()
}

/// The same as it stands in the names of things.
pub(crate) fn cid(account: AccountId) -> String {
    format!("{:016x}", account.cid())
}

/// What is expected of a fault.
pub(crate) fn fault(code: &str) -> String {
    format!(
        "<soap:Envelope {SOAP}><soap:Body><soap:Fault><faultcode>*</faultcode><faultstring>*</faultstring><detail>\
         <errorcode xmlns='http://www.msn.com/webservices/storage/v1'>{code}</errorcode>\
         <errorstring xmlns='http://www.msn.com/webservices/storage/v1'>*</errorstring></detail></soap:Fault></soap:Body>\
         </soap:Envelope>"
    )
}

/// An answer of the service to Alice, with what is in its body.
pub(crate) fn answer(alice: AccountId, version: &str, inside: &str) -> String {
    let cid = cid(alice);
    format!(
        "<soap:Envelope {SOAP} xmlns='http://www.msn.com/webservices/storage/{version}' \
         xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><soap:Header>\
         <AffinityCacheHeader><CacheKey>*</CacheKey></AffinityCacheHeader><StorageUserHeader><Puid>0</Puid><Cid>{cid}</Cid>\
         <ApplicationId>0</ApplicationId><DeviceId>0</DeviceId><IsTrustedDevice>false</IsTrustedDevice>\
         <IsStrongAuth>false</IsStrongAuth><IsAdmin>false</IsAdmin><LanguagePreference>0</LanguagePreference>\
         </StorageUserHeader></soap:Header><soap:Body>{inside}</soap:Body></soap:Envelope>"
    )
}

/// A picture in one colour.
pub(crate) fn drawn(width: u32, height: u32, colour: [u8; 3], format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = DynamicImage::ImageRgb8(RgbImage::from_pixel(width, height, Rgb(colour)));
    image.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}
