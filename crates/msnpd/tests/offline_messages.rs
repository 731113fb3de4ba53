//! Messages for people who are away: kept across a restart, given once, in order.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use common::Running;
use common::raw::{self, PATIENCE, Raw};
use msnp::types::Guid;
use msnp::wire::Direction;
use msnpd::account::AccountId;
use msnpd::connection::Ends;
use msnpd::sb::Admission;
use msnpd::session::{self, Role};
use msnpd::store::{DATABASE, Kept, MAX_FROM_ONE, NewMessage, Store};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const BOB: &str = "bob@example.com";

/// As many messages as somebody may say without a pause, and fewer than may wait.
const FEW: u32 = 10;

/// A service with Bob and some who write to him.
struct Bench {
    dir: TempDir,
    service: Running,
    bob: AccountId,
    senders: Vec<(String, AccountId)>,
}

impl Bench {
    async fn new(senders: usize) -> Self {
        let dir = common::with_accounts(&[]).await;
        let emails: Vec<String> = (0..senders).map(|n| format!("sender{n}@example.com")).collect();
        let all: Vec<&str> = std::iter::once(BOB).chain(emails.iter().map(String::as_str)).collect();
        let ids = common::add_accounts(dir.path(), &all).await;
        let senders = emails.into_iter().zip(ids[1..].to_vec()).collect();
        let service = Running::start(dir.path()).await;
        Self { dir, service, bob: ids[0], senders }
    }

    fn at(&self) -> SocketAddr {
        self.service.addresses.msnp
    }

    fn store(&self) -> &Store {
        &self.service.server.store
    }

    /// Signs somebody in and shows him.
    async fn sign_in(&self, email: &str, id: AccountId) -> Raw {
        let ticket = raw::ticket(self.dir.path(), id);
        let mut ns = Raw::sign_in(self.at(), "MSNP11", email, &ticket).await;
        ns.ask("CHG", "NLN 0").await;
        ns
    }

    async fn bob(&self) -> Raw {
        self.sign_in(BOB, self.bob).await
    }

    /// Keeps a message as if a sender had said it in a chat.
    async fn keep(&self, sender: usize, text: &str) {
        let kept = self.store().keep_message(self.message(sender, text), Duration::from_secs(3600)).await;
        assert_eq!(kept.unwrap(), Kept::Waiting);
    }

    /// Keeps as much from the first sender as may wait but for a few, which he may say without a pause.
    async fn keep_all_but(&self, few: u32, as_what: Kept) {
        for _ in few..MAX_FROM_ONE {
            let message = self.message(0, "x");
            let kept = self.store().keep_message(message, Duration::from_secs(3600)).await;
            assert_eq!(kept.unwrap(), as_what);
        }
    }

    fn message(&self, sender: usize, text: &str) -> NewMessage {
        NewMessage {
            receiver: self.bob,
            sender: self.senders[sender].1,
            sender_name: self.senders[sender].0.clone(),
            run: Guid([7; 16]),
            number: 1,
            payload: format!("Content-Type: text/plain\r\n\r\n{text}").into_bytes(),
        }
    }

    /// How many messages wait for Bob.
    async fn waiting(&self) -> u64 {
        self.store().count_waiting(self.bob).await.unwrap()
    }

    /// A chat of everybody who writes with Bob, from which Bob has gone, as he has from the service.
    async fn chats(&self) -> Vec<Raw> {
        let mut bob = self.bob().await;
        let mut chats = Vec::new();
        for (email, id) in &self.senders {
            let mut ns = self.sign_in(email, *id).await;
            let mut sb = ns.call(email, BOB).await;
            let mut answered = Raw::answer(&bob.rung().await, BOB).await;
            sb.until(|line| line.starts_with("JOI ")).await;
            answered.until(|line| line.starts_with("ANS ")).await;
            drop(answered);
            sb.until(|line| line.starts_with("BYE ")).await;
            // A chat outlasts the session that it began from.
            chats.push(sb);
        }
        self.leave(bob).await;
        chats
    }

    /// Bob signs out: nobody is signed in when this returns.
    async fn leave(&self, mut bob: Raw) {
        bob.say("OUT\r\n").await;
        bob.until_closed().await;
        assert!(!self.service.server.directory.is_signed_in(self.bob));
    }
}

/// Whose invitation it is.
fn caller(invitation: &str) -> &str {
    invitation.split(' ').nth(5).unwrap()
}

#[tokio::test]
async fn a_message_survives_a_restart() {
    let bench = Bench::new(1).await;
    let mut chats = bench.chats().await;
    for text in ["one", "two", "three"] {
        assert_eq!(chats[0].text(text).await, Some(true));
    }
    let Bench { dir, service, bob, senders } = bench;
    service.stop().await;
    let service = Running::start(dir.path()).await;
    let bench = Bench { dir, service, bob, senders };
    let mut ns = bench.bob().await;
    let mut sb = Raw::answer(&ns.rung().await, BOB).await;
    assert_eq!(sb.texts().await, ["one", "two", "three"]);
    // The answer to what is said comes after all that the courier does.
    assert_eq!(sb.text("to somebody who is away").await, Some(true));
    assert_eq!(bench.waiting().await, 0);

    ns = bench.bob().await;
    ns.settle().await;
    assert!(!ns.heard.iter().any(|line| line.starts_with("RNG ")), "given twice: {:?}", ns.heard);
    bench.service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_sign_ins_in_quick_succession_lose_nothing() {
    let bench = Bench::new(1).await;
    for round in 0..15 {
        bench.keep(0, "once").await;
        let mut first = bench.bob().await;
        let invitation = first.rung().await;
        // He answers while he signs in elsewhere, and answers there as well if he is asked to.
        let here = async { Raw::answer(&invitation, BOB).await.texts().await };
        let elsewhere = async {
            let mut ns = bench.bob().await;
            ns.settle().await;
            let again = ns.heard.iter().find(|line| line.starts_with("RNG ")).cloned();
            let texts = match again {
                Some(invitation) => Raw::answer(&invitation, BOB).await.texts().await,
                None => Vec::new(),
            };
            (ns, texts)
        };
        let (mut texts, (mut second, more)) = tokio::join!(here, elsewhere);
        texts.extend(more);
        // Whoever gave them looks again when he finds that this place is gone.
        let again = async {
            let mut answered = second.heard.iter().filter(|line| line.starts_with("RNG ")).count();
            while bench.waiting().await > 0 {
                second.settle().await;
                let rung: Vec<_> =
                    second.heard.iter().filter(|line| line.starts_with("RNG ")).cloned().collect();
                for invitation in rung.iter().skip(answered) {
                    texts.extend(Raw::answer(invitation, BOB).await.texts().await);
                }
                answered = rung.len();
            }
        };
        tokio::time::timeout(PATIENCE, again).await.expect("nothing waits in the end");
        let is_given = matches!(texts.len(), 1 | 2) && texts.iter().all(|text| text == "once");
        assert!(is_given, "round {round}: {texts:?}");
        bench.leave(second).await;
        let mut third = bench.bob().await;
        third.settle().await;
        assert!(!third.heard.iter().any(|line| line.starts_with("RNG ")), "round {round}: given twice");
        bench.leave(third).await;
    }
    bench.service.stop().await;
}

#[tokio::test]
async fn who_goes_before_he_answers_is_asked_again() {
    let bench = Bench::new(1).await;
    bench.keep(0, "later").await;
    let mut ns = bench.bob().await;
    let unused = ns.rung().await;
    drop(ns);
    let mut ns = bench.bob().await;
    let mut sb = Raw::answer(&ns.rung().await, BOB).await;
    assert_eq!(sb.texts().await, ["later"]);
    let mut late = Raw::answer(&unused, BOB).await;
    assert_eq!(late.line().await.unwrap(), "911 1");
    bench.service.stop().await;
}

#[tokio::test]
async fn a_connection_that_breaks_on_the_way_loses_nothing() {
    let bench = Bench::new(1).await;
    for text in ["one", "two"] {
        bench.keep(0, text).await;
    }
    let mut ns = bench.bob().await;
    let invitation = ns.rung().await;
    let words: Vec<&str> = invitation.split(' ').collect();
    // A pipe that takes too little for all of it, to a client that reads nothing and goes.
    let (mut client, stream) = tokio::io::duplex(128);
    let ends = Ends { peer: common::ANY_PORT, local: bench.at() };
    let serving =
        tokio::spawn(session::serve(stream, ends, Role::Messenger, None, bench.service.server.clone()));
    let answer = format!("ANS 1 {BOB} {} {}\r\n", words[4], words[1]);
    client.write_all(answer.as_bytes()).await.unwrap();
    // What the server has written so far can be read, so it has begun.
    let mut begun = [0; 4];
    client.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"IRO ");
    drop(client);
    serving.await.unwrap();
    assert_eq!(bench.waiting().await, 2);

    // Not at the same place at once, which may break again, but as soon as he shows himself anew.
    ns.settle().await;
    ns.ask("CHG", "HDN 0").await;
    ns.ask("CHG", "NLN 0").await;
    let mut sb = Raw::answer(&ns.rung().await, BOB).await;
    assert_eq!(sb.texts().await, ["one", "two"]);
    bench.service.stop().await;
}

/// What has been written to a place that he has left meanwhile may have been shown by nobody.
#[tokio::test]
async fn who_signs_in_elsewhere_meanwhile_is_given_it_there() {
    let bench = Bench::new(1).await;
    bench.keep(0, &"long ".repeat(100)).await;
    let mut ns = bench.bob().await;
    let invitation = ns.rung().await;
    let words: Vec<&str> = invitation.split(' ').collect();
    let (mut client, stream) = tokio::io::duplex(128);
    let ends = Ends { peer: common::ANY_PORT, local: bench.at() };
    let serving =
        tokio::spawn(session::serve(stream, ends, Role::Messenger, None, bench.service.server.clone()));
    let answer = format!("ANS 1 {BOB} {} {}\r\n", words[4], words[1]);
    client.write_all(answer.as_bytes()).await.unwrap();
    let mut begun = [0; 4];
    client.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"IRO ");
    let mut elsewhere = bench.bob().await;
    // All of it is written now; the chat itself outlasts the place.
    let mut rest = Vec::new();
    while !rest.windows(4).any(|word| word == b"BYE ") {
        assert_ne!(client.read_buf(&mut rest).await.unwrap(), 0);
    }
    let texts = Raw::answer(&elsewhere.rung().await, BOB).await.texts().await;
    assert_eq!(texts, ["long ".repeat(100)]);
    drop(client);
    serving.await.unwrap();
    bench.service.stop().await;
}

/// One who has more senders than he is invited to at once, and answers where nothing waits any more.
#[tokio::test]
async fn an_invitation_to_nothing_leaves_no_chat_and_makes_room() {
    const SENDERS: usize = 11;
    let bench = Bench::new(SENDERS).await;
    for sender in 0..SENDERS {
        bench.keep(sender, "text").await;
    }
    let mut ns = bench.bob().await;
    let first = ns.rung().await;
    for _ in 2..SENDERS {
        ns.rung().await;
    }
    let guids = bench.store().waiting_messages(bench.bob, bench.senders[0].1).await.unwrap();
    let guids = guids.into_iter().map(|message| message.guid).collect();
    assert_eq!(bench.store().remove_messages(bench.bob, guids).await.unwrap(), 1);
    assert_eq!(caller(&first), bench.senders[0].0);
    assert_eq!(Raw::answer(&first, BOB).await.line().await.unwrap(), "911 1");
    assert!(bench.service.server.switchboard.is_empty());
    assert_eq!(caller(&ns.rung().await), bench.senders[SENDERS - 1].0);
    bench.service.stop().await;
}

/// Whom no cookie can be made for is not taken to have been invited.
#[tokio::test]
async fn who_could_not_be_invited_is_invited_later() {
    let bench = Bench::new(1).await;
    let mut ns = bench.bob().await;
    let endpoint = bench.service.server.directory.endpoints_of(bench.bob).remove(0);
    let switchboard = &bench.service.server.switchboard;
    let admission = Admission::to_open(bench.bob, BOB.parse().unwrap(), &endpoint);
    let admit = || switchboard.admit(admission.clone(), bench.bob, bench.service.server.now());
    let cookie = admit().unwrap();
    while admit().is_some() {}
    bench.keep(0, "later").await;
    ns.ask("CHG", "HDN 0").await;
    ns.ask("CHG", "NLN 0").await;
    ns.settle().await;
    assert!(!ns.heard.iter().any(|line| line.starts_with("RNG ")), "{:?}", ns.heard);
    let mut sb = Raw::connect(bench.at(), Direction::FromSwitchboard).await;
    sb.ask("USR", &format!("{BOB} {cookie}")).await;
    ns.ask("CHG", "HDN 0").await;
    ns.ask("CHG", "NLN 0").await;
    assert_eq!(Raw::answer(&ns.rung().await, BOB).await.texts().await, ["later"]);
    bench.service.stop().await;
}

/// One who is blocked is answered as if the other were away, until he has come again.
#[tokio::test]
async fn enough_is_enough_from_who_is_blocked() {
    let bench = Bench::new(1).await;
    let mut chats = bench.chats().await;
    let mut ns = bench.bob().await;
    ns.ask("ADC", &format!("BL N={}", bench.senders[0].0)).await;
    bench.keep_all_but(FEW, Kept::Dropped).await;
    for n in 0..FEW {
        assert_eq!(chats[0].text("x").await, Some(true), "{n}");
    }
    assert_eq!(chats[0].text("one too many").await, Some(false));
    assert_eq!(bench.waiting().await, 0);
    // A look alone makes no room for him.
    ns.ask("BLP", "BL").await;
    ns.ask("BLP", "AL").await;
    ns.settle().await;
    assert_eq!(chats[0].text("one too many").await, Some(false));

    ns.ask("CHG", "HDN 0").await;
    ns.ask("CHG", "NLN 0").await;
    // It is forgotten a little later: he does not wait for it.
    let taken = async { while chats[0].text("x").await != Some(true) {} };
    tokio::time::timeout(PATIENCE, taken).await.unwrap();
    bench.service.stop().await;
}

/// Another process writes, for longer than anybody wants to wait.
#[tokio::test]
async fn a_first_status_waits_for_no_write() {
    let bench = Bench::new(1).await;
    let mut ns = bench.bob().await;
    ns.ask("ADC", &format!("BL N={}", bench.senders[0].0)).await;
    let message = bench.message(0, "dropped");
    let kept = bench.store().keep_message(message, Duration::from_secs(3600)).await;
    assert_eq!(kept.unwrap(), Kept::Dropped);
    bench.leave(ns).await;

    let ticket = raw::ticket(bench.dir.path(), bench.bob);
    let mut ns = Raw::sign_in(bench.at(), "MSNP11", BOB, &ticket).await;
    let file = bench.dir.path().join(DATABASE);
    let mut other = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    ns.ask("CHG", "NLN 0").await;
    tokio::time::timeout(Duration::from_secs(10), ns.settle()).await.expect("he waits for the disk");
    assert!(bench.store().waiting(bench.bob).await.unwrap().has_dropped);
    lock.rollback().await.unwrap();
    // The service goes down when it is done.
    let Bench { dir, service, bob, .. } = bench;
    service.stop().await;
    let store = Store::open(dir.path()).await.unwrap();
    assert!(!store.waiting(bob).await.unwrap().has_dropped);
    store.close().await;
}

#[tokio::test]
async fn enough_is_enough() {
    let bench = Bench::new(1).await;
    let mut chats = bench.chats().await;
    bench.keep_all_but(FEW, Kept::Waiting).await;
    for n in 0..FEW {
        assert_eq!(chats[0].text("x").await, Some(true), "{n}");
    }
    assert_eq!(chats[0].text("one too many").await, Some(false));
    assert_eq!(bench.waiting().await, u64::from(MAX_FROM_ONE));
    let mut ns = bench.bob().await;
    let mut sb = Raw::answer(&ns.rung().await, BOB).await;
    assert_eq!(sb.texts().await.len(), MAX_FROM_ONE as usize);
    bench.service.stop().await;
}

/// He may leave 60 at once, in whatever way.
#[tokio::test]
async fn who_writes_too_fast_is_told_so() {
    let bench = Bench::new(1).await;
    let mut chats = bench.chats().await;
    let mut taken = Vec::new();
    for _ in 0..75 {
        taken.push(chats[0].text("x").await.unwrap());
    }
    assert!(taken[..60].iter().all(|taken| *taken), "{taken:?}");
    assert!(!taken[60..].iter().all(|taken| *taken), "{taken:?}");
    bench.service.stop().await;
}

#[tokio::test]
async fn nothing_is_kept_where_the_operator_does_not_want_it() {
    let dir = common::with_accounts(&[]).await;
    let ids = common::add_accounts(dir.path(), &[BOB, "sender0@example.com"]).await;
    let service = Running::start_with(dir.path(), |options| options.offline_messages = None).await;
    let senders = vec![("sender0@example.com".to_owned(), ids[1])];
    let bench = Bench { dir, service, bob: ids[0], senders };
    let mut chats = bench.chats().await;
    assert_eq!(chats[0].text("nobody keeps it").await, Some(false));
    assert_eq!(bench.waiting().await, 0);
    bench.service.stop().await;
}

/// More senders than are called for at once, all writing at the same time.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_each_has_said_stays_in_order() {
    const SENDERS: usize = 13;
    const EACH: usize = 5;
    let bench = Bench::new(SENDERS).await;
    let mut writing = tokio::task::JoinSet::new();
    for (n, mut chat) in bench.chats().await.into_iter().enumerate() {
        writing.spawn(async move {
            for text in 0..EACH {
                assert_eq!(chat.text(&format!("{n} {text}")).await, Some(true));
            }
        });
    }
    writing.join_all().await;
    let mut ns = bench.bob().await;
    let mut given = HashMap::new();
    for _ in 0..SENDERS {
        let invitation = ns.rung().await;
        let texts = Raw::answer(&invitation, BOB).await.texts().await;
        let before = given.insert(caller(&invitation).to_owned(), texts);
        assert!(before.is_none(), "{invitation}");
    }
    for (n, (email, _)) in bench.senders.iter().enumerate() {
        let said: Vec<String> = (0..EACH).map(|text| format!("{n} {text}")).collect();
        assert_eq!(given[email], said);
    }
    bench.service.stop().await;
}

/// He comes just while somebody writes to him: what was taken reaches him at once, what was not is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_comes_meanwhile_gets_it_at_once() {
    let bench = Bench::new(1).await;
    for round in 0..15 {
        let mut chat = bench.chats().await.remove(0);
        let write = async {
            let mut taken = Vec::new();
            for n in 0.. {
                let text = format!("{n}");
                if !chat.text(&text).await.unwrap() {
                    break;
                }
                taken.push(text);
            }
            taken
        };
        let (taken, mut ns) = tokio::join!(write, bench.bob());
        let mut given = Vec::new();
        while given.len() < taken.len() {
            let mut sb = Raw::answer(&ns.rung().await, BOB).await;
            given.extend(sb.texts().await);
            sb.settle().await;
        }
        assert_eq!(given, taken, "round {round}");
        assert_eq!(bench.waiting().await, 0);
        bench.leave(ns).await;
    }
    bench.service.stop().await;
}
