//! A service with some accounts, asked over real HTTP.

use std::path::Path;
use std::sync::Arc;

use msnp::soap::oim;
use msnp::soap::rsi;
use msnp::soap::tree::{Element, Limits};
use msnp::types::List;
use msnpd::account::AccountId;
use msnpd::http::{Front, Web};
use msnpd::passport::{self, Passport};
use msnpd::password::Hasher;
use msnpd::ticket::{LIFETIME, Mint, Purpose};
use msnpd::tls;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::common::raw::{self, Raw};
use crate::common::{self, Running};

pub const ALICE: &str = "alice@example.com";
pub const BOB: &str = "bob@example.com";
pub const CAROL: &str = "carol@example.com";

/// A running service with three accounts.
pub struct Bench {
    pub dir: TempDir,
    pub service: Running,
    pub ids: Vec<AccountId>,
}

/// An answer over HTTP.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn xml(&self) -> Element {
        let limits = Limits { bytes: usize::MAX, ..Limits::LISTS };
        Element::parse(self.body.as_bytes(), limits).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The code of a fault, with its prefix, which some clients compare.
    pub fn fault(&self) -> String {
        assert_eq!(self.status, 500, "{self:?}");
        self.xml().find(&["Body", "Fault", "faultcode"]).unwrap().text().to_owned()
    }

    /// What a path leads to in the body.
    pub fn text(&self, path: &[&str]) -> String {
        assert_eq!(self.status, 200, "{self:?}");
        let body = self.xml();
        body.child("Body").unwrap().find(path).unwrap_or_else(|| panic!("{self:?}")).text().to_owned()
    }
}

impl Bench {
    pub async fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let ids = common::add_accounts(dir.path(), &[ALICE, BOB, CAROL]).await;
        let service = Running::start(dir.path()).await;
        Self { dir, service, ids }
    }

    pub fn id(&self, email: &str) -> AccountId {
        self.ids[[ALICE, BOB, CAROL].iter().position(|known| *known == email).unwrap()]
    }

    /// The web services without their sockets.
    pub fn web(&self) -> Web {
        let (store, dir) = (self.service.server.store.clone(), self.dir.path());
        let passport = Passport::new(
            Arc::new((store, Hasher::new(1))),
            Mint::open(dir).unwrap(),
            passport::Settings::default(),
        );
        let names = tls::Names::with_public_hosts(None);
        let identities = tls::Policy::Modern.identities(dir, &names, msnpd::clock::unix_now()).unwrap();
        let front = Front::new(&identities, None, 1863, 80, 443).unwrap();
        Web::with_server(passport, front, Arc::default(), self.service.server.clone(), None)
    }

    /// Signs in and shows oneself.
    pub async fn online(&self, dialect: &str, email: &str) -> Raw {
        self.with_status(dialect, email, "NLN").await
    }

    pub async fn with_status(&self, dialect: &str, email: &str, status: &str) -> Raw {
        let ticket = raw::ticket(self.dir.path(), self.id(email));
        let mut ns = Raw::sign_in(self.service.addresses.msnp, dialect, email, &ticket).await;
        let capabilities = if matches!(dialect, "MSNP16" | "MSNP18") { "0:0" } else { "0" };
        ns.ask("CHG", &format!("{status} {capabilities}")).await;
        ns
    }

    /// `owner` blocks `who`, or lets him speak again; behind the back of all that is in memory.
    pub async fn block(&self, owner: &str, who: &str, is_blocked: bool) {
        let (store, owner, who) = (&self.service.server.store, self.id(owner), who.parse().unwrap());
        let limits = msnpd::store::Limits { forward: 600, allow: 100, block: 100, groups: 30 };
        if is_blocked {
            store.add_to_list(owner, List::Block, &who, false, limits).await.unwrap();
        } else {
            store.remove_from_list(owner, List::Block, &who).await.unwrap();
        }
    }

    pub fn ticket(&self, email: &str) -> String {
        web_ticket(self.dir.path(), self.id(email), Purpose::Web)
    }

    pub async fn post(&self, path: &str, body: &str) -> Answer {
        self.post_with(path, "", body.as_bytes()).await
    }

    pub async fn post_with(&self, path: &str, headers: &str, body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.service.addresses.http).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: here\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: x\r\n{headers}\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        // A server that refuses may not wait for all of it.
        let _ = stream.write_all(&[head.as_bytes(), body].concat()).await;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// Leaves a message as a client of MSNP15 does.
    pub async fn store(&self, message: &Store<'_>) -> Answer {
        self.post("//OimWS/oim.asmx", &message.to_xml()).await
    }

    /// Says `text` as `from` to `to`, which has to be taken.
    pub async fn say(&self, from: &str, to: &str, text: &str, number: u32) {
        let message = Store { from, to, ticket: &self.ticket(from), number, ..Store::saying(text) };
        let answer = self.store(&message).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// Asks the other service, as `email`.
    pub async fn rsi(&self, email: &str, operation: &str) -> Answer {
        self.rsi_with(&self.ticket(email), operation).await
    }

    pub async fn rsi_with(&self, ticket: &str, operation: &str) -> Answer {
        // The parts are given apart, as clients do.
        let ticket = ticket.strip_prefix("t=").unwrap_or(ticket);
        let ticket = ticket.strip_suffix("&p=").unwrap_or(ticket);
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
             <s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header>\
             <PassportCookie xmlns=\"{ns}\"><t>{ticket}</t><p></p></PassportCookie></s:Header>\
             <s:Body xmlns=\"{ns}\">{operation}</s:Body></s:Envelope>",
            ns = rsi::NAMESPACE
        );
        self.post("/rsi/RSI.asmx", &body).await
    }

    /// The ids of what waits for `email`, and whose it is.
    pub async fn waiting(&self, email: &str) -> Vec<(String, String)> {
        let answer = self.rsi(email, "<GetMetadata/>").await;
        let xml = answer.xml();
        let data = xml.find(&["Body", "GetMetadataResponse", "MD"]).unwrap_or_else(|| panic!("{answer:?}"));
        messages(data)
    }

    pub async fn message(&self, email: &str, id: &str) -> Answer {
        let operation = format!(
            "<GetMessage><messageId>{id}</messageId><alsoMarkAsRead>false</alsoMarkAsRead></GetMessage>"
        );
        self.rsi(email, &operation).await
    }

    /// What a message says.
    pub async fn text(&self, email: &str, id: &str) -> String {
        let answer = self.message(email, id).await;
        said(&answer.text(&["GetMessageResponse", "GetMessageResult"]))
    }

    pub async fn delete(&self, email: &str, ids: &[&str]) -> Answer {
        let ids: String = ids.iter().map(|id| format!("<messageId>{id}</messageId>")).collect();
        let operation = format!("<DeleteMessages><messageIds>{ids}</messageIds></DeleteMessages>");
        self.rsi(email, &operation).await
    }
}

/// The ids and senders in mail data.
pub fn messages(data: &Element) -> Vec<(String, String)> {
    let text = |message: &Element, name| message.child(name).unwrap().text().to_owned();
    data.children()
        .iter()
        .filter(|child| child.is("M"))
        .map(|message| (text(message, "I"), text(message, "E")))
        .collect()
}

/// The text in a message that was fetched.
pub fn said(mime: &str) -> String {
    use base64::Engine as _;
    let mime = mime.replace("\r\n", "\n");
    let (_, body) = mime.split_once("\n\n").unwrap();
    let bytes = base64::engine::general_purpose::STANDARD.decode(body.replace('\n', "")).unwrap();
    String::from_utf8(bytes).unwrap()
}

pub fn web_ticket(dir: &Path, account: AccountId, purpose: Purpose) -> String {
    let now = msnpd::clock::unix_now();
    Mint::open(dir).unwrap().issue(account, 1, purpose, now, LIFETIME).text().expose().to_owned()
}

/// A request to keep a message.
pub struct Store<'a> {
    pub from: &'a str,
    pub to: &'a str,
    pub ticket: &'a str,
    pub number: u32,
    pub content: String,
}

pub const RUN: &str = "6F1C9F3E-4444-4A2B-8C3D-0000000000AA";

impl Store<'_> {
    pub fn saying(text: &str) -> Self {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(text);
        let content = format!(
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\
             X-OIM-Message-Type: OfflineMessage\r\nX-OIM-Run-Id: {{{RUN}}}\r\nX-OIM-Sequence-Num: NUMBER\r\n\r\n{text}"
        );
        Self { from: "", to: "", ticket: "", number: 1, content }
    }

    pub fn to_xml(&self) -> String {
        let Self { from, to, ticket, number, content } = self;
        let (ticket, content) =
            (ticket.replace('&', "&amp;"), content.replace("NUMBER", &number.to_string()));
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
             <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header>\
             <From memberName=\"{from}\" friendlyName=\"=?utf-8?B?QWxpY2U=?=\" proxy=\"MSNMSGR\" xmlns=\"{ns}\" \
             msnpVer=\"MSNP15\" buildVer=\"8.1.0178\"/><To memberName=\"{to}\" xmlns=\"{ns}\"/>\
             <Ticket passport=\"{ticket}\" appid=\"PROD0090YUAUV{{2B\" lockkey=\"\" xmlns=\"{ns}\"/>\
             <Sequence xmlns=\"http://schemas.xmlsoap.org/ws/2003/03/rm\">\
             <Identifier xmlns=\"http://schemas.xmlsoap.org/ws/2002/07/utility\">http://messenger.msn.com</Identifier>\
             <MessageNumber>{number}</MessageNumber></Sequence></soap:Header><soap:Body>\
             <MessageType xmlns=\"{ns}\">text</MessageType><Content xmlns=\"{ns}\">{content}</Content>\
             </soap:Body></soap:Envelope>",
            ns = oim::NAMESPACE
        )
    }
}
