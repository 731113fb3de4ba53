//! A server with some accounts, requests to it, and XML compared by what it means.

use std::net::SocketAddr;
use std::path::Path;

use msnp::soap::abch::NAMESPACE;
use msnp::soap::envelope::SOAP_1_1;
use msnp::soap::tree::{Element, Limits};
use msnpd::account::AccountId;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::common::raw::{Raw, ticket};
use crate::common::xml;
use crate::common::{Running, add_accounts};

pub const ALICE: &str = "alice@example.com";
pub const BOB: &str = "bob@example.com";
pub const CAROL: &str = "carol@example.com";

/// The ticket in the requests of `crates/msnp/tests/fixtures`.
const EXAMPLE_TICKET: &str = "t=EwExampleTicketForAlice0001&amp;p=";

pub struct Bench {
    pub dir: TempDir,
    pub running: Running,
    pub alice: Person,
    pub bob: Person,
    pub carol: Person,
}

#[derive(Clone)]
pub struct Person {
    pub id: AccountId,
    pub email: &'static str,
    pub ticket: String,
    web: SocketAddr,
    msnp: SocketAddr,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub text: String,
    pub root: Element,
}

impl Bench {
    pub async fn new() -> Self {
        Self::on(TempDir::new().unwrap(), true).await
    }

    /// On a directory in which the accounts are, or are to be.
    pub async fn on(dir: TempDir, is_new: bool) -> Self {
        let emails = [ALICE, BOB, CAROL];
        let ids = match is_new {
            true => add_accounts(dir.path(), &emails).await,
            false => (1..=3).map(AccountId).collect(),
        };
        let running = Running::start(dir.path()).await;
        let person = |n: usize| Person::of(&running, dir.path(), ids[n].0, emails[n]);
        let (alice, bob, carol) = (person(0), person(1), person(2));
        Self { running, alice, bob, carol, dir }
    }
}

impl Person {
    /// Somebody who has an account there.
    pub fn of(running: &Running, dir: &Path, id: u32, email: &'static str) -> Self {
        let (id, at) = (AccountId(id), running.addresses);
        Self { id, email, ticket: ticket(dir, id), web: at.http, msnp: at.msnp }
    }

    /// The same with another ticket.
    pub fn with(&self, ticket: String) -> Self {
        Self { ticket, ..self.clone() }
    }

    /// Signs in on the notification server, and reads the lists.
    pub async fn sign_in(&self, dialect: &str) -> Raw {
        let mut raw = Raw::sign_in(self.msnp, dialect, self.email, &self.ticket).await;
        let first = if dialect == "MSNP12" { "0 0" } else { "0" };
        raw.ask("SYN", first).await;
        raw.settle().await;
        raw
    }

    /// Sends a request with these bytes for an envelope.
    pub async fn post(&self, path: &str, headers: &str, envelope: &str) -> Reply {
        exchange(self.web, path, headers, envelope).await
    }

    /// A request of the fixtures, with other GUIDs and addresses than they have.
    pub async fn fixture(&self, name: &str, instead: &[(&str, &str)]) -> Reply {
        self.post("/abservice/abservice.asmx", "", &self.envelope(name, instead)).await
    }

    /// The envelope of such a request.
    pub fn envelope(&self, name: &str, instead: &[(&str, &str)]) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../msnp/tests/fixtures/abch");
        let text = std::fs::read_to_string(path.join(format!("{name}.xml"))).unwrap();
        let mut text = text.replace(EXAMPLE_TICKET, &self.ticket.replace('&', "&amp;"));
        for (is, to_be) in instead {
            assert!(text.contains(is), "no {is} in {name}");
            text = text.replace(is, to_be);
        }
        text
    }

    /// A request whose body is `body`, in the namespace of the address book.
    pub async fn ask(&self, body: &str) -> Reply {
        self.post("/abservice/SharingService.asmx", "", &envelope(Some(&self.ticket), body)).await
    }

    /// Adds somebody as libpurple does; gives his contact id.
    pub async fn add(&self, email: &str) -> String {
        self.fixture("ABContactAdd", &[(BOB, email)]).await.ok().text_of(&["ABContactAddResult", "guid"])
    }

    /// The members of a role, by `PassportName`.
    pub async fn members(&self, role: &str) -> Vec<String> {
        let reply = self.fixture("FindMembership", &[]).await.ok();
        let path = ["FindMembershipResult", "Services", "Service", "Memberships"];
        let memberships = reply.result().find(&path).unwrap().children();
        let named = |membership: &&Element| membership.child("MemberRole").unwrap().text() == role;
        let members = memberships.iter().find(named).unwrap().child("Members").unwrap();
        let address = |member: &Element| member.child("PassportName").unwrap().text().to_owned();
        members.children().iter().map(address).collect()
    }

    /// The contacts in the book, the owner left out.
    pub async fn contacts(&self) -> Vec<Element> {
        let reply = self.fixture("ABFindAll", &[]).await.ok();
        let contacts = reply.result().find(&["ABFindAllResult", "contacts"]).unwrap().children();
        let is_other = |contact: &&Element| value(contact, &["contactInfo", "contactType"]) != "Me";
        contacts.iter().filter(is_other).cloned().collect()
    }
}

/// The text of what lies inside.
pub fn value(element: &Element, path: &[&str]) -> String {
    element.find(path).unwrap_or_else(|| panic!("no {path:?} in {element:?}")).text().to_owned()
}

/// An envelope around a body in the namespace of the address book.
pub fn envelope(ticket: Option<&str>, body: &str) -> String {
    let ticket = ticket.map(|ticket| {
        let ticket = ticket.replace('&', "&amp;");
        format!("<ABAuthHeader xmlns=\"{NAMESPACE}\"><TicketToken>{ticket}</TicketToken></ABAuthHeader>")
    });
    let (name, rest) = body.split_at(body.find(['>', ' ', '/']).unwrap());
    // A self-closing operation begins with its name like any.
    let (name, rest) =
        if name.is_empty() { body.split_at(body[1..].find(['>', '/']).unwrap() + 1) } else { (name, rest) };
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"{SOAP_1_1}\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soap:Header>{}</soap:Header>\
         <soap:Body>{name} xmlns=\"{NAMESPACE}\"{rest}</soap:Body></soap:Envelope>",
        ticket.unwrap_or_default()
    )
}

pub async fn exchange(to: SocketAddr, path: &str, headers: &str, envelope: &str) -> Reply {
    let mut stream = TcpStream::connect(to).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: contacts.example.com\r\nUser-Agent: test\r\n\
         Content-Type: text/xml; charset=utf-8\r\n{headers}Content-Length: {}\r\n\r\n",
        envelope.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // Whoever is refused early may be told before all is sent.
    let _ = stream.write_all(envelope.as_bytes()).await;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    Reply::new(&bytes)
}

impl Reply {
    pub fn new(bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        assert!(head.contains("\r\nContent-Type: text/xml; charset=utf-8"), "{head}");
        assert!(head.contains(&format!("\r\nContent-Length: {}", body.len())), "{head}");
        let limits = Limits { bytes: 1 << 24, depth: 32, nodes: 1 << 20 };
        let root = Element::parse(body.as_bytes(), limits).unwrap_or_else(|e| panic!("{e}: {body}"));
        assert_eq!((root.name(), root.namespace()), ("Envelope", Some(SOAP_1_1)));
        Self { status, head: head.to_owned(), text: body.to_owned(), root }
    }

    /// The answer, which is no fault.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.text);
        self
    }

    /// What stands in the body.
    pub fn result(&self) -> &Element {
        let body = self.root.child("Body").unwrap();
        assert_eq!(body.children().len(), 1, "{}", self.text);
        &body.children()[0]
    }

    pub fn text_of(&self, path: &[&str]) -> String {
        value(self.result(), path)
    }

    /// Compares what stands in the body with a document in the namespace of the address book.
    #[track_caller]
    pub fn is(&self, expected: &str) {
        let expected = xml::parse(format!(
            "<r xmlns=\"{NAMESPACE}\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">{expected}</r>"
        ));
        let root = xml::parse(&self.text);
        let body = root.children().find(|child| child.name().local() == "Body").unwrap();
        let (found, wanted) = (body.children().next().unwrap(), expected.children().next().unwrap());
        if let Err(difference) = xml::compare(found, wanted, "") {
            panic!("{difference}\n\nin\n\n{}", self.text);
        }
    }

    /// That it is this fault; gives its detail.
    #[track_caller]
    pub fn fault(&self, error: &str) -> &Element {
        assert_eq!(self.status, 500, "{}", self.text);
        let fault = self.result();
        assert_eq!((fault.name(), fault.namespace()), ("Fault", Some(SOAP_1_1)));
        let detail = fault.child("detail").unwrap_or_else(|| panic!("no detail: {}", self.text));
        let code = detail.child("errorcode").unwrap();
        assert_eq!((code.text(), code.namespace()), (error, Some(NAMESPACE)), "{}", self.text);
        detail
    }

    /// That it is a fault without anything of the address book's own, with these words in it.
    #[track_caller]
    pub fn plain_fault(&self, status: u16, words: &str) {
        assert_eq!(self.status, status, "{}", self.text);
        let fault = self.result();
        assert_eq!((fault.name(), fault.namespace()), ("Fault", Some(SOAP_1_1)));
        let text = fault.child("faultstring").unwrap().text();
        assert!(text.contains(words), "{text:?} has no {words:?}");
    }
}
