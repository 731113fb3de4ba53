//! A server without sockets, and people who are signed in there: for benches, and for the test of allocations.

#![allow(dead_code, unreachable_pub, reason = "each of them uses what it needs of it")]
#![allow(clippy::unwrap_used, reason = "a bench may stop at the first thing it did not expect")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::SystemTime;

use msnp::flow::notification;
use msnpd::account::AccountId;
use msnpd::connection::Ends;
use msnpd::serve::SERVED;
use msnpd::server::{Challenges, Server, Settings, WebServer};
use msnpd::session::{self, Role};
use msnpd::store::{NewAccount, Store};
use msnpd::ticket::{LIFETIME, Mint, Purpose};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream};
use tokio::task::JoinSet;

/// Where connections seem to come from, and where they seem to arrive.
const PEER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)), 40_000);
const LOCAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 1863);

/// How much a connection holds before its writer waits.
const PIPE: usize = 16 << 10;

/// A server, and people who have accounts there.
pub struct Stage {
    pub server: Arc<Server>,
    mint: Mint,
    people: Vec<AccountId>,
    _dir: TempDir,
}

impl Stage {
    /// With so many people, none of whom is signed in.
    pub async fn set(people: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let mut adding = JoinSet::new();
        for person in 0..people {
            let store = store.clone();
            // Nobody signs in with a password here.
            let account = NewAccount {
                email: email(person).parse().unwrap(),
                name: None,
                password_hash: String::new(),
                sealed_password: None,
            };
            adding.spawn(async move { (person, store.add_account(account).await.unwrap()) });
        }
        let mut added = adding.join_all().await;
        added.sort_unstable_by_key(|(person, _)| *person);
        let mint = Mint::with_keys([9; 32], None);
        let server = Arc::new(Server::new(settings(), store, mint.clone()));
        Self { server, mint, people: added.into_iter().map(|(_, id)| id).collect(), _dir: dir }
    }

    /// The account of a person.
    pub fn id(&self, person: usize) -> AccountId {
        *self.people.get(person).unwrap()
    }

    fn connect(&self) -> Client {
        let (ours, theirs) = tokio::io::duplex(PIPE);
        self.serve(theirs);
        Client { stream: ours, heard: Vec::new() }
    }

    fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let ends = Ends { peer: PEER, local: LOCAL };
        tokio::spawn(session::serve(stream, ends, Role::Messenger, None, self.server.clone()));
    }

    /// Signs somebody in, and has him tell that he is online.
    pub async fn sign_in(&self, person: usize, version: &str) -> Client {
        let mut client = self.connect();
        client.say(self.first_words(person, version)).await;
        client.line_with("CHG 4 NLN 0").await;
        client
    }

    /// The same over a stream that says of itself what is to be said.
    pub async fn sign_in_over<S>(&self, person: usize, version: &str, stream: impl FnOnce(String) -> S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        self.serve(stream(self.first_words(person, version)));
        while !self.server.directory.is_visible(self.id(person)) {
            tokio::task::yield_now().await;
        }
    }

    /// What a client says to sign in, and that its user is online.
    fn first_words(&self, person: usize, version: &str) -> String {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        let ticket = self.mint.issue(self.id(person), 1, Purpose::Tweener, now, LIFETIME).text();
        let (email, ticket) = (email(person), ticket.expose());
        format!("VER 1 {version} CVR0\r\nUSR 2 TWN I {email}\r\nUSR 3 TWN S {ticket}\r\nCHG 4 NLN 0\r\n")
    }

    /// A chat of people who are signed in, each of whom has invited the next: their connections to it.
    pub async fn chat(&self, people: &mut [Client]) -> Vec<Client> {
        let [first, others @ ..] = people else { return Vec::new() };
        first.say("XFR 5 SB\r\n").await;
        let referral = first.line_with("XFR 5 SB ").await;
        let mut founder = self.connect();
        founder.say(format!("USR 1 {} {}\r\n", email(0), word(&referral, 5))).await;
        founder.line_with("USR 1 OK").await;
        let mut seats = vec![founder];
        for (person, client) in (1..).zip(others) {
            let inviting = seats.last_mut().unwrap();
            inviting.say(format!("CAL 2 {}\r\n", email(person))).await;
            let invitation = client.line_with("RNG ").await;
            let mut invited = self.connect();
            let (chat, cookie) = (word(&invitation, 1), word(&invitation, 4));
            invited.say(format!("ANS 1 {} {cookie} {chat}\r\n", email(person))).await;
            invited.line_with("ANS 1 OK").await;
            seats.push(invited);
        }
        // All of them have heard of the last one, and of nothing after him.
        let last = email(seats.len() - 1);
        let (_, before) = seats.split_last_mut().unwrap();
        for seat in before {
            seat.line_with(&format!("JOI {last}")).await;
        }
        seats
    }
}

/// The address of a person.
pub fn email(person: usize) -> String {
    format!("person{person:04}@example.com")
}

fn word(line: &str, at: usize) -> &str {
    line.split(' ').nth(at).unwrap()
}

fn settings() -> Settings {
    Settings {
        opening: Arc::new(notification::Settings {
            served: SERVED.to_vec(),
            names_all_dialects: false,
            upgrades: notification::Upgrades::default(),
            download_url: "http://192.0.2.1/".to_owned(),
            info_url: "http://192.0.2.1/".to_owned(),
        }),
        public_host: None,
        msnp_port: LOCAL.port(),
        challenges: Challenges::Off,
        ticket_lifetime: LIFETIME,
        offline_messages: None,
        web: WebServer { http: 80, https: 443, plain_sign_in: false },
        pages: Arc::default(),
        shields: msnpd::shields::Shields::default(),
    }
}

/// One connection, seen from the client.
pub struct Client {
    stream: DuplexStream,
    /// What was read and not yet looked at.
    heard: Vec<u8>,
}

impl Client {
    /// Says something.
    pub async fn say(&mut self, text: impl AsRef<[u8]>) {
        self.stream.write_all(text.as_ref()).await.unwrap();
    }

    /// The next line that begins so. What comes before it is forgotten.
    pub async fn line_with(&mut self, beginning: &str) -> String {
        loop {
            let end = loop {
                match self.heard.windows(2).position(|two| two == b"\r\n") {
                    Some(end) => break end,
                    None => assert!(self.stream.read_buf(&mut self.heard).await.unwrap() > 0, "closed"),
                }
            };
            let line = String::from_utf8_lossy(self.heard.get(..end).unwrap()).into_owned();
            self.heard.drain(..end + 2);
            // A payload may stand before a line.
            if let Some(at) = line.find(beginning) {
                return line.get(at..).unwrap().to_owned();
            }
        }
    }

    /// Takes what is to come next, which is exactly this. Allocates nothing.
    pub async fn hears(&mut self, expected: &[u8]) {
        let mut buffer = [0; 512];
        let buffer = buffer.get_mut(..expected.len()).unwrap();
        let (known, rest) = buffer.split_at_mut(self.heard.len());
        known.copy_from_slice(&self.heard);
        self.heard.clear();
        self.stream.read_exact(rest).await.unwrap();
        assert_eq!(buffer, expected, "{:?}", String::from_utf8_lossy(buffer));
    }
}
