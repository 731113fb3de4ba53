//! TLS on the Messenger port, for clients that begin with a hello, beside those that speak in clear.

use std::net::SocketAddr;
use std::time::Duration;

use msnp::wire::Direction;
use msnpd::tls::{Era, Policy};
use openssl::ssl::SslVersion;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_openssl::SslStream;

use crate::common::raw::{PATIENCE, Raw, ticket};
use crate::common::{Running, add_accounts};
use crate::support::{NEW, OLD, client, client_of, connect, dir, era, serve};

const ALICE: &str = "alice@example.com";

/// A client that speaks MSNP in TLS.
struct Secure(BufStream<SslStream<TcpStream>>);

impl Secure {
    async fn connect(address: SocketAddr) -> Self {
        Self(BufStream::new(connect(address, client()).await.unwrap()))
    }

    async fn ask(&mut self, line: &str) -> String {
        self.0.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        self.0.flush().await.unwrap();
        self.line().await
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        timeout(PATIENCE, self.0.read_line(&mut line)).await.expect("a line in time").unwrap();
        line
    }

    /// Signs in, up to what follows the profile.
    async fn sign_in(address: SocketAddr, ticket: &str) -> Self {
        let mut client = Self::connect(address).await;
        assert_eq!(client.ask("VER 1 MSNP12 CVR0").await, "VER 1 MSNP12\r\n");
        client.ask(&format!("CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 7.5.0322 msmsgs {ALICE}")).await;
        client.ask(&format!("USR 3 TWN I {ALICE}")).await;
        let welcome = client.ask(&format!("USR 4 TWN S {ticket}")).await;
        assert!(welcome.starts_with("USR 4 OK "), "{welcome}");
        let mut profile = client.line().await;
        while !profile.starts_with("MSG ") {
            profile = client.line().await;
        }
        let length = profile.trim_end().rsplit_once(' ').unwrap().1.parse().unwrap();
        client.0.read_exact(&mut vec![0; length]).await.unwrap();
        client
    }
}

async fn with_alice(policy: Policy) -> (tempfile::TempDir, Running, String) {
    let dir = dir();
    let id = add_accounts(dir.path(), &[ALICE]).await[0];
    let service = serve(dir.path(), policy).await;
    let ticket = ticket(dir.path(), id);
    (dir, service, ticket)
}

#[tokio::test]
async fn a_whole_session_and_its_chat() {
    let (_dir, service, ticket) = with_alice(Policy::Modern).await;
    let at = service.addresses.msnp;
    let mut alice = Secure::sign_in(at, &ticket).await;
    assert_eq!(alice.ask("CHG 5 NLN 0").await, "CHG 5 NLN 0\r\n");
    let mut referral = alice.ask("XFR 6 SB").await;
    while !referral.starts_with("XFR 6 ") {
        referral = alice.line().await;
    }
    let words: Vec<&str> = referral.split(' ').collect();
    let mut chat = Secure::connect(words[3].parse().unwrap()).await;
    let joined = chat.ask(&format!("USR 1 {ALICE} {}", words[5].trim_end())).await;
    assert!(joined.starts_with("USR 1 OK "), "{joined}");

    // TLS ends as it should, whoever ends it: signing in anew in clear, on the same port, signs her out here.
    let _plain = Raw::sign_in(at, "MSNP12", ALICE, &ticket).await;
    while alice.line().await != "OUT OTH\r\n" {}
    chat.0.write_all(b"OUT\r\n").await.unwrap();
    chat.0.flush().await.unwrap();
    for mut client in [alice, chat] {
        let mut rest = Vec::new();
        timeout(PATIENCE, client.0.read_to_end(&mut rest)).await.unwrap().unwrap();
        assert!(rest.is_empty(), "{rest:?}");
    }
    service.stop().await;
}

#[tokio::test]
async fn only_modern_tls_whatever_is_spoken_elsewhere() {
    let (_dir, service, _) = with_alice(Policy::Legacy).await;
    let at = service.addresses.msnp;
    for version in NEW {
        let stream = connect(at, client_of(version)).await.unwrap();
        assert_eq!((stream.ssl().version2(), era(&stream)), (Some(version), Era::Modern));
    }
    for version in OLD {
        connect(at, client_of(version)).await.unwrap_err();
    }
    let mut newest = client();
    newest.set_max_proto_version(Some(SslVersion::TLS1_1)).unwrap();
    connect(at, newest).await.unwrap_err();
    service.stop().await;
}

#[tokio::test]
async fn what_only_begins_like_tls_disturbs_nobody() {
    let (_dir, service, ticket) = with_alice(Policy::Modern).await;
    let at = service.addresses.msnp;
    // They hold on to what they have, and say no more.
    let mut silent = Vec::new();
    for bytes in [&b"\x16"[..], b"\x16\x03\x01\x02\x00\x01", b"\x16\x03\x01\xff\xff"] {
        let mut stream = TcpStream::connect(at).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        silent.push(stream);
    }
    for garbage in [&b"\x16VER 1 MSNP12 CVR0\r\n"[..], &[0x16; 70_000]] {
        let mut stream = TcpStream::connect(at).await.unwrap();
        let _ = stream.write_all(garbage).await;
        let mut answer = Vec::new();
        let ended = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("closed in time");
        assert!(ended.is_err() || !answer.starts_with(b"VER"), "{answer:?}");
    }
    // No other byte is taken for TLS.
    let mut raw = Raw::connect(at, Direction::FromNotification).await;
    assert_eq!(raw.ask("VER", "MSNP12 CVR0").await, "VER 1 MSNP12");
    Secure::sign_in(at, &ticket).await;
    drop(silent);
    timeout(Duration::from_secs(9), service.stop()).await.expect("nobody is waited for");
}
