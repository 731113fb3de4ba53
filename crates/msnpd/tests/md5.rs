//! Signing in with the MD5 of a challenge and the password: who gets in, what the others can tell, and how guessing is
//! slowed down. Connections seem to come from whatever address a test likes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use msnp::auth::md5;
use msnp::flow::notification;
use msnpd::account::AccountId;
use msnpd::connection::Ends;
use msnpd::password::legacy::LegacyKey;
use msnpd::serve::SERVED;
use msnpd::server::{Challenges, Server, Settings, WebServer};
use msnpd::session::{self, Role};
use msnpd::store::{NewAccount, Store};
use msnpd::ticket::{LIFETIME, Mint, Purpose, TicketError, Use};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};

const PASSWORD: &str = "wonderland";

/// A server without a socket.
struct Place {
    dir: TempDir,
    server: Arc<Server>,
    mint: Mint,
}

impl Place {
    async fn new(challenges: Challenges) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let page = "http://192.0.2.1/".to_owned();
        let settings = Settings {
            opening: Arc::new(notification::Settings {
                served: SERVED.to_vec(),
                names_all_dialects: false,
                upgrades: notification::Upgrades::default(),
                download_url: page.clone(),
                info_url: page,
            }),
            public_host: None,
            msnp_port: 1863,
            challenges,
            ticket_lifetime: LIFETIME,
            offline_messages: None,
            web: WebServer { http: 80, https: 443, plain_sign_in: false },
            pages: Arc::default(),
            shields: msnpd::shields::Shields::default(),
        };
        let mint = Mint::with_keys([9; 32], None);
        Self { dir, server: Arc::new(Server::new(settings, store, mint.clone())), mint }
    }

    /// Adds an account; `md5` as `--legacy-md5` does. Its argon2id hash is none, since nobody looks at it.
    async fn add(&self, email: &str, password: &str, md5: bool) -> AccountId {
        let sealed_password =
            md5.then(|| LegacyKey::load_or_create(self.dir.path()).unwrap().sealing(password));
        let email = email.parse().unwrap();
        let new = NewAccount { email, name: None, password_hash: String::new(), sealed_password };
        self.server.store.add_account(new).await.unwrap()
    }

    fn connect(&self, last: u8) -> Client {
        let ends = Ends {
            peer: SocketAddr::from(([192, 0, 2, last], 40_000)),
            local: SocketAddr::from(([192, 0, 2, 1], 1863)),
        };
        let (ours, theirs) = tokio::io::duplex(64 << 10);
        tokio::spawn(session::serve(theirs, ends, Role::Messenger, None, self.server.clone()));
        Client(BufReader::new(ours))
    }

    /// Everything that follows the answer to a challenge, and how long it took to come.
    async fn try_in(&self, last: u8, email: &str, password: &str) -> (Client, String, Duration) {
        let mut client = self.connect(last);
        client.answer_challenge("MSNP7", email, password).await;
        let since = Instant::now();
        let line = client.line().await;
        (client, line, since.elapsed())
    }
}

struct Client(BufReader<DuplexStream>);

impl Client {
    async fn say(&mut self, line: &str) {
        self.0.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
    }

    /// The next line; empty at the end.
    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.unwrap();
        line.trim_end().to_owned()
    }

    async fn is_closed(&mut self) -> bool {
        self.line().await.is_empty()
    }

    /// Signs in as far as the answer, which is not read.
    async fn answer_challenge(&mut self, version: &str, email: &str, password: &str) {
        self.say(&format!("VER 1 {version}")).await;
        assert_eq!(self.line().await, format!("VER 1 {version}"));
        self.say(&format!("USR 3 MD5 I {email}")).await;
        let told = self.line().await;
        let challenge = told.strip_prefix("USR 3 MD5 S ").unwrap();
        self.say(&format!("USR 4 MD5 S {}", md5::respond(challenge, password))).await;
    }

    async fn profile(&mut self) -> String {
        let line = self.line().await;
        let length: usize = line.strip_prefix("MSG Hotmail Hotmail ").unwrap().parse().unwrap();
        let mut payload = vec![0; length];
        self.0.read_exact(&mut payload).await.unwrap();
        String::from_utf8(payload).unwrap()
    }
}

#[tokio::test]
async fn nobody_can_tell_why_he_is_refused() {
    let place = Place::new(Challenges::Off).await;
    place.add("alice@example.com", PASSWORD, true).await;
    place.add("tickets@example.com", PASSWORD, false).await;
    let gone = place.add("disabled@example.com", PASSWORD, true).await;
    place.server.store.disable(gone).await.unwrap();
    for (last, email, password) in [
        (10, "alice@example.com", "Wonderland"),
        (11, "alice@example.com", ""),
        (12, "nobody@example.com", PASSWORD),
        (13, "tickets@example.com", PASSWORD),
        (14, "tickets@example.com", "no password"),
        (15, "disabled@example.com", PASSWORD),
    ] {
        let (mut client, line, _) = place.try_in(last, email, password).await;
        assert_eq!(line, "911 4", "{email}");
        assert!(client.is_closed().await, "{email}");
    }
    let (_, line, _) = place.try_in(16, "Alice@Example.com", PASSWORD).await;
    assert_eq!(line, "USR 4 OK alice@example.com alice@example.com 1");
}

#[tokio::test]
async fn the_key_may_come_while_the_server_runs() {
    let place = Place::new(Challenges::Off).await;
    assert!(!place.dir.path().join("legacy.key").exists());
    assert_eq!(place.try_in(10, "alice@example.com", PASSWORD).await.1, "911 4");
    place.add("alice@example.com", PASSWORD, true).await;
    assert!(place.try_in(10, "alice@example.com", PASSWORD).await.1.starts_with("USR 4 OK "));
    // Nobody, whoever he is, is told that his password is wrong while the key can't be read.
    std::fs::write(place.dir.path().join("legacy.key"), "broken").unwrap();
    for email in ["alice@example.com", "nobody@example.com"] {
        assert_eq!(place.try_in(10, email, PASSWORD).await.1, "601 4");
    }
}

#[tokio::test]
async fn sixteen_characters_count() {
    let place = Place::new(Challenges::Off).await;
    place.add("alice@example.com", "0123456789abcdefgh", true).await;
    assert!(place.try_in(10, "alice@example.com", "0123456789abcdef").await.1.starts_with("USR 4 OK "));
    assert_eq!(place.try_in(10, "alice@example.com", "0123456789abcde").await.1, "911 4");
}

#[tokio::test]
async fn who_guesses_gets_slower_and_the_owner_gets_in_from_elsewhere() {
    let place = Place::new(Challenges::Off).await;
    place.add("alice@example.com", PASSWORD, true).await;
    for _ in 0..3 {
        assert_eq!(place.try_in(10, "alice@example.com", "guess").await.1, "911 4");
    }
    for least in [250, 500, 1000] {
        let (_, line, took) = place.try_in(10, "alice@example.com", "guess").await;
        assert_eq!(line, "911 4");
        assert!(took >= Duration::from_millis(least), "{took:?}");
    }
    // Four of the attacker's wait now. He has no place for another, and is told at once to come back later.
    let mut waiting = Vec::new();
    for _ in 0..4 {
        let mut client = place.connect(10);
        client.answer_challenge("MSNP2", "alice@example.com", "guess").await;
        waiting.push(client);
    }
    let (mut fifth, line, _) = place.try_in(10, "ALICE@example.com", PASSWORD).await;
    assert_eq!(line, "601 4");
    assert!(fifth.is_closed().await);
    let (_, line, took) = place.try_in(11, "alice@example.com", PASSWORD).await;
    assert_eq!(line, "USR 4 OK alice@example.com alice@example.com 1");
    assert!(took <= msnpd::passport::MAX_DELAY + Duration::from_secs(10), "{took:?}");
}

#[tokio::test]
async fn the_profile_has_a_ticket_for_pages_and_nothing_else() {
    let place = Place::new(Challenges::Off).await;
    let alice = place.add("alice@example.com", PASSWORD, true).await;
    let (mut client, ..) = place.try_in(10, "alice@example.com", PASSWORD).await;
    let profile = client.profile().await;
    let pass = profile.lines().find_map(|line| line.strip_prefix("MSPAuth: ")).unwrap();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let claims = place.mint.check(pass, Use::Page, now).unwrap();
    assert_eq!((claims.account, claims.purpose), (alice, Purpose::Page));
    for other in [Use::Web, Use::Tweener, Use::SingleSignOn, Use::Renewal] {
        assert_eq!(place.mint.check(pass, other, now), Err(TicketError::Purpose));
    }
}

#[tokio::test]
async fn challenges_to_the_client_begin_with_msnp6() {
    let place = Place::new(Challenges::Enforce).await;
    place.add("alice@example.com", PASSWORD, true).await;
    for (version, is_asked) in [("MSNP5", false), ("MSNP6", true)] {
        let mut client = place.connect(10);
        client.answer_challenge(version, "alice@example.com", PASSWORD).await;
        assert!(client.line().await.starts_with("USR 4 OK "));
        client.profile().await;
        client.say("CHG 5 NLN").await;
        assert_eq!(client.line().await, "CHG 5 NLN");
        client.say("PNG").await;
        if !is_asked {
            assert_eq!(client.line().await, "QNG");
            continue;
        }
        assert!(client.line().await.starts_with("CHL 0 "));
        assert_eq!(client.line().await, "QNG");
        client.say("QRY 6 msmsgs@msnmsgr.com 32\r\n00000000000000000000000000000000").await;
        assert_eq!(client.line().await, "540 6");
        assert!(client.is_closed().await);
    }
}
