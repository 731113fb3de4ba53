//! Signing in to MSNP13 and later over TCP: single sign-on, and the ticket alone where clients go on with it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use common::ANY_PORT;
use common::raw::Raw;
use msnp::auth::sso;
use msnp::dialect::{MSNP12, MSNP13, MSNP14, MSNP15, MSNP16, MSNP18};
use msnp::flow::notification;
use msnp::soap::tree::{Element, Limits};
use msnp::types::Guid;
use msnp::wire::Direction;
use msnpd::account::AccountId;
use msnpd::connection::Ends;
use msnpd::server::{Challenges, Server, Settings, WebServer};
use msnpd::session::{self, Role};
use msnpd::store::{NewAccount, Store};
use msnpd::ticket::{LIFETIME, Mint, Purpose, Use};
use tempfile::TempDir;
use tokio::net::TcpListener;

const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.com";
const MACHINE: &str = "5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10";

/// A notification server on a port of its own, with two accounts.
struct Place {
    address: SocketAddr,
    server: Arc<Server>,
    mint: Mint,
    alice: AccountId,
    bob: AccountId,
    _dir: TempDir,
}

impl Place {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let page = "http://192.0.2.1/".to_owned();
        let settings = Settings {
            opening: Arc::new(notification::Settings {
                served: vec![&MSNP12, &MSNP13, &MSNP14, &MSNP15, &MSNP16, &MSNP18],
                names_all_dialects: false,
                upgrades: notification::Upgrades::default(),
                download_url: page.clone(),
                info_url: page,
            }),
            public_host: None,
            msnp_port: 1863,
            challenges: Challenges::Off,
            ticket_lifetime: LIFETIME,
            offline_messages: None,
            web: WebServer { http: 80, https: 443, plain_sign_in: false },
            pages: Arc::default(),
            shields: msnpd::shields::Shields::default(),
        };
        let mint = Mint::with_keys([9; 32], None);
        let mut ids = Vec::new();
        for email in [ALICE, BOB] {
            let email = email.parse().unwrap();
            let new = NewAccount { email, name: None, password_hash: String::new(), sealed_password: None };
            ids.push(store.add_account(new).await.unwrap());
        }
        let server = Arc::new(Server::new(settings, store, mint.clone()));
        let listener = TcpListener::bind(ANY_PORT).await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                let ends = Ends { peer, local: address };
                tokio::spawn(session::serve(stream, ends, Role::Messenger, None, serving.clone()));
            }
        });
        Self { address, server, mint, alice: ids[0], bob: ids[1], _dir: dir }
    }

    /// A ticket of somebody, as Passport issues it.
    fn ticket(&self, whose: AccountId, purpose: Purpose) -> String {
        self.ticket_from(whose, purpose, now())
    }

    fn ticket_from(&self, whose: AccountId, purpose: Purpose, issued: u64) -> String {
        self.mint.issue(whose, 1, purpose, issued, LIFETIME).text().expose().to_owned()
    }

    /// What a client answers that has the ticket's own secret.
    fn response(&self, ticket: &str, nonce: &str) -> String {
        sso::respond(&self.mint.secret_of(ticket).unwrap(), nonce, [7; 8])
    }

    async fn connect(&self, dialect: &str) -> Raw {
        let mut client = Raw::connect(self.address, Direction::FromNotification).await;
        assert_eq!(client.ask("VER", &format!("{dialect} CVR0")).await, format!("VER 1 {dialect}"));
        client
    }

    /// Says who wants to sign in; returns the nonce.
    async fn nonce(&self, client: &mut Raw) -> String {
        let told = client.ask("USR", &format!("SSO I {ALICE}")).await;
        let words: Vec<&str> = told.split(' ').collect();
        assert_eq!((words[2], words[3], words[4], words.len()), ("SSO", "S", "MBI_KEY_OLD", 6), "{told}");
        assert_eq!(words[5].len(), 64);
        words[5].to_owned()
    }

    /// Sends a proof that has to be refused: with 911, and the end of the connection.
    async fn refuses(&self, client: &mut Raw, what: &str, proof: &str) {
        let told = client.ask("USR", &format!("SSO S {proof}")).await;
        assert!(told.starts_with("911 "), "{what}: {told}");
        client.until_closed().await;
        assert!(!self.server.directory.is_signed_in(self.alice), "{what}");
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// A field of the profile message.
fn field(profile: &[u8], name: &str) -> Option<String> {
    let profile = String::from_utf8(profile.to_vec()).unwrap();
    let value = profile.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    value.map(str::to_owned)
}

#[tokio::test]
async fn the_right_response_signs_in() {
    let place = Place::new().await;
    let machine: Option<Guid> = Some(MACHINE.parse().unwrap());
    for (dialect, place_words, stays, mpop) in [
        ("MSNP15", "", None, None),
        ("MSNP15", MACHINE, None, None),
        ("MSNP16", "{5F0C1A7E-3B42-4D19-9A61-0D2C7E8B4F10}", machine, Some("1")),
        ("MSNP18", MACHINE, machine, Some("1")),
    ] {
        let mut client = place.connect(dialect).await;
        let nonce = place.nonce(&mut client).await;
        let ticket = place.ticket(place.alice, Purpose::SingleSignOn);
        let response = place.response(&ticket, &nonce);
        let told = client.ask("USR", &format!("SSO S {ticket} {response} {place_words}")).await;
        assert_eq!(told, format!("USR 3 OK {ALICE} 1 0"));
        assert_eq!(client.line().await.unwrap().trim_end(), "SBS 0 null");
        assert!(client.line().await.unwrap().starts_with("MSG Hotmail Hotmail"));
        let profile = client.payload.clone();
        assert_eq!(field(&profile, "ABCHMigrated").as_deref(), Some("1"));
        assert_eq!(field(&profile, "MPOPEnabled").as_deref(), mpop);
        // What the profile shows in clear is good for pages alone, and not the ticket either.
        let pass = field(&profile, "MSPAuth").unwrap();
        assert!(place.mint.check(&pass, Use::Page, now()).is_ok() && !ticket.contains(&pass));
        let there = place.server.directory.endpoints_of(place.alice);
        assert_eq!((there.len(), there[0].machine), (1, stays), "{dialect}");
    }
}

#[tokio::test]
async fn a_client_that_names_no_machine_is_on_one_of_its_own() {
    let place = Place::new().await;
    let mut machines = Vec::new();
    for _ in 0..2 {
        let mut client = place.connect("MSNP18").await;
        let nonce = place.nonce(&mut client).await;
        let ticket = place.ticket(place.alice, Purpose::SingleSignOn);
        let proof = format!("SSO S {ticket} {}", place.response(&ticket, &nonce));
        assert!(client.ask("USR", &proof).await.contains(" OK "));
        machines.push(place.server.directory.endpoints_of(place.alice).last().unwrap().machine.unwrap());
    }
    assert_ne!(machines[0], machines[1]);
}

#[tokio::test]
async fn whatever_is_wrong_is_refused() {
    let place = Place::new().await;
    let good = place.ticket(place.alice, Purpose::SingleSignOn);
    let bobs = place.ticket(place.bob, Purpose::SingleSignOn);
    let expired = place.ticket_from(place.alice, Purpose::SingleSignOn, now() - LIFETIME.as_secs());
    let tweener = place.ticket(place.alice, Purpose::Tweener);
    let web = place.ticket(place.alice, Purpose::Web);
    let former = place.mint.issue(place.alice, 0, Purpose::SingleSignOn, now(), LIFETIME).text();
    let foreign = Mint::with_keys([1; 32], None);
    let forged = foreign.issue(place.alice, 1, Purpose::SingleSignOn, now(), Duration::from_secs(60));
    // Each with a response that was made from its own secret, so that nothing else is wrong with it.
    for (what, ticket) in [
        ("a ticket of another person", bobs.as_str()),
        ("a ticket that has expired", &expired),
        ("a ticket of Tweener", &tweener),
        ("a ticket for web services", &web),
        ("a ticket of before the new password", former.expose()),
    ] {
        let mut client = place.connect("MSNP15").await;
        let nonce = place.nonce(&mut client).await;
        let response = place.response(ticket, &nonce);
        place.refuses(&mut client, what, &format!("{ticket} {response}")).await;
    }
    let another = "A".repeat(64);
    let answers = |nonce: &str| {
        let of_foreign = sso::respond(&foreign.secret(&forged), nonce, [7; 8]);
        [
            ("no response", good.clone()),
            ("a response to another nonce", format!("{good} {}", place.response(&good, &another))),
            ("a response of the wrong secret", format!("{good} {}", place.response(&bobs, nonce))),
            ("garbage", format!("{good} HAAAA")),
            ("a foreign ticket", format!("{} {of_foreign}", forged.text().expose())),
            ("no ticket", "t= p= x".to_owned()),
        ]
    };
    for which in 0..answers("").len() {
        let mut client = place.connect("MSNP16").await;
        let nonce = place.nonce(&mut client).await;
        let (what, proof) = &answers(&nonce)[which];
        place.refuses(&mut client, what, &format!("{proof} {MACHINE}")).await;
    }
}

#[tokio::test]
async fn a_response_is_good_for_one_nonce_and_once() {
    let place = Place::new().await;
    let ticket = place.ticket(place.alice, Purpose::SingleSignOn);
    // Who asks again has to answer the newer one.
    let mut client = place.connect("MSNP15").await;
    let (first, second) = (place.nonce(&mut client).await, place.nonce(&mut client).await);
    assert_ne!(first, second);
    let stale = place.response(&ticket, &first);
    place.refuses(&mut client, "a stale response", &format!("{ticket} {stale}")).await;

    let mut client = place.connect("MSNP15").await;
    let nonce = place.nonce(&mut client).await;
    let proof = format!("SSO S {ticket} {}", place.response(&ticket, &nonce));
    assert!(client.ask("USR", &proof).await.contains(" OK "));
    drop(client);
    // Whoever has overheard it, and says it on a connection of his own, has another nonce to answer.
    let mut listener = place.connect("MSNP15").await;
    place.nonce(&mut listener).await;
    assert!(listener.ask("USR", &proof).await.starts_with("911 "));
    listener.until_closed().await;
}

#[tokio::test]
async fn a_disabled_account_stays_out() {
    let place = Place::new().await;
    let ticket = place.ticket(place.alice, Purpose::SingleSignOn);
    let mut client = place.connect("MSNP15").await;
    let nonce = place.nonce(&mut client).await;
    place.server.store.disable(place.alice).await.unwrap();
    let response = place.response(&ticket, &nonce);
    place.refuses(&mut client, "a disabled account", &format!("{ticket} {response}")).await;
}

#[tokio::test]
async fn a_ticket_alone_is_taken_as_before() {
    let place = Place::new().await;
    for dialect in ["MSNP13", "MSNP14", "MSNP15", "MSNP16", "MSNP18"] {
        let mut client = place.connect(dialect).await;
        assert!(client.ask("USR", &format!("TWN I {ALICE}")).await.starts_with("USR 2 TWN S lc="));
        let ticket = place.ticket(place.alice, Purpose::Tweener);
        let told = client.ask("USR", &format!("TWN S {ticket}")).await;
        assert_eq!(told, format!("USR 3 OK {ALICE} 1 0"));
        assert_eq!(place.server.directory.endpoints_of(place.alice)[0].machine, None);
        drop(client);
    }
    // The ticket of single sign-on crosses the network in clear: without the response it is worth nothing.
    let mut client = place.connect("MSNP15").await;
    client.ask("USR", &format!("TWN I {BOB}")).await;
    let ticket = place.ticket(place.bob, Purpose::SingleSignOn);
    let told = client.ask("USR", &format!("TWN S {ticket}")).await;
    assert!(told.starts_with("911 "), "{told}");
    client.until_closed().await;
    // Nor is one way ended that was begun as the other.
    let mut client = place.connect("MSNP15").await;
    place.nonce(&mut client).await;
    let ticket = place.ticket(place.alice, Purpose::Tweener);
    assert!(client.ask("USR", &format!("TWN S {ticket}")).await.starts_with("911 "));
    // MSNP13 and 14 know no other.
    let mut client = place.connect("MSNP14").await;
    assert!(client.ask("USR", &format!("SSO I {ALICE}")).await.starts_with("911 "));
}

#[tokio::test]
async fn policies_follow_the_first_challenge() {
    let place = Place::new().await;
    for (dialect, package) in [("MSNP13", "TWN"), ("MSNP15", "SSO"), ("MSNP18", "SSO")] {
        let mut client = place.connect(dialect).await;
        for _ in 0..2 {
            client.ask("USR", &format!("{package} I {ALICE}")).await;
        }
        let purpose = if package == "TWN" { Purpose::Tweener } else { Purpose::SingleSignOn };
        let ticket = place.ticket(place.alice, purpose);
        let nonce = client.heard.last().unwrap().split(' ').next_back().unwrap().to_owned();
        let response = if package == "TWN" { String::new() } else { place.response(&ticket, &nonce) };
        client.ask("USR", &format!("{package} S {ticket} {response}")).await;
        client.settle().await;
        let verbs: Vec<&str> = client.heard.iter().map(|line| &line[..3]).collect();
        let mut expected = vec!["VER", "USR", "GCF", "USR", "USR", "SBS", "MSG", "QNG"];
        if dialect == "MSNP18" {
            expected.insert(7, "UBX");
        }
        assert_eq!(verbs, expected, "once a connection");
        assert!(client.heard[2].starts_with("GCF 0 "), "{}", client.heard[2]);
        // Who asks for the file by name gets it.
        let told = client.ask("GCF", "Shields.xml").await;
        assert!(told.starts_with("GCF 5 Shields.xml"), "{told}");
        assert_eq!(Element::parse(&client.payload, Limits::SMALL).unwrap().name(), "config");
    }
    let mut client = place.connect("MSNP15").await;
    place.nonce(&mut client).await;
    client.until(|line| line.starts_with("GCF 0")).await;
    let policies = Element::parse(&client.payload, Limits::SMALL).unwrap();
    let kinds: Vec<_> = policies.children().iter().map(|policy| policy.attribute("type").unwrap()).collect();
    assert_eq!(kinds, ["SHIELDS", "ABCH", "ERRORRESPONSETABLE", "P2P"]);
    // Older ones ask.
    let mut client = place.connect("MSNP12").await;
    client.ask("USR", &format!("TWN I {ALICE}")).await;
    client.settle().await;
    assert_eq!(client.heard.len(), 3, "{:?}", client.heard);
}
