//! What nobody should say, and what it must not do to anybody else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use common::Running;
use common::raw::{self, Raw};
use msnp::wire::Direction;
use msnpd::store::Store;

const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.net";

/// Two who have signed in, have each other on the forward list, and show a status.
async fn two(dir: &std::path::Path, service: &Running) -> (Raw, Raw) {
    let ids = common::add_accounts(dir, &[ALICE, BOB]).await;
    let at = service.addresses.msnp;
    let mut alice = Raw::sign_in(at, "MSNP11", ALICE, &raw::ticket(dir, ids[0])).await;
    let mut bob = Raw::sign_in(at, "MSNP8", BOB, &raw::ticket(dir, ids[1])).await;
    alice.ask("ADC", &format!("FL N={BOB} F={BOB}")).await;
    bob.ask("ADD", &format!("FL {ALICE} {ALICE} 0")).await;
    for user in [&mut alice, &mut bob] {
        user.ask("CHG", "NLN 0").await;
    }
    (alice, bob)
}

/// Opens a chat and has the other join. Returns both connections to the switchboard, Alice's first.
async fn chat(alice: &mut Raw, bob: &mut Raw) -> (Raw, Raw) {
    let referral = alice.ask("XFR", "SB").await;
    let words: Vec<&str> = referral.split(' ').collect();
    let mut alices = Raw::connect(words[3].parse().unwrap(), Direction::FromSwitchboard).await;
    alices.ask("USR", &format!("{ALICE} {}", words[5])).await;
    alices.ask("CAL", BOB).await;
    let ring = bob.until(|line| line.starts_with("RNG ")).await;
    let words: Vec<&str> = ring.split(' ').collect();
    let mut bobs = Raw::connect(words[2].parse().unwrap(), Direction::FromSwitchboard).await;
    let joined = bobs.command("ANS", &format!("{BOB} {} {}", words[4], words[1])).await;
    bobs.until(|line| line == format!("ANS {joined} OK")).await;
    alices.until(|line| line.starts_with("JOI ")).await;
    (alices, bobs)
}

#[tokio::test]
async fn line_ends_without_end_are_not_kept() {
    let dir = common::with_accounts(&[]).await;
    let service = Running::start(dir.path()).await;
    let mut raw = Raw::connect(service.addresses.msnp, Direction::FromNotification).await;
    for _ in 0..64 {
        raw.say([b'\n'; 64 << 10]).await;
    }
    assert_eq!(raw.ask("VER", "MSNP8 CVR0").await, "VER 1 MSNP8");
    service.stop().await;
}

#[tokio::test]
async fn nothing_is_kept_for_strangers() {
    let dir = common::with_accounts(&[]).await;
    let service = Running::start(dir.path()).await;
    // A payload is announced, and never waited for.
    let mut raw = Raw::connect(service.addresses.msnp, Direction::FromNotification).await;
    raw.ask("VER", "MSNP11 CVR0").await;
    raw.command("UUX", "16000").await;
    raw.until(|line| line == "302 2").await;
    raw.until_closed().await;
    for nonsense in [
        "GET / HTTP/1.1\r\n\r\n",
        "\x17\x03\x01\x02\x00\n",
        "ver 1 MSNP8\r\n",
        "MSG 1 N 5\r\nhello",
        "\u{e4}\r\n",
    ] {
        let mut raw = Raw::connect(service.addresses.msnp, Direction::FromNotification).await;
        raw.say(nonsense).await;
        raw.until_closed().await;
    }
    let mut endless = Raw::connect(service.addresses.msnp, Direction::FromNotification).await;
    endless.say([b'A'; 9000]).await;
    endless.until_closed().await;
    service.stop().await;
}

#[tokio::test]
async fn a_cookie_is_for_one_person_and_once() {
    let dir = common::with_accounts(&[]).await;
    let service = Running::start(dir.path()).await;
    let (mut alice, mut bob) = two(dir.path(), &service).await;
    let referral = alice.ask("XFR", "SB").await;
    let words: Vec<&str> = referral.split(' ').collect();
    let (at, cookie) = (words[3].parse().unwrap(), words[5]);
    // Somebody else's: refused, and used up by it.
    for identity in [BOB, ALICE] {
        let mut raw = Raw::connect(at, Direction::FromSwitchboard).await;
        assert_eq!(raw.ask("USR", &format!("{identity} {cookie}")).await, "911 1");
        raw.until_closed().await;
    }
    let mut raw = Raw::connect(at, Direction::FromSwitchboard).await;
    assert_eq!(raw.ask("ANS", &format!("{ALICE} 1.2.3 4")).await, "911 1");
    raw.until_closed().await;
    // The chats of others go on.
    let (mut alices, mut bobs) = chat(&mut alice, &mut bob).await;
    alices.say("MSG 9 A 2\r\nhi").await;
    alices.until(|line| line == "ACK 9").await;
    bobs.until(|line| line.starts_with(&format!("MSG {ALICE} "))).await;
    service.stop().await;
}

#[tokio::test]
async fn calling_without_end_takes_nothing_from_who_is_called() {
    let dir = common::with_accounts(&[]).await;
    let service = Running::start(dir.path()).await;
    let (mut alice, mut bob) = two(dir.path(), &service).await;
    let mut chats = Vec::new();
    'calling: for _ in 0..20 {
        let referral = alice.ask("XFR", "SB").await;
        let words: Vec<&str> = referral.split(' ').collect();
        if words[0] != "XFR" {
            break;
        }
        let mut sb = Raw::connect(words[3].parse().unwrap(), Direction::FromSwitchboard).await;
        sb.ask("USR", &format!("{ALICE} {}", words[5])).await;
        for _ in 0..30 {
            let answer = sb.ask("CAL", BOB).await;
            if !answer.starts_with("CAL ") {
                assert!(answer.starts_with("280 "), "{answer}");
                break 'calling;
            }
        }
        chats.push(sb);
    }
    assert!(bob.ask("XFR", "SB").await.starts_with("XFR "));
    service.stop().await;
}

#[tokio::test]
async fn who_is_disabled_leaves_his_chats() {
    let dir = common::with_accounts(&[]).await;
    let service = Running::start(dir.path()).await;
    let (mut alice, mut bob) = two(dir.path(), &service).await;
    let (mut alices, mut bobs) = chat(&mut alice, &mut bob).await;
    let spare = alice.ask("XFR", "SB").await;
    let store = Store::open(dir.path()).await.unwrap();
    let id = store.account_by_email(&ALICE.parse().unwrap()).await.unwrap().unwrap().id;
    assert!(store.disable(id).await.unwrap());
    store.close().await;

    bob.until(|line| line == format!("FLN {ALICE}")).await;
    bobs.until(|line| line == format!("BYE {ALICE}")).await;
    alices.until_closed().await;
    alice.until_closed().await;
    let words: Vec<&str> = spare.split(' ').collect();
    let mut raw = Raw::connect(words[3].parse().unwrap(), Direction::FromSwitchboard).await;
    assert_eq!(raw.ask("USR", &format!("{ALICE} {}", words[5])).await, "911 1");
    service.stop().await;
}

#[tokio::test]
async fn a_typing_notice_about_somebody_else_goes_nowhere() {
    let dir = common::with_accounts(&[]).await;
    let service = Running::start(dir.path()).await;
    let (mut alice, mut bob) = two(dir.path(), &service).await;
    let (mut alices, mut bobs) = chat(&mut alice, &mut bob).await;
    for (named, trid) in [(BOB, 5), (ALICE, 6)] {
        let payload = format!(
            "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\nTypingUser: {named}\r\n\r\n\r\n"
        );
        alices.say(format!("MSG {trid} U {}\r\n{payload}", payload.len())).await;
    }
    let first = bobs.until(|line| line.starts_with("MSG ")).await;
    let own = "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\nTypingUser: \r\n\r\n\r\n".len()
        + ALICE.len();
    assert!(first.ends_with(&format!(" {own}")), "{first}");
    service.stop().await;
}
