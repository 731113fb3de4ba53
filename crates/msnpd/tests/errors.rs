//! Every error number: what causes it, or why nothing does.
//!
//! `docs/msnp-errors.md` is printed from here, and the test fails when that file says something else:
//! `MSNPD_WRITE_ERRORS=1 cargo test -p msnpd --test errors` writes it. Most numbers are caused by the conversations in
//! `tests/scripts`; what no conversation can cause has a test below.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use common::Running;
use common::raw::{self, Raw};
use msnp::types::ErrorCode;
use msnp::wire::Direction;
use msnpd::account::AccountId;
use msnpd::connection::Ends;
use msnpd::server::Challenges;
use msnpd::session::{self, Role};
use msnpd::store::{Limits, NewAccount, Store};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;

const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.net";

/// What the tests of this file cause, beside the conversations, those of `mail.rs`, which have a mail server, and those of
/// `federation`, which have networks.
const CAUSED_HERE: &[(ErrorCode, &str)] = &[
    (ErrorCode::LIST_FULL, "adding the 601st contact"),
    (
        ErrorCode::NOT_ACCEPTING_PAGES,
        "a page that is malformed or too long, or to somebody who can't be paged, where there is paging",
    ),
    (ErrorCode::UNKNOWN_MSISDN, "a page to a number that is no contact, where there is paging"),
    (
        ErrorCode::SWITCHBOARD_FAILED,
        "a chat wanted over IPv6, where no name is configured that could be told",
    ),
    (ErrorCode::LOCKANDKEY_FAILED, "a wrong answer to a challenge, where they are enforced"),
    (
        ErrorCode::FEDERATED_SERVER_ERROR,
        "a message to another network, or a question about one of its addresses, where the network does not answer",
    ),
    (ErrorCode::UUM_ERROR, "a message that another network does not take"),
    (ErrorCode::SERVER_UNAVAILABLE, "signing in while the store can't be read"),
    (ErrorCode::DB_CONNECT, "an edit that could not be stored"),
    (ErrorCode::TOO_MANY_SESSIONS, "opening the 101st chat at a time"),
];

/// Why nothing causes the others.
const NEVER: &[(&str, &[ErrorCode])] = &[
    (
        "of MSNP13 and later, or of another network",
        &[
            ErrorCode::INVALID_FEDERATED_USER,
            ErrorCode::UNKNOWN_KEITAI_DOMAIN,
            ErrorCode::FEDERATED_SESSION,
            ErrorCode::USER_FEDERATED,
            ErrorCode::LOCKANDKEY_FAILED_FOR_MCAA,
            ErrorCode::FEDERATED_DOMAIN,
            ErrorCode::NO_ACCESS,
        ],
    ),
    (
        "201 is said in its place, as later servers did",
        &[ErrorCode::SYNTAX_ERROR, ErrorCode::REQUIRED_FIELDS_MISSING],
    ),
    (
        "911 is said in its place: nobody is told what is wrong with an account that he can't sign in to",
        &[
            ErrorCode::FQDN_MISSING,
            ErrorCode::PPLATFORM_SERVER,
            ErrorCode::INVALID_DOMAIN,
            ErrorCode::CHILD_WITHOUT_CONSENT,
            ErrorCode::PASSPORT_NOT_VALIDATED,
            ErrorCode::MANAGED_USER_INVALID_CVR,
            ErrorCode::MANAGED_USER,
            ErrorCode::BAD_TICKET,
        ],
    ),
    (
        "601 is said in its place: one number will do for a server that lets nobody in at the moment",
        &[
            ErrorCode::SERVER_BUSY,
            ErrorCode::SERVER_GOING_DOWN,
            ErrorCode::SERVER_UNAVAILABLE_LATER,
            ErrorCode::SERVER_TOO_BUSY_729,
            ErrorCode::SERVER_TOO_BUSY_910,
            ErrorCode::SERVER_TOO_BUSY_912,
            ErrorCode::SERVER_UNAVAILABLE_914,
            ErrorCode::SERVER_UNAVAILABLE_915,
            ErrorCode::SERVER_UNAVAILABLE_916,
            ErrorCode::INTERNAL_SERVER_918,
            ErrorCode::INTERNAL_SERVER_919,
            ErrorCode::NOT_ACCEPTING_NEW_USERS,
            ErrorCode::SERVER_TOO_BUSY_921,
            ErrorCode::SERVER_TOO_BUSY_922,
        ],
    ),
    (
        "603 is said in its place: what fails here is the store",
        &[
            ErrorCode::INTERNAL_SERVER,
            ErrorCode::DB_SERVER,
            ErrorCode::UPS_UNAVAILABLE,
            ErrorCode::SCS_UNAVAILABLE,
            ErrorCode::FILE_OPERATION,
            ErrorCode::MEMORY_ALLOC,
            ErrorCode::ABCH_READ_ONLY,
            ErrorCode::ABCH_TOO_BUSY,
            ErrorCode::ABCH_UNAVAILABLE,
            ErrorCode::BAD_FRIEND_FILE,
        ],
    ),
    (
        "280 is said in its place",
        &[ErrorCode::NOTIFY_XFR_FAILED, ErrorCode::CREATE_CONNECTION, ErrorCode::CREATE_CONNECTION_LATER],
    ),
    (
        "a group with people in it can be removed",
        &[ErrorCode::GROUP_NOT_EMPTY, ErrorCode::GROUP_NOT_EMPTY_LATER],
    ),
    ("224 is said in its place", &[ErrorCode::ADDED_TO_INVALID_GROUP]),
    ("no name is refused", &[ErrorCode::INVALID_FRIENDLY_NAME]),
    ("a telephone contact can be renamed", &[ErrorCode::USER_DOESNT_EXIST]),
    ("nobody is searched for: FND is 502", &[ErrorCode::TOO_MANY_MATCHES]),
    (
        "no client is refused for what it is",
        &[ErrorCode::INVITE_REQUIRED, ErrorCode::BAD_CVR_PARAMETERS, ErrorCode::WRONG_CVR_PARAMETERS],
    ),
    (
        "nothing has a price, and nothing depends on where one is",
        &[
            ErrorCode::SUBSCRIPTION_NEEDED,
            ErrorCode::SUBSCRIPTION_DISABLED,
            ErrorCode::MARKET_DISABLED,
            ErrorCode::DISABLED_EVERYWHERE,
            ErrorCode::TRY_AGAIN_LATER,
            ErrorCode::NO_MARKET_SPECIFIED,
            ErrorCode::RESTRICTED_USER,
        ],
    ),
    (
        "there is one server, which is waited for",
        &[
            ErrorCode::PEER_NS_DOWN,
            ErrorCode::BLOCKING_WRITE,
            ErrorCode::SESSION_OVERLOAD,
            ErrorCode::WRONG_SERVER,
        ],
    ),
    ("no source says when it was sent", &[ErrorCode::UNEXPECTED, ErrorCode::RATE_LIMIT_EXCEEDED_801]),
];

/// The scripts in which each number is heard.
fn in_scripts() -> BTreeMap<ErrorCode, BTreeSet<String>> {
    let mut found: BTreeMap<ErrorCode, BTreeSet<String>> = BTreeMap::new();
    for entry in fs::read_dir(repository().join("tests/scripts")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
            let told = line.split_once("<<< ").or_else(|| line.split_once("error=")).map(|(_, told)| told);
            let number =
                told.and_then(|told| told.get(..3)).filter(|n| n.bytes().all(|b| b.is_ascii_digit()));
            if let Some(number) = number {
                found.entry(ErrorCode(number.parse().unwrap())).or_default().insert(name.clone());
            }
        }
    }
    found
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn every_number_is_caused_or_has_a_reason_not_to_be() {
    let scripts = in_scripts();
    let mut page = String::from(
        "# The error numbers\n\n\
         What makes the server say each of them, and why it never says the others. Printed by a test \
         (`crates/msnpd/tests/errors.rs`) that fails when a number is missing here or a reason is not true any more.\n\n\
         | number | meaning | caused by |\n| --- | --- | --- |\n",
    );
    for (code, _, meaning) in ErrorCode::ALL {
        let here = CAUSED_HERE.iter().find(|(caused, _)| caused == code).map(|(_, how)| *how);
        let reasons: Vec<_> = NEVER.iter().filter(|(_, codes)| codes.contains(code)).collect();
        let caused = match (scripts.get(code), here) {
            (Some(names), None) => {
                let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
                format!("conversation {}", names.join(", "))
            }
            (None, Some(how)) => how.to_owned(),
            (Some(_), Some(_)) => panic!("{code} is caused by a conversation and needs no test here"),
            (None, None) => {
                let [(why, _)] = reasons.as_slice() else { panic!("{code} has {} reasons", reasons.len()) };
                writeln!(page, "| {code} | {meaning} | never: {why} |").unwrap();
                continue;
            }
        };
        assert!(reasons.is_empty(), "{code} is caused, and has a reason not to be");
        writeln!(page, "| {code} | {meaning} | {caused} |").unwrap();
    }
    let path = repository().join("docs/msnp-errors.md");
    if std::env::var_os("MSNPD_WRITE_ERRORS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let stale =
        "docs/msnp-errors.md is stale: MSNPD_WRITE_ERRORS=1 cargo test -p msnpd --test errors writes it anew";
    assert!(fs::read_to_string(path).unwrap_or_default() == page, "{stale}");
}

/// A service with Alice and Bob, of whom Alice has signed in with MSNP9.
struct Scene {
    service: Running,
    dir: tempfile::TempDir,
    alice: Raw,
    ids: Vec<AccountId>,
}

impl Scene {
    async fn set(choose: impl FnOnce(&mut msnpd::serve::Options)) -> Self {
        let dir = common::with_accounts(&[]).await;
        let ids = common::add_accounts(dir.path(), &[ALICE, BOB]).await;
        let service = Running::start_with(dir.path(), choose).await;
        let ticket = raw::ticket(dir.path(), ids[0]);
        let alice = Raw::sign_in(service.addresses.msnp, "MSNP9", ALICE, &ticket).await;
        Self { service, dir, alice, ids }
    }
}

#[tokio::test]
async fn lists_end_somewhere() {
    let Scene { service, dir, mut alice, ids } = Scene::set(|_| {}).await;
    let store = Store::open(dir.path()).await.unwrap();
    let mut adding = JoinSet::new();
    for n in 0..Limits::CLASSIC.forward {
        let (store, alice) = (store.clone(), ids[0]);
        adding.spawn(async move {
            let email: msnp::types::Email = format!("someone{n}@example.org").parse().unwrap();
            let password_hash = String::new();
            let account =
                NewAccount { email: email.clone(), name: None, password_hash, sealed_password: None };
            store.add_account(account).await.unwrap();
            store.add_contact(alice, &email, None, None, Limits::CLASSIC).await.unwrap();
        });
    }
    adding.join_all().await;
    let answer = alice.ask("ADD", &format!("FL {BOB} {BOB} 0")).await;
    assert!(answer.starts_with("210 "), "{answer}");
    // Another list has room.
    let answer = alice.ask("ADD", &format!("AL {BOB} {BOB}")).await;
    assert!(answer.starts_with("ADD "), "{answer}");
    store.close().await;
    service.stop().await;
}

#[tokio::test]
async fn no_chat_over_ipv6_without_a_name() {
    let dir = common::with_accounts(&[]).await;
    let ids = common::add_accounts(dir.path(), &[ALICE]).await;
    let ticket = raw::ticket(dir.path(), ids[0]);
    let service = msnpd::serve::Service::bind(common::options(dir.path())).await.unwrap();
    let server = service.server().clone();
    let (mut client, theirs) = tokio::io::duplex(64 << 10);
    let at = |address: &str| address.parse::<SocketAddr>().unwrap();
    let ends = Ends { peer: at("[2001:db8::7]:40000"), local: at("[2001:db8::1]:1863") };
    let serving = tokio::spawn(session::serve(theirs, ends, Role::Messenger, None, server));
    let said = format!(
        "VER 1 MSNP9\r\nUSR 2 TWN I {ALICE}\r\nUSR 3 TWN S {ticket}\r\nCHG 4 NLN 0\r\nXFR 5 SB\r\nOUT\r\n"
    );
    client.write_all(said.as_bytes()).await.unwrap();
    let mut heard = String::new();
    client.read_to_string(&mut heard).await.unwrap();
    assert!(heard.contains("\r\n280 5\r\n"), "{heard}");
    assert!(!heard.contains("ClientIP"), "nor is an address told that clients can't read: {heard}");
    serving.await.unwrap();
}

#[tokio::test]
async fn a_wrong_answer_to_an_enforced_challenge_ends_the_session() {
    let Scene { service, mut alice, .. } =
        Scene::set(|options| options.challenges = Challenges::Enforce).await;
    alice.ask("CHG", "NLN 0").await;
    alice.until(|line| line.starts_with("CHL 0 ")).await;
    alice.say("QRY 9 msmsgs@msnmsgr.com 32\r\n00000000000000000000000000000000").await;
    assert_eq!(alice.line().await.as_deref(), Some("540 9"));
    assert_eq!(alice.line().await, None);
    service.stop().await;
}

#[tokio::test]
async fn a_store_that_fails_is_told_to_who_needs_it() {
    let dir = common::with_accounts(&[]).await;
    let ids = common::add_accounts(dir.path(), &[ALICE, BOB]).await;
    let service = msnpd::serve::Service::bind(common::options(dir.path())).await.unwrap();
    let (at, store) = (service.addresses.msnp, service.server().store.clone());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(service.run(async move {
        let _ = stopped.await;
    }));
    let mut alice = Raw::sign_in(at, "MSNP9", ALICE, &raw::ticket(dir.path(), ids[0])).await;
    store.close().await;

    let answer = alice.ask("ADD", &format!("AL {BOB} {BOB}")).await;
    assert!(answer.starts_with("603 "), "{answer}");
    let answer = alice.ask("SYN", "0").await;
    assert!(answer.starts_with("603 "), "{answer}");
    let answer = alice.ask("CHG", "BSY 0").await;
    assert!(answer.starts_with("CHG "), "what needs no store goes on: {answer}");

    let mut bob = Raw::connect(at, Direction::FromNotification).await;
    bob.ask("VER", "MSNP9").await;
    bob.ask("USR", &format!("TWN I {BOB}")).await;
    let answer = bob.ask("USR", &format!("TWN S {}", raw::ticket(dir.path(), ids[1]))).await;
    assert!(answer.starts_with("601 "), "{answer}");
    assert_eq!(bob.line().await, None);
    drop(stop);
    running.await.unwrap();
}

#[tokio::test]
async fn chats_at_a_time_end_somewhere() {
    let Scene { service, mut alice, .. } = Scene::set(|_| {}).await;
    alice.ask("CHG", "NLN 0").await;
    let mut chats = Vec::new();
    let refused = loop {
        let answer = alice.ask("XFR", "SB").await;
        let words: Vec<&str> = answer.split(' ').collect();
        if words[0] != "XFR" {
            break answer;
        }
        let mut chat = Raw::connect(words[3].parse().unwrap(), Direction::FromSwitchboard).await;
        let answer = chat.ask("USR", &format!("{ALICE} {}", words[5])).await;
        assert!(answer.contains(" OK "), "{answer}");
        chats.push(chat);
        assert!(chats.len() <= 100, "the hundred and first chat was opened");
    };
    assert!(refused.starts_with("714 "), "{refused}");
    assert_eq!(chats.len(), 100);
    // One that ends makes room for another.
    let mut last = chats.pop().unwrap();
    last.say("OUT\r\n").await;
    last.until_closed().await;
    let answer = alice.ask("XFR", "SB").await;
    assert!(answer.starts_with("XFR "), "{answer}");
    service.stop().await;
}
