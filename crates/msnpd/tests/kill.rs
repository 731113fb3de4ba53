//! `kill -9` while clients edit their lists, again and again: every acknowledged edit is there, on both sides, and no
//! half of one. So is every message for somebody who is away.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::raw::{self, Raw};
use msnp::types::{List, Lists};
use msnp::wire::Direction;
use msnpd::account::AccountId;
use msnpd::store::{EntryKind, Store};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const ROUNDS: u64 = 6;
const USERS: usize = 5;

/// The real program, in a process of its own.
struct Server {
    child: Child,
    msnp: SocketAddr,
    http: SocketAddr,
}

impl Server {
    fn start(dir: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_msnpd"))
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
        let (mut msnp, mut http) = (None, None);
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(address) = line.strip_prefix("msnp ") {
                msnp = Some(address.parse().unwrap());
            }
            if let Some(address) = line.strip_prefix("http ") {
                http = Some(address.parse().unwrap());
            }
            if line == "ready" {
                break;
            }
        }
        let listens = "the server says where it listens";
        Self { child, msnp: msnp.expect(listens), http: http.expect(listens) }
    }
}

impl Drop for Server {
    /// On Unix this is `SIGKILL`.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address(user: usize) -> String {
    format!("user{user}@example.com")
}

/// What one user knows of his lists: for each contact, what was acknowledged, and what may or may not have happened
/// because the answer never came.
type Known = HashMap<usize, (Lists, Option<Lists>)>;

/// Edits lists until the server dies.
async fn edit(server: SocketAddr, me: usize, ticket: String, mut known: Known, seed: u64) -> Known {
    let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut raw =
        match tokio::time::timeout(raw::PATIENCE, Raw::try_sign_in(server, &address(me), &ticket)).await {
            Ok(Some(raw)) => raw,
            _ => return known,
        };
    loop {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let other = (me + 1 + (random >> 8) as usize % (USERS - 1)) % USERS;
        let (now, _) = *known.entry(other).or_default();
        let list = [List::Forward, List::Allow, List::Block][(random >> 40) as usize % 3];
        if list.opposite().is_some_and(|opposite| now.contains(opposite)) {
            continue;
        }
        let (verb, after) =
            if now.contains(list) { ("REM", now.without(list)) } else { ("ADD", now.with(list)) };
        let handle = address(other);
        let args = match (verb, list) {
            ("ADD", List::Forward) => format!("{list} {handle} {handle} 0"),
            ("ADD", _) => format!("{list} {handle} {handle}"),
            _ => format!("{list} {handle}"),
        };
        known.insert(other, (now, Some(after)));
        match raw.try_ask(verb, &args).await {
            Some(answer) => assert!(answer.starts_with(verb), "{args}: {answer}"),
            None => return known,
        }
        known.insert(other, (after, None));
    }
}

/// Compares what the database has with what every user knows, and takes over what was left open.
async fn check(dir: &Path, ids: &[AccountId], known: &mut [Known]) {
    let store = Store::open(dir).await.unwrap();
    let own = |lists: Lists| Lists::from_bits(lists.bits() & 7);
    let mut lists = vec![HashMap::new(); ids.len()];
    for (user, id) in ids.iter().enumerate() {
        for contact in store.roster(*id).await.unwrap().unwrap().contacts {
            lists[user].insert(ids.iter().position(|id| *id == contact.id).unwrap(), contact.lists);
        }
    }
    for user in 0..ids.len() {
        for other in (0..ids.len()).filter(|other| *other != user) {
            let stored = lists[user].get(&other).copied().unwrap_or_default();
            let mirrored = lists[other].get(&user).copied().unwrap_or_default();
            assert_eq!(
                stored.contains(List::Forward),
                mirrored.contains(List::Reverse),
                "half an edit: {user} has {stored:?} of {other}, who has {mirrored:?} of him"
            );
            let (acknowledged, open) = known[user].get(&other).copied().unwrap_or_default();
            let may_be = [Some(acknowledged), open];
            assert!(
                may_be.contains(&Some(own(stored))),
                "{user} of {other}: {stored:?} is stored, not {may_be:?}"
            );
            known[user].insert(other, (own(stored), None));
        }
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_edits_survive() {
    let dir = common::with_accounts(&[]).await;
    let emails: Vec<String> = (0..USERS).map(address).collect();
    let ids = common::add_accounts(dir.path(), &emails.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let mut known = vec![Known::new(); USERS];
    let mut edits = 0;
    for round in 0..ROUNDS {
        let server = Server::start(dir.path());
        let mut tasks = Vec::new();
        for (user, id) in ids.iter().enumerate() {
            let ticket = raw::ticket(dir.path(), *id);
            let seed = round * 100 + user as u64 + 1;
            tasks.push(tokio::spawn(edit(server.msnp, user, ticket, known[user].clone(), seed)));
        }
        // Not a wait for something to happen: the moment at which the server dies is the point.
        tokio::time::sleep(Duration::from_millis(150 + 90 * round)).await;
        drop(server);
        for (user, task) in tasks.into_iter().enumerate() {
            known[user] = task.await.unwrap();
            edits += known[user].len();
        }
        check(dir.path(), &ids, &mut known).await;
    }
    assert!(edits > 0, "no edit was ever begun");
}

/// Posts a document to a web service; `None` if the server dies first, and else what it has answered.
async fn post(server: SocketAddr, path: &str, document: &str) -> Option<String> {
    let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", document.len());
    let mut stream = TcpStream::connect(server).await.ok()?;
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(document.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    answer.ends_with("</soap:Envelope>").then_some(answer)
}

/// Asks the address book; `None` if the server dies first, and else what it has answered.
async fn ask(server: SocketAddr, ticket: &str, body: &str) -> Option<String> {
    let ticket = ticket.replace('&', "&amp;");
    let namespace = "xmlns=\"http://www.msn.com/webservices/AddressBook\"";
    let envelope = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header><ABAuthHeader {namespace}><TicketToken>\
         {ticket}</TicketToken></ABAuthHeader></s:Header><s:Body>{}</s:Body></s:Envelope>",
        body.replacen('>', &format!(" {namespace}>"), 1)
    );
    post(server, "/abservice/abservice.asmx", &envelope).await
}

/// Adds contacts to the address book and removes them, until the server dies. Returns whether each of them is in it by
/// what was acknowledged, and of which it is open, and how many edits there were.
async fn edit_book(server: SocketAddr, ticket: String) -> (Vec<Option<bool>>, usize) {
    let mut known = vec![Some(false); USERS];
    let mut guids = vec![String::new(); USERS];
    for edits in 0.. {
        let other = 1 + edits % (USERS - 1);
        let is_in = known[other] == Some(true);
        known[other] = None;
        let body = if is_in {
            format!(
                "<ABContactDelete><contacts><Contact><contactId>{}</contactId></Contact></contacts></ABContactDelete>",
                guids[other]
            )
        } else {
            format!(
                "<ABContactAdd><contacts><Contact><contactInfo><passportName>{}</passportName><isMessengerUser>true\
                 </isMessengerUser></contactInfo></Contact></contacts></ABContactAdd>",
                address(other)
            )
        };
        let Some(answer) = ask(server, &ticket, &body).await else { return (known, edits) };
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        known[other] = Some(!is_in);
        if let Some((_, rest)) = answer.split_once("<guid>") {
            guids[other] = rest.split('<').next().unwrap().to_owned();
        }
    }
    unreachable!()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_edits_of_the_address_book_survive() {
    let mut all = 0;
    for round in 0..3 {
        let dir = common::with_accounts(&[]).await;
        let emails: Vec<String> = (0..USERS).map(address).collect();
        let ids =
            common::add_accounts(dir.path(), &emails.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let server = Server::start(dir.path());
        let editing = tokio::spawn(edit_book(server.http, raw::ticket(dir.path(), ids[0])));
        // Not a wait for something to happen: the moment at which the server dies is the point.
        tokio::time::sleep(Duration::from_millis(150 + 130 * round)).await;
        drop(server);
        let (known, edits) = editing.await.unwrap();
        all += edits;
        let store = Store::open(dir.path()).await.unwrap();
        let book = store.book(ids[0], None).await.unwrap().unwrap();
        for (other, is_in) in known.into_iter().enumerate().skip(1) {
            let is_it = |who: &EntryKind| matches!(who, EntryKind::Account { id, .. } if *id == ids[other]);
            let stored = book.entries.iter().any(|entry| is_it(&entry.who));
            assert!(is_in.is_none_or(|is_in| is_in == stored), "{other}: {stored} is stored, not {is_in:?}");
            let theirs = store.membership(ids[other], None).await.unwrap().unwrap();
            assert_eq!(!theirs.members.is_empty(), stored, "half an edit of {other}");
        }
        store.close().await;
    }
    assert!(all > 0, "no edit was ever acknowledged");
}

/// Writes to somebody who is away until the server dies, or enough waits. Returns what was taken, and what may have
/// been.
async fn write(mut chat: Raw, me: usize) -> (Vec<String>, Option<String>) {
    let mut taken = Vec::new();
    loop {
        let text = format!("{me} {}", taken.len());
        match chat.text(&text).await {
            Some(true) => taken.push(text),
            Some(false) => return (taken, None),
            None => return (taken, Some(text)),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_messages_survive() {
    const SENDERS: usize = 3;
    let mut all = 0;
    for round in 0..3 {
        let dir = common::with_accounts(&[]).await;
        let emails: Vec<String> = (0..=SENDERS).map(address).collect();
        let addresses: Vec<&str> = emails.iter().map(String::as_str).collect();
        let ids = common::add_accounts(dir.path(), &addresses).await;
        let server = Server::start(dir.path());
        let sign_in = async |user: usize| {
            let ticket = raw::ticket(dir.path(), ids[user]);
            let mut ns = Raw::sign_in(server.msnp, "MSNP11", addresses[user], &ticket).await;
            ns.ask("CHG", "NLN 0").await;
            ns
        };
        let mut receiver = sign_in(SENDERS).await;
        let mut chats = Vec::new();
        for (user, email) in addresses.iter().enumerate().take(SENDERS) {
            let mut sb = sign_in(user).await.call(email, addresses[SENDERS]).await;
            let mut answered = Raw::answer(&receiver.rung().await, addresses[SENDERS]).await;
            sb.until(|line| line.starts_with("JOI ")).await;
            answered.until(|line| line.starts_with("ANS ")).await;
            drop(answered);
            sb.until(|line| line.starts_with("BYE ")).await;
            chats.push(sb);
        }
        receiver.say("OUT\r\n").await;
        receiver.until_closed().await;
        let writing: Vec<_> =
            chats.into_iter().enumerate().map(|(user, chat)| tokio::spawn(write(chat, user))).collect();
        // Not a wait for something to happen: the moment at which the server dies is the point.
        tokio::time::sleep(Duration::from_millis(60 + 90 * round)).await;
        drop(server);

        let store = Store::open(dir.path()).await.unwrap();
        for (user, writing) in writing.into_iter().enumerate() {
            let (taken, open) = writing.await.unwrap();
            let messages = store.waiting_messages(ids[SENDERS], ids[user]).await.unwrap();
            let stored: Vec<String> = messages
                .into_iter()
                .map(|message| String::from_utf8(message.payload).unwrap())
                .map(|payload| payload.rsplit_once("\r\n").unwrap().1.to_owned())
                .collect();
            let with_open: Vec<String> = taken.iter().cloned().chain(open).collect();
            assert!(stored == taken || stored == with_open, "{stored:?} is stored, not {taken:?}");
            all += taken.len();
        }
        store.close().await;
    }
    assert!(all > 0, "no message was ever taken");
}

#[tokio::test]
async fn a_second_server_is_refused() {
    let dir = common::with_accounts(&[]).await;
    let _server = Server::start(dir.path());
    let second = Command::new(env!("CARGO_BIN_EXE_msnpd"))
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
        .arg(dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(!second.status.success() && said.contains("another msnpd serves from"), "{said}");
}

#[tokio::test]
async fn an_account_that_an_operator_disables_is_signed_out_within_a_second() {
    let dir = common::with_accounts(&[]).await;
    let ids = common::add_accounts(dir.path(), &["alice@example.com"]).await;
    let server = Server::start(dir.path());
    let ticket = raw::ticket(dir.path(), ids[0]);
    let mut alice = Raw::sign_in(server.msnp, "MSNP11", "alice@example.com", &ticket).await;
    alice.ask("SYN", "0 0").await;
    let began = std::time::Instant::now();
    let done = Command::new(env!("CARGO_BIN_EXE_msnpd"))
        .args(["user", "disable", "alice@example.com", "--data-dir"])
        .arg(dir.path())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let disabled = began.elapsed();
    alice.until_closed().await;
    assert!(began.elapsed() - disabled < Duration::from_secs(1));
    assert_eq!(alice.heard.last().map(String::as_str), Some("OUT "));

    // The ticket is void, although its time is not over.
    let mut raw = Raw::connect(server.msnp, Direction::FromNotification).await;
    raw.ask("VER", "MSNP11 CVR0").await;
    raw.ask("USR", "TWN I alice@example.com").await;
    assert!(raw.ask("USR", &format!("TWN S {ticket}")).await.starts_with("911 "));
    raw.until_closed().await;
}

/// Leaves messages by web service until the server dies, or enough wait. Returns what was taken, and what may have been.
async fn leave(
    server: SocketAddr,
    ticket: String,
    (from, to): (String, String),
) -> (Vec<String>, Option<String>) {
    let ns = "xmlns=\"http://messenger.msn.com/ws/2004/09/oim/\"";
    let ticket = ticket.replace('&', "&amp;");
    let mut taken = Vec::new();
    loop {
        let text = format!("number {}", taken.len());
        let envelope = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header>\
             <From memberName=\"{from}\" {ns}/><To memberName=\"{to}\" {ns}/><Ticket passport=\"{ticket}\" {ns}/>\
             </s:Header><s:Body><MessageType {ns}>text</MessageType>\
             <Content {ns}>Content-Type: text/plain\n\n{text}</Content></s:Body></s:Envelope>"
        );
        match post(server, "/OimWS/oim.asmx", &envelope).await {
            Some(answer) if answer.starts_with("HTTP/1.1 200 ") => taken.push(text),
            Some(answer) => {
                assert!(answer.contains("SenderThrottleLimitExceeded"), "{answer}");
                return (taken, None);
            }
            None => return (taken, Some(text)),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_messages_by_web_service_survive() {
    let mut all = 0;
    for round in 0..3 {
        let dir = common::with_accounts(&[]).await;
        let (from, to) = (address(0), address(1));
        let ids = common::add_accounts(dir.path(), &[&from, &to]).await;
        let server = Server::start(dir.path());
        let writing = tokio::spawn(leave(server.http, raw::ticket(dir.path(), ids[0]), (from, to)));
        // Not a wait for something to happen: the moment at which the server dies is the point.
        tokio::time::sleep(Duration::from_millis(50 + 60 * round)).await;
        drop(server);
        let (taken, open) = writing.await.unwrap();
        all += taken.len();
        let store = Store::open(dir.path()).await.unwrap();
        let mut kept = Vec::new();
        for notice in store.waiting_notices(ids[1]).await.unwrap() {
            let message = store.waiting_message(ids[1], notice.guid).await.unwrap().unwrap();
            let payload = String::from_utf8(message.payload).unwrap();
            kept.push(payload.split_once("\r\n\r\n").unwrap().1.to_owned());
        }
        let mut with_open = taken.clone();
        with_open.extend(open);
        assert!(kept == taken || kept == with_open, "{kept:?} are kept, and {taken:?} were taken");
        store.close().await;
    }
    assert!(all > 0, "no message was ever acknowledged");
}
