//! Clients that ask and ask again.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use msnpd::account::AccountId;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::common::raw::{self, PATIENCE, Raw};
use super::common::{Running, add_accounts};

pub(super) const ALICE: &str = "alice@example.com";
pub(super) const BOB: &str = "bob@example.com";

/// A service, and accounts for Alice and Bob, who are on each other's lists.
pub(super) struct Stage {
    pub(super) service: Running,
    pub(super) dir: TempDir,
    pub(super) ids: Vec<AccountId>,
}

impl Stage {
    pub(super) async fn set() -> Self {
        Self::set_with(|_| {}).await
    }

    pub(super) async fn set_with(choose: impl FnOnce(&mut msnpd::serve::Options)) -> Self {
        let dir = TempDir::new().unwrap();
        let ids = add_accounts(dir.path(), &[ALICE, BOB]).await;
        let service = Running::start_with(dir.path(), choose).await;
        Self { service, dir, ids }
    }

    pub(super) fn http(&self) -> SocketAddr {
        self.service.addresses.http
    }

    pub(super) fn ticket(&self, email: &str) -> String {
        raw::ticket(self.dir.path(), self.ids[usize::from(email == BOB)])
    }

    /// Bob, over TCP.
    pub(super) async fn bob(&self) -> Raw {
        let mut bob = Raw::sign_in(self.service.addresses.msnp, "MSNP9", BOB, &self.ticket(BOB)).await;
        bob.ask("CHG", "NLN 0").await;
        bob
    }

    /// What signs somebody in with MSNP9, and tells a status.
    pub(super) fn sign_in(&self, email: &str) -> String {
        let ticket = self.ticket(email);
        format!("VER 1 MSNP9 CVR0\r\nUSR 2 TWN I {email}\r\nUSR 3 TWN S {ticket}\r\nCHG 4 NLN 0\r\n")
    }

    /// Alice, signed in through the gateway. She has Bob on her list, and may be seen by him.
    pub(super) async fn alice(&self) -> Tunnel {
        let mut alice = Tunnel::open(self.http(), "NS", &self.sign_in(ALICE)).await;
        assert!(alice.heard.contains("CHG 4 NLN 0\r\n"), "{}", alice.heard);
        alice.say("ADD 5 FL bob@example.com Bob\r\nADD 6 AL bob@example.com Bob\r\n").await;
        assert!(alice.heard.contains("ADD 6 AL "), "{}", alice.heard);
        alice
    }

    /// Another session, of somebody who has not signed in yet.
    pub(super) async fn newcomer(&self) -> Tunnel {
        Tunnel::open(self.http(), "NS", "VER 1 MSNP9 CVR0\r\n").await
    }

    /// The two of them in a chat that Alice has opened through the gateway.
    pub(super) async fn chat(&self, alice: &mut Tunnel, bob: &mut Raw) -> (Tunnel, Raw) {
        alice.say("XFR 9 SB\r\n").await;
        let referral = alice.heard.lines().find(|line| line.starts_with("XFR 9 SB ")).unwrap().to_owned();
        let words: Vec<&str> = referral.split(' ').collect();
        let ip = words[3].split(':').next().unwrap();
        let hello = format!("USR 1 {ALICE} {}\r\nCAL 2 {BOB}\r\n", words[5]);
        let mut chat = Tunnel::open_at(self.http(), "SB", ip, &hello).await;
        assert!(chat.heard.contains("USR 1 OK "), "{}", chat.heard);
        let rung = bob.rung().await;
        let mut other = Raw::answer(&rung, BOB).await;
        other.until(|line| line.starts_with("ANS ")).await;
        chat.until("JOI ").await;
        (chat, other)
    }
}

/// A message for a chat, which nobody acknowledges.
pub(super) fn message(trid: u32, text: &str) -> String {
    let payload = format!("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n{text}");
    format!("MSG {trid} N {}\r\n{payload}", payload.len())
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) head: String,
    pub(super) body: String,
}

impl Reply {
    pub(super) fn status(&self) -> u16 {
        self.head[9..12].parse().unwrap()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub(super) fn id(&self) -> String {
        let messenger = self.header("X-MSN-Messenger").unwrap();
        messenger.split(';').next().unwrap().strip_prefix("SessionID=").unwrap().to_owned()
    }

    pub(super) fn closes(&self) -> bool {
        self.header("X-MSN-Messenger").unwrap().ends_with("; Session=close")
    }
}

/// A connection to the web server.
pub(super) struct Http {
    pub(super) stream: TcpStream,
}

impl Http {
    pub(super) async fn connect(at: SocketAddr) -> Self {
        Self::connect_from(at, Ipv4Addr::LOCALHOST.into()).await
    }

    /// From another of this machine's addresses.
    pub(super) async fn connect_from(at: SocketAddr, from: IpAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((from, 0).into()).unwrap();
        Self { stream: socket.connect(at).await.unwrap() }
    }

    /// Asks the gateway.
    pub(super) async fn ask(&mut self, query: &str, body: &str) {
        let request = format!(
            "POST /gateway/gateway.dll?{query} HTTP/1.1\r\nHost: msn.example.com\r\nContent-Type: \
             application/x-msn-messenger\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.say(&request).await;
    }

    pub(super) async fn say(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    pub(super) async fn reply(&mut self) -> Reply {
        timeout(PATIENCE, self.read()).await.expect("an answer in time").expect("an answer")
    }

    /// Waits for the end of the connection, without an answer.
    pub(super) async fn ended(&mut self) {
        assert!(timeout(PATIENCE, self.read()).await.expect("the end in time").is_none());
    }

    async fn read(&mut self) -> Option<Reply> {
        let mut read = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&read);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let reply = Reply { head: head.to_owned(), body: body.to_owned() };
                let length: usize = reply.header("Content-Length").unwrap().parse().unwrap();
                if body.len() >= length {
                    assert_eq!(body.len(), length, "nothing follows unasked");
                    return Some(reply);
                }
            }
            match self.stream.read_buf(&mut read).await {
                Ok(0) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    pub(super) async fn asked(&mut self, query: &str, body: &str) -> Reply {
        self.ask(query, body).await;
        self.reply().await
    }
}

/// Asks once, on a connection of its own.
pub(super) async fn once(at: SocketAddr, query: &str, body: &str) -> Reply {
    Http::connect(at).await.asked(query, body).await
}

/// A session.
pub(super) struct Tunnel {
    pub(super) http: Http,
    pub(super) id: String,
    /// What was heard in the last answer.
    pub(super) heard: String,
    /// Everything that was heard.
    pub(super) all: String,
    pub(super) closed: bool,
}

impl Tunnel {
    pub(super) async fn open(at: SocketAddr, server: &str, first: &str) -> Self {
        Self::open_at(at, server, "messenger.hotmail.com", first).await
    }

    pub(super) async fn open_at(at: SocketAddr, server: &str, ip: &str, first: &str) -> Self {
        let mut http = Http::connect(at).await;
        let reply = http.asked(&format!("Action=open&Server={server}&IP={ip}"), first).await;
        assert_eq!(reply.status(), 200, "{}", reply.head);
        let mut tunnel =
            Self { http, id: reply.id(), heard: String::new(), all: String::new(), closed: false };
        tunnel.take(reply);
        tunnel
    }

    pub(super) fn take(&mut self, reply: Reply) {
        assert_eq!(reply.status(), 200, "{}", reply.head);
        self.id = reply.id();
        self.closed = reply.closes();
        self.all.push_str(&reply.body);
        self.heard = reply.body;
    }

    pub(super) fn says(&self) -> String {
        format!("SessionID={}", self.id)
    }

    pub(super) fn polls(&self) -> String {
        format!("Action=poll&SessionID={}", self.id)
    }

    pub(super) fn waits(&self, seconds: u32) -> String {
        format!("Action=poll&Lifespan={seconds}&SessionID={}", self.id)
    }

    pub(super) async fn say(&mut self, body: &str) {
        let reply = self.http.asked(&self.says(), body).await;
        self.take(reply);
    }

    pub(super) async fn poll(&mut self) {
        let reply = self.http.asked(&self.polls(), "").await;
        self.take(reply);
    }

    /// Waits for news until they have this in them.
    pub(super) async fn until(&mut self, wanted: &str) {
        while !self.heard.contains(wanted) {
            let reply = self.http.asked(&self.waits(20), "").await;
            self.take(reply);
        }
    }
}
