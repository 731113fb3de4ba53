//! How long the server waits for clients that say nothing, and for those that don't listen. The clock is the tests' own:
//! it stands while something is done and jumps to the next deadline when nothing is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use common::raw;
use msnpd::account::AccountId;
use msnpd::connection::Ends;
use msnpd::server::{Challenges, Server};
use msnpd::session::{self, Role};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::time::Instant;

const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.net";

/// How much a connection holds before its writer waits.
const PIPE: usize = 4 << 10;

/// A server without sockets, and accounts for Alice and Bob.
struct Stage {
    server: Arc<Server>,
    dir: TempDir,
    ids: Vec<AccountId>,
}

impl Stage {
    async fn set(challenges: Challenges) -> Self {
        let dir = common::with_accounts(&[]).await;
        let ids = common::add_accounts(dir.path(), &[ALICE, BOB]).await;
        let mut options = common::options(dir.path());
        options.challenges = challenges;
        let service = msnpd::serve::Service::bind(options).await.unwrap();
        Self { server: service.server().clone(), dir, ids }
    }

    fn connect(&self) -> Client {
        let (ours, theirs) = tokio::io::duplex(PIPE);
        let at = |address: &str| address.parse::<SocketAddr>().unwrap();
        let ends = Ends { peer: at("192.0.2.7:40000"), local: at("192.0.2.1:1863") };
        tokio::spawn(session::serve(theirs, ends, Role::Messenger, None, self.server.clone()));
        Client { stream: ours, heard: String::new() }
    }

    /// Signs somebody in with MSNP9 and has him tell a status.
    async fn sign_in(&self, email: &str) -> Client {
        let ticket = raw::ticket(self.path(), self.ids[usize::from(email == BOB)]);
        let mut client = self.connect();
        client.say(&format!("VER 1 MSNP9\r\nUSR 2 TWN I {email}\r\nUSR 3 TWN S {ticket}\r\n")).await;
        client.until("MSG Hotmail").await;
        client.say("CHG 4 NLN 0\r\n").await;
        client.until("CHG 4 NLN 0\r\n").await;
        client
    }

    /// A chat of the two: their connections to it.
    async fn chat(&self, alice: &mut Client, bob: &mut Client) -> (Client, Client) {
        alice.say("XFR 5 SB\r\n").await;
        let words = alice.line_with("XFR 5 SB ").await;
        let mut alices = self.connect();
        alices.say(&format!("USR 1 {ALICE} {}\r\nCAL 2 {BOB}\r\n", words[5])).await;
        alices.until("CAL 2 RINGING").await;
        let words = bob.line_with("RNG ").await;
        let mut bobs = self.connect();
        bobs.say(&format!("ANS 1 {BOB} {} {}\r\n", words[4], words[1])).await;
        bobs.until("ANS 1 OK\r\n").await;
        alices.until("JOI ").await;
        (alices, bobs)
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }
}

struct Client {
    stream: DuplexStream,
    /// What was heard and not yet looked at.
    heard: String,
}

impl Client {
    async fn say(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// Reads until `text` has come, and forgets everything up to its end.
    async fn until(&mut self, text: &str) {
        loop {
            if let Some(at) = self.heard.find(text) {
                self.heard.drain(..at + text.len());
                return;
            }
            let mut buffer = [0; 1024];
            let length = self.stream.read(&mut buffer).await.unwrap();
            assert!(length > 0, "closed before {text:?}; heard {:?}", self.heard);
            self.heard.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
        }
    }

    /// The words of the next line that begins so.
    async fn line_with(&mut self, beginning: &str) -> Vec<String> {
        self.until(beginning).await;
        while !self.heard.contains("\r\n") {
            let mut buffer = [0; 1024];
            let length = self.stream.read(&mut buffer).await.unwrap();
            self.heard.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
        }
        let rest = self.heard.split("\r\n").next().unwrap();
        format!("{beginning}{rest}").split(' ').map(str::to_owned).collect()
    }

    /// Everything that is said until the connection ends.
    async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        self.stream.read_to_end(&mut bytes).await.unwrap();
        std::mem::take(&mut self.heard) + std::str::from_utf8(&bytes).unwrap()
    }
}

/// About so much time has gone by since `start`.
#[track_caller]
fn assert_took(start: Instant, seconds: u64) {
    let took = start.elapsed();
    let wanted = Duration::from_secs(seconds);
    assert!(took >= wanted && took < wanted + Duration::from_secs(5), "took {took:?}");
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for() {
    let stage = Stage::set(Challenges::Off).await;
    let (mut silent, mut slow) = (stage.connect(), stage.connect());
    slow.say("VER 1 MSNP8 CVR0\r\n").await;
    slow.until("VER 1 MSNP8\r\n").await;
    tokio::time::pause();
    let start = Instant::now();
    assert_eq!(silent.rest().await, "");
    assert_took(start, 60);
    assert_eq!(slow.rest().await, "", "an old machine has five minutes for its ticket");
    assert_took(start, 300);
}

#[tokio::test]
async fn who_pings_and_then_falls_silent_is_gone_for_everybody() {
    let stage = Stage::set(Challenges::Off).await;
    let mut alice = stage.sign_in(ALICE).await;
    let mut bob = stage.sign_in(BOB).await;
    alice.say(&format!("ADD 6 FL {BOB} {BOB} 0\r\n")).await;
    alice.until("ILN 6 NLN").await;
    bob.say("PNG\r\n").await;
    bob.until("QNG 60\r\n").await;
    tokio::time::pause();
    let start = Instant::now();
    alice.until(&format!("FLN {BOB}\r\n")).await;
    assert_took(start, 150);
    // She has never pinged: old clients don't, and are not cut off.
    tokio::time::advance(Duration::from_secs(24 * 60 * 60)).await;
    alice.say("PNG\r\n").await;
    alice.until("QNG 60\r\n").await;
}

#[tokio::test]
async fn who_does_not_answer_an_enforced_challenge_is_signed_out() {
    let stage = Stage::set(Challenges::Enforce).await;
    let mut alice = stage.sign_in(ALICE).await;
    alice.until("CHL 0 ").await;
    tokio::time::pause();
    let start = Instant::now();
    let rest = alice.rest().await;
    assert!(rest.ends_with("\r\nOUT\r\n"), "{rest}");
    assert_took(start, 60);
}

#[tokio::test]
async fn a_chat_in_which_nothing_is_said_ends() {
    let stage = Stage::set(Challenges::Off).await;
    let (mut alice, mut bob) = (stage.sign_in(ALICE).await, stage.sign_in(BOB).await);
    let (mut alices, mut bobs) = stage.chat(&mut alice, &mut bob).await;
    tokio::time::pause();
    let start = Instant::now();
    tokio::time::sleep(Duration::from_secs(300)).await;
    bobs.say("MSG 2 U 0\r\n").await;
    alices.until(&format!("MSG {BOB} ")).await;
    let (rest, other) = tokio::join!(alices.rest(), bobs.rest());
    // Both connections end. Whoever of them is first leaves the other with the reason.
    let byes = [format!("BYE {BOB} 1\r\n"), format!("BYE {ALICE} 1\r\n")];
    assert!(byes.iter().any(|bye| rest.contains(bye) || other.contains(bye)), "{rest:?} {other:?}");
    assert_took(start, 900);
    // The sessions that led there go on.
    alice.say("PNG\r\n").await;
    alice.until("QNG 60\r\n").await;
}

#[tokio::test]
async fn who_takes_nothing_of_what_is_said_to_him_is_dropped() {
    let stage = Stage::set(Challenges::Off).await;
    let (mut alice, mut bob) = (stage.sign_in(ALICE).await, stage.sign_in(BOB).await);
    let (mut alices, bobs) = stage.chat(&mut alice, &mut bob).await;
    tokio::time::pause();
    let start = Instant::now();
    // Bob reads nothing. Alice is not read either while much waits for him, and goes on when he is gone.
    let message = format!("MSG 3 U 1600\r\n{}", "x".repeat(1600));
    for _ in 0..200 {
        alices.say(&message).await;
    }
    alices.until(&format!("BYE {BOB}\r\n")).await;
    assert_took(start, 30);
    drop(bobs);
}

/// A file goes through a switchboard as fast as its receiver takes it, and nothing of it is dropped.
#[tokio::test]
async fn a_file_for_a_slow_reader_arrives_whole() {
    /// Of the size that clients cut files into: some hundred times what a chat lets wait for a reader.
    const PIECES: u32 = 3000;
    let stage = Stage::set(Challenges::Off).await;
    let (mut alice, mut bob) = (stage.sign_in(ALICE).await, stage.sign_in(BOB).await);
    let (alices, mut bobs) = stage.chat(&mut alice, &mut bob).await;
    tokio::time::pause();
    let piece = |number: u32| {
        let header = "MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\n\r\n";
        format!("{header}{}", format!("{number:08}").repeat(150))
    };
    let (mut hears, mut says) = tokio::io::split(alices.stream);
    let sending = tokio::spawn(async move {
        for number in 0..PIECES {
            let piece = piece(number);
            says.write_all(format!("MSG {number} D {}\r\n{piece}", piece.len()).as_bytes()).await.unwrap();
        }
        says
    });
    let acknowledged = tokio::spawn(async move {
        let (mut heard, last) = (String::new(), format!("ACK {}\r\n", PIECES - 1));
        while !heard.ends_with(&last) {
            let mut buffer = [0; 1024];
            let length = hears.read(&mut buffer).await.unwrap();
            assert!(length > 0, "she was dropped");
            heard.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
        }
        (hears, heard.matches("ACK ").count())
    });
    let mut wanted = String::new();
    for number in 0..PIECES {
        let piece = piece(number);
        wanted.push_str(&format!("MSG {ALICE} {ALICE} {}\r\n{piece}", piece.len()));
    }
    let mut received = std::mem::take(&mut bobs.heard);
    let mut buffer = vec![0; 16 << 10];
    while received.len() < wanted.len() {
        // Not quite so long that he would be taken for dead.
        tokio::time::sleep(Duration::from_secs(25)).await;
        let length = bobs.stream.read(&mut buffer).await.unwrap();
        assert!(length > 0, "he was dropped after {} of {} bytes", received.len(), wanted.len());
        received.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
    }
    assert!(received == wanted, "other bytes than she has sent");
    let (_hears, acks) = acknowledged.await.unwrap();
    assert_eq!(acks, PIECES as usize);
    drop(sending.await.unwrap());
}
