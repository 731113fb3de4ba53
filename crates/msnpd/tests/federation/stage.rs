//! A server in memory, a network that does as a test wants, and places that keep what they are told.

use std::collections::BTreeSet;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use msnp::dialect::{Dialect, Quirks};
use msnp::flow::notification;
use msnp::types::{Capabilities, Email, Lists, Status, TrId};
use msnp::wire::{Direction, Framer, Verb};
use msnpd::account::AccountId;
use msnpd::directory::{Endpoint, EndpointId, Said, Shown};
use msnpd::federation::{self, Answer, Found, Gate, Message, Network, NotSaid, Presence, Unavailable};
use msnpd::outbox::Writer;
use msnpd::serve::SERVED;
use msnpd::server::{Challenges, Server, Settings, WebServer};
use msnpd::store::{
    Adding, BookEntry, EntryAddress, EntryKind, Limits, MemberKey, NewAccount, NewEntry, Role, Store,
};
use msnpd::ticket::{LIFETIME, Mint};
use parking_lot::Mutex;
use tempfile::TempDir;
use tokio::io::AsyncWrite;
use tokio::sync::Notify;
use tokio::task::JoinSet;

pub const ALICE: &str = "alice@example.com";
pub const BOB: &str = "bob@example.com";
pub const YOLANDA: &str = "yolanda@yahoo.com";
pub const ZOE: &str = "zoe@other.example";

/// The network 32, as lists have it.
const YAHOO: u8 = 32;

pub fn email(address: &str) -> Email {
    address.parse().unwrap()
}

pub fn online(name: &str) -> Option<Presence> {
    Some(Presence { status: Status::Online, name: name.to_owned() })
}

pub fn text(from: &str, to: &str, text: &str) -> Message {
    let payload = format!("Content-Type: text/plain\r\n\r\n{text}");
    Message { from: email(from), to: email(to), said: federation::Said::Text(payload.into_bytes().into()) }
}

/// Lets time pass, at once. The clock is stopped for no longer: the store, which works on threads of its own, would find that
/// it has taken too long.
pub async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::sleep(time).await;
    tokio::time::resume();
}

/// How a network answers.
#[derive(Clone, Copy, Debug)]
pub enum Manner {
    AtOnce,
    After(Duration),
    Never,
    Fails,
    Panics,
}

/// A network of one domain.
#[derive(Debug)]
pub struct Fake {
    domain: &'static str,
    pub manner: Mutex<Manner>,
    /// Why it says nothing where it fails.
    pub refusal: Mutex<NotSaid>,
    gate: OnceLock<Gate>,
    heard: Mutex<Vec<String>>,
    /// Whom it believes that ours want to see.
    pub watched: Mutex<BTreeSet<(Email, Email)>>,
    is_news: Notify,
}

impl Fake {
    pub fn new(domain: &'static str, manner: Manner) -> Arc<Self> {
        Arc::new(Self {
            domain,
            manner: Mutex::new(manner),
            refusal: Mutex::new(NotSaid::NotOnline),
            gate: OnceLock::new(),
            heard: Mutex::default(),
            watched: Mutex::default(),
            is_news: Notify::new(),
        })
    }

    pub fn gate(&self) -> &Gate {
        self.gate.get().unwrap()
    }

    /// What it was told, and forgets.
    pub fn heard(&self) -> Vec<String> {
        std::mem::take(&mut self.heard.lock())
    }

    /// Waits until it has heard this much.
    pub async fn hears(&self, expected: &[&str]) {
        // By the clock on the wall: one that is stopped runs ahead while the store works.
        let began = std::time::Instant::now();
        while self.heard.lock().len() < expected.len() {
            let waits = tokio::time::timeout(Duration::from_secs(1), self.is_news.notified()).await.is_err();
            let is_late = waits && began.elapsed() > Duration::from_secs(20);
            assert!(!is_late, "expected {expected:?}, heard {:?}", self.heard.lock());
        }
        assert_eq!(self.heard(), expected);
    }

    async fn answer<T, E>(&self, heard: String, done: T, failure: E) -> Result<T, E> {
        self.heard.lock().push(heard);
        self.is_news.notify_one();
        let manner = *self.manner.lock();
        match manner {
            Manner::AtOnce => Ok(done),
            Manner::After(time) => {
                tokio::time::sleep(time).await;
                Ok(done)
            }
            Manner::Never => std::future::pending().await,
            Manner::Fails => Err(failure),
            Manner::Panics => panic!("a network with a fault"),
        }
    }
}

impl Network for Fake {
    fn name(&self) -> &str {
        self.domain
    }

    fn routes(&self, _: &Email, theirs: &Email) -> bool {
        theirs.domain() == self.domain
    }

    fn start(&self, gate: Gate) {
        self.gate.set(gate).unwrap();
    }

    fn find<'a>(&'a self, _: &'a Email, asked: &'a [Email]) -> Answer<'a, Result<Vec<Found>, Unavailable>> {
        let found = |asked: &Email| {
            let actual = match asked.local().strip_prefix("alias-") {
                Some(name) => email(&format!("{name}@{}.br", asked.domain())),
                None => asked.clone(),
            };
            Found { asked: asked.clone(), actual, replaces_account: false }
        };
        let found = asked.iter().filter(|asked| !asked.local().starts_with("no")).map(found).collect();
        Box::pin(self.answer(format!("find {}", asked.len()), found, Unavailable))
    }

    fn watch<'a>(&'a self, ours: &'a Email, theirs: &'a Email) -> Answer<'a, Result<(), Unavailable>> {
        Box::pin(async move {
            self.answer(format!("watch {ours} {theirs}"), (), Unavailable).await?;
            self.watched.lock().insert((ours.clone(), theirs.clone()));
            Ok(())
        })
    }

    fn unwatch<'a>(&'a self, ours: &'a Email, theirs: &'a Email) -> Answer<'a, Result<(), Unavailable>> {
        Box::pin(async move {
            self.answer(format!("unwatch {ours} {theirs}"), (), Unavailable).await?;
            self.watched.lock().remove(&(ours.clone(), theirs.clone()));
            Ok(())
        })
    }

    fn show<'a>(
        &'a self,
        ours: &'a Email,
        theirs: &'a Email,
        presence: Option<&'a Presence>,
    ) -> Answer<'a, Result<(), Unavailable>> {
        let status = presence.map_or("offline", |presence| presence.status.as_str());
        Box::pin(self.answer(format!("show {ours} {theirs} {status}"), (), Unavailable))
    }

    fn say<'a>(&'a self, message: &'a Message) -> Answer<'a, Result<(), NotSaid>> {
        Box::pin(self.answer(format!("say {} {}", message.from, message.to), (), *self.refusal.lock()))
    }
}

/// A server with Alice and Bob, and networks beside it.
pub struct Stage {
    pub server: Arc<Server>,
    pub alice: AccountId,
    pub bob: AccountId,
    next: AtomicU64,
    _tasks: JoinSet<()>,
    _dir: TempDir,
}

impl Stage {
    pub async fn with(networks: &[&Arc<Fake>]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let settings = Settings {
            opening: Arc::new(notification::Settings {
                served: SERVED.to_vec(),
                names_all_dialects: false,
                upgrades: notification::Upgrades::default(),
                download_url: String::new(),
                info_url: String::new(),
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
        let networks = networks.iter().map(|network| (*network).clone() as Arc<dyn Network>).collect();
        let server = Server::new(settings, store, Mint::with_keys([9; 32], None)).with_networks(networks);
        let server = Arc::new(server);
        let add = async |email: &str| {
            let email = email.parse().unwrap();
            let new = NewAccount { email, name: None, password_hash: String::new(), sealed_password: None };
            server.store.add_account(new).await.unwrap()
        };
        let (alice, bob) = (add(ALICE).await, add(BOB).await);
        let tasks = server.federate();
        Self { server, alice, bob, next: AtomicU64::new(1), _tasks: tasks, _dir: dir }
    }

    /// Puts somebody of another network into an address book.
    pub async fn befriend(&self, id: AccountId, ours: &str, theirs: &[String]) {
        let entry = |theirs: &String| NewEntry {
            who: EntryAddress::Outside { network: YAHOO, address: theirs.clone() },
            is_buddy: true,
            name: None,
            phone: None,
            details: Vec::new(),
            invite: None,
        };
        let how = Adding { allows: true, limits: Limits::ADDRESS_BOOK };
        self.server.store.add_entries(id, theirs.iter().map(entry).collect(), how).await.unwrap();
        self.server.federation.lists_changed(&email(ours));
    }

    /// Takes all of these out of an address book again who are in it.
    pub async fn drop_friends(&self, id: AccountId, ours: &str, theirs: &[String]) {
        let book = self.server.store.book(id, None).await.unwrap().unwrap();
        let is_one = |entry: &&BookEntry| match &entry.who {
            EntryKind::Outside { address, .. } => theirs.contains(address),
            EntryKind::Account { .. } => false,
        };
        let guids = book.entries.iter().filter(is_one).map(|entry| entry.guid).collect();
        self.server.store.delete_entries(id, guids).await.unwrap();
        self.server.federation.lists_changed(&email(ours));
    }

    /// Blocks somebody of another network in an address book.
    pub async fn block(&self, id: AccountId, ours: &str, theirs: &str) {
        let member = MemberKey::Outside { network: YAHOO, address: theirs.to_owned() };
        let store = &self.server.store;
        store.add_members(id, vec![(Role::Block, member)], Limits::ADDRESS_BOOK).await.unwrap();
        self.server.federation.lists_changed(&email(ours));
    }

    /// Signs in, without a status.
    pub async fn sign_in(&self, id: AccountId, dialect: &'static Dialect) -> Player<'_> {
        let account = self.server.store.account(id).await.unwrap().unwrap();
        let number = EndpointId(self.next.fetch_add(1, Ordering::Relaxed));
        let endpoint = Endpoint::new(number, dialect, Arc::default(), None, None, None, Quirks::default());
        let endpoint = Arc::new(endpoint);
        self.server.directory.sign_in(&account, &endpoint);
        self.server.directory.load(id, &self.server.store.brief(id).await.unwrap().unwrap());
        if self.server.federation.is_watched(&account.email) {
            self.server.directory.mark_watched(&account.email);
        }
        Player { stage: self, id, email: account.email, endpoint, writer: Writer::default() }
    }

    /// The same, and names these people of other networks as those on the forward list, and shows a status.
    pub async fn come_online(&self, id: AccountId, dialect: &'static Dialect, wanted: &[&str]) -> Player<'_> {
        let mut player = self.sign_in(id, dialect).await;
        player.say_lists(wanted, 1, Said::Has, 4);
        player.show(Status::Online, 5);
        player.lines();
        player
    }
}

/// Somebody at a place.
pub struct Player<'s> {
    stage: &'s Stage,
    pub id: AccountId,
    email: Email,
    pub endpoint: Arc<Endpoint>,
    writer: Writer,
}

impl Player<'_> {
    pub fn say_lists(&self, theirs: &[&str], lists: u8, change: Said, trid: u32) {
        let said: Vec<_> = theirs.iter().map(|theirs| (email(theirs), Lists::from_bits(lists))).collect();
        let (server, trid) = (&self.stage.server, TrId::new(trid));
        let federation = &server.federation;
        federation.take_lists((&self.email, self.id), &self.endpoint, &said, change, trid, server.now());
    }

    pub fn show(&self, status: Status, trid: u32) {
        let shown = Shown { status, capabilities: Capabilities::default(), object: None };
        let server = &self.stage.server;
        server.directory.show(self.id, self.endpoint.id, shown);
        if !self.endpoint.is_live() {
            server.directory.look_at_all(self.id, &self.endpoint, TrId::new(trid));
            server.federation.look(&self.email, &self.endpoint, TrId::new(trid), server.now());
        }
    }

    pub fn sign_out(&self) {
        self.stage.server.directory.sign_out(self.id, self.endpoint.id);
        self.stage.server.federation.leave(&self.email, self.endpoint.id);
    }

    /// What was said to it since it was last asked, without payloads and what is about its owner.
    pub fn lines(&mut self) -> Vec<String> {
        let mut said = Bytes::default();
        let _ =
            self.writer.poll_write(&self.endpoint.outbox, &mut said, &mut Context::from_waker(Waker::noop()));
        let (mut rest, mut lines) = (&said.0[..], Vec::new());
        let mut framer = Framer::new(Direction::FromNotification);
        while let Some((frame, length)) = framer.next(rest).unwrap() {
            let words: Vec<&str> = frame.args.collect();
            let is_own =
                words.iter().any(|word| word.strip_prefix("1:").unwrap_or(word) == self.email.as_str());
            if frame.verb == Verb::UBM || !is_own {
                lines.push(format!("{} {}", frame.verb, words.join(" ")));
            }
            rest = &rest[length..];
        }
        lines
    }
}

#[derive(Default)]
struct Bytes(Vec<u8>);

impl AsyncWrite for Bytes {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
