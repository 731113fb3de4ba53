//! A first look at two figures: the memory of an idle user, and how fast a chat is passed on.
//!
//! ```sh
//! cargo build --release -p msnpd && cargo run --release -p msnpd --example first_look
//! ```
//! Starts the `msnpd` beside it on loopback with a database of its own, and stops it at the end. The relay is measured
//! in turns with a bare one that only copies bytes, with the same client, since single runs differ by half.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a tool for developers"
)]

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use msnp::types::Email;
use msnpd::account::AccountId;
use msnpd::store::{Limits, NewAccount, Store};
use msnpd::ticket::{LIFETIME, Mint, Purpose};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};

const USERS: usize = 2000;
const CONTACTS: usize = 20;
const ROUNDS: usize = 5;
const MESSAGES: usize = 160_000;
const PAYLOAD: usize = 100;

type Stream = BufStream<TcpStream>;

#[tokio::main]
async fn main() {
    let dir = std::env::temp_dir().join(format!("msnpd-first-look-{}", std::process::id()));
    let ids = prepare(&dir).await;
    let tickets: Vec<String> = {
        let (mint, now) = (Mint::open(&dir).unwrap(), SystemTime::now());
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        ids.iter()
            .map(|id| mint.issue(*id, 1, Purpose::Tweener, now, LIFETIME).text().expose().to_owned())
            .collect()
    };
    let (mut child, at) = start(&dir);

    let before = anonymous_memory(child.id());
    let mut users = Vec::new();
    let began = Instant::now();
    for (user, ticket) in tickets.iter().enumerate() {
        users.push(sign_in(at, &address(user), ticket).await);
    }
    let rate = USERS as f64 / began.elapsed().as_secs_f64();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let after = anonymous_memory(child.id());
    println!("{USERS} users, {CONTACTS} contacts each, signed in one after another: {rate:.0} a second");
    println!("memory of an idle user: {:.2} KiB (anonymous, user space)", (after - before) / USERS as f64);

    for per_write in [16, 1] {
        let mut ratios = Vec::new();
        let (mut fastest, mut floor) = (0.0_f64, 0.0_f64);
        for _ in 0..ROUNDS {
            let bare = bare_relay(per_write).await;
            let chat = chat(&mut users, per_write).await;
            (fastest, floor) = (fastest.max(chat), floor.max(bare));
            ratios.push(chat / bare);
        }
        ratios.sort_by(f64::total_cmp);
        println!(
            "relay of {PAYLOAD}-byte messages, {per_write} to a write: best {fastest:.0}/s, bare {floor:.0}/s, \
             ratio {:.2} (median of {ROUNDS}, {:.2} to {:.2})",
            ratios[ROUNDS / 2],
            ratios[0],
            ratios[ROUNDS - 1]
        );
    }
    drop(users);
    child.kill().unwrap();
    child.wait().unwrap();
    std::fs::remove_dir_all(&dir).unwrap();
}

fn address(user: usize) -> String {
    format!("user{user}@example.com")
}

/// Accounts, each with some others on the forward list.
async fn prepare(dir: &Path) -> Vec<AccountId> {
    let store = Store::open(dir).await.unwrap();
    let mut ids = Vec::new();
    for user in 0..USERS {
        let email: Email = address(user).parse().unwrap();
        let new = NewAccount { email, name: None, password_hash: String::new(), sealed_password: None };
        ids.push(store.add_account(new).await.unwrap());
    }
    let mut edits = tokio::task::JoinSet::new();
    for (user, id) in ids.iter().copied().enumerate() {
        let store = store.clone();
        edits.spawn(async move {
            for n in 1..=CONTACTS {
                let other: Email = address((user + n) % USERS).parse().unwrap();
                store.add_contact(id, &other, None, None, Limits::CLASSIC).await.unwrap();
            }
        });
    }
    edits.join_all().await;
    store.close().await;
    ids
}

fn start(dir: &Path) -> (Child, SocketAddr) {
    let program = std::env::current_exe().unwrap().parent().unwrap().with_file_name("msnpd");
    let mut child = Command::new(program)
        .args([
            "serve",
            "--msnp",
            "127.0.0.1:0",
            "--http",
            "127.0.0.1:0",
            "--https",
            "127.0.0.1:0",
            "--data-dir",
        ])
        .arg(dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut at = None;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        at = at.or_else(|| line.strip_prefix("msnp ").map(|address| address.parse().unwrap()));
        if line == "ready" {
            break;
        }
    }
    (child, at.unwrap())
}

/// In KiB.
fn anonymous_memory(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

async fn connect(at: SocketAddr) -> Stream {
    let stream = TcpStream::connect(at).await.unwrap();
    stream.set_nodelay(true).unwrap();
    BufStream::new(stream)
}

async fn say(stream: &mut Stream, line: &str) {
    stream.write_all(line.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
}

/// Reads lines until one begins so.
async fn until(stream: &mut Stream, start: &str) -> String {
    loop {
        let mut line = String::new();
        assert_ne!(stream.read_line(&mut line).await.unwrap(), 0, "the server has closed, not said {start}");
        if line.starts_with(start) {
            return line;
        }
    }
}

async fn sign_in(at: SocketAddr, email: &str, ticket: &str) -> Stream {
    let mut stream = connect(at).await;
    for (line, answer) in [
        ("VER 1 MSNP8 CVR0\r\n".to_owned(), "VER 1"),
        (format!("USR 2 TWN I {email}\r\n"), "USR 2"),
        (format!("USR 3 TWN S {ticket}\r\n"), "USR 3 OK"),
        ("SYN 4 0\r\n".to_owned(), "SYN 4"),
        ("CHG 5 NLN 0\r\n".to_owned(), "CHG 5"),
    ] {
        say(&mut stream, &line).await;
        until(&mut stream, answer).await;
    }
    stream
}

/// Messages a second from the first user to the second, through a switchboard.
async fn chat(users: &mut [Stream], per_write: usize) -> f64 {
    say(&mut users[0], "XFR 9 SB\r\n").await;
    let referral = until(&mut users[0], "XFR 9 SB").await;
    let words: Vec<&str> = referral.split_whitespace().collect();
    let mut sender = connect(words[3].parse().unwrap()).await;
    say(&mut sender, &format!("USR 1 {} {}\r\n", address(0), words[5])).await;
    say(&mut sender, &format!("CAL 2 {}\r\n", address(1))).await;
    let ring = until(&mut users[1], "RNG").await;
    let words: Vec<&str> = ring.split_whitespace().collect();
    let mut reader = connect(words[2].parse().unwrap()).await;
    say(&mut reader, &format!("ANS 1 {} {} {}\r\n", address(1), words[4], words[1])).await;
    until(&mut reader, "ANS 1 OK").await;
    until(&mut sender, "JOI").await;
    let heard = format!("MSG {} {} {PAYLOAD}\r\n", address(0), address(0)).len() + PAYLOAD;
    pump(sender, reader, per_write, heard).await
}

/// The same through a relay that copies bytes and does nothing else.
async fn bare_relay(per_write: usize) -> f64 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let relay = tokio::spawn(async move {
        let ((mut from, _), (mut to, _)) =
            (listener.accept().await.unwrap(), listener.accept().await.unwrap());
        let mut buffer = vec![0; 16 << 10];
        while let Ok(n @ 1..) = from.read(&mut buffer).await {
            to.write_all(&buffer[..n]).await.unwrap();
        }
    });
    let (sender, reader) = (connect(at).await, connect(at).await);
    let rate = pump(sender, reader, per_write, message().len()).await;
    relay.await.unwrap();
    rate
}

fn message() -> Vec<u8> {
    let mut message = format!("MSG 7 U {PAYLOAD}\r\n").into_bytes();
    let mut payload = b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n".to_vec();
    payload.resize(PAYLOAD, b'x');
    message.extend(payload);
    message
}

async fn pump(sender: Stream, reader: Stream, per_write: usize, heard: usize) -> f64 {
    let (mut sender, mut reader) = (sender.into_inner(), reader.into_inner());
    let batch = message().repeat(per_write);
    let began = Instant::now();
    let writing = tokio::spawn(async move {
        for _ in 0..MESSAGES / per_write {
            sender.write_all(&batch).await.unwrap();
        }
        sender
    });
    let (mut left, mut buffer) = (MESSAGES * heard, vec![0; 64 << 10]);
    while left > 0 {
        let n = reader.read(&mut buffer).await.unwrap();
        assert_ne!(n, 0, "the relay has closed");
        left = left.saturating_sub(n);
    }
    let rate = MESSAGES as f64 / began.elapsed().as_secs_f64();
    drop(writing.await.unwrap());
    rate
}
